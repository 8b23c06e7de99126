"""Weighs two records: which reasons speak for or against their being one person. Knows no database."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from desktop.people.duplicates.names import Names, compare_names, more_names_differ
from desktop.people.duplicates.rules import score_of

GENERATION = 14  # years; whoever shares a name and a home over that distance is parent and child
Address = tuple[str, str, str]  # folded street, digits of the postcode, folded town


class Portrait(NamedTuple):
    """A person as far as comparing needs them."""

    id: Hashable
    names: Names
    born: str = ""  # 2001-12-31, empty when not known
    reach: frozenset[str] = frozenset()  # normal forms of e-mail addresses and phone numbers
    addresses: frozenset[Address] = frozenset()
    numbers: frozenset[str] = frozenset()  # kind, issuer where it matters, and number
    only: frozenset[tuple[str, str]] = frozenset()  # kind and number of what nobody has two of at a time


class Verdict(NamedTuple):
    """How much speaks for one person, and the codes of all reasons."""

    score: int
    reasons: tuple[str, ...]


def compare(a: Portrait, b: Portrait) -> Verdict:
    """Weigh two records; which one comes first makes no difference."""
    found = [compare_names(a.names, b.names)]
    if found[0] in ("name_same", "name_swapped") and more_names_differ(a.names, b.names):
        found.append("names_more_differ")
    if a.born and b.born:
        born = compare_birth(a.born, b.born)
        # brothers and sisters never have one name: then the date is rather wrong than another's
        found.append("born_wrong" if born == "born_other" and found[0] == "name_same" else born)
    if a.numbers & b.numbers:
        found.append("number_same")
    elif any(kind == other and number != theirs for kind, number in a.only for other, theirs in b.only):
        found.append("number_other")
    shared = a.reach & b.reach
    if any("@" in way for way in shared):
        found.append("email_same")
    if any("@" not in way for way in shared):
        found.append("phone_same")
    if a.addresses and b.addresses and (place := _compare_addresses(a.addresses, b.addresses)):
        found.append(place)
    return Verdict(score_of(found), tuple(found))


def compare_birth(one: str, other: str) -> str:
    """How two birth dates relate, both written as 2001-12-31: one of the codes `born_…`."""
    if one == other:
        return "born_same"
    if one[:4] == other[:4] and one[5:7] == other[8:] and one[8:] == other[5:7]:
        return "born_turned"
    if is_digit_slip(one, other):
        return "born_slip"
    if one[:4] == other[:4] and "01-01" in (one[5:], other[5:]):
        return "born_year"
    return "born_apart" if abs(int(one[:4]) - int(other[:4])) >= GENERATION else "born_other"


def is_digit_slip(one: str, other: str) -> bool:
    """Whether one digit is another, or two neighbouring digits changed places."""
    wrong = [at for at, (x, y) in enumerate(zip(one, other, strict=True)) if x != y]
    if len(wrong) == 2:
        first, second = wrong
        neighbours = second - first == 1 or (second - first == 2 and one[first + 1] == "-")
        return neighbours and one[first] == other[second] and one[second] == other[first]
    return len(wrong) == 1


def _compare_addresses(one: frozenset[Address], other: frozenset[Address]) -> str:
    """The same house is worth more than the same street in the same town."""
    found = ""
    for street, postcode, city in one:
        for theirs, code, town in other:
            if not _same_town(postcode, city, code, town):
                continue
            if street == theirs and any(letter.isdigit() for letter in street):
                return "address_same"
            if _without_number(street) == _without_number(theirs):
                found = "address_part"
    return found


def _same_town(postcode: str, city: str, code: str, town: str) -> bool:
    return postcode == code if postcode and code else bool(city) and city == town


def _without_number(street: str) -> str:
    return street.rstrip("0123456789 abcdefgh") or street
