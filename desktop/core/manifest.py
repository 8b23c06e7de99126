"""What a module says about itself, as plain data: no Qt, no database, nothing that runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from db.access import Access
from db.texts import Msgid, PluralMsgid

NO_TEXT = Msgid("")
SHELL_VERSION = 1  # raised when a manifest written for an older shell no longer works

Group = Literal["top", "before", "during", "after", "with_us", "desk"]
ContributionKind = Literal[
    "person_tab",
    "selection_action",
    "my_day_card",
    "timeline_kind",
    "import",
    "export",
    "document",
    "commands",
    "handover",
    "segment_field",
    "demo_data",
]
FieldType = Literal["text", "choice", "day", "number", "yes_no", "relation"]


@dataclass(frozen=True, slots=True)
class Right:
    """Something a user may be allowed to do; `roles` hold it unless the office decides otherwise.

    One that is `apart` even administrators hold only by a role that names it.
    """

    key: str
    title: Msgid
    roles: tuple[str, ...] = ("office",)
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the navigation; `opens` is a dotted name ("package.module:Class") imported when first wanted.

    The class is called as `Class(context, parent=None, **arguments)` with the arguments of `navigate`.
    `right` may name several, separated by spaces: it opens to whoever holds them all.
    A page with `hidden` set opens only through `ModuleContext.navigate`, for instance the page of one record; while it is in
    sight, the navigation marks the page with the key `under`, or none.
    """

    key: str
    title: Msgid
    right: str
    opens: str
    icon: str = ""
    hidden: bool = False
    under: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value the office (or, if `personal`, each user) may set; its full name is "module.key".

    `choices` are pairs of stored code and shown text.
    """

    key: str
    type: type[Any]
    default: Any
    text: Msgid
    unit: Msgid | None = None
    choices: tuple[tuple[str, Msgid], ...] = ()
    personal: bool = False
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class OwnUndo:
    """A page that takes a kind of change back with more care than the history can. Its line leads there whoever may open it.

    `finds`: `function(session, change_set: UUID) -> Mapping[str, Any]`, the arguments of the page; may refuse by `RuleBroken`.
    """

    title: Msgid  # of the act, such as "Take apart…"
    page: str
    finds: str


@dataclass(frozen=True, slots=True)
class Verb:
    """The words of one kind of change in the history; `{name}` and `{count}` are filled from its details.

    Before a `risky` step, such as an import, a copy of the database is made. `outside` says what of it stays done although it is
    taken back, or why it cannot be taken back at all.
    """

    key: str
    text: Msgid | PluralMsgid
    undoable: bool = True
    risky: Literal["", "import", "step"] = ""  # why the copy is made: a key of db.backups.REASONS
    outside: Literal["", "called", "printed", "sent", "exported", "erased"] = ""
    undo: OwnUndo | None = None


@dataclass(frozen=True, slots=True)
class Asks:
    """What a field of segments asks about people: from the type follow the comparisons and how values are typed.

    A `relation` is about rows a person has any number of, such as roles; its `parts` are asked of one and the same row.
    `choices` are pairs of stored code and shown text. Where they lie in the data, `offers` names a function
    `(session) -> Sequence[tuple[str, str]]`, of whose texts those marked for translation are translated.
    """

    type: FieldType
    group: Msgid = NO_TEXT  # the heading it stands under
    choices: tuple[tuple[str, Msgid], ...] = ()
    offers: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked of a row of a relation."""

    key: str
    title: Msgid
    asks: Asks


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something a module adds to a part of the program it does not know; `opens` and `right` as in `Page`.

    What each kind must open:
        person_tab: `Class(context, person_id, parent=None)`, a widget on the person's record.
        selection_action: `function(context, people: PeopleSelection, parent) -> None` (desktop.core.selection).
        my_day_card: `Class(context, parent=None)`, a widget on My day; hides itself when nothing is due.
        timeline_kind: `function(entry: TimelineLine, texts) -> str`, the title of one of the module's timeline lines.
        import: `function(context, path, dry_run: bool[, sheet: str][, profile: str]) -> dict[str, Any]`, the counts for the command line.
        export: `function(context, path, view: str, purpose: str, recipient: str) -> dict[str, Any]`, the counts likewise.
        commands: `function(session, context) -> Sequence[Going]`, places for the search box (desktop.core.going).
        document: `function(context, what: str) -> bytes`, a PDF; `what` is a short id or a title.
        handover: `function(session, post_id: UUID, day: date, texts) -> Sequence[Matter]` (desktop.people.organisation.handover),
            what the module keeps for a post, for whoever takes it over.
        demo_data: `function(context, people: Sequence[UUID]) -> None`, adds to demo people already stored.
        segment_field: `function(asked: Asked) -> Source`, what is compared (desktop.people.segments.fields); `asks` says how.
    A task opens the page "<module>.record" with `subject=task.subject`, where the module has such a (hidden) page.
    """

    kind: ContributionKind
    key: str
    title: Msgid
    opens: str
    right: str = ""
    icon: str = ""
    order: int = 0
    shortcut: str = ""
    asks: Asks | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """The labels of stored codes that parts outside the module show, such as the stages on a person's header."""

    key: str  # "prospects.stage"
    labels: tuple[tuple[str, Msgid], ...]


