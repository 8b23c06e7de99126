"""What a page is given: the program around it, as far as a module may use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from desktop.core.manifest import Belonging, ContributionKind, Fate, Manifest, Offer, Verb
from desktop.core.rights import holds

if TYPE_CHECKING:
    from db.actor import Actor
    from db.database import Database
    from desktop.core.changes import Changes
    from desktop.core.clock import Clock
    from desktop.core.documents import Documents
    from desktop.core.lanes import Lanes
    from desktop.core.messages import Messages
    from desktop.core.presence import Presence
    from desktop.core.settings import Settings
    from desktop.core.texts import Texts


class Navigate(Protocol):
    """Opens a page by its key, such as `navigate("people.person", person_id=...)`."""

    def __call__(self, page_key: str, /, **arguments: Any) -> None: ...


def _stay(page_key: str, /, **arguments: Any) -> None:
    """Go nowhere: there is no window."""


def _no_offers(kind: ContributionKind) -> tuple[Offer, ...]:
    return ()


def _load_nothing(dotted: str) -> Any:
    raise LookupError(dotted)


@dataclass(frozen=True, slots=True)
class ModuleContext:
    """Made once per signed-in user and handed to every page; holds no state of its own.

    `offers(kind)` lists what running modules contribute and this user may use; `load(dotted)` imports what an offer
    opens, contained: its failure is told and raised as `LoadFailed`. `hand_off(url)` gives an address such as `tel:`
    to the operating system and answers whether somebody took it.
    """

    database: Database
    tasks: Lanes
    changes: Changes
    messages: Messages
    settings: Settings
    texts: Texts
    documents: Documents
    actor: Actor
    clock: Clock
    presence: Presence
    rights: frozenset[str] = frozenset()
    navigate: Navigate = _stay
    offers: Callable[[ContributionKind], tuple[Offer, ...]] = _no_offers
    load: Callable[[str], Any] = _load_nothing
    verbs: Callable[[], Mapping[str, Verb]] = dict  # the words of the history, of all modules
    person_rows: Callable[[], tuple[Belonging, ...]] = tuple  # which rows belong to people, of all modules
    fates: Callable[[], tuple[Fate, ...]] = tuple  # what becomes of rows when a person is erased, of all modules
    manifests: Callable[[], tuple[Manifest, ...]] = tuple  # of all modules with tables, whether or not they run
    records: Callable[[], tuple[Any, ...]] = tuple  # RecordWords of running modules: what tables and columns are called
    hand_off: Callable[[str], bool] = lambda url: False

    def may(self, rights: str) -> bool:
        """Whether the user holds these, one right or several separated by spaces; no right asked for is always granted."""
        return holds(self.rights, rights)
