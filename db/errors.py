"""The errors people meet: their own slip, or the world's fault. Anything else is a defect of ours."""

from __future__ import annotations

from typing import Any

from db.texts import Msgid, PluralMsgid

NOTHING = Msgid("")


class Told(Exception):
    """Base of every error that is shown in words: what happened, and what to do about it.

    `values` fill the `{names}` of both texts. The English text is `str(error)`; it may hold personal data and is
    therefore never written to the log.
    """

    def __init__(self, what: Msgid | PluralMsgid, to_do: Msgid = NOTHING, /, **values: Any) -> None:
        self.what, self.to_do, self.values = what, to_do, values
        first = what if isinstance(what, Msgid) else (what.one if values.get("count") == 1 else what.many)
        super().__init__(" ".join(text.format(**values) for text in (first, to_do) if text))


class RuleBroken(Told):
    """The user asked for something a rule forbids; `field` names the input to mark."""

    def __init__(self, what: Msgid | PluralMsgid, to_do: Msgid = NOTHING, /, *, field: str = "", **values: Any) -> None:
        super().__init__(what, to_do, **values)
        self.field = field


class Unavailable(Told):
    """The world said no (file, disk, server); the same step may work later."""


class Unreachable(Unavailable):
    """The server is not there, or not yet; nothing was saved, and the same step can be tried again."""


class Astray(Unreachable):
    """Another database answers at the server's address than the one that was opened; the same step can be tried again."""


class InDoubt(Unreachable):
    """The connection broke while the step was being stored: it may be there, and `Database.saved` tells."""


class AlreadySaved(Told):
    """A step that was tried again is stored already."""


class Conflict(Told):
    """Somebody else changed the record since it was read."""


class Stopped(Told):
    """The user stopped it; nothing of it was kept."""


class Denied(Told):
    """The acting user lacks the right."""
