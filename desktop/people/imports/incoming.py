"""A person as a row of a list describes them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from db.identity_numbers import masked

ADMITTED = "admitted"  # the role of people on a list with a programme or a term that says nothing else


class Identifier(NamedTuple):
    """A number of a person; its printed form is masked."""

    kind: str
    value: str
    issuer: str

    def __repr__(self) -> str:
        return f"Identifier({self.kind}, {masked(self.kind, self.value)}, {self.issuer})"


class IncomingPerson(NamedTuple):
    """A person as the row describes them; an empty text means that the file says nothing.

    A tuple, because a hundred thousand of them come back from another process: a data class takes six times as long.
    """

    line: int
    given: str = ""
    family: str = ""
    preferred: str = ""
    birth_date: date | None = None
    identifiers: tuple[Identifier, ...] = ()
    emails: tuple[tuple[str, str], ...] = ()  # as typed, normal form
    phones: tuple[tuple[str, str, str], ...] = ()  # as typed, E.164, national digits
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    language: str = ""  # sv, fi, en, or as typed
    programme: str = ""
    term: str = ""  # 2027-autumn, 2027-spring, or as typed
    note: str = ""
    labels: tuple[tuple[str, str], ...] = ()  # the normal form of an e-mail or a phone, and what it is called
    role: str = ""  # a code of ROLE_KINDS; empty: "admitted" where there is a programme or a term
    protected: str = ""  # a kind of db.protected.people where the file marks the person

    @property
    def stage(self) -> tuple[str, str, str] | None:
        """Role, programme and term that the row says somebody has, if it says so."""
        if not (self.role or self.programme or self.term):
            return None
        return self.role or ADMITTED, self.programme, self.term
