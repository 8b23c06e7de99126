"""Questions with answers as plain text: the question on one line, the answer below, an empty line between two."""

from __future__ import annotations

import re


def parse_help(text: str) -> list[dict[str, str]]:
    """The questions in their order; a block of one line is a question without an answer yet."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    found = []
    for block in blocks:
        question, _line, answer = block.partition("\n")
        found.append({"question": question.strip(), "answer": answer.strip()})
    return found


def written_help(lines: list[dict[str, str]]) -> str:
    """The plain text that `parse_help` reads."""
    return "\n\n".join(f"{one.get('question', '')}\n{one.get('answer', '')}".strip() for one in lines)
