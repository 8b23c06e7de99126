"""Brings the catalogues of translated texts up to date: `python -m desktop.core.catalogues [--check] [--module FOLDER]`.

Running it twice changes nothing: no times, no line numbers, no absolute paths, no guessed translations.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from desktop.core.texts import DOMAIN, LANGUAGES

TRANSLATED = tuple(code for code in LANGUAGES if code != "en")
KEYWORDS = {"_": None, "ngettext": (1, 2)}
_LEFT_OUT = (  # header lines that change by themselves or say nothing
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)


@dataclass(frozen=True, slots=True)
class Domain:
    """One set of catalogues: the program's own, or a module's."""

    name: str
    locale: Path
    sources: tuple[Path, ...]  # folders
    leave_out: tuple[Path, ...] = ()


def domains(root: Path) -> Iterator[Domain]:
    """The program's own texts first, then those of each module's folder."""
    modules = root / "desktop" / "modules"
    yield Domain(DOMAIN, root / "resources" / "locale", (root / "db", root / "desktop"), (modules,))
    for folder in sorted(modules.iterdir()) if modules.is_dir() else ():
        if (folder / "manifest.py").is_file():
            yield of_module(folder)


def extract(domain: Domain, root: Path) -> Catalog:
    """All marked texts of a domain in the order of the files; no tests."""
    template = Catalog(project="Kontinuum", header_comment="# Texts of Kontinuum.", fuzzy=False)
    for source in domain.sources:
        for path in sorted(source.rglob("*.py")):
            if "tests" in path.parts or any(path.is_relative_to(other) for other in domain.leave_out):
                continue
            for _line, message, _comments, _context in extract_from_file("python", path, KEYWORDS):
                if message and message != ("", ""):
                    template.add(message, locations=[(path.relative_to(root).as_posix(), 0)])
    return template


def brought_up_to_date(template: Catalog, language: str, path: Path) -> Catalog:
    """The translations kept in `path`, for the texts of `template`; what left the program leaves the catalogue."""
    if path.is_file():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    else:
        catalog = Catalog(locale=language)
    catalog.project, catalog.header_comment, catalog.fuzzy = "Kontinuum", "# Texts of Kontinuum.", False
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        message.locations = sorted({(name, 0) for name, _line in message.locations})
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """The text of a .po or .pot file, the same for the same content."""
    written = BytesIO()
    write_po(written, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    lines = written.getvalue().decode("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in _LEFT_OUT))).encode()


def as_mo(catalog: Catalog) -> bytes:
    """The compiled form; a header without times."""
    plain = Catalog(locale=catalog.locale, fuzzy=False)
    for message in catalog:
        if message.id and is_translated(message.string):
            plain.add(message.id, message.string)
    written = BytesIO()
    write_mo(written, plain)
    return _without_times(written.getvalue(), plain)


def _without_times(content: bytes, plain: Catalog) -> bytes:
    """The header is one entry of the file; times in it are overwritten by as many spaces, which readers ignore."""
    for name, value in plain.mime_headers:
        if name in _LEFT_OUT:
            line = f"{name}: {value}".encode()
            content = content.replace(line, f"{name}: ".encode().ljust(len(line)))
    return content


def is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether every form has words."""
    return all(text) if isinstance(text, (tuple, list)) and text else bool(text)


def missing(catalog: Catalog) -> list[str]:
    """The English texts without a translation."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and not is_translated(message.string)
    ]


def of_module(folder: Path) -> Domain:
    """The texts of one module, wherever its folder lies; the catalogue bears the folder's name."""
    return Domain(folder.name, folder / "locale", (folder,))


def run(root: Path, *, check: bool, module: Path | None = None) -> list[str]:
    """Write all catalogues under `root`, or with `check` only look; answers what is wrong, one line each.

    Args:
        module: A module's folder below `root`, to look at nothing else: a package of its own.
    """
    wrong = []
    for domain in domains(root) if module is None else (of_module(module),):
        template = extract(domain, root)
        files = {domain.locale / f"{domain.name}.pot": as_po(template)}
        for language in TRANSLATED:
            place = domain.locale / language / "LC_MESSAGES" / domain.name
            catalog = brought_up_to_date(template, language, place.with_suffix(".po"))
            files[place.with_suffix(".po")], files[place.with_suffix(".mo")] = as_po(catalog), as_mo(catalog)
            wrong += [f"{domain.name} {language}: no translation of {text!r}" for text in missing(catalog)]
        if not len(template):
            continue
        for path, content in files.items():
            stale = not path.is_file() or path.read_bytes() != content
            if stale and check:
                wrong.append(f"{path.relative_to(root).as_posix()} is not up to date")
            elif stale:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; 1 if `--check` found something."""
    parser = argparse.ArgumentParser(prog="python -m desktop.core.catalogues", description="Update the translations.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a translation is missing or stale")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], help="the program's folder")
    parser.add_argument("--module", type=Path, metavar="FOLDER", help="only this module, which may be a package of its own")
    chosen = parser.parse_args(arguments)
    module = chosen.module.resolve() if chosen.module else None
    wrong = run(module.parent if module else chosen.root, check=chosen.check, module=module)
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    return 1 if chosen.check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
