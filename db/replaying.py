"""A sure answer for every save: what was in doubt is looked up, and tried again by the same id where it is not stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.collector import collector_paused
from db.errors import AlreadySaved, InDoubt, Unavailable, Unreachable

if TYPE_CHECKING:
    from db.actor import Actor
    from db.database import Database


def carry_out(
    database: Database,
    actor: Actor,
    verb: str,
    work: Callable[[Session], Any],
    change_set: UUID,
    *,
    about: Iterable[UUID] = (),
    details: Mapping[str, Any] | None = None,
    wait: Callable[[int], bool],
) -> Any:
    """Carry out `work` in one write scope and give its answer, however often the server goes away meanwhile.

    A step that is stored is never done twice: the server refuses a change set it has already, and waits with the refusal
    until a first try that is still under way has ended.

    Args:
        change_set: The id of the step, made before the first try.
        wait: Called before each further try with their number; False gives up.

    Raises:
        InDoubt: given up while nobody knew whether it is stored.
        Unreachable: given up, and nothing is stored.
    """
    refs, facts, tries = tuple(about), dict(details or {}), 0
    answer: Any = None
    doubt: InDoubt | None = None
    while True:
        try:
            try:
                with collector_paused(), database.write(actor, verb, refs, facts, change_set=change_set) as session:
                    answer = work(session)
            except AlreadySaved:
                database.own_is_stored(change_set)
            return answer
        except Unavailable as error:
            if doubt is None and not isinstance(error, Unreachable):
                raise
            if isinstance(error, InDoubt):
                doubt = error
            tries += 1
            if not wait(tries):
                raise (doubt or error) from error
