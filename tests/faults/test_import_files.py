"""Whatever file is chosen, reading ends: with the rows that are in it, or with one sentence; and the next file is read."""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any

import pytest
from sqlalchemy import inspect, text

from db.database import Database
from db.errors import Told
from desktop.core.context import ModuleContext
from desktop.core.limits import within
from desktop.core.tasks import Tasks
from desktop.core.worker import Task, Worker, WorkerEnded
from desktop.people.formats import delimited, sheet_archive, table_file
from desktop.people.formats.records import Records
from desktop.people.formats.sheet_book import SheetRows
from desktop.people.imports import run as import_run
from desktop.people.imports.page import ImportPage
from desktop.people.imports.people_file import Asked, read_file
from desktop.people.imports.reading import preview
from desktop.people.imports.rows import ReadFile
from desktop.people.tests.workbooks import xlsx
from tests.faults.bombs import BOMBS, MEGABYTE, swollen
from tests.faults.conftest import SEED
from tests.faults.counting import count_rows
from tests.faults.spoiling import PEOPLE, good_lists, spoiled

TODAY = date(2027, 7, 15)
PEAK = 512 * MEGABYTE  # what the worker may ever have held
AT_A_TIME, PREVIEWED = 100, 8  # files given to the worker together; one in so many is compared with the register
Report = Callable[[int, int], Any]
Ask = Callable[[Callable[[Any, Report], Any], Any], Any]


def nobody(done: int, total: int) -> None:
    """Nobody watches."""


def asked_for(path: Path) -> Asked:
    return Asked(path, "SE", TODAY)


def read_or_refuse(path: Path, report: Report) -> ReadFile | str:
    """What becomes of a file: what was read, or the sentence that refuses it. Anything else comes through as the defect it is."""
    try:
        return read_file(asked_for(path), report)
    except Told as told:
        assert told.to_do, told
        return str(told)


def read_folder(folder: Path, report: Report) -> list[tuple[str, ReadFile | str]]:
    return [(path.name, read_or_refuse(path, report)) for path in sorted(folder.iterdir())]


def read_and_weigh(path: Path, report: Report) -> tuple[ReadFile | str, int]:
    return read_or_refuse(path, report), most_held()


def most_held() -> int:
    """The most memory this process held, in bytes; Linux counts what its parent held, too, unless asked this way."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:")) * 1024


def eat_memory(_path: Path, report: Report) -> int:
    with within(memory=64 * MEGABYTE, seconds=60):
        return len(bytearray(128 * MEGABYTE))


def eat_all(_path: Path, report: Report) -> int:
    return len(bytearray(8 * 1024 * MEGABYTE))


def never_end(_path: Path, report: Report) -> None:
    with within(memory=64 * MEGABYTE, seconds=0.01):
        threading.Event().wait()


def length(path: Path, report: Report) -> int:
    return len(str(path))


def abort(_path: Path, report: Report) -> None:
    os.abort()


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Have work done in a worker process, and give what comes back; raise what it raises."""
    worker = Worker()

    def run(work: Callable[[Any, Report], Any], argument: Any) -> Any:
        ended: SimpleQueue[tuple[Any, Exception | None]] = SimpleQueue()
        worker.put(Task(work, argument, lambda: None, lambda done, total: None, lambda *both: ended.put(both)))
        answer, error = ended.get()
        if error is not None:
            raise error
        return answer

    yield run
    worker.close()


