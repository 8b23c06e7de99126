"""A call round as the texts its form shows, by which two people's work on it is compared."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.modules.phones import script
from desktop.modules.phones.help_text import written_help
from desktop.modules.phones.hours import written_hour
from desktop.modules.phones.rounds import RoundForm

SCRIPT, HELP = "script:", "help:"  # how the texts of one language are called among the values


def values_of(form: RoundForm) -> dict[str, str]:
    """A round as the form writes it."""
    words = {
        "title": form.title,
        "purpose": form.purpose,
        "kind": form.kind,
        "language": form.language,
        "max_tries": str(form.max_tries or ""),
        "opens": written_hour(form.opens),
        "closes": written_hour(form.closes),
    }
    scripts = {language: script.written(steps) for language, steps in form.scripts.items()}
    return words | spoken_values(scripts, {language: written_help(lines) for language, lines in form.help.items()})


def spoken_values(scripts: Mapping[str, str], help: Mapping[str, str]) -> dict[str, str]:
    """The scripts and the questions of every language among the values."""
    values = {f"{SCRIPT}{language}": text for language, text in scripts.items()}
    return values | {f"{HELP}{language}": text for language, text in help.items()}


def spoken_of(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The scripts and the questions of every language, out of the values."""
    scripts = {key.removeprefix(SCRIPT): text for key, text in values.items() if key.startswith(SCRIPT)}
    return scripts, {key.removeprefix(HELP): text for key, text in values.items() if key.startswith(HELP)}
