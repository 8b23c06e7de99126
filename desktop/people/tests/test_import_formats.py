"""Cards, directories and old workbooks come into the register like any list: with every number and what it is called, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from db.models.person import ContactPoint, Person
from desktop.core.context import ModuleContext
from desktop.people.imports.storing import import_file

FILES = Path(__file__).parent / "files"
CARDS = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Provsson;Åsa\nEMAIL;TYPE=WORK:a@work.example\nEMAIL;TYPE=HOME:a@home.example\nTEL;TYPE=CELL:070-174 06 05\n"
    "TEL;TYPE=WORK:0470-70 80 00\nNOTE:=1+1\nEND:VCARD\n"
)
PEOPLE = (
    "version: 1\n\ndn: uid=a\nobjectClass: inetOrgPerson\nsn: Provsson\ngivenName: Åsa\nuserPassword: hemligt\nmail: a@work.example\n"
    "homePhone: 0470-70 80 01\n\ndn: ou=people\nobjectClass: organizationalUnit\nou: people\n"
)


def reach(context: ModuleContext) -> list[tuple[str, str, str]]:
    with context.database.read() as session:
        points = select(ContactPoint.kind, ContactPoint.label, ContactPoint.normal).order_by(ContactPoint.normal)
        return [(kind, label, normal) for kind, label, normal in session.execute(points) if kind != "address"]


def bring_in(context: ModuleContext, path: Path, content: str) -> tuple[int, int, int, int]:
    path.write_text(content, encoding="utf-8")
    counts = import_file(context, path, dry_run=False)
    return counts["new"], counts["changed"], counts["same"], counts["faulty"]


def test_every_number_of_a_card_is_kept_with_what_it_is_called(context: ModuleContext, tmp_path: Path) -> None:
    assert bring_in(context, tmp_path / "cards", CARDS) == (1, 0, 0, 0)
    assert reach(context) == [
        ("phone", "work", "+46470708000"),
        ("phone", "mobile", "+46701740605"),
        ("email", "home", "a@home.example"),
        ("email", "work", "a@work.example"),
    ]
    with context.database.read() as session:
        assert session.scalars(select(Person.note)).all() == ["=1+1"]
    assert bring_in(context, tmp_path / "again", CARDS) == (0, 0, 1, 0)


def test_a_directory_adds_to_the_same_person(context: ModuleContext, tmp_path: Path) -> None:
    bring_in(context, tmp_path / "cards", CARDS)
    assert bring_in(context, tmp_path / "people", PEOPLE) == (0, 1, 0, 0)
    assert ("phone", "home", "+46470708001") in reach(context)
    assert bring_in(context, tmp_path / "again", PEOPLE) == (0, 0, 1, 0)


@pytest.mark.parametrize("name", ["merged.xls", "merged.ods", "merged.xlsx"])
def test_a_workbook_with_titles_and_merged_cells_comes_in(context: ModuleContext, name: str) -> None:
    first, second = (import_file(context, FILES / name, dry_run=dry_run) for dry_run in (True, False))
    assert {key: second[key] for key in ("new", "changed", "same", "faulty")} == {"new": 4, "changed": 0, "same": 0, "faulty": 0}
    assert first["new"] == 4 and first["change_set"] is None
