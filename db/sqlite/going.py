"""What rows of a file that go take along although it is no longer there: rows removed earlier, which images still tell of."""

from __future__ import annotations

_NO_REFERENCE = ("id", "made_in", "changed_in")


def long_gone(into: str, ids: str, more: tuple[str, ...] = ()) -> str:
    """Add rows that are no longer there and referred to one of these. Images name keys by their hexadecimal digits.

    Args:
        into: The beginning of the statement that gathers, up to the ids.
        ids: Those which they referred to, as a subquery.
        more: Columns beside the bookkeeping whose values are no references.
    """
    keys = ", ".join(f"'{key}'" for key in (*_NO_REFERENCE, *more))
    return f"""{into} FROM row_image i, json_each(i.before) v
    WHERE i.operation = 'd' AND i.table_name <> 'person' AND v.type = 'text' AND length(v.value) = 32
    AND v.key NOT IN ({keys}) AND unhex(v.value) IN {ids}"""
