"""What follows from a call: pure rules over plain values, and the words for the codes they use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from uuid import UUID

from db.texts import _
from desktop.core.contacting.rules import WHY

LEASE = timedelta(minutes=10)  # how long a person is kept for a console that says nothing
RENEW_SECONDS = 120
UNDO_SECONDS = 30
MORNING, NOON, AFTERNOON = time(9), time(12), time(13)

# Codes are stored, labels shown; in the order of the list.
OUTCOMES = {
    "reached_yes": _("Reached"),
    "no_answer": _("No answer"),
    "busy": _("Busy"),
    "callback_own": _("Callback promised"),
    "callback_any": _("Callback promised, by anyone"),
    "wrong_number": _("Wrong number"),
    "reached_thinks": _("Reached, undecided"),
    "reached_no": _("Reached, declines"),
    "already_done": _("Has accepted or registered already"),
    "reached_cannot_talk": _("Reached, cannot talk now"),
    "third_party": _("Someone else answered"),
    "language": _("Needs another language"),
    "voicemail_left": _("Voicemail, message left"),
    "voicemail_none": _("Voicemail, no message"),
    "dead_number": _("Number not in use"),
    "no_number": _("No number to call"),
    "distress": _("In distress: staff now"),
    "abandoned_by_caller": _("Not called after all"),
    "technical": _("Technical trouble"),
    "do_not_call": _("Do not call again"),
    "consent_given": _("Reached, gave consent"),
    "consent_withdrawn": _("Reached, withdrew the consent"),
}
# Outcomes that write down what the person allows; the answer to the purpose of the round, but for the first.
DO_NOT_CALL = "do_not_call"
ANSWERS = {"consent_given": "given", "consent_withdrawn": "withdrawn"}
HOTLINE_OUTCOMES = {"answered": _("Answered"), "handed_over": _("Handed over to another office")}
# Why a person cannot be called, in the order of the panel.
REASONS = {
    "no_number": _("no number"),
    "held": _("all numbers wrong or not in use"),
    "language": _("needs another language"),
    "distress": _("for staff"),
    "deceased": _("deceased"),
    "retired": _("no longer in the register"),
    **{why: WHY[why] for why in ("no_contact", "no_phone", "refused", "withdrawn", "no_consent", "expired", "pressure")},
}
GIVEN_UP = "tries"  # why an entry is done without having been reached
TOPICS = {
    "application": _("Application"),
    "documents": _("Documents"),
    "entry_requirements": _("Entry requirements"),
    "fee_scholarship": _("Fees and scholarships"),
    "deadline": _("Deadline"),
    "decision_offer": _("Decision and offer"),
    "reserve": _("Reserve list"),
    "registration": _("Registration"),
    "housing": _("Housing"),
    "residence_permit": _("Residence permit"),
    "exchange": _("Exchange"),
    "programme_content": _("Content of the programme"),
    "student_life": _("Student life"),
    "technical": _("Technical matter"),
    "complaint": _("Complaint"),
    "wrong_office": _("Another office"),
    "other": _("Other"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a call can end, as the office has it; see `tables.CallOutcome` for the meaning of the parts."""

    id: UUID
    code: str
    label: str
    key: str
    then: str
    retry_minutes: int
    other_half_day: bool
    max_tries: int | None
    hold: str
    reached: bool
    callback: str
    for_staff: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of an entry: its state, the reason where one is stored, and when it is ready again."""

    state: str
    why: str
    ready_at: datetime


def other_half_day(now: datetime, zone: tzinfo) -> datetime:
    """The next day's other half: called before noon, then tomorrow after lunch; called later, then tomorrow morning."""
    local = now.astimezone(zone)
    hour = AFTERNOON if local.time() < NOON else MORNING
    return datetime.combine(local.date() + timedelta(days=1), hour, zone)


def after(outcome: Outcome, now: datetime, zone: tzinfo, *, tries: int, alike: int, most: int | None) -> Next:
    """What follows from `outcome`.

    Args:
        tries: Calls that counted, with this one.
        alike: Calls of this entry that ended like this one, with it.
        most: The round's own limit of tries.
    """
    if outcome.then == "done":
        return Next("done", outcome.code, now)
    if outcome.then == "block":
        return Next("blocked", outcome.code, now)
    if outcome.then == "callback":
        return Next("callback", "", now)
    spent = (outcome.max_tries is not None and alike >= outcome.max_tries) or (most is not None and tries >= most)
    if spent and outcome.counts and not outcome.hold:  # a wrong number is no try at the person
        return Next("done", GIVEN_UP, now)
    ready = other_half_day(now, zone) if outcome.other_half_day else now + timedelta(minutes=outcome.retry_minutes)
    return Next("ready", "", ready)


def within_hours(now: datetime, zone: tzinfo, opens: int | None, closes: int | None) -> bool:
    """Whether calls may be made now; hours are minutes after midnight at the office, the last one not included."""
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return (opens is None or minute >= opens) and (closes is None or minute < closes)
