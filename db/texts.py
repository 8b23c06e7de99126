"""Marks the texts people read, so that they can be translated where they are shown."""

from __future__ import annotations

from dataclasses import dataclass


class Msgid(str):
    """An English text that a reader sees in their own language; `{names}` in it are filled when shown."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class PluralMsgid:
    """Two forms of one text, chosen by the number called `count`."""

    one: Msgid
    many: Msgid


def _(text: str) -> Msgid:
    """Mark `text` for translation. It stays English here; `Texts.say` looks it up."""
    return Msgid(text)


def ngettext(one: str, many: str) -> PluralMsgid:
    """Mark a text that depends on a number; both forms name it `{count}`."""
    return PluralMsgid(Msgid(one), Msgid(many))