@dataclass(frozen=True, slots=True)
class PersonRows:
    """Rows of one table that belong to a person, and what becomes of them when two records turn out to be one person.

    Every column that refers to a person is named by one of these; a test walks the tables. The right to merge needs an
    `Access` to what is changed here: the column itself and "removes" where `same` is given.

    Args:
        words: How many there are ("{count} calls").
        column: Refers to the person.
        same: Columns, or `function(session, person: UUID) -> dict[UUID, Hashable]` by row; of two rows that agree in them only
            the one of the record that stays remains.
        followers: Columns ("table.column") that refer to these rows; they follow to the row that remains.
        settle: `function(session, remains: UUID, goes: UUID, now: datetime) -> dict[str, Any]`, what the remaining row takes
            over from the other one, by column, so that the strictest of both survives; may refuse by `RuleBroken`.
        shows: `function(session, rows: Sequence[UUID], texts) -> dict[UUID, str]`, each row in words.
        right: What it takes to see these words; others learn how many rows there are.
        stays: The row speaks of that very record and never moves.
        staff: Columns that name who of the office worked on it, with spaces between them: an access report gives initials.
    """

    table: str
    words: PluralMsgid
    column: str = "person_id"
    same: str = ""
    followers: tuple[str, ...] = ()
    settle: str = ""
    shows: str = ""
    right: str = ""
    stays: bool = False
    staff: str = ""


@dataclass(frozen=True, slots=True)
class PersonMore:
    """Rows that are about a person through other rows, such as the calls of a place in a round; an access report brings them.

    Args:
        column: What is compared with `of`, a "table.column" of rows the report has already.
        only: The columns that say something about the person, with spaces between them; all where nothing is named.
        staff: As in `PersonRows`.
    """

    table: str
    column: str
    of: str
    only: str = ""
    staff: str = ""


@dataclass(frozen=True, slots=True)
class NotReported:
    """Tables an access report leaves out, with spaces between them. `why` is told to the person.

    Without it they hold nothing about the people of the register. Every table needs an answer; a test walks the tables.
    """

    tables: str
    why: Msgid = NO_TEXT


