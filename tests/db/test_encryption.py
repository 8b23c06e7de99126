"""A database encrypted as a whole: whole both ways or not at all, unreadable without its key, and each refusal in words."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db import backups, copies, encryption, keys
from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken, Stopped, Unavailable
from db.keys import Key, KeyMissing
from db.sqlite import opening
from desktop.assembly import new_registry, open_database
from desktop.core.clock import FixedClock
from tests.db.support import person
from tests.support import MakePerson

ROOT = Path(__file__).resolve().parents[2]
PLANTED = "Xylofonsdotter"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def key() -> Iterator[Key]:
    made = keys.new_key()
    yield made
    keys.forget(made)


@pytest.fixture
def plain(database: Database, make_person: MakePerson) -> Path:
    """A closed file with some people; the database fixture closes it again, which does nothing."""
    for number in range(30):
        make_person(f"{PLANTED} {number}", phone="+46701740605", email=f"a{number}@b.example", city="Luleå")
    database.close()
    return database.path


def dump(path: Path) -> dict[str, Any]:
    """All that a database holds, table by table."""
    found: dict[str, Any] = {}
    with closing(opening.connect(path, keys.key_of(path))) as raw:
        for name, kind, sql in raw.execute("SELECT name, type, sql FROM sqlite_schema").fetchall():
            found[f"{kind} {name}"] = sql
        tables = raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").fetchall()
        for (table,) in tables:
            found[table] = sorted(map(repr, raw.execute(f'SELECT * FROM "{table}"')))
    return found


def test_encrypting_and_decrypting_keep_every_row(plain: Path, key: Key) -> None:
    before = dump(plain)
    made = encryption.encrypt(plain, key)
    assert made.key == key and encryption.state_of(plain) == "encrypted" and plain.read_bytes()[:16] == key.mark
    assert dump(plain) == before
    encryption.decrypt(plain)
    assert encryption.state_of(plain) == "plain" and dump(plain) == before
    assert copies.check_copy(plain).problems == ()


def test_an_encrypted_database_works_as_any_other(plain: Path, key: Key, actor: Actor, clock: FixedClock) -> None:
    encryption.encrypt(plain, key)
    opened = open_database(plain, new_registry(clock), clock.now)
    with opened.write(actor, "create_person") as session:
        session.add(person("Öberg"))
    opened.close()
    found = copies.check_copy(plain)
    assert found.people == 31 and found.problems == ()


def test_a_new_encrypted_file_becomes_a_database(tmp_path: Path, key: Key, clock: FixedClock) -> None:
    path = tmp_path / "new.kontinuum"
    encryption.begin(path, key)
    open_database(path, new_registry(clock), clock.now).close()
    assert encryption.state_of(path) == "encrypted" and copies.check_copy(path).people == 0
    with pytest.raises(Unavailable, match="already a file"):
        encryption.begin(path, key)


@pytest.mark.parametrize("way", ["encrypt", "decrypt"])
def test_what_was_so_already_is_said(plain: Path, key: Key, way: str) -> None:
    if way == "encrypt":
        encryption.encrypt(plain, key)
        with pytest.raises(RuleBroken, match="is encrypted already"):
            encryption.encrypt(plain, keys.new_key())
    else:
        with pytest.raises(RuleBroken, match="is not encrypted"):
            encryption.decrypt(plain)
        with pytest.raises(RuleBroken, match="has no recovery key"):
            encryption.key_for(plain)


# Keys that are missing, files that are damaged


def test_a_lost_key_is_said_and_the_recovery_key_opens_the_file(plain: Path, key: Key) -> None:
    paper = keys.written(key)
    encryption.encrypt(plain, key)
    keys.forget(key)
    with pytest.raises(KeyMissing, match="is encrypted, and this computer has no keyring that could hold its key") as told:
        Database(plain)
    assert told.value.mark == key.mark
    keys.use(keys.read_for("\n".join(paper), plain, told.value.mark))
    Database(plain).close()


def test_a_damaged_encrypted_file_is_told_from_one_whose_key_is_missing(plain: Path, key: Key) -> None:
    encryption.encrypt(plain, key)
    content = bytearray(plain.read_bytes())
    content[200] ^= 1
    plain.write_bytes(content)
    with pytest.raises(Unavailable, match="is damaged") as told:
        Database(plain)
    assert not isinstance(told.value, KeyMissing)


def test_a_file_that_another_program_encrypted_is_called_that_or_damaged(tmp_path: Path) -> None:
    path = tmp_path / "strange.kontinuum"
    path.write_bytes(bytes(byte * 167 % 256 for byte in range(8192)))
    with pytest.raises(Unavailable, match="was encrypted by another program, or it is damaged"):
        Database(path)


def test_every_flipped_byte_of_an_encrypted_backup_is_found(plain: Path, key: Key, tmp_path: Path) -> None:
    encryption.encrypt(plain, key)
    copy = tmp_path / "copy.kontinuum"
    copies.copy_checked(plain, copy)
    size = copy.stat().st_size
    for at in [*range(4, 100, 7), *range(100, size, size // 60)]:
        with copy.open("r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1]))
        with pytest.raises(Unavailable):
            _sound(copy)
        with copy.open("r+b") as file:
            file.seek(at)
            file.write(bytes([byte]))
    _sound(copy)


@pytest.mark.parametrize("less", [4096, 100, 40_000])
def test_an_encrypted_backup_cut_short_is_found(plain: Path, key: Key, tmp_path: Path, less: int) -> None:
    encryption.encrypt(plain, key)
    copy = tmp_path / "copy.kontinuum"
    copies.copy_checked(plain, copy)
    copy.write_bytes(copy.read_bytes()[:-less])
    with pytest.raises(Unavailable, match="damaged"):
        _sound(copy)


def _sound(path: Path) -> None:
    found = copies.check_copy(path)
    if found.problems:
        raise Unavailable(encryption._("{file} is damaged: {problem}."), file=path.name, problem=found.problems[0])


# Backups


def test_backups_of_an_encrypted_file_are_encrypted_and_open_wherever_they_are_moved(
    plain: Path, key: Key, tmp_path: Path
) -> None:
    encryption.encrypt(plain, key)
    made = backups.make_backup(plain, "hand", NOW)
    moved = tmp_path / "elsewhere" / "another name.db"
    moved.parent.mkdir()
    made.path.rename(moved)
    assert moved.read_bytes()[:16] == key.mark and PLANTED.encode() not in moved.read_bytes()
    assert copies.check_copy(moved).people == 30
    copies.restore(moved, tmp_path / "restored.kontinuum")
    assert dump(tmp_path / "restored.kontinuum") == dump(plain)


def test_encrypting_encrypts_the_backups_too(plain: Path, key: Key) -> None:
    before = backups.make_backup(plain, "hand", NOW).path
    assert PLANTED.encode() in before.read_bytes()
    assert encryption.encrypt(plain, key).backups == 1
    assert PLANTED.encode() not in before.read_bytes() and copies.check_copy(before).people == 30


def test_a_backup_that_cannot_be_encrypted_is_named_and_left(plain: Path, key: Key) -> None:
    before = backups.make_backup(plain, "hand", NOW).path
    before.write_bytes(before.read_bytes()[:-4096])
    assert encryption.encrypt(plain, key).left == (before,)


def test_a_plain_backup_put_in_the_place_of_an_encrypted_file_is_encrypted(plain: Path, key: Key, tmp_path: Path) -> None:
    copies.copy_checked(plain, tmp_path / "old.kontinuum")
    before = dump(plain)
    encryption.encrypt(plain, key)
    copies.restore(tmp_path / "old.kontinuum", plain)
    assert encryption.state_of(plain) == "encrypted" and dump(plain) == before
    assert PLANTED.encode() not in plain.read_bytes()


def test_a_backup_replaces_a_file_whose_key_is_lost_and_that_file_is_kept(plain: Path, key: Key, tmp_path: Path) -> None:
    copies.copy_checked(plain, tmp_path / "old.kontinuum")
    encryption.encrypt(plain, key)
    locked = plain.read_bytes()
    keys.forget(key)
    former = copies.restore(tmp_path / "old.kontinuum", plain)
    assert former is not None and former.read_bytes() == locked
    assert copies.check_copy(plain).people == 30


# Whole or not at all


def test_a_file_that_is_open_is_not_converted(plain: Path, key: Key) -> None:
    opened = Database(plain)
    with opened.read() as session:
        session.connection()
        with pytest.raises(Unavailable, match="open in another window or program"):
            encryption.encrypt(plain, key)
    opened.close()
    assert encryption.state_of(plain) == "plain"


def test_stopping_leaves_the_file_as_it_was(plain: Path, key: Key) -> None:
    before = dump(plain)

    def stop(_done: int, _total: int) -> None:
        raise Stopped(encryption._("Stopped."))

    with pytest.raises(Stopped):
        encryption.encrypt(plain, key, stop)
    assert dump(plain) == before and os.listdir(plain.parent) == [plain.name]


def test_no_room_is_said_with_what_is_needed_and_what_is_free(plain: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.encryption.free", lambda _path: 0)
    with pytest.raises(Unavailable, match=r"\d+ MB are needed for a while, 0 MB are free"):
        encryption.encrypt(plain, key)
    assert encryption.state_of(plain) == "plain"


@pytest.mark.skipif(os.name != "posix", reason="the old file is overwritten only where it can be kept open")
def test_the_bytes_of_the_old_file_are_overwritten(plain: Path, key: Key) -> None:
    with plain.open("rb") as old:
        assert PLANTED.encode() in old.read()
        encryption.encrypt(plain, key)
        old.seek(0)
        assert not any(old.read())


CONVERT = """
import sys
from pathlib import Path
from db import encryption, keys
path, key, way = Path(sys.argv[1]), keys.Key(bytes.fromhex(sys.argv[2])), sys.argv[3]
keys.use(key)
print("ready", flush=True)
sys.stdin.readline()
encryption.encrypt(path, key) if way == "encrypt" else encryption.decrypt(path)
"""

pytestmark = pytest.mark.sqlite_only("encrypts files")


def test_a_conversion_killed_at_any_moment_leaves_one_whole_file(plain: Path, key: Key, rounds: Any) -> None:
    before, states = dump(plain), set()
    for turn in range(rounds(16)):
        keys.use(key)
        way = "encrypt" if encryption.state_of(plain) == "plain" else "decrypt"
        process = subprocess.Popen(
            [sys.executable, "-c", CONVERT, str(plain), key.raw.hex(), way],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None and process.stdout is not None
        with process.stdin, process.stdout:
            assert process.stdout.readline() == b"ready\n"
            process.stdin.write(b"\n")
            process.stdin.flush()
            try:
                process.wait(turn % 8 * 0.03)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
        states.add(encryption.state_of(plain))
        assert dump(plain) == before
        assert copies.check_copy(plain).problems == ()
    assert states == {"plain", "encrypted"}, "some conversions ended before they were killed"


# Nothing to read


def test_no_planted_name_is_found_beside_an_encrypted_database(plain: Path, key: Key, actor: Actor, tmp_path: Path) -> None:
    found = lambda: [path.name for path in tmp_path.rglob("*") if path.is_file() and PLANTED.encode() in path.read_bytes()]
    assert found() == [plain.name], "the search finds what is there to be found"
    encryption.encrypt(plain, key)
    opened = Database(plain)
    with opened.write(actor, "create_person") as session:
        session.add_all(person(f"{PLANTED} {number}") for number in range(300))
    with opened.read() as session:
        session.connection().exec_driver_sql("SELECT * FROM person ORDER BY given DESC, family").fetchall()
        assert {path.name[len(plain.name) :] for path in tmp_path.glob(f"{plain.name}*")} == {"", "-wal", "-shm"}
        backups.make_backup(plain, "hand", NOW)
        assert found() == []
    opened.close()
    assert found() == []


def test_every_connection_is_opened_in_one_way() -> None:
    """A second way would not know the key."""
    sources = [path for folder in ("db", "desktop") for path in (ROOT / folder).rglob("*.py") if "tests" not in path.parts]
    direct = [
        path.relative_to(ROOT).as_posix()
        for path in sources
        if re.search(r"(dbapi2|sqlite3)\.connect\(", path.read_text("utf-8"))
    ]
    assert direct == ["db/sqlite/opening.py"]
