"""After a power cut everything acknowledged is there, and nothing is corrupt, wherever it hit and whatever the disk dropped."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from db.schema import Part
from tests.faults import disk, mutants
from tests.faults.conftest import SEED
from tests.faults.office import Books, Damaged, Held, Office, kept, stored, think_of
from tests.faults.power import Disk, Recording
from tests.faults.soundness import problems_of

KINDS = ("save", "save", "edit", "call", "retire", "attach", "draft", "take_back", "backup", "import")


@dataclass(frozen=True)
class Day:
    """A recorded day at the office: what reached the disk, and the books after each step."""

    before: dict[str, bytes]
    recording: Recording
    books: list[Books]
    backups: list[int]  # by step: the step whose books the newest acknowledged backup holds; -1 for none
    sound: dict[bytes, Any] = field(default_factory=dict)  # what backups that were looked at hold; None for a damaged one


def spend(folder: Path, worked: tuple[Path, Books], parts: list[Part], steps: int) -> Day:
    """Work for `steps` steps and record it."""
    path, books = worked
    own, rng, recording = folder / path.name, Random(f"{SEED} day"), Recording()
    shutil.copyfile(path, own)
    before, all_books, backups = {str(own): own.read_bytes()}, [books], [-1]
    with disk.watched(recording.note):
        office = Office(own, parts)
        for number in range(1, steps + 1):
            kind = rng.choice(KINDS)
            step = {**think_of(kind, all_books[-1], rng), "target": str(folder / "Backup.kontinuum")}
            office.do(step)
            all_books.append(all_books[-1].after(step))
            backups.append(number if kind == "backup" else backups[-1])
            recording.events.append(number)
        office.database.close()
    return Day(before, recording, all_books, backups)


def cut(day: Day, folder: Path, times: int, *, lies: bool = False, told_early: bool = False) -> Counter[str]:
    """Cut the power at so many random moments of the day, and judge what is found after each."""
    rng, tally = Random(f"{SEED} cuts"), Counter[str]()
    moments = sorted(rng.randrange(len(day.recording.events)) for _ in range(times))
    platter, told = Disk(day.before, lies=lies), 0
    folder.mkdir()
    for moment, event in enumerate(day.recording.events):
        while moments and moments[0] == moment:
            moments.pop(0)
            platter.cut(folder, rng)
            with disk.watched(lambda touch: disk.DONE if touch.kind == "sync" else disk.OK):  # looking need not be durable
                tally[judge(day, folder, min(told + told_early, len(day.books) - 1), rng)] += 1
        if isinstance(event, int):
            told = event
        else:
            platter.follow(event)
    return tally


def judge(day: Day, folder: Path, told: int, rng: Random) -> str:
    """What became of `told` acknowledged steps."""
    path = folder / "Office.kontinuum"
    held = _readable(path)
    if held is None:
        return "corrupt"
    known = next((step for step, books in enumerate(day.books) if kept(books) == held), -1)
    if known < 0:
        return "corrupt"
    words = day.books[known].all_words()
    if problems_of(path, {*rng.sample(words, 10), *words[-4:]} if rng.random() < 0.2 else ()):
        return "corrupt"
    while known + 1 < len(day.books) and kept(day.books[known + 1]) == held:
        known += 1  # a backup changes nothing
    if known < told:
        return "lost"
    return "kept" if _backup_stands(day, folder / "Backup.kontinuum", told) else "backup lost"


def _readable(path: Path) -> Held | None:
    """What the file holds, or None for a damaged one: a page of an older day shows as an error or as rows there twice."""
    try:
        return stored(path)
    except (dbapi2.DatabaseError, Damaged):
        return None


def _backup_stands(day: Day, target: Path, told: int) -> bool:
    allowed = {day.backups[told], day.backups[min(told + 1, len(day.books) - 1)]}
    if not target.exists():
        return -1 in allowed
    content = target.read_bytes()
    if content not in day.sound:  # most cuts leave the same backup
        day.sound[content] = _readable(target) if not problems_of(target) else None
    return day.sound[content] is not None and any(step >= 0 and kept(day.books[step]) == day.sound[content] for step in allowed)


def test_a_power_cut_loses_nothing_acknowledged(
    tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], rounds: Callable[..., int]
) -> None:
    day = spend(tmp_path, worked, parts, 80)
    times = rounds(500, 10_000)
    tally = cut(day, tmp_path / "after", times)
    print(f"{times} cuts among {len(day.recording.events)} touches of the disk, seed {SEED}: {dict(tally)}")
    assert tally == {"kept": times}


# The controls: were one of these not seen, the test above would be blind.


def test_seen_if_commits_were_not_synced(
    tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants.with_pragma(monkeypatch.setattr, "synchronous = NORMAL")
    tally = cut(spend(tmp_path, worked, parts, 30), tmp_path / "after", 40)
    assert tally["lost"] > 0 and tally["corrupt"] == 0


def test_seen_if_the_journal_were_in_memory(
    tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants.with_pragma(monkeypatch.setattr, "journal_mode = MEMORY")
    assert cut(spend(tmp_path, worked, parts, 30), tmp_path / "after", 40)["corrupt"] > 0


def test_seen_if_the_disk_lied_about_syncing(tmp_path: Path, worked: tuple[Path, Books], parts: list[Part]) -> None:
    tally = cut(spend(tmp_path, worked, parts, 30), tmp_path / "after", 40, lies=True)
    assert tally["lost"] + tally["corrupt"] > 0


def test_seen_if_saved_were_said_too_early(tmp_path: Path, worked: tuple[Path, Books], parts: list[Part]) -> None:
    assert cut(spend(tmp_path, worked, parts, 30), tmp_path / "after", 40, told_early=True)["lost"] > 0


def test_seen_if_backups_grew_under_their_name(
    tmp_path: Path, worked: tuple[Path, Books], parts: list[Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants.copies_named_at_once(monkeypatch.setattr)
    monkeypatch.setattr(f"{__name__}.KINDS", ("save", "backup"))
    assert cut(spend(tmp_path, worked, parts, 10), tmp_path / "after", 40)["backup lost"] > 0
