"""What speaks for and against two records being one person, as data: a code, its weight, and the words people read.

A pair is suspected from `SUSPECTED` on. The weights say how rarely strangers agree so: two with the same name and the same
birth date are suspected; two with the same name alone are not, nor where one digit of the birth date differs and nothing
else is shared; and a household that shares a phone and an address is not
as long as the given names differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from db.texts import Msgid, _
from desktop.core.texts import Texts

SUSPECTED = 100  # shown in the queue
LIKELY = 140  # called likely, not only possible
WORTH_A_LOOK = 55  # shown while a new person is typed

# Of each group, name, birth date and so on, one code at most holds for a pair.
WEIGHTS: dict[str, int] = {
    "name_same": 60,
    "name_swapped": 58,
    "name_short": 55,
    "name_part": 55,
    "name_former": 55,
    "name_sounds": 55,
    "name_slip": 55,
    "name_called": 50,
    "name_near": 40,
    "name_initial": 40,
    "name_given": 15,
    "name_family": -100,
    "name_other": -150,
    "names_more_differ": -15,
    "born_same": 45,
    "born_turned": 35,
    "born_slip": 30,
    "born_year": 15,
    "born_other": -50,
    "born_wrong": -15,
    "born_apart": -90,
    "number_same": 140,
    "number_other": -200,
    "email_same": 55,
    "phone_same": 45,
    "address_same": 45,
    "address_part": 4,
}
WORDS: dict[str, Msgid] = {
    "name_same": _("Same name"),
    "name_swapped": _("Given and family name swapped"),
    "name_short": _("One name is short for the other"),
    "name_part": _("One has part of the other's double name"),
    "name_former": _("One bears the other's former name"),
    "name_sounds": _("Names spelled in two ways"),
    "name_slip": _("Names differ by one letter"),
    "name_called": _("One is called by the other's middle name"),
    "name_near": _("Similar names"),
    "name_initial": _("One has only the initial"),
    "name_given": _("Same given name, another family name"),
    "name_family": _("Another given name"),
    "name_other": _("Other names"),
    "names_more_differ": _("Other second names"),
    "born_same": _("Same birth date"),
    "born_turned": _("Birth dates with day and month swapped"),
    "born_slip": _("Birth dates differ by one digit"),
    "born_year": _("Same birth year, the day may be a stand-in"),
    "born_other": _("Other birth dates"),
    "born_wrong": _("Other birth dates, but the same name"),
    "born_apart": _("Birth dates a generation apart"),
    "number_same": _("Same number"),
    "number_other": _("Two identity numbers of one kind"),
    "email_same": _("Same e-mail address"),
    "phone_same": _("Same phone number"),
    "address_same": _("Same address"),
    "address_part": _("Same street"),
}


def score_of(codes: Iterable[str]) -> int:
    """What these reasons weigh together."""
    return sum(WEIGHTS[code] for code in codes)


def reasons_in_words(codes: Iterable[str], texts: Texts) -> list[str]:
    """The reasons as people read them, what speaks for one person first; codes nobody knows any more are left out."""
    known = sorted((code for code in codes if code in WEIGHTS), key=lambda code: -WEIGHTS[code])
    return [texts.say(WORDS[code]) for code in known]


def fingerprint() -> str:
    """Changes with the weights: the register is looked through again by new rules."""
    return hashlib.sha256(f"2 {SUSPECTED} {sorted(WEIGHTS.items())}".encode()).hexdigest()[:16]
