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
    "person_tab", "selection_action", "my_day_card", "timeline_kind", "import", "document", "handover", "demo_data"
]


@dataclass(frozen=True, slots=True)
class Right:
    """Something a user may be allowed to do; `roles` hold it unless the office decides otherwise."""

    key: str
    title: Msgid
    roles: tuple[str, ...] = ("office",)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the navigation; `opens` is a dotted name ("package.module:Class") imported when first wanted.

    The class is called as `Class(context, parent=None, **arguments)` with the arguments of `navigate`.
    `right` may name several, separated by spaces: it opens to whoever holds them all.
    A page with `hidden` set opens only through `ModuleContext.navigate`, for instance the page of one record.
    """

    key: str
    title: Msgid
    right: str
    opens: str
    icon: str = ""
    hidden: bool = False


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
class Verb:
    """The words of one kind of change in the history; `{name}` and `{count}` are filled from its details.

    Before a `risky` step, such as an import, a copy of the database is made. `outside` says what of it left the house, so that
    taking it back says what stays done.
    """

    key: str
    text: Msgid | PluralMsgid
    undoable: bool = True
    risky: Literal["", "import", "step"] = ""  # why the copy is made: a key of db.backups.REASONS
    outside: Literal["", "called", "printed", "sent"] = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something a module adds to a part of the program it does not know; `opens` and `right` as in `Page`.

    What each kind must open:
        person_tab: `Class(context, person_id, parent=None)`, a widget on the person's record.
        selection_action: `function(context, people: PeopleSelection, parent) -> None` (desktop.core.selection).
        my_day_card: `Class(context, parent=None)`, a widget on My day; hides itself when nothing is due.
        timeline_kind: `function(entry: TimelineLine, texts) -> str`, the title of one of the module's timeline lines.
        import: `function(context, path, dry_run: bool[, sheet: str]) -> dict[str, Any]`, the counts for the command line.
        document: `function(context, what: str) -> bytes`, a PDF; `what` is a short id or a title.
        handover: `function(session, post_id: UUID, day: date, texts) -> Sequence[Matter]` (desktop.people.organisation.handover),
            what the module keeps for a post, for whoever takes it over.
        demo_data: `function(context, people: Sequence[UUID]) -> None`, adds to demo people already stored.
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


@dataclass(frozen=True, slots=True)
class Codes:
    """The labels of stored codes that parts outside the module show, such as the stages on a person's header."""

    key: str  # "prospects.stage"
    labels: tuple[tuple[str, Msgid], ...]


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
