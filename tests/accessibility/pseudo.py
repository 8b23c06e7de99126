"""A language nobody speaks: every text of Swedish or Finnish, four tenths longer and marked, so that ours can be told from data."""

from __future__ import annotations

import gettext
import re

LONGER = 0.4
MARK = "ẋ"  # fills; no text of ours or of the demo has it
FIELD = re.compile(r"(\{\w+\})")


def lengthen(text: str) -> str:
    """The text with 40 % more letters: a mark after every word's end, so that lines break as they would."""
    if not text.strip():
        return text
    missing = max(1, round(len(FIELD.sub("", text)) * LONGER))
    parts = re.split(r"(?<=\w)(?=\W|$)", text)  # after each word
    places = [n for n, part in enumerate(parts) if part[-1:].isalnum() and "{" not in part and "&" not in part[-1:]]
    if not places:
        return text
    share, rest = divmod(missing, len(places))
    for order, number in enumerate(places):
        parts[number] += MARK * (share + (order < rest))
    return "".join(parts)


class Lengthened(gettext.NullTranslations):
    """Answers as `source` does, only longer."""

    def __init__(self, source: gettext.NullTranslations) -> None:
        super().__init__()
        self._source = source

    def gettext(self, message: str) -> str:
        return lengthen(self._source.gettext(message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return lengthen(self._source.ngettext(one, many, count))
