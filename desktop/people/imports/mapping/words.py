"""What the choices of a mapping are called, in the reader's language. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from db.models.role import ROLE_KINDS
from db.texts import Msgid, _
from desktop.core.texts import Texts
from desktop.people import words as people_words
from desktop.people.imports import words
from desktop.people.imports.columns import KnownColumn
from desktop.people.imports.mapping.mapping import ColumnChoice, Written

LEFT_OUT = _("Left out")
# What a column may be said to mean, in the order of a form: a field, and after the colon whose number or address it is.
MEANINGS = (
    "given", "middle", "family", "full_name", "preferred", "birth_date", "identity_number", "registry_id:student",
    "registry_id:admission", "registry_id:staff", "learner_oid", "email", "email:private", "email:university", "email:work",
    "mobile", "phone", "phone:home", "phone:work", "street", "postcode", "city", "country", "language", "role", "programme",
    "term", "unit", "organisation", "title", "note", "fact", "protection",
)  # fmt: skip
MATCH_TITLES: dict[str, Msgid] = {
    "registry_id": _("Student, application or staff number"),
    "identity_number": _("Personal identity number"),
    "learner_oid": _("Finnish learner number"),
    "email_name": _("E-mail with the name"),
    "phone_name": _("Phone with the name"),
}
SOURCE_TITLES: dict[str, Msgid] = {
    "register": _("A register"),
    "person": _("The people themselves"),
    "guess": _("A guess or an old list"),
}
RULE_TITLES: dict[str, Msgid] = {
    "": _("By where it comes from"),
    "win": _("The file counts"),
    "fill": _("Only where nothing is known"),
    "never": _("Left as it is"),
}
# Of which fields it can be said whose word counts; keys of `changes.FIELDS`.
RULED = ("given", "family", "preferred", "birth_date", "language", "email", "phone", "address", "note")
_WAYS: dict[str, tuple[tuple[Written, Msgid], ...]] = {
    "birth_date": (
        ("", _("As the dates show")),
        ("day_first", _("Day first: 31/12/2001")),
        ("month_first", _("Month first: 12/31/2001")),
    ),
    "full_name": (("", _("Given name first, or after a comma")), ("family_first", _("Family name first"))),
}


def code_of(choice: ColumnChoice) -> str:
    """What was chosen, as one code; empty: left out."""
    detail = choice.issuer or ("" if choice.field == "mobile" else choice.label)
    return f"{choice.field}:{detail}" if choice.field and detail else choice.field


def choice_of(code: str, before: ColumnChoice) -> ColumnChoice:
    """The column with another meaning; how its cells are written stays said where that still says something."""
    if code == code_of(before):
        return before
    field, _colon, detail = code.partition(":")
    issuer = detail if field == "registry_id" else ""
    label = "mobile" if field == "mobile" else "" if issuer else detail
    changed = replace(before, field=field, issuer=issuer, country="", label=label, written="")
    return written_as(changed, before.written)


def written_as(choice: ColumnChoice, code: str) -> ColumnChoice:
    """The column with its cells written that way, where its field knows it."""
    known = next((way for way, _title in _WAYS.get(choice.field, ()) if way == code), None)
    return choice if known is None else replace(choice, written=known)


def meaning(choice: ColumnChoice, texts: Texts) -> str:
    """What a column was said to mean."""
    if not choice.field:
        return texts.say(LEFT_OUT)
    return words.column_title(KnownColumn(0, choice.field, choice.heading, choice.issuer, "", choice.label), texts)


def meanings(columns: Iterable[ColumnChoice], texts: Texts) -> list[tuple[str, str]]:
    """All that may be chosen, as code and title, with what these columns hold besides."""
    codes = dict.fromkeys(("", *MEANINGS, *(code_of(choice) for choice in columns)))
    return [(code, meaning(choice_of(code, ColumnChoice("")), texts)) for code in codes]


def ways(field: str, texts: Texts) -> list[tuple[str, str]]:
    """How cells of this field may be written, where that has to be said; nothing for other fields."""
    return [(way, texts.say(title)) for way, title in _WAYS.get(field, ())]


def way(choice: ColumnChoice, texts: Texts) -> str:
    """How the cells of a column were said to be written; empty when nobody said it."""
    return dict(ways(choice.field, texts)).get(choice.written, "") if choice.written else ""


def roles(texts: Texts) -> list[tuple[str, str]]:
    """The roles a list may give everybody on it."""
    return [("", texts.say(_("As the rows say"))), *((code, people_words.role(code, texts)) for code in ROLE_KINDS)]
