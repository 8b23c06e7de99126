"""The words and plain values of the contact rules: why somebody is not contacted, for what, and how often is too often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db.texts import _
from desktop.core.manifest import Setting

UNSAID = "information"  # what a contact counts as that says no purpose
# Why somebody is not contacted, in the order in which it is said; the first that holds is told.
WHY = {
    "gone": _("no longer in the register"),
    "deceased": _("deceased"),
    "retired": _("no longer in the register"),
    "no_contact": _("asked not to be contacted at all"),
    "no_phone": _("asked not to be called"),
    "no_email": _("asked for no e-mail"),
    "no_sms": _("asked for no text messages"),
    "no_post": _("asked for no letters"),
    "refused": _("refused this purpose"),
    "withdrawn": _("withdrew the consent to this purpose"),
    "no_consent": _("gave no consent to this purpose"),
    "expired": _("the consent to this purpose has run out"),
    "pressure": _("contacted often enough lately"),
    "no_way": _("no address or number"),
    "held": _("all addresses or numbers are on hold"),
}
# The same as a sentence, for one person.
SENTENCES = {
    "gone": _("This person is no longer in the register."),
    "deceased": _("This person is deceased."),
    "retired": _("This person is no longer in the register."),
    "no_contact": _("This person asked not to be contacted at all."),
    "no_phone": _("This person asked not to be called."),
    "no_email": _("This person asked for no e-mail."),
    "no_sms": _("This person asked for no text messages."),
    "no_post": _("This person asked for no letters."),
    "refused": _("This person refused to be contacted for this purpose."),
    "withdrawn": _("This person withdrew the consent to this purpose."),
    "no_consent": _("This person gave no consent to this purpose."),
    "expired": _("The consent of this person to this purpose has run out."),
    "pressure": _("This person was contacted often enough lately."),
    "no_way": _("No address or number of this person is known."),
    "held": _("All addresses or numbers of this person are on hold."),
}
BY_CHANNEL = {"phone": "no_phone", "email": "no_email", "sms": "no_sms", "post": "no_post"}
PRESSURE_SETTINGS = (
    Setting("pressure_days", int, 30, _("Contacts of ours are counted over the last"), unit=_("days"), least=1, most=365),
    Setting(
        "pressure_information", int, 6, _("Most contacts with information to one person in that time; 0 is no limit"), least=0
    ),
    Setting("pressure_marketing", int, 3, _("Most contacts with marketing to one person in that time; 0 is no limit"), least=0),
    Setting(
        "pressure_act",
        str,
        "warn",
        _("When that is reached"),
        choices=(("warn", _("Warn, and let the user decide")), ("stop", _("Contact nobody more often"))),
    ),
)
PRESSURE_KEYS = {f"people.{setting.key}": setting.default for setting in PRESSURE_SETTINGS}


@dataclass(frozen=True, slots=True)
class PressureRule:
    """At most `most` contacts of one kind of purpose in `days`; a kind without a limit is left out. `stops` or only warns."""

    days: int = 30
    most: Mapping[str, int] = field(default_factory=dict)
    stops: bool = False

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> PressureRule:
        """The rule as the office's settings have it, under their full names; what is not stored is the default."""
        days, information, marketing, act = (stored.get(key, default) for key, default in PRESSURE_KEYS.items())
        limits = {"information": information, "marketing": marketing}
        return cls(days, {kind: most for kind, most in limits.items() if most > 0}, act == "stop")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What somebody is contacted for: a row of `ConsentPurpose` as the rules need it."""

    id: UUID
    code: str
    kind: str
    basis: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A contact that is thought of: by which channel, for what, and whether the person asked for it.

    `channel` is a code of `CHANNELS`; with an empty one nothing but death and “no contact at all” stands in the way.
    `alike` are the codes whose contacts count together with this one.
    """

    channel: str
    purpose: Purpose | None = None
    asked: bool = False
    pressure: PressureRule = PressureRule()
    alike: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of purpose it counts as."""
        return self.purpose.kind if self.purpose is not None else UNSAID

    @property
    def most(self) -> int | None:
        """How many contacts of its kind are enough; None: there is no limit, or the person asked for this one."""
        return None if self.asked else self.pressure.most.get(self.kind)


@dataclass(frozen=True, slots=True)
class Clearance:
    """Proof that these people may be contacted by this channel: given by `may_contact` alone, asked for where something leaves."""

    channel: str
    people: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who may be contacted. `stopped` says why not, as codes of `WHY`; `pressed` may be, but more often than the rule has it."""

    clearance: Clearance
    stopped: Mapping[UUID, str]
    pressed: frozenset[UUID] = frozenset()

    @property
    def people(self) -> frozenset[UUID]:
        """Who may be contacted."""
        return self.clearance.people
