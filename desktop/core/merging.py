"""Two people changed the same thing: what both touched has to be chosen, all else fits together by itself. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

Lines = tuple[str, ...]


def _as_it_is(value: str) -> str:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form as it was read, as others saved it since, and as it is typed here.

    Args:
        shown: What people see of a value, such as the label of a code.
        free: Any text may stand there, so that the two may be written together anew.
        lines: A long text, compared line by line.
    """

    key: str
    label: str
    before: str
    theirs: str
    mine: str
    shown: Callable[[str], str] = _as_it_is
    free: bool = True
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and the line of mine it begins in. Where both changed it differently it is not settled."""

    before: Lines
    theirs: Lines
    mine: Lines
    line: int

    @property
    def settled(self) -> Lines | None:
        """What is to stand there; None where it has to be chosen."""
        if self.theirs in (self.before, self.mine):
            return self.mine
        return self.theirs if self.mine == self.before else None


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing both sides changed: a whole field (then `line` is 0), or a stretch of a long text beginning in that line."""

    field: Field
    before: str
    theirs: str
    mine: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Merge:
    """How the two fit together. `clashes` are to be chosen; `theirs` and `mine` are the fields only one side changed."""

    fields: tuple[Field, ...]
    clashes: tuple[Clash, ...]
    theirs: tuple[Field, ...]
    mine: tuple[Field, ...]
    _pieces: Mapping[str, Sequence[Piece]] = field(default_factory=dict)

    @property
    def moved(self) -> tuple[Field, ...]:
        """What others changed, whatever was typed here."""
        return tuple(one for one in self.fields if one.theirs != one.before)

    def result(self, chosen: Sequence[str]) -> dict[str, str]:
        """All values, with what was chosen for each clash."""
        answers = iter(chosen)
        found: dict[str, str] = {}
        for one in self.fields:
            if one.key in self._pieces:
                found[one.key] = "\n".join(_put_together(self._pieces[one.key], answers))
            else:
                settled = _settled(one)
                found[one.key] = next(answers) if settled is None else settled
        return found


def merge(fields: Iterable[Field]) -> Merge:
    """Put together what can be, in the order of the form."""
    every = tuple(fields)
    pieces = {one.key: merge_lines(one.before, one.theirs, one.mine) for one in every if one.lines and _settled(one) is None}
    clashes: list[Clash] = []
    for one in every:
        if one.key in pieces:
            clashes += [
                Clash(one, "\n".join(p.before), "\n".join(p.theirs), "\n".join(p.mine), p.line if len(pieces[one.key]) > 1 else 0)
                for p in pieces[one.key]
                if p.settled is None
            ]
        elif _settled(one) is None:
            clashes.append(Clash(one, one.before, one.theirs, one.mine))
    theirs = tuple(one for one in every if one.theirs not in (one.before, one.mine) and not _chosen(one, pieces))
    mine = tuple(one for one in every if one.mine not in (one.before, one.theirs) and not _chosen(one, pieces))
    return Merge(every, tuple(clashes), theirs, mine, pieces)


def merge_lines(before: str, theirs: str, mine: str) -> list[Piece]:
    """The whole text in pieces, in order; what one side changed far enough from the other's changes is settled."""
    old, their, own = before.split("\n"), theirs.split("\n"), mine.split("\n")
    pieces: list[Piece] = []
    i = j = k = 0
    for x, y, z, length in _common(old, their, own):
        if (i, j, k) != (x, y, z):
            pieces.append(Piece(tuple(old[i:x]), tuple(their[j:y]), tuple(own[k:z]), k + 1))
        if length:
            same = tuple(old[x : x + length])
            pieces.append(Piece(same, same, same, z + 1))
        i, j, k = x + length, y + length, z + length
    return pieces


def _common(old: list[str], their: list[str], own: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where all three are the same, with the length of it; the ends come last with length 0."""
    theirs = SequenceMatcher(None, old, their, autojunk=False).get_matching_blocks()
    owns = SequenceMatcher(None, old, own, autojunk=False).get_matching_blocks()
    a = b = 0
    while a < len(theirs) and b < len(owns):
        one, other = theirs[a], owns[b]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield start, one.b + start - one.a, other.b + start - other.a, end - start
        if one.a + one.size < other.a + other.size:
            a += 1
        else:
            b += 1
    yield len(old), len(their), len(own), 0


def _settled(one: Field) -> str | None:
    if one.theirs in (one.before, one.mine):
        return one.mine
    return one.theirs if one.mine == one.before else None


def _chosen(one: Field, pieces: Mapping[str, Sequence[Piece]]) -> bool:
    """Whether something of the field has to be chosen."""
    return any(piece.settled is None for piece in pieces[one.key]) if one.key in pieces else _settled(one) is None


def _put_together(pieces: Iterable[Piece], answers: Iterator[str]) -> Iterator[str]:
    for piece in pieces:
        if piece.settled is not None:
            yield from piece.settled
        elif answer := next(answers):
            yield from answer.split("\n")
