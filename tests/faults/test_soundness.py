"""The look at a file finds every kind of damage the fault tests look for."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from tests.faults.office import Books, kept, stored
from tests.faults.soundness import problems_of

DAMAGE = {
    "a lost search entry": ("DELETE FROM search_entry WHERE number = 5", "search: "),
    "a lost index row": ("DELETE FROM search_words WHERE rowid = 5", "search: "),
    "somebody marked and not indexed": ("INSERT INTO search_dirty (ref, kind) VALUES (x'00', 'person')", "search_dirty"),
    "a lost change set": ("DELETE FROM change_set WHERE verb = 'import_people'", "change set"),
    "a gap in the numbers": ("UPDATE change_set SET number = 99 WHERE verb = 'import_people'", "numbered"),
    "a step left open": ("INSERT INTO open_change_set SELECT id FROM change_set LIMIT 1", "open_change_set"),
    "a lost image": ("DELETE FROM row_image WHERE number = (SELECT max(number) FROM row_image WHERE operation = 'u')", "images"),
    "an image too many": (
        "INSERT INTO row_image (change_set, table_name, row_id, operation, before) "
        "SELECT change_set, table_name, row_id, operation, before FROM row_image LIMIT 1", "image"),
    "a row changed unseen": ("UPDATE person SET version = version + 1 WHERE rowid = 1", "images"),
    "somebody renamed unseen": ("UPDATE person SET family = 'Zorn' WHERE family = 'zaaaac'", "search: "),
    "a key to nothing": ("DELETE FROM person WHERE rowid = 1", "key: "),
    "a missing rule": ("DROP TRIGGER kontinuum_person_changed", "the rule changed is missing"),
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path, worked: tuple[Path, Books]) -> Path:
    return Path(shutil.copyfile(worked[0], tmp_path / "Office.kontinuum"))


def test_a_whole_file_has_no_problems_and_holds_what_the_books_say(file: Path, worked: tuple[Path, Books]) -> None:
    assert problems_of(file, worked[1].all_words()) == []
    assert stored(file) == kept(worked[1])


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found(damage: str, file: Path, worked: tuple[Path, Books]) -> None:
    statement, words = DAMAGE[damage]
    with closing(dbapi2.connect(str(file), isolation_level=None)) as raw:
        rules = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _sql in rules:
            raw.execute(f'DROP TRIGGER "{name}"')
        if damage != "a missing rule":
            assert raw.execute(statement).rowcount > 0
        for name, sql in rules:
            if name not in statement:
                raw.execute(sql)
    found = problems_of(file, worked[1].all_words())
    assert any(words in problem for problem in found), found


def test_a_spoiled_page_is_found(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(bytes(content))
    assert problems_of(file)
