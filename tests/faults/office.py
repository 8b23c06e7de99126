"""An invented office: what it does through the program's own services, and what must be stored after each step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.copies import back_up
from db.database import Database, stamps
from db.drafts import KeptDraft, keep_draft
from db.history import TAKE_BACK, take_back
from db.keys import key_of
from db.models.history import ChangeSet
from db.models.person import Person
from db.schema import Part
from db.sqlite import opening
from desktop.assembly import new_registry
from desktop.core.clock import FixedClock
from desktop.core.sheets import Sheet, store
from desktop.core.texts import Texts
from desktop.modules.policies.scans import MODULE
from desktop.people.contacts import ContactForm, InteractionForm, add_contact, add_interaction
from desktop.people.editing import PersonForm, create_person, edit_person, retire
from desktop.people.imports.storing import import_file
from desktop.people.merging.apart import take_apart
from desktop.people.merging.belongings import World
from desktop.people.merging.merge import merge_people
from desktop.people.merging.plan import Choice, read_plan
from desktop.people.merging.since import read_separation

NOW, TODAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), date(2026, 11, 23)
ACTOR = Actor(UUID("01a20000-0000-7000-8000-000000000001"), "Tester", frozenset({"office"}))
Step = dict[str, Any]


class Fact(NamedTuple):
    """What is known of somebody: the family name, whether they are found, ways to reach them, talks, files."""

    family: str
    living: bool
    reach: int
    talks: int
    files: int = 0


def word(number: int, first: str) -> str:
    """A name of six letters that no other begins like."""
    return first + "".join("abcdefghij"[int(digit)] for digit in f"{number:05}")


@dataclass
class Books:
    """What must be stored: people by given name, which nobody shares, and the text of the open form."""

    people: dict[str, Fact] = field(default_factory=dict)
    draft: str = ""
    steps: int = 0  # with a change set
    words: int = 0
    done: list[dict[str, Fact | None]] = field(default_factory=list)  # by the number of the change set: what it found
    touched: dict[str, int] = field(default_factory=dict)  # who was last touched in which

    def after(self, step: Step) -> Books:
        """The books once `step` is stored."""
        books = Books(dict(self.people), self.draft, self.steps, max(self.words, step.get("words", 0)), self.done, self.touched)
        if step["kind"] == "draft":
            books.draft = step["text"]
        if "becomes" in step:
            changed = {name: Fact(*fact) if fact else None for name, fact in step["becomes"].items()}
            books.steps += 1
            books.done = [*self.done, {name: self.people.get(name) for name in changed}]
            books.touched = {**self.touched, **dict.fromkeys(changed, len(self.done))}
            books.people.update({name: fact for name, fact in changed.items() if fact})
            for name in [name for name, fact in changed.items() if fact is None]:
                books.people.pop(name, None)
        return books

    def all_words(self) -> list[str]:
        """Every name there ever was, so also those that must no longer be found."""
        return [word(number, first) for number in range(self.words) for first in "tz"]


def think_of(kind: str, books: Books, rng: Random) -> Step:
    """A step the office could do now. Taking back takes what nobody touched since, so that all of it goes."""
    step: Step = {"kind": kind, "change_set": new_id().hex, "words": books.words}
    living = [name for name, fact in books.people.items() if fact.living]
    if kind == "save":
        step |= {"words": books.words + 1, "name": word(books.words, "t"), "family": word(books.words, "z")}
        step["becomes"] = {step["name"]: Fact(step["family"], True, 3, 1)}
    elif kind in ("edit", "call", "retire", "attach"):
        name = step["name"] = rng.choice(living)
        fact = books.people[name]
        if kind == "edit":
            step |= {"words": books.words + 1, "family": word(books.words, "z")}
        changed = {
            "edit": fact._replace(family=step.get("family", "")), "call": fact._replace(talks=fact.talks + 1),
            "retire": fact._replace(living=False), "attach": fact._replace(files=fact.files + 1),
        }  # fmt: skip
        step["becomes"] = {name: changed[kind]}
        step["bytes"] = rng.randrange(1000, 60_000)
    elif kind == "import":
        _think_of_list(step, books, rng, living)
    elif kind == "take_back":
        own = [n for n, former in enumerate(books.done) if former and all(books.touched[name] == n for name in former)]
        number = rng.choice(own[-5:])
        step |= {"of": number + 1, "becomes": books.done[number]}
    elif kind == "parcel":
        step["becomes"] = {}
    elif kind == "draft":
        step |= {"user": ACTOR.id.hex, "page": "people.new", "arguments": "{}", "text": f"half a sentence {rng.random()}"}
    return step


def _think_of_list(step: Step, books: Books, rng: Random, living: list[str]) -> None:
    count = rng.randrange(20, 60)
    lines, becomes = ["Given name;Family name;E-mail;Phone"], {}
    for number in range(books.words, books.words + count):
        name, family = word(number, "t"), word(number, "z")
        lines.append(f"{name};{family};{name}@test.example;070-174 {number // 100 % 100:02} {number % 100:02}")
        becomes[name] = Fact(family, True, 2, 0)
    for name in rng.sample(living, min(3, len(living))):  # people already known: a number is added
        fact = books.people[name]
        lines.append(f"{name};{fact.family};{name}@test.example;070-9{rng.randrange(10**6):06}")
        becomes[name] = fact._replace(reach=fact.reach + 1)
    step |= {"words": books.words + count, "lines": lines, "becomes": becomes}


class Office:
    """The program as far as storing goes: one open database and the services of its pages."""

    def __init__(self, path: Path, parts: list[Part], hours: int = 0) -> None:
        """`hours` after the first day the program starts."""
        self.database = Database(path, parts=parts, now=lambda: NOW + timedelta(hours=hours))

    def do(self, step: Step) -> None:
        """Do one step to its end: when this returns, the user has read that it is saved."""
        kind = step["kind"]
        if kind == "import":
            self._import(step)
        elif kind == "draft":
            with self.database.upkeep(quiet=True) as session:
                keep_draft(session, UUID(step["user"]), KeptDraft(step["page"], step["arguments"], step["text"], NOW))
        elif kind == "backup":
            back_up(self.database, Path(step["target"]))
        else:
            work: dict[str, Callable[[Session, Step], object]] = {
                "save": _save, "edit": _edit, "call": _call, "retire": _retire, "attach": _attach, "parcel": _parcel,
                "take_back": _take_back, "merge": _merge, "apart": _take_apart,
            }  # fmt: skip
            verb = {"take_back": TAKE_BACK, "save": "create_person"}.get(kind, kind)
            with self.database.write(ACTOR, verb, change_set=UUID(step["change_set"])) as session:
                work[kind](session, step)

    def _import(self, step: Step) -> None:
        path = self.database.path.with_name("list.csv")
        path.write_text("\n".join(step["lines"]), encoding="utf-8")
        around: Any = SimpleNamespace(
            database=self.database,
            actor=ACTOR,
            settings={"core.office_country": "SE"},
            clock=SimpleNamespace(today=lambda: TODAY),
            texts=Texts(),
        )
        import_file(around, path, dry_run=False)


def _save(session: Session, step: Step) -> None:
    person_id = create_person(session, PersonForm(given=step["name"], family=step["family"]), today=TODAY)
    add_contact(session, person_id, ContactForm("email", f"{step['name']}@test.example"), country="SE")
    add_contact(session, person_id, ContactForm("phone", "070-174 06 05"), country="SE")
    add_contact(session, person_id, ContactForm("address", street="Storgatan 1", city="Luleå"), country="SE")
    add_interaction(session, person_id, InteractionForm("call", NOW, "out", "First call"), actor=ACTOR)


def _person(session: Session, step: Step) -> Person:
    return session.scalars(select(Person).where(Person.given == step["name"])).one()


def _edit(session: Session, step: Step) -> None:
    person = _person(session, step)
    edit_person(session, person.id, person.version, PersonForm(given=step["name"], family=step["family"]), today=TODAY)


def _call(session: Session, step: Step) -> None:
    add_interaction(session, _person(session, step).id, InteractionForm("call", NOW, "in", "Asked for a form"), actor=ACTOR)


def _retire(session: Session, step: Step) -> None:
    person = _person(session, step)
    retire(session, person.id, person.version, now=NOW)


def _attach(session: Session, step: Step) -> None:
    content = b"%PDF-" + Random(step["change_set"]).randbytes(step["bytes"])
    store(session, Sheet("consent.pdf", content, "application/pdf"), MODULE, _person(session, step).id, NOW)


def _take_back(session: Session, step: Step) -> None:
    take_back(session, session.scalars(select(ChangeSet.id).where(ChangeSet.number == step["of"])).one())


def world() -> World:
    """What merging knows of the modules, for somebody who sees no words of theirs."""
    registry = new_registry(FixedClock(NOW, UTC))
    return World(registry.person_rows(), registry.open, lambda _right: False, Texts("en"), lambda: NOW)


def _both(session: Session, step: Step) -> list[UUID]:
    return [session.scalars(select(Person.id).where(Person.given == name)).one() for name in step["names"]]


def _merge(session: Session, step: Step) -> None:
    stays, goes = _both(session, step)
    choice, known = Choice({"given": "stays", "family": "stays"}), world()
    merge_people(session, stays, goes, choice, read_plan(session, stays, goes, known).mark, known, today=TODAY, now=NOW)


def _take_apart(session: Session, step: Step) -> None:
    _stays, goes = _both(session, step)
    known = world()
    take_apart(session, goes, (), read_separation(session, goes, known).mark, known)


def _parcel(session: Session, step: Step) -> None:
    values = {name: value.bytes if isinstance(value, UUID) else value for name, value in stamps(session).items()}
    session.execute(
        text("INSERT INTO parcel (id, version, made_in, changed_in, note) VALUES (:id, :version, :made_in, :changed_in, '')"),
        {"id": new_id().bytes, **values},
    )


Held = tuple[dict[str, Fact], int, str]


class Damaged(Exception):
    """The file can be read, but no office ever held what it says."""


def stored(path: Path) -> Held:
    """What the file really holds, read from the rows: people by given name, change sets, the draft.

    Raises Damaged where one person is there twice.
    """
    statement = (
        "SELECT given, family, retired_at IS NULL, (SELECT count(*) FROM contact_point c WHERE c.person_id = p.id), "
        "(SELECT count(*) FROM interaction i WHERE i.person_id = p.id), "
        "(SELECT count(*) FROM attachment a JOIN file_content f ON f.hash = a.hash AND length(f.data) = a.size "
        "WHERE a.subject = p.id) FROM person p"
    )
    with closing(opening.connect(path, key_of(path))) as raw:
        people: dict[str, Fact] = {}
        for name, family, living, *counts in raw.execute(statement):
            if name in people:
                raise Damaged(f"{name} is there twice")
            people[name] = Fact(family, bool(living), *counts)
        steps = raw.execute("SELECT count(*) FROM change_set").fetchone()[0]
        draft = raw.execute("SELECT state FROM draft").fetchone()
    return people, steps, draft[0] if draft else ""


def kept(books: Books) -> Held:
    """What the books say, to be compared with `stored`."""
    return books.people, books.steps, books.draft


def differences(held: Held, wanted: Held, after: object) -> str:
    """What a failed test shows instead of the whole office."""
    people = {
        name: (held[0].get(name), wanted[0].get(name)) for name in held[0] | wanted[0] if held[0].get(name) != wanted[0].get(name)
    }
    return f"after {after}: stored and wanted: {people}, {held[1:]}, {wanted[1:]}"
