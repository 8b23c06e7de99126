"""Which copies are kept, and that a damaged one is found before anything is replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlcipher3 import dbapi2

from db.actor import Actor
from db.backups import Backup, backups_of, folder_beside, is_covered, is_wanted, make_backup, name_for, surplus
from db.copies import back_up, check_copy, put_back, restore
from db.database import Database
from db.errors import Stopped, Unavailable
from db.schema import Part
from db.seal import look_at_seal
from db.settings import write_setting
from db.texts import Msgid
from tests.db.support import family_of, found, rename
from tests.support import MakePerson

pytestmark = pytest.mark.sqlite_only("copies of files")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Stockholm")


def kept(backups: list[Backup], now: datetime = NOW) -> list[Backup]:
    gone = {backup.path for backup in surplus(backups, now, ZONE)}
    return [backup for backup in backups if backup.path not in gone]


def copies(reason: str, step: timedelta, count: int, now: datetime = NOW) -> list[Backup]:
    moments = [now - step * n for n in range(count)]
    return [Backup(Path(f"{moment.isoformat()} {reason}"), moment, reason, 1) for moment in moments]


def test_a_year_of_half_hours_is_thinned_to_days_weeks_and_months() -> None:
    backups = copies("regular", timedelta(minutes=30), 365 * 48)
    left = kept(backups)
    local = [backup.at.astimezone(ZONE) for backup in left]
    today = [moment for moment in local if moment.date() == NOW.astimezone(ZONE).date()]
    assert len(today) == 22, "10:30 in Stockholm: every half hour since midnight"
    assert len({moment.date() for moment in local if NOW - moment < timedelta(days=13)}) == 14
    assert len({moment.strftime("%G-%V") for moment in local if NOW - moment < timedelta(weeks=7)}) == 8
    assert {moment.strftime("%Y-%m") for moment in local} == {f"2025-{n:02}" for n in (12,)} | {
        f"2026-{n:02}" for n in range(1, 12)
    }
    assert len(left) < 22 + 14 + 8 + 12
    assert kept(left) == left, "thinning twice changes nothing"


def test_a_slot_keeps_its_newest() -> None:
    backups = copies("regular", timedelta(hours=1), 48)
    days = {}
    for backup in kept(backups):
        days.setdefault(backup.at.astimezone(ZONE).date(), []).append(backup.at.astimezone(ZONE).hour)
    assert days[datetime(2026, 11, 22).date()] == [23]


def test_copies_before_risky_steps_stay_thirty_days() -> None:
    backups = copies("import", timedelta(hours=6), 200)
    left = [backup.at for backup in kept(backups)]
    assert all(backup.at in left for backup in backups if NOW - backup.at < timedelta(days=30))
    assert any(backup.at not in left for backup in backups if NOW - backup.at > timedelta(days=30))


def test_what_was_made_by_hand_and_the_newest_stay_however_old() -> None:
    long_ago = NOW - timedelta(days=3000)
    backups = copies("hand", timedelta(days=1), 3, long_ago) + copies("regular", timedelta(days=40), 30, long_ago)
    left = kept(backups)
    assert [backup.reason for backup in left][:3] == ["hand"] * 3 and backups[3] in left


def test_a_clock_set_back_deletes_nothing_of_the_future() -> None:
    backups = copies("regular", timedelta(minutes=30), 100, NOW + timedelta(days=2))
    assert all(backup in kept(backups) for backup in backups if backup.at > NOW)


def test_copies_lie_beside_the_database_are_listed_and_thinned(database: Database, make_person: MakePerson) -> None:
    make_person("Åberg")
    for number in range(4):
        make_backup(database.path, "regular", NOW - timedelta(days=1, minutes=30 * number), zone=ZONE)
    folder = folder_beside(database.path)
    (folder / "letter.txt").write_text("mine", encoding="utf-8")
    (folder / name_for(Path("Other.kontinuum"), NOW - timedelta(days=900), "regular")).write_bytes(b"")
    make_backup(database.path, "import", NOW, zone=ZONE)
    listed = backups_of(database.path)
    assert [backup.reason for backup in listed] == ["import", "regular"]
    assert listed[0].at == NOW and listed[0].size > 0
    assert len(list(folder.iterdir())) == 4, "what is not a copy of this database is left alone"


def test_a_copy_is_wanted_when_something_changed_since_the_newest(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    assert not is_wanted(database.path), "nothing is in it yet"
    with database.write(actor, "first_user") as session:
        write_setting(session, "core.office_name", "Alumni office")
    key = make_person("Åberg")
    assert is_wanted(database.path)
    make_backup(database.path, "import", NOW)
    assert not is_wanted(database.path) and is_covered(database.path, "import") and not is_covered(database.path, "step")
    rename(database, actor, key, "Öberg")
    assert is_wanted(database.path) and not is_covered(database.path, "import")


def test_another_folder_is_used_and_never_made(database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path) -> None:
    make_person("Åberg")
    safe = tmp_path / "säker plats"
    with database.write(actor, "change_setting") as session:
        write_setting(session, "core.backup_folder", str(safe))
    with pytest.raises(Unavailable, match="folder chosen for backups is not there"):
        make_backup(database.path, "regular", NOW)
    assert not safe.exists()
    safe.mkdir()
    made = make_backup(database.path, "regular", NOW)
    assert made.path.parent.parent == safe and backups_of(database.path)[0].path == made.path
    assert make_backup(database.path, "upgrade", NOW).path.parent == folder_beside(database.path)


def test_databases_of_one_name_do_not_share_a_folder(database: Database, actor: Actor, tmp_path: Path) -> None:
    twin = tmp_path / "elsewhere" / database.path.name
    with database.write(actor, "change_setting") as session:
        write_setting(session, "core.backup_folder", str(tmp_path))
    twin.parent.mkdir()
    back_up(database, twin)
    first, second = make_backup(database.path, "hand", NOW), make_backup(twin, "hand", NOW)
    assert first.path.parent != second.path.parent


def test_a_long_path_with_spaces_and_letters_of_the_north(tmp_path: Path, make_person: MakePerson, database: Database) -> None:
    make_person("Åberg")
    far = tmp_path / ("å ä ö #?%" + "x" * 100) / ("ÅÄÖ " * 30).strip() / "Ålands högskola.kontinuum"
    back_up(database, far)
    made = make_backup(far, "hand", NOW)
    assert check_copy(made.path).people == 1 and len(str(made.path)) > 200
    restore(made.path, far)
    assert family_of_file(far) == ["Åberg, Mia"]


def family_of_file(path: Path, *parts: Part) -> list[str]:
    opened = Database(path, parts=parts)
    try:
        return found(opened, "mia")
    finally:
        opened.close()


# Damage


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x20
    path.write_bytes(bytes(content))


def test_a_copy_is_sealed_until_it_is_written_to(
    database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    key = make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    assert look_at_seal(copy) == "whole"
    check_copy(copy)
    assert look_at_seal(copy) == "whole", "looking takes no seal off"
    opened = Database(copy)
    rename(opened, actor, key, "Öberg")
    assert check_copy(copy).problems == ()
    opened.close()
    assert look_at_seal(copy) == "none"
    assert check_copy(copy).problems == ()
    assert look_at_seal(database.path) == "none"


def test_one_changed_letter_is_found_that_the_engine_does_not_see(
    database: Database, make_person: MakePerson, tmp_path: Path
) -> None:
    make_person("Åberg", "Mia", email="mia.aberg@uni.example")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    for place in _places_of(copy, b"mia.aberg@uni.example"):
        flip(copy, place)
        with pytest.raises(Unavailable, match="not as it was when it was made"):
            restore(copy, database.path)
        flip(copy, place)
    assert check_copy(copy).problems == ()


def _places_of(path: Path, text: bytes) -> list[int]:
    content, places, at = path.read_bytes(), [], -1
    while (at := content.find(text, at + 1)) >= 0:
        places.append(at)
    assert places
    return places


def test_every_flipped_byte_of_a_page_is_found(database: Database, make_person: MakePerson, tmp_path: Path) -> None:
    make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    size = copy.stat().st_size
    header = {*range(24, 28), *range(68, 72)}  # a broken mark of the seal itself takes the seal off
    for at in [*(n for n in range(16, 100) if n not in header), *range(100, size, size // 150)]:
        flip(copy, at)
        with pytest.raises(Unavailable):
            check_copy(copy)
        flip(copy, at)


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "header": (lambda path: path.write_bytes(b"PK\x03\x04" + path.read_bytes()[4:]), "is not a Kontinuum database"),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:-4096]), "was cut short"),
    "cut in a page": (lambda path: path.write_bytes(path.read_bytes()[:-100]), "was cut short"),
    "almost nothing": (lambda path: path.write_bytes(path.read_bytes()[:60]), "was cut short"),
    "flipped": (lambda path: flip(path, path.stat().st_size - 2000), "not as it was when it was made"),
    "foreign": (lambda path: (path.unlink(), _foreign(path)), "a database, but not one of Kontinuum"),
    "newer": (lambda path: _newer(path), "newer version of Kontinuum"),
    "gone": (lambda path: path.unlink(), "There is no file"),
}


def _foreign(path: Path) -> None:
    with dbapi2.connect(str(path)) as raw:
        raw.execute("CREATE TABLE places (url TEXT)").close()
    raw.close()


def _newer(path: Path) -> None:
    with dbapi2.connect(str(path)) as raw:
        raw.execute("UPDATE schema_version_core SET version_num = 'core_9999'").close()
    raw.close()


@pytest.mark.parametrize("harm", HARMS)
def test_each_damage_has_its_sentence_and_nothing_is_replaced(
    database: Database, make_person: MakePerson, tmp_path: Path, harm: str
) -> None:
    make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    database.close()
    do, sentence = HARMS[harm]
    do(copy)
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.glob("*.kontinuum"))
    with pytest.raises(Unavailable, match=sentence):
        restore(copy, database.path, parts=database.parts[1:])
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.glob("*.kontinuum")) == before
    assert not list(tmp_path.glob(".*part*"))


# Bringing back


def test_an_old_copy_is_brought_up_to_date_after_restoring(tmp_path: Path, actor: Actor) -> None:
    folder = tmp_path / "extra"
    folder.mkdir()
    part = Part("extra", folder)
    first = 'revision, down_revision = "extra_0001", None\n\n\ndef upgrade():\n    pass\n'
    second = (
        'from alembic import op\n\nrevision, down_revision = "extra_0002", "extra_0001"\n\n\ndef upgrade():\n'
        '    op.execute("CREATE TABLE grown (word TEXT)")\n'
    )
    (folder / "extra_0001_first.py").write_text(first, encoding="utf-8")
    old, target = tmp_path / "old.kontinuum", tmp_path / "new.kontinuum"
    Database(old, parts=[part]).close()
    copy = tmp_path / "copy.kontinuum"
    back_up(Database(old, parts=[part]), copy)
    (folder / "extra_0002_grows.py").write_text(second, encoding="utf-8")
    restore(copy, target, parts=[part])
    opened = Database(target, parts=[part])
    with opened.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM grown").scalar() == 0
    opened.close()
    assert [backup.reason for backup in backups_of(target)] == ["upgrade"]


def test_what_could_not_be_opened_gives_way_to_what_was_there(
    database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    key = make_person("Åberg")
    copy, aside = tmp_path / "copy.kontinuum", folder_beside(database.path) / name_for(database.path, NOW, "restore")
    back_up(database, copy)
    rename(database, actor, key, "Öberg")
    database.close()
    former = restore(copy, database.path, aside=aside)
    assert former == aside and backups_of(database.path)[0].reason == "restore"
    put_back(former, database.path)
    assert family_of_file(database.path, *database.parts[1:]) == ["Öberg, Mia"]


@pytest.mark.parametrize("after", [1, 2, 40])
def test_a_stopped_copy_leaves_nothing(
    database: Database, make_person: MakePerson, tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at its first step, its second, and while it is checked."""
    make_person("Åberg")
    monkeypatch.setattr("db.sqlite.copying.STEP", 16)
    monkeypatch.setattr("db.copies.LOOK", 100)
    target, calls = tmp_path / "there" / "copy.kontinuum", []

    def report(done: int, total: int) -> None:
        calls.append((done, total))
        if len(calls) >= after:
            raise Stopped(Msgid("Stopped."))

    with pytest.raises(Stopped):
        back_up(database, target, report)
    assert list(target.parent.iterdir()) == []


