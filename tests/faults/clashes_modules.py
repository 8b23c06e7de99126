"""What happens to call rounds and policies when two windows change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.person import Person
from desktop.modules.phones import calls, rounds
from desktop.modules.phones.tables import CallEntry, CallRound
from desktop.modules.policies import imports, register, service
from desktop.modules.policies.front_matter import PolicyFile
from desktop.modules.policies.tables import Policy, PolicyVersion
from desktop.people.organisation import posts
from tests.faults.clashes import CALENDAR, COLLEAGUE, ME, NOW, TEXT, TODAY, ZONE, Clash, Office, Step, adding, case, to_a_person

# Phone duty


def _round(office: Office) -> tuple[UUID, int, Step]:
    round_id, _person = office.round()
    version = office.version(CallRound, round_id)
    return round_id, version, lambda s: rounds.change_round(s, round_id, version, rounds.RoundForm("Theirs"))


@case("change_call_round")
def _(office: Office) -> Clash:
    round_id, version, theirs = _round(office)
    return Clash(lambda s: rounds.change_round(s, round_id, version, rounds.RoundForm("Mine")), theirs)


@case("close_call_round")
def _(office: Office) -> Clash:
    round_id, version, theirs = _round(office)
    return Clash(lambda s: rounds.set_state(s, round_id, version, "closed"), theirs)


@case("open_call_round")
def _(office: Office) -> Clash:
    round_id, version, theirs = _round(office)
    return Clash(lambda s: rounds.set_state(s, round_id, version, "open"), theirs)


@case("log_call")
def _(office: Office) -> Clash:
    round_id, _person = office.round()
    entry, version = office.only(CallEntry)

    def call(outcome: str) -> Step:
        draft = calls.Draft(round_id, outcome, NOW - timedelta(seconds=60), NOW)
        return lambda s: calls.save_call(s, entry, version, draft, actor=ME, now=NOW, zone=ZONE)

    return Clash(call("no_answer"), call("reached_yes"))


def _hotline(office: Office) -> tuple[Step, Step]:
    round_id, person = office.round()
    draft = calls.Draft(round_id, "", NOW - timedelta(seconds=60), NOW, note="Asked about housing")
    return tuple((lambda s: calls.save_hotline_call(s, person, draft, actor=ME, now=NOW)) for _n in range(2))  # type: ignore[return-value]


def _more_people(office: Office) -> tuple[Step, Step]:
    (round_id, _person), first, second = office.round(), office.person("Öberg"), office.person("Ärlig")
    return tuple((lambda s, p=p: rounds.add_people(s, round_id, [p], now=NOW)) for p in (first, second))  # type: ignore[return-value]


adding("log_hotline_call", _hotline)
adding("add_to_call_round", _more_people)
adding("create_call_round", to_a_person(lambda s, p, n: rounds.create_round(s, rounds.RoundForm(f"Calls {n}"), [p], now=NOW)))


# Policies


def _draft(office: Office) -> tuple[UUID, int, Step]:
    _policy, version_id = office.policy()
    version, text = office.version(PolicyVersion, version_id), replace(TEXT, source="# Background\nTheirs.")
    return version_id, version, lambda s: service.save_draft(s, version_id, version, text, actor=COLLEAGUE, today=TODAY)


@case("save_policy")
def _(office: Office) -> Clash:
    version_id, version, theirs = _draft(office)
    text = replace(TEXT, source="# Background\nMine.")
    return Clash(lambda s: service.save_draft(s, version_id, version, text, actor=ME, today=TODAY), theirs)


@case("submit_policy")
def _(office: Office) -> Clash:
    version_id, version, theirs = _draft(office)
    return Clash(lambda s: service.submit(s, version_id, version), theirs)


@case("import_policy")
def _(office: Office) -> Clash:
    """The file becomes the draft, as it says: what the colleague wrote is in the history, and comes back from there."""
    _version_id, _version, theirs = _draft(office)
    file = PolicyFile(
        title=TEXT.title, owner_post=TEXT.owner_post, contact=TEXT.contact, language="en", last_revised=None, source="# File"
    )

    def bring(session: Session) -> None:
        done = imports.take_in(session, file, language="en", actor=ME, today=TODAY)
        assert (done.outcome, done.number) == ("changed", 1), "it is told that a draft was changed"

    touched = frozenset({"source", "content_hash", "author_id", "revised_by"})
    return Clash(bring, theirs, "both", touched)


def _reviewed(office: Office) -> tuple[UUID, int, Step]:
    _policy, version_id = office.policy("submit")
    version = office.version(PolicyVersion, version_id)
    return version_id, version, lambda s: service.send_back(s, version_id, version)


@case("send_policy_back")
def _(office: Office) -> Clash:
    version_id, version, _sends = _reviewed(office)
    decides: Step = lambda s: service.decide(s, version_id, version, actor=COLLEAGUE, today=TODAY, four_eyes=False)
    return Clash(lambda s: service.send_back(s, version_id, version), decides)


@case("decide_policy")
def _(office: Office) -> Clash:
    version_id, version, theirs = _reviewed(office)
    return Clash(lambda s: service.decide(s, version_id, version, actor=ME, today=TODAY, four_eyes=False), theirs)


@case("put_policy_in_force")
def _(office: Office) -> Clash:
    policy, version_id = office.policy("submit", "decide")
    version, held = office.version(PolicyVersion, version_id), office.version(Policy, policy)
    theirs: Step = lambda s: service.withdraw(s, policy, held, calendar=CALENDAR)
    return Clash(lambda s: service.put_in_force(s, version_id, version, actor=ME, calendar=CALENDAR), theirs)


@case("begin_policy_version")
def _(office: Office) -> Clash:
    policy, _version = office.policy("submit", "decide", "force")
    mine, theirs = ((lambda s, who=who: service.begin_version(s, policy, actor=who, today=TODAY)) for who in (ME, COLLEAGUE))
    return Clash(mine, theirs, "rule")


def _in_force(office: Office) -> tuple[UUID, int, Step]:
    policy, _version = office.policy("submit", "decide", "force")
    version = office.version(Policy, policy)
    return policy, version, lambda s: service.plan_review(s, policy, version, TODAY + timedelta(90), calendar=CALENDAR)


@case("plan_policy_review")
def _(office: Office) -> Clash:
    policy, version, theirs = _in_force(office)
    return Clash(lambda s: service.plan_review(s, policy, version, TODAY + timedelta(30), calendar=CALENDAR), theirs)


@case("review_policy")
def _(office: Office) -> Clash:
    policy, version, theirs = _in_force(office)
    return Clash(lambda s: service.reviewed_no_change(s, policy, version, actor=ME, calendar=CALENDAR), theirs)


@case("withdraw_policy")
def _(office: Office) -> Clash:
    policy, version, theirs = _in_force(office)
    return Clash(lambda s: service.withdraw(s, policy, version, calendar=CALENDAR), theirs)


@case("create_policy")
def _(_office: Office) -> Clash:
    theirs: Step = lambda s: service.create_policy(s, TEXT, actor=COLLEAGUE, today=TODAY)
    return Clash(lambda s: service.create_policy(s, replace(TEXT, source="# Mine"), actor=ME, today=TODAY), theirs, "rule")


@case("file_signature")
def _(office: Office) -> Clash:
    (_policy, version_id), person = office.policy("submit", "decide", "force"), office.person()

    def sign(place: str) -> Step:
        sheet = register.Signature(person, "Chair", TODAY, place)
        return lambda s: register.file_signature(s, version_id, sheet, None, actor=ME, now=NOW, today=TODAY, zone=ZONE)

    return Clash(sign("Mine"), sign("Theirs"), "rule")


@case("give_post")
def _(office: Office) -> Clash:
    former, mine, theirs = office.person("Former"), office.person("Mine"), office.person("Theirs")
    office.do(lambda s: posts.give_post(s, "Chair", former, TODAY - timedelta(400)))

    def give(person: UUID) -> Step:
        return lambda s: posts.give_post(s, "Chair", person, TODAY, replacing=True)

    return Clash(give(mine), give(theirs), "both")


adding("ask_post_to_sign", lambda office: _asking(office, lambda s, policy, n: register.ask_post(s, policy, f"Post {n}")))
adding(
    "ask_person_to_sign", lambda office: _asking(office, lambda s, policy, n: register.ask_person(s, policy, office_person(s, n)))
)


def _asking(office: Office, act: Callable[[Session, UUID, int], object]) -> tuple[Step, Step]:
    policy, _version = office.policy()
    office.person("Aa"), office.person("Bb")
    return (lambda s: act(s, policy, 0)), (lambda s: act(s, policy, 1))


def office_person(session: Session, number: int) -> UUID:
    return session.scalars(select(Person.id).order_by(Person.name_key)).all()[number]
