"""A list of 2,000 rows in a real database, and lanes that read it at once or in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, QThreadPool, Signal
from sqlalchemy import Column as Field
from sqlalchemy import Engine, Integer, MetaData, Select, String, Table, Uuid, create_engine, insert, select
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.lists import Column, ListSpec

NAMES = Table("name", MetaData(), Field("id", Uuid, primary_key=True), Field("name", String), Field("age", Integer))


@dataclass(frozen=True, slots=True)
class NameFilter:
    text: str = ""


@dataclass(frozen=True, slots=True)
class NameRow:
    id: UUID
    name: str
    age: int


def names_query(filter: NameFilter) -> Select[Any]:
    query = select(NAMES.c.id, NAMES.c.name, NAMES.c.age)
    return query.where(NAMES.c.name.contains(filter.text)) if filter.text else query


SPEC: ListSpec[NameFilter, NameRow] = ListSpec(
    query=names_query, row=NameRow, areas=("name",),
    columns=(
        Column(_("Name"), lambda row, texts: row.name, "name", strong=True),
        Column(_("Roles"), lambda row, texts: ("Student", "Mentee") if row.age % 2 else ("Alumna",), width=180),
        Column(_("Age"), lambda row, texts: str(row.age), "age", width=90, tone=lambda row: "warn" if row.age > 50 else "dim"),
    ),
)  # fmt: skip


class Changes(QObject):
    changed = Signal(object)


@dataclass
class Lanes:
    """Reads at once; `breaks` makes the next reads fail, `asked` counts them."""

    engine: Engine
    breaks: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def read(
        self, owner: QObject, work: Callable[[Session], Any], done: Any, failed: Any, *, slot: str = "main", of_many: bool = False
    ) -> None:
        self.asked.append(slot)
        if self.breaks is not None:
            failed(self.breaks)
            return
        with Session(self.engine) as session:
            answer = work(session)
        done(answer)


class Threaded(QObject):
    """Reads in a thread and answers in this one, as the program does."""

    arrived = Signal(object)

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine, self.tickets = engine, dict[str, int]()
        self.pool = QThreadPool(self)
        self.arrived.connect(self.deliver)

    def read(
        self, owner: QObject, work: Callable[[Session], Any], done: Any, failed: Any, *, slot: str = "main", of_many: bool = False
    ) -> None:
        ticket = self.tickets[slot] = self.tickets.get(slot, 0) + 1

        def run() -> None:
            with Session(self.engine) as session:
                answer = work(session)
            self.arrived.emit(lambda: done(answer) if self.tickets[slot] == ticket else None)

        self.pool.start(run)

    def deliver(self, answer: Callable[[], None]) -> None:
        answer()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'names.db'}")
    NAMES.metadata.create_all(engine)
    with engine.begin() as connection:
        rows = [{"id": UUID(int=n), "name": f"Person {n:04}", "age": n % 90} for n in range(2000)]
        connection.execute(insert(NAMES), rows)
    yield engine
    engine.dispose()


@pytest.fixture
def names(engine: Engine) -> Any:
    """A context as pages get it, as far as the widgets use it."""
    texts = SimpleNamespace(say=lambda text, **values: str(text).format(**values), number=str)
    return SimpleNamespace(tasks=Lanes(engine), texts=texts, changes=Changes(), engine=engine)


@contextmanager
def writing(engine: Engine) -> Iterator[Any]:
    with engine.begin() as connection:
        yield connection
