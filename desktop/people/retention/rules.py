"""The rules by which people are disposed of: what modules offer, and what the office decided about each. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from db.database import describe, take
from db.errors import Conflict, RuleBroken
from db.models.retention import ACTIONS, RetentionRule
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Retention, RowRetention
from desktop.core.registry import LoadFailed
from desktop.people.retention.facts import Facts

MOST = 1200  # months
LONGEST = 500  # letters of a ground
Find = Callable[[Facts], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Known:
    """A rule a module offers, for people (`find`) or for single rows (`over`). Without these its module does not run."""

    offer: Retention | RowRetention
    module: Msgid  # its title
    find: Find | None
    over: Callable[[], Any] | None = None

    @property
    def of_rows(self) -> bool:
        """Whether it is for single rows of people who stay."""
        return isinstance(self.offer, RowRetention)

    @property
    def runs(self) -> bool:
        """Whether it can find anything."""
        return self.find is not None or self.over is not None

    @property
    def action(self) -> str:
        """What is done unless the office decides otherwise."""
        return "erase" if isinstance(self.offer, RowRetention) else self.offer.action


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it holds now; `version` is 0 while the office has decided nothing about it."""

    known: Known
    months: int
    action: str
    ground: str  # as the office wrote it; else as the module says it, to be translated
    active: bool
    version: int = 0

    @property
    def code(self) -> str:
        """Its key."""
        return self.known.offer.key

    @property
    def title(self) -> Msgid:
        """What it is called."""
        return self.known.offer.title

    @property
    def since(self) -> tuple[str, ...]:
        """The keys of the signs its time is counted from; none for single rows."""
        offer = self.known.offer
        return () if isinstance(offer, RowRetention) else tuple(offer.since.split())


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What the office decides about a rule. A ground as the module names it is left empty."""

    code: str
    title: str  # in the words of whoever decides, for the history
    months: int
    action: str
    ground: str
    active: bool


def known_rules(context: ModuleContext) -> tuple[Known, ...]:
    """Every rule of every module, in the order in which somebody falls under them."""
    found = []
    for manifest in context.manifests():
        for offer in manifest.retention:
            find: Find | None
            try:
                find = context.load(offer.finds)
            except LoadFailed:
                find = None
            found.append(Known(offer, manifest.title, find))
    return tuple(found)


def known_row_rules(context: ModuleContext) -> tuple[Known, ...]:
    """The same for single rows."""
    found = []
    for manifest in context.manifests():
        for offer in manifest.row_retention:
            over: Callable[[], Any] | None
            try:
                over = context.load(offer.finds)
            except LoadFailed:
                over = None
            found.append(Known(offer, manifest.title, None, over))
    return tuple(found)


def rules(session: Session, known: Sequence[Known]) -> tuple[Rule, ...]:
    """All of them, as the office decided or as they come."""
    stored = {row.code: row for row in session.execute(select(*RetentionRule.__table__.c))}
    return tuple(_rule(one, stored.get(one.offer.key)) for one in known)


def change_rule(session: Session, form: RuleForm, version: int) -> None:
    """Keep what the office decided about a rule.

    Args:
        version: What the form read; 0 where nothing was decided yet.

    Raises:
        RuleBroken: the time is none, or the ground is too long.
        Conflict: somebody decided about it since.
    """
    if not 0 < form.months <= MOST:
        raise RuleBroken(_("This is no time."), _("Write between 1 month and 100 years."), field="period")
    if form.action not in ACTIONS:
        raise RuleBroken(_("Say what is done with people whose time is over."), _("Choose one."), field="action")
    if len(form.ground) > LONGEST:
        raise RuleBroken(_("This is too long."), _("Keep it under 500 letters."), field="ground")
    stored = session.scalar(select(RetentionRule.id).where(RetentionRule.code == form.code))
    if stored is None and not version:
        row = RetentionRule(code=form.code)
        session.add(row)
    elif stored is None or not version:
        raise Conflict(_("Someone else changed this rule while you had it open."), _("Nothing was saved. Look at it again."))
    else:
        row = take(session, RetentionRule, stored, version)
    row.months, row.action, row.ground, row.active = form.months, form.action, form.ground, form.active
    describe(session, rule=form.title)
    session.flush()


def _rule(known: Known, row: Row[Any] | None) -> Rule:
    offer = known.offer
    if row is None:
        return Rule(known, offer.months, known.action, offer.ground, active=False)
    return Rule(known, row.months, row.action, row.ground or offer.ground, row.active, row.version)
