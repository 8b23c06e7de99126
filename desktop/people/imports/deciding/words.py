"""Says what is to be decided about a row of a list, in the reader's language. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from db.errors import Unavailable
from db.protected.people import KINDS
from db.texts import Msgid, _, ngettext
from desktop.core.texts import Texts
from desktop.people import words
from desktop.people.card import PersonCard, person_card
from desktop.people.duplicates.rules import reasons_in_words
from desktop.people.imports.deciding.arguing import Side
from desktop.people.imports.deciding.brake import Brake
from desktop.people.imports.deciding.origins import Written, written
from desktop.people.imports.deciding.plans import Candidate, RowPlan

SIDES: dict[Side, Msgid] = {"ours": _("In the register"), "theirs": _("In the file")}
ALL_SIDES: dict[Side, Msgid] = {
    "ours": _("Keep the register's in all {count} rows"),
    "theirs": _("Take the file's in all {count} rows"),
}
KEYED = _("Fits by what the import goes by: a number, or name with e-mail or phone.")


class Background(NamedTuple):
    """What is read about a row when somebody looks at it: since when things are known, and the cards of who it may be."""

    since: Mapping[str, Written]
    cards: Mapping[UUID, PersonCard]


def background(session: Session, plan: RowPlan) -> Background:
    """Read it; who is no longer there is left out."""
    cards = {}
    for candidate in plan.candidates:
        try:
            cards[candidate.person_id] = person_card(session, candidate.person_id)
        except Unavailable:
            continue
    return Background(written(session, plan.person_id) if plan.clashes else {}, cards)


def since(field: str, known: Mapping[str, Written], texts: Texts) -> str:
    """Since when the register says so, and where it has it from; empty while that is not known."""
    told = known.get("address" if field == "address" else "name")
    if told is None:
        return ""
    if told.file:
        return texts.say(_("since {moment}, from {file}"), moment=texts.moment(told.at), file=told.file)
    return texts.say(_("since {moment}, by {name}"), moment=texts.moment(told.at), name=told.by)


def candidate_title(card: PersonCard | None, texts: Texts) -> str:
    """Who it may be: the name and the birth date."""
    if card is None:
        return texts.say(_("Loading…"))
    return f"{card.title} · {texts.day(card.birth_date)}" if card.birth_date is not None else card.title


def telling_apart(candidates: Sequence[Candidate], known: Background, today: date, texts: Texts) -> dict[UUID, str]:
    """For each candidate what is known of them and not of all the others, in one line."""
    facts = {person: _facts(card, today, texts) for person, card in known.cards.items()}
    shared = set.intersection(*(set(lines) for lines in facts.values())) if len(facts) > 1 else set()
    return {
        one.person_id: " · ".join(line for line in facts[one.person_id] if line not in shared)
        for one in candidates
        if one.person_id in facts
    }


def reasons(candidate: Candidate, texts: Texts) -> str:
    """Why it may be them."""
    return " · ".join(reasons_in_words(candidate.reasons, texts)) or texts.say(KEYED)


def mark(kind: str, texts: Texts) -> str:
    """What a mark of protection on a row asks for while it may be several people; empty where it bears none."""
    if not kind:
        return ""
    text = _("Marked as protected: {kind}. Nobody is protected yet. Whoever you choose is protected as soon as you import.")
    return texts.say(text, kind=texts.say(KINDS[kind]))


def brake(found: Brake, texts: Texts) -> tuple[str, str]:
    """What is said before an import that would overwrite much, and why it is asked."""
    text = texts.say_n(
        ngettext(
            "This import would overwrite or end something about {count} person.",
            "This import would overwrite or end something about {count} people.",
        ),
        found.overwriting,
    )
    why = texts.say(
        _(
            "That is {share} % of the {matched} rows about people the register knows; more than {percent} % is asked about. "
            "A column that was mistaken for another looks like this. Look at the changed rows first."
        ),
        share=texts.number(found.overwriting * 100 // max(found.matched, 1)),
        matched=texts.number(found.matched),
        percent=texts.number(found.percent),
    )
    return text, why


def _facts(card: PersonCard, today: date, texts: Texts) -> list[str]:
    address = card.best("address")
    ways = [line.shown for kind in ("email", "phone") if (line := card.best(kind)) is not None]
    numbers = [f"{words.identifier(line.kind, texts, line.issuer)} {line.masked}" for line in card.identifiers]
    roles = [" ".join(filter(None, (words.role(line.kind, texts), line.programme))) for line in card.roles if line.held(today)]
    town = [address.city or address.shown] if address is not None else []
    return list(dict.fromkeys(filter(None, [*town, *ways, *numbers, *roles])))