def test_a_copy_holds_one_moment_while_somebody_writes(
    database: Database, make_person: MakePerson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person("Åberg")
    monkeypatch.setattr("db.sqlite.copying.STEP", 8)
    steps: list[int] = []

    def report(done: int, total: int) -> None:
        if total and len(steps) < 5:
            make_person(f"Later{len(steps)}")
        steps.append(done)

    assert back_up(database, tmp_path / "copy.kontinuum", report).people == 1
    assert len(steps) > 5 and steps == sorted(steps), "nobody made it begin again"


def test_a_folder_that_became_a_file_is_told_and_the_old_copies_stay(database: Database, make_person: MakePerson) -> None:
    make_person("Åberg")
    folder_beside(database.path).write_text("in the way", encoding="utf-8")
    with pytest.raises(Unavailable, match="cannot be used"):
        make_backup(database.path, "regular", NOW)
    assert folder_beside(database.path).read_text(encoding="utf-8") == "in the way"


def test_the_database_in_use_is_never_read_beside_the_engine(
    database: Database, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing a file drops every lock this process has on it, and another program may then take the log away."""
    make_person("Åberg")
    opened: list[str] = []
    plain = Path.open

    def watched(self: Path, *mode: str, **more: str) -> object:
        opened.append(self.name)
        return plain(self, *mode, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", watched)
    check_copy(database.path)
    make_backup(database.path, "regular", NOW)
    assert database.path.name not in opened and opened
    assert family_of(database, make_person("Öberg")) == "Öberg"
