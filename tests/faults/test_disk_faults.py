"""A full or broken disk, met at the n-th write of everything that stores: all or nothing, said in words, and work goes on."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlcipher3 import dbapi2

from db.backups import backups_of
from db.database import Database
from db.errors import Unavailable
from db.profiles import Places, read_profiles, save_profile
from db.schema import Part
from desktop.core.documents import save
from tests.faults import disk, mutants
from tests.faults.conftest import SEED
from tests.faults.office import Books, Office, Step, differences, kept, stored, think_of
from tests.faults.office_process import Refused, Starter
from tests.faults.parcels import Releases, stored_parcels
from tests.faults.soundness import problems_of

WORDS = {
    "full": r"There is no room left on the disk that holds .+: \d+ MB are free\. .+",
    "broken": r"The disk that holds .+ reports an error\. .+",
    "make": r".+ cannot be opened or made\. .+",  # the engine does not say why
}
LOGS = (".kontinuum-wal", ".kontinuum-shm", ".csv")  # what lies beside an open file


@dataclass
class Trouble:
    """From the n-th time on nothing fits, or the n-th time alone goes wrong."""

    kind: str  # full, broken
    at: int
    seen: int = 0
    met: frozenset[str] = frozenset()  # what went wrong
    told: str = ""

    def meet(self, touch: disk.Touch) -> int:
        """Watches."""
        if self.kind == "full" and touch.kind not in ("write", "make"):
            return disk.OK  # a full disk still syncs, renames and removes
        self.seen += 1
        if self.seen < self.at or (self.kind == "broken" and self.seen > self.at):
            return disk.OK
        self.met |= {touch.kind}
        return disk.FULL if self.kind == "full" else disk.IO_WRITE

    def spares(self, work: Callable[[], object]) -> bool:
        """Whether the work was done; else it was refused in words that say why."""
        with disk.watched(self.meet):
            try:
                work()
            except Unavailable as error:
                self.told = str(error)
                fitting = [WORDS[self.kind], *([WORDS["make"]] if "make" in self.met else [])]
                assert self.met and any(re.fullmatch(words, self.told) for words in fitting), self.told
                return False
        return True


Troubles = Callable[..., Iterator[Trouble]]


@pytest.fixture
def troubles(rounds: Callable[..., int]) -> Troubles:
    """Trouble at the first write, the second, ... until the work is through without meeting it; further on with gaps."""
    everywhere = rounds(1) > 1

    def meet(kind: str, gap: float = 1.2) -> Iterator[Trouble]:
        trouble = Trouble(kind, 1)
        while True:
            yield trouble
            if not trouble.met:
                return
            trouble = Trouble(kind, trouble.at + 1 if everywhere or trouble.at < 10 else int(trouble.at * gap))

    return meet


@dataclass
class Desk:
    """An open office that must outlive every trouble."""

    office: Office
    books: Books
    rng: Random

    @property
    def path(self) -> Path:
        return self.office.database.path

    def think_of(self, kind: str) -> Step:
        return {**think_of(kind, self.books, self.rng), "target": str(self.path.with_name("Backup.kontinuum"))}

    def must_do(self, kind: str) -> None:
        step = self.think_of(kind)
        self.office.do(step)
        self.books = self.books.after(step)

    def check(self, after: object, *, thoroughly: bool) -> None:
        held = stored(self.path)
        assert held == kept(self.books), differences(held, kept(self.books), after)
        if thoroughly:
            assert problems_of(self.path, self.books.all_words()[-40:]) == []

    def as_after_a_crash(self) -> Path:
        """The file as the next start would find it, were the program killed now."""
        copy = self.path.parent.with_suffix(".crashed") / self.path.name
        copy.parent.mkdir(exist_ok=True)
        for end in ("", "-wal"):
            if Path(f"{self.path}{end}").exists():  # a program without a log beside its file leaves none
                shutil.copyfile(f"{self.path}{end}", f"{copy}{end}")
        return copy

    def litter(self) -> set[str]:
        return {path.name for path in self.path.parent.iterdir() if not path.name.endswith(LOGS)}


@pytest.fixture
def desk(tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], request: pytest.FixtureRequest) -> Iterator[Desk]:
    path, books = worked
    shutil.copyfile(path, tmp_path / path.name)
    found = Desk(Office(tmp_path / path.name, parts), books, Random(f"{SEED} {request.node.name}"))
    yield found
    found.office.database.close()


def do_in_trouble(kind: str, desk: Desk, troubles: Iterator[Trouble]) -> int:
    """Do such a step in every trouble; answers how often it was refused."""
    refused = 0
    for trouble in troubles:
        step = desk.think_of(kind)
        if trouble.spares(partial(desk.office.do, step)):
            desk.books = desk.books.after(step)
        else:
            refused += 1
            left = stored(desk.as_after_a_crash())
            assert left == kept(desk.books) or (left == kept(desk.books.after(step)) and "not certain" in trouble.told)
        desk.check(trouble, thoroughly=trouble.at % 7 == 0)
        assert desk.litter() == {desk.path.name}
        desk.must_do("call")
        if kind == "take_back":
            desk.must_do("import" if trouble.at % 3 else "save")
    desk.check("all", thoroughly=True)
    return refused


@pytest.mark.parametrize("trouble_kind", ["full", "broken"])
@pytest.mark.parametrize("kind", ["save", "edit", "attach", "draft", "import", "take_back"])
def test_a_step_is_saved_whole_or_refused(kind: str, trouble_kind: str, desk: Desk, troubles: Troubles) -> None:
    assert do_in_trouble(kind, desk, troubles(trouble_kind)) > 1


def back_up_in_trouble(desk: Desk, troubles: Iterator[Trouble]) -> int:
    """Back up in every trouble; answers how often it was refused."""
    desk.must_do("backup")
    former, refused, target = kept(desk.books), 0, desk.path.with_name("Backup.kontinuum")
    for trouble in troubles:
        desk.must_do("call")
        if trouble.spares(partial(desk.office.do, desk.think_of("backup"))):
            former = kept(desk.books)
        else:
            refused += 1
        assert desk.litter() == {desk.path.name, target.name}
        assert stored(target) == former
        if trouble.at % 7 == 0:
            assert problems_of(target) == []
    desk.check("all", thoroughly=True)
    return refused


@pytest.mark.parametrize("trouble_kind", ["full", "broken"])
def test_a_backup_is_whole_or_the_former_one(trouble_kind: str, desk: Desk, troubles: Troubles) -> None:
    assert back_up_in_trouble(desk, troubles(trouble_kind)) > 10


@pytest.mark.parametrize("trouble_kind", ["full", "broken"])
def test_a_file_is_brought_up_to_date_wholly_or_not(
    trouble_kind: str, tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], troubles: Troubles
) -> None:
    path, releases = tmp_path / "Office.kontinuum", Releases(tmp_path / "parcel")
    parts = [*parts, Part("parcel", releases.folder)]
    shutil.copyfile(worked[0], path)
    office, refused = Office(path, parts), 0
    office.do(think_of("parcel", worked[1], Random(SEED)))
    office.database.close()
    releases.add_parcel()
    before, old = path.read_bytes(), (1, 1, releases.notes.copy())
    releases.publish()
    releases.upgrade()
    for trouble in troubles(trouble_kind, 1.5):
        path.write_bytes(before)
        opened: list[Office] = []
        if not trouble.spares(lambda opened=opened: opened.append(Office(path, parts))):
            refused += 1
            assert stored_parcels(path) == old
            opened.append(Office(path, parts))
        assert stored_parcels(path) == (2, 2, releases.notes)
        assert {file.name for file in path.parent.iterdir() if not file.name.endswith(LOGS)} <= {
            path.name, "parcel", f"{path.stem} backups"
        }  # fmt: skip
        opened[0].database.close()
        assert all(not copy.path.name.endswith(".part") and stored_parcels(copy.path) == old for copy in backups_of(path))
        if trouble.at % 7 == 0:
            assert problems_of(path) == []
        shutil.rmtree(path.with_name(f"{path.stem} backups"))
    assert refused > 10


@pytest.mark.parametrize("trouble_kind", ["full", "broken"])
def test_a_new_file_is_made_wholly_or_not(trouble_kind: str, tmp_path: Path, parts: list[Part], troubles: Troubles) -> None:
    path, refused = tmp_path / "new" / "New.kontinuum", 0
    for trouble in troubles(trouble_kind, 1.5):
        opened: list[Database] = []
        if trouble.spares(lambda opened=opened: opened.append(Database(path, parts=parts))):
            opened[0].close()
            assert problems_of(path) == []
            shutil.rmtree(path.parent)
        else:
            refused += 1
            assert list(path.parent.iterdir()) == []
    Database(path, parts=parts).close()
    assert refused > 10


def test_the_systems_own_refusal_is_told_and_work_goes_on(
    tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], starter: Starter
) -> None:
    """Nothing in between here: the system itself lets no file of the process grow."""
    path, books, rng = tmp_path / "Office.kontinuum", worked[1], Random(SEED)
    shutil.copyfile(worked[0], path)
    target = path.with_name("Backup.kontinuum")
    worker = starter.start()
    worker.do({"kind": "open", "open": str(path), "parts": [(part.key, str(part.folder)) for part in parts], "hours": 0})
    worker.do({"kind": "limit", "bytes": path.stat().st_size // 2})
    with pytest.raises(Refused, match=WORDS["broken"]):
        worker.do({**think_of("backup", books, rng), "target": str(target)})
    for kind in ("import", "attach", "save", "take_back", "edit"):
        worker.do({"kind": "limit", "bytes": path.with_name(f"{path.name}-wal").stat().st_size + 9000})
        step = think_of(kind, books, rng)
        with pytest.raises(Refused, match=WORDS["broken"]):
            worker.do(step)
        worker.do({"kind": "limit", "bytes": -1})
        worker.do(step)
        books = books.after(step)
    assert {file.name for file in tmp_path.iterdir() if not file.name.endswith(LOGS)} == {path.name}
    worker.do({**think_of("backup", books, rng), "target": str(target)})
    worker.kill()
    for file in (path, target):
        assert stored(file) == kept(books)
        assert problems_of(file, books.all_words()[-40:]) == []


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EFBIG])
@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_files_beside_the_database_are_replaced_whole_or_not(
    name: str, fault: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(fault, os.strerror(fault))

    places, letter = Places(tmp_path, tmp_path), tmp_path / "letter.pdf"
    save_profile(places, "old", tmp_path)
    save(letter, b"old")
    with monkeypatch.context() as broken:
        broken.setattr(os, name, refuse)
        words = {errno.ENOSPC: WORDS["full"], errno.EIO: WORDS["broken"]}.get(fault, ".*")
        for work in (partial(save, letter, b"new"), partial(save_profile, places, "new", tmp_path)):
            with pytest.raises((Unavailable, OSError) if fault == errno.EFBIG else Unavailable, match=words):
                work()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.pdf", "profiles.json"]
    assert letter.read_bytes() == b"old" and read_profiles(places) == {"old": tmp_path}
    save(letter, b"new")
    save_profile(places, "new", tmp_path)
    assert letter.read_bytes() == b"new" and set(read_profiles(places)) == {"old", "new"}


# The controls: were one of these not seen, the tests above would be blind.


@pytest.mark.parametrize("trouble_kind", ["full", "broken"])
def test_seen_if_backups_grew_under_their_name(
    trouble_kind: str, desk: Desk, troubles: Troubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants.copies_named_at_once(monkeypatch.setattr)
    with pytest.raises((AssertionError, dbapi2.DatabaseError)):
        back_up_in_trouble(desk, troubles(trouble_kind))


def test_seen_if_nothing_could_be_rolled_back(
    tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], troubles: Troubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants.with_pragma(monkeypatch.setattr, "journal_mode = OFF")
    shutil.copyfile(worked[0], tmp_path / "Office.kontinuum")
    desk = Desk(Office(tmp_path / "Office.kontinuum", parts), worked[1], Random(SEED))
    with pytest.raises((AssertionError, dbapi2.DatabaseError)):
        do_in_trouble("import", desk, troubles("broken"))
    desk.office.database.close()


def test_seen_if_the_search_index_came_later(desk: Desk, troubles: Troubles, monkeypatch: pytest.MonkeyPatch) -> None:
    mutants.search_index_later(monkeypatch.setattr)
    with pytest.raises(AssertionError):
        do_in_trouble("save", desk, troubles("full"))
