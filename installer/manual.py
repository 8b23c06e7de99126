"""The manual page, made from the command line itself, so that it says what the program does."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from desktop.command_line.arguments import parser


def man_page(version: str, epoch: int) -> str:
    """The page for section 1, in the language of manual pages."""
    top = parser()
    day = datetime.fromtimestamp(epoch, UTC).date().isoformat()
    lines = [
        f'.TH KONTINUUM 1 "{day}" "Kontinuum {version}" "User commands"',
        ".SH NAME\nkontinuum \\- register for university offices",
        ".SH SYNOPSIS\n.B kontinuum\n[\\fIoptions\\fR] [\\fIcommand\\fR]",
        ".SH DESCRIPTION\nWithout a command the window opens. Each command does what the window does, through the same services,",
        "and ends with 0, or with 2 and one line that says what is wrong.",
        ".SH OPTIONS",
        *_options(top),
        ".SH COMMANDS",
    ]
    for name, command in _commands(top):
        lines += [f".SS {_plain(name)}", _plain(command.description or ""), *_options(command, common=_names(top))]
    lines += [
        ".SH FILES",
        ".TP\n.I ~/.local/share/kontinuum/\ndatabases and backups",
        ".TP\n.I ~/.config/kontinuum/profiles.json\nnames of databases",
        ".TP\n.I ~/.local/state/kontinuum/log/\nlog, without personal data",
    ]
    return "\n".join(lines) + "\n"


def _commands(top: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    found = []
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            found += list(action.choices.items())
    return found


def _names(command: argparse.ArgumentParser) -> frozenset[str]:
    return frozenset(name for action in command._actions for name in action.option_strings)


def _options(command: argparse.ArgumentParser, common: frozenset[str] = frozenset()) -> list[str]:
    lines = []
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            if common:
                steps = action.choices.items()
                lines += [f".TP\n.B {_plain(name)}\n{_plain(step.format_usage().strip())}" for name, step in steps]
            continue
        if set(action.option_strings) <= common and action.option_strings:
            continue
        value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
        name = " ".join(filter(None, [", ".join(action.option_strings), value]))
        lines.append(f".TP\n.B {_plain(name)}\n{_plain(action.help or '')}")
    return lines


def _plain(text: str) -> str:
    """No character of it means anything to the page's language."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