@dataclass(frozen=True, slots=True)
class Erasing:
    """What becomes of the rows of one table that say something of a person, when that person is erased.

    They go, with their history, unless `counts` or `ground` says otherwise. A test walks the tables: each is named by one of these
    or by `Manifest.impersonal`. The right to erase needs an `Access` to the ids and references of every table named here, and to
    change what does not stay as it is.

    Args:
        words: How many there are ("{count} calls"); where `person_rows` say it, they need not be repeated.
        refers: The columns that refer to people, where the table has `counts` or a `ground`.
        counts: Columns that stay where the person is anonymised, and the row with them; all other columns are emptied.
        ground: The law by which the rows have to be kept as they are, with the person's name.
        until: For how long.
    """

    table: str
    words: PluralMsgid | None = None
    refers: tuple[str, ...] = ()
    counts: str = ""
    ground: Msgid = NO_TEXT
    until: Msgid = NO_TEXT


@dataclass(frozen=True, slots=True)
class Retention:
    """A rule by which people are disposed of when their time is over. It is off until the office switches it on.

    Whoever has a legal hold, an open task or a post is left out whatever the rule says, and so is a record that only leads on.

    Args:
        finds: `function(facts: Facts) -> ColumnElement[bool]`, a condition on `Person` and on what
            `desktop.people.retention.facts.Facts` knows of everybody: whom it is about on the day of the facts.
        since: From which day the time is counted, keys of `desktop.people.retention.signs.SIGNS` with spaces between them; the
            latest counts, and where there is none the day the record was made.
        months: The time, unless the office decides otherwise.
        action: "erase" or "anonymise", likewise.
        ground: The law or decision it rests on, likewise.
    """

    key: str
    title: Msgid
    finds: str
    since: str
    months: int
    action: Literal["erase", "anonymise"]
    ground: Msgid


@dataclass(frozen=True, slots=True)
class RowRetention:
    """A rule by which single rows are disposed of when their time is over, while the person stays. It is off until the office
    switches it on. Rows of whoever has a legal hold stay.

    What refers to such a row by a key of its table goes with it, and so do its files.

    Args:
        table: Has a `person_id` and is named by an `Erasing`.
        finds: `function() -> Over` (desktop.people.retention.old_rows), which rows these are.
        since: From when the time is counted, such as "the day it was done".
        said: Columns whose texts steps repeat in their words, with spaces between them; the history loses these.
    """

    key: str
    title: Msgid
    table: str
    finds: str
    since: Msgid
    months: int
    ground: Msgid
    said: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A module as the shell sees it before any of its code runs."""

    key: str
    title: Msgid
    icon: str
    group: Group
    order: int
    version: str = "1"
    shell_version: int = SHELL_VERSION
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rights: tuple[Right, ...] = ()
    pages: tuple[Page, ...] = ()
    settings: tuple[Setting, ...] = ()
    verbs: tuple[Verb, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    codes: tuple[Codes, ...] = ()
    person_rows: tuple[PersonRows, ...] = ()
    erasing: tuple[Erasing, ...] = ()  # what becomes of its rows when a person is erased
    retention: tuple[Retention, ...] = ()  # rules by which people are disposed of
    row_retention: tuple[RowRetention, ...] = ()  # rules by which single rows of theirs are
    no_retention: Msgid = NO_TEXT  # why it has none although its rows belong to people
    impersonal: str = ""  # its tables that say nothing of a single person
    person_more: tuple[PersonMore, ...] = ()
    not_reported: tuple[NotReported, ...] = ()
    access: tuple[Access, ...] = ()  # what its rights allow in the database; a server allows nothing else
    records: str = ""  # dotted name of RecordWords for its tables, by which the history calls single rows
    remark: Msgid = NO_TEXT  # shown before the module is switched on, such as what a local file cannot hide
    # What it keeps of people is delicate: in a local file that is said with the module, and when it is switched on.
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A contribution together with the module it comes from."""

    module: str
    contribution: Contribution


@dataclass(frozen=True, slots=True)
class Belonging:
    """Rows that belong to people, together with the module they come from."""

    module: str
    title: Msgid  # of the module
    rows: PersonRows


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of rows of one table when a person is erased, together with the module it comes from."""

    module: str
    title: Msgid  # of the module
    erasing: Erasing
    words: PluralMsgid | None  # how many there are; None for what the program keeps beside
