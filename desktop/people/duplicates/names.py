"""Compares the names of two people: folded, split into words, with everyday forms, swaps, other spellings and slips."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from db.sorting import fold

_DATA = Path(__file__).parents[3] / "resources" / "names" / "given.toml"
_PARTICLES = frozenset(
    [
        "af",
        "av",
        "von",
        "van",
        "de",
        "der",
        "den",
        "da",
        "di",
        "du",
        "la",
        "le",
        "zu",
        "ter",
        "ten",
        "bin",
        "al",
        "el",
        "dos",
        "das",
    ]
)
_BREAKS = re.compile(r"[\s\-‐‑–.,/]+")
_SOUNDS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("['’`]", ""), ("aa|ae", "a"), ("oe", "o"), ("ue", "u"), ("th", "t"), ("ph", "f"), ("w", "v"), ("ck|c(?![eiy])|q", "k"),
        ("c|z", "s"), ("x", "ks"), ("[hgl]j", "j"), ("y", "i"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
SHORTEST_SLIP = 4  # letters; in shorter names one letter makes another name


class Names(NamedTuple):
    """The words of somebody's names, folded; `called` is the preferred name, `former` what they were called before."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    called: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


class _Known(NamedTuple):
    short: dict[str, frozenset[str]]  # an everyday form -> the names it stands for
    long: dict[str, frozenset[str]]  # a name -> its everyday forms
    usual: frozenset[str]


@lru_cache(maxsize=65536)
def words(text: str, *, particles: bool = False) -> tuple[str, ...]:
    """The words of a name, folded, hyphens apart; "af", "von" and the like are left out where other words are there."""
    found = tuple(word for word in _BREAKS.split(fold(text)) if word)
    kept = found if particles else tuple(word for word in found if word not in _PARTICLES)
    return kept or found


def names_of(given: str, family: str, called: str = "", former: str = "") -> Names:
    """Make ready for comparing."""
    return Names(words(given, particles=True), words(family), words(called), words(former))


@lru_cache(maxsize=65536)
def sounds(word: str) -> str:
    """One spelling for words that are said alike: Carlsson and Karlson, Aaberg and Åberg, Wäisänen and Väisänen."""
    for pattern, plain in _SOUNDS:
        word = pattern.sub(plain, word)
    return word


def longer_forms(word: str) -> frozenset[str]:
    """The names an everyday form stands for, and itself."""
    return _known().short.get(word, frozenset()) | {word}


def forms_of(word: str) -> frozenset[str]:
    """All a name may stand as: itself, what it is short for, and what is short for it."""
    return longer_forms(word) | _known().long.get(word, frozenset())


def compare_names(a: Names, b: Names) -> str:
    """How the names of two people relate: one of the codes `name_…` of the rules.

    A person with a name of one word has it as the given name; it may be either part of the other's.
    """
    given, family = _given(a, b), _family(a, b)
    if given == family == "same":
        return "name_same"
    if _swapped(a, b):
        return "name_swapped"
    if not (a.given and b.given and a.family and b.family):
        return "name_given" if _one_word(a, b) else "name_other"
    if not given:
        return "name_family" if family else "name_other"
    if not family:
        return "name_given" if given in ("same", "short", "called") else "name_other"
    imperfect = {given, family} - {"same"}
    twice = given == family and given != "sounds"  # two slips are more than one; two spellings may be one hand's
    return "name_near" if len(imperfect) > 1 or twice else f"name_{imperfect.pop()}"


def more_names_differ(a: Names, b: Names) -> bool:
    """Whether both have second names, and none in common."""
    return len(a.given) > 1 and len(b.given) > 1 and a.given[0] == b.given[0] and not {*a.given[1:]} & {*b.given[1:]}


def _given(a: Names, b: Names) -> str:
    if not a.given or not b.given:
        return ""
    one, other = a.given[0], b.given[0]
    if one == other or {one, *a.called} & {other, *b.called} or "".join(a.given) == "".join(b.given):
        return "same"
    if _is_short(one, other) or any(_is_short(x, y) for x in (one, *a.called) for y in (other, *b.called)):
        return "short"
    if min(len(one), len(other)) == 1 and one[0] == other[0]:
        return "initial"
    if one in b.given or other in a.given:
        return "called"
    return _spelled(one, other)


def _family(a: Names, b: Names) -> str:
    one, other = {*a.family}, {*b.family}
    if one == other or "".join(a.family) == "".join(b.family):
        return "same" if one else ""
    if one & other:
        return "part"
    if one & {*b.former} or other & {*a.former}:
        return "former"
    return _spelled("".join(a.family), "".join(b.family))


def _spelled(one: str, other: str) -> str:
    """ "sounds" or "slip" where one spelling may stand for the other; two usual names are never each other's slip.

    Nor are two that begin otherwise, as Berg and Åberg: hands seldom slip at the first letter.
    """
    heard, said = sounds(one), sounds(other)
    if heard == said:
        return "sounds"
    if min(len(one), len(other)) < SHORTEST_SLIP or heard[:1] != said[:1] or not one_edit_apart(one, other):
        return ""
    usual = _known().usual
    return "" if one in usual and other in usual else "slip"


def _swapped(a: Names, b: Names) -> bool:
    """Whether the given names of one are the family name of the other, both ways."""
    if not (a.given and a.family and b.given and b.family):
        return False
    return _alike(a.given[0], b.family[0]) and _alike(b.given[0], a.family[0])


def _alike(one: str, other: str) -> bool:
    return one == other or sounds(one) == sounds(other)


def _one_word(a: Names, b: Names) -> bool:
    return bool({*a.given, *a.family} & {*b.given, *b.family})


def _is_short(one: str, other: str) -> bool:
    short = _known().short
    return other in short.get(one, ()) or one in short.get(other, ())


@lru_cache(maxsize=65536)
def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours changing places, makes one of the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((at for at, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))
    rest, remains = one[start:], other[start:]
    if len(rest) == len(remains):
        return rest[1:] == remains[1:] or (rest[:2] == remains[1::-1] and rest[2:] == remains[2:])
    return rest[1:] == remains if len(rest) > len(remains) else rest == remains[1:]


@cache
def _known() -> _Known:
    """The everyday forms and usual names kept as data beside the program."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    short: dict[str, set[str]] = {}
    long: dict[str, set[str]] = {}
    for key, forms in data["short"].items():
        name = key.partition("_")[0]  # the same name stands once per language
        for form in forms.split():
            short.setdefault(form, set()).add(name)
            long.setdefault(name, set()).add(form)
    usual = frozenset(data["usual"]["names"].split())
    return _Known(_frozen(short), _frozen(long), usual)


def _frozen(held: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {word: frozenset(forms) for word, forms in held.items()}
