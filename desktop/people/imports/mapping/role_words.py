"""Knows which role the words of registers and directories mean: an admission's outcome, a directory's affiliation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop.people.imports.columns import heading_key

# Role -> words as `heading_key` writes them, without spaces; in the order in which one of several counts.
_WORDS = {
    "admitted": "antagen antagna antagits admitted accepted hyvaksytty valittu paikkavastaanotettu antagenochtackatja",
    "doctoral": "doktorand forskarstuderande doctoralstudent doctoralcandidate phdstudent tohtorikoulutettava jatkoopiskelija",
    "student": "student studerande studenter registrerad forvantaddeltagare opiskelija lasnaoleva poissaoleva enrolled registered",
    "mentor": "mentor mentorit mentorer",
    "mentee": "mentee adept mentoroitava aktori mentees",
    "alumnus": "alum alumn alumni alumnus alumna alumner alumnit examinerad graduate graduated valmistunut",
    "staff": "staff faculty employee anstalld medarbetare personal larare henkilokunta henkilosto tyontekija teacher",
    "exchange_in": "inresande inresandestudent incoming incomingexchange vaihtoopiskelija saapuva exchangein",
    "exchange_out": "utresande utresandestudent outgoing outgoingexchange lahteva exchangeout",
    "donor_contact": "donator givare donor lahjoittaja donorcontact",
    "customer_contact": "kund kundkontakt customer asiakas customercontact",
    "prospect": "prospekt intresserad intresseanmalan prospect lead kiinnostunut",
    "applicant": (
        "sokande sokt applicant applied hakija hakenut reserv reservplacerad reserve waitinglist waitlisted varasija varasijalla "
        "behorig obehorig eligible ineligible hakukelpoinen hylatty ejantagen notadmitted rejected struken strykt "
        "aterbud tackatnej withdrawn declined peruttu perunut"
    ),
    "caller": "ringare caller soittaja",
}
_ROLES = {word: role for role, words in _WORDS.items() for word in words.split()}
# What directories say of everybody: no role follows from it.
_SAYS_NOTHING = frozenset(["member", "affiliate", "librarywalkin", "medlem", "jasen"])
_PARTED = re.compile(r"[;|,]")
_TRAILING = re.compile(r"[0-9 ]+$")  # "Reserv 14": the place in the queue


def role_said(text: str) -> str | None:
    """The role a cell names; of several the first of the list above. "" when it says nothing, None when no word is known."""
    found, known = set(), False
    for part in _PARTED.split(text):
        word = _TRAILING.sub("", heading_key(part.partition("@")[0])).replace(" ", "")
        if word in _ROLES:
            found.add(_ROLES[word])
        known = known or word in _SAYS_NOTHING or word in _WORDS
        if word in _WORDS:
            found.add(word)
    return _first(found) if found else "" if known else None


def _first(found: set[str]) -> str:
    order: Sequence[str] = (*_WORDS,)
    return min(found, key=order.index)
