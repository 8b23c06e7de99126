"""What is copied out as rows of a table: text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_FORMULA = ("=", "+", "-", "@")
_NUMBER = re.compile(r"[+-]?[\d\s().,/-]*")  # phone numbers and negative numbers stay as they are


def cell(text: object) -> str:
    """One cell on one line. What would run as a formula gets an apostrophe, which spreadsheets read as "this is text"."""
    plain = " ".join(str(text or "").replace("\0", "").split())
    return f"'{plain}" if plain.startswith(_FORMULA) and not _NUMBER.fullmatch(plain) else plain


def rows(lines: Iterable[Iterable[object]]) -> str:
    """Rows as the clipboard takes them: cells parted by tabs."""
    return "\n".join("\t".join(map(cell, line)) for line in lines)


def table(heading: Iterable[str], lines: Iterable[Iterable[object]]) -> str:
    """The same as an HTML table. Each cell says that it is text, so that spreadsheets keep leading zeros and plus signs."""
    head = "".join(f"<th>{escape(cell(title))}</th>" for title in heading)
    body = "".join(f"<tr>{''.join(map(_cell_of_table, line))}</tr>" for line in lines)
    return f'<meta charset="utf-8"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell_of_table(text: object) -> str:
    return f"<td style=\"mso-number-format:'\\@'\">{escape(cell(text))}</td>"
