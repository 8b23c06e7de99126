"""What pages hold as one text and back: plain values, ids, days and moments, and nothing that could run."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

_PAIRS, _TUPLE, _ID, _MOMENT, _DAY = "$pairs", "$tuple", "$id", "$moment", "$day"


def written(value: Any) -> str:
    """The same values always give the same text.

    Raises:
        TypeError: something in `value` is more than plain.
    """
    return json.dumps(_plain(value), sort_keys=True)


def read(text: str) -> Any:
    """What `written` was given.

    Raises:
        ValueError, TypeError: no such text, for instance one a newer program wrote.
    """
    return json.loads(text, object_hook=_whole)


def _plain(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, dict):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: _plain(one) for key, one in value.items()}
        return {_PAIRS: [[_plain(key), _plain(one)] for key, one in value.items()]}
    if isinstance(value, tuple):
        return {_TUPLE: [_plain(one) for one in value]}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, UUID):
        return {_ID: str(value)}
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    raise TypeError(f"a draft cannot hold {type(value).__name__}")


def _whole(found: dict[str, Any]) -> Any:
    if len(found) != 1:
        return found
    tag, value = next(iter(found.items()))
    if not tag.startswith("$"):
        return found
    if tag == _PAIRS:
        return dict(value)
    if tag == _TUPLE:
        return tuple(value)
    kinds: dict[str, Any] = {_ID: UUID, _MOMENT: datetime.fromisoformat, _DAY: date.fromisoformat}
    if tag not in kinds:
        raise ValueError(f"no draft holds {tag}")
    return kinds[tag](value)