def everything(database: Database) -> list[Any]:
    """Every row of every table."""
    with database.read() as session:
        names = sorted(inspect(session.connection()).get_table_names())
        return [(name, session.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names]


# Bombs


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_a_sentence_within_the_limits(name: str, ask: Ask, tmp_path: Path) -> None:
    write, told = BOMBS[name]
    bomb = tmp_path / "list.csv"
    write(bomb)
    answer, peak = ask(read_and_weigh, bomb)
    assert isinstance(answer, str) and told in answer
    assert peak < PEAK


def test_without_the_look_at_what_it_unpacks_to_a_bomb_is_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check sees a broken one."""
    bomb, told = tmp_path / "list.csv", "unpacks to far more"
    bomb.write_bytes(swollen(40))
    assert told in str(read_or_refuse(bomb, nobody))
    monkeypatch.setattr(sheet_archive, "MAX_RATIO", 1_000_000)
    assert told not in str(read_or_refuse(bomb, nobody))


# A worker that dies


@pytest.mark.skipif(sys.platform != "linux", reason="the other systems do not keep a limit of memory")
def test_work_that_asks_for_too_much_memory_is_told_and_the_process_lives(ask: Ask) -> None:
    for work in (eat_memory, eat_all):
        with pytest.raises(Told, match="more memory than there is"):
            ask(work, Path())
    assert ask(length, Path("abc")) == 3


@pytest.mark.parametrize("death", [never_end, abort])
def test_after_a_worker_that_died_the_next_file_is_read(death: Any, ask: Ask, tmp_path: Path) -> None:
    with pytest.raises(WorkerEnded, match="may have needed too much memory or time. Nothing was changed."):
        ask(death, Path())
    file = tmp_path / "list.xlsx"
    file.write_bytes(xlsx({"S": PEOPLE}))
    assert len(ask(read_file, asked_for(file)).rows) == len(PEOPLE) - 1


def test_the_window_lives_on_and_reads_the_next_file(
    qtbot: Any, database: Database, context: ModuleContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = Tasks(database, context.actor, context.clock)
    page = ImportPage(replace(context, tasks=tasks))
    qtbot.addWidget(page)
    file = tmp_path / "list.xlsx"
    file.write_bytes(xlsx({"S": PEOPLE}))
    before = everything(database)
    try:
        with monkeypatch.context() as broken, qtbot.waitSignal(tasks.drained, timeout=60_000):
            broken.setattr(import_run, "read_file", abort)
            page.read(file)
        assert page.banner.text.startswith("Reading the file list.xlsx took too much memory or time and was ended.")
        with qtbot.waitSignal(page.run.planned, timeout=60_000):
            page.read(file)
        assert page.model.rowCount() == len(PEOPLE) - 1
        assert everything(database) == before
    finally:
        tasks.close()


def test_outside_the_worker_nothing_is_limited() -> None:
    with within(memory=0, seconds=0.0):
        assert len(bytearray(MEGABYTE)) == MEGABYTE


# Spoiled files


def test_good_lists_are_read_whole(ask: Ask, tmp_path: Path) -> None:
    for name, content in good_lists().items():
        (tmp_path / name).write_bytes(content)
    read = dict(ask(read_folder, tmp_path))
    assert {name: len(file.rows) + len(file.faults) for name, file in read.items() if "libre" not in name} == {
        name: len(PEOPLE) - 1 for name in read if "libre" not in name
    }


def test_a_spoiled_file_is_read_row_for_row_or_refused(
    rounds: Callable[..., int], ask: Ask, database: Database, tmp_path: Path
) -> None:
    before, outcomes = everything(database), Counter[str]()
    files = spoiled(rounds(2_000), Random(SEED))
    while batch := dict(islice(files, AT_A_TIME)):
        folder = tmp_path / next(iter(batch))
        folder.mkdir()
        for name, content in batch.items():
            (folder / name).write_bytes(content)
        for name, answer in ask(read_folder, folder):
            outcomes[re.sub("[0-9]+[^ ]*", "…", answer) if isinstance(answer, str) else "read"] += 1
            if isinstance(answer, ReadFile):
                found = len(answer.rows) + len(answer.faults)
                counted = count_rows(batch[name], answer.encoding, answer.delimiter, answer.sheet)
                outcomes["not counted"] += counted is None
                assert counted in (found + answer.above + len(answer.heading_lines) + answer.left_out, None), name
                if outcomes["read"] % PREVIEWED == 0:
                    with database.read() as session:
                        assert len(preview(session, answer, nobody).entries) == found
    assert everything(database) == before
    assert outcomes.pop("not counted", 0) < rounds(2_000) // 200
    assert sum(outcomes.values()) == rounds(2_000)
    assert outcomes["read"] > rounds(2_000) // 5  # the spoiling leaves enough to be read
    assert len(outcomes) > 8  # and enough ways to be refused


@pytest.mark.parametrize("name", ["utf-8.csv", "written.xlsx", "written.ods", "people.xls"])
def test_a_reader_that_loses_a_row_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check sees a broken one."""
    content, lines, add = good_lists()[name], delimited._lines, SheetRows.add
    whole = table_file.parse_table(content, name)
    counted = count_rows(content, whole.encoding, whole.delimiter, whole.sheet)
    assert counted is not None and len(whole.rows) == counted - 1
    monkeypatch.setattr(delimited, "_lines", lambda *how: islice(lines(*how), 11))
    monkeypatch.setattr(SheetRows, "add", lambda rows, line, *how: None if line == 5 else add(rows, line, *how))
    assert len(table_file.parse_table(content, name).rows) < counted - 1


@pytest.mark.parametrize("name", ["people.ldif", "cards-2.1.vcf", "google.csv"])
def test_a_reader_that_loses_an_entry_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check sees a broken one."""
    content, add = good_lists()[name], Records.add
    whole = table_file.parse_table(content, name)
    counted = count_rows(content, whole.encoding, whole.delimiter, whole.sheet)
    assert counted == len(whole.rows) + len(whole.heading_lines) + whole.left_out
    lost = whole.rows[3][0]
    monkeypatch.setattr(Records, "add", lambda records, line, values: None if line == lost else add(records, line, values))
    assert len(table_file.parse_table(content, name).rows) == len(whole.rows) - 1
