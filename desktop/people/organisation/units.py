"""The rules for units and for the programmes that belong to them. Flushes; the caller's write scope commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import about, describe, take
from db.engine import one_at_a_time
from db.errors import Conflict, RuleBroken
from db.models.role import Role
from db.models.unit import LEVELS, Unit, UnitProgramme
from db.sorting import fold
from db.texts import _

NAMES = ("name_sv", "name_fi", "name_en")
_DEPTH = {level: depth for depth, level in enumerate(LEVELS)}


@dataclass(frozen=True, slots=True)
class UnitForm:
    """What is written about a unit; the first and last day are open when not known."""

    code: str
    level: str
    name_sv: str = ""
    name_fi: str = ""
    name_en: str = ""
    parent_id: UUID | None = None
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as the tree shows it; plain values."""

    id: UUID
    version: int
    form: UnitForm
    programmes: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Its name in "sv", "fi" or "en"; without one in that language, another."""
        form = self.form
        names = {"sv": form.name_sv, "fi": form.name_fi, "en": form.name_en}
        return names.get(language) or next(filter(None, names.values()))

    def there(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return (self.form.starts is None or self.form.starts <= day) and (self.form.ends is None or day <= self.form.ends)


def units(session: Session) -> list[UnitRow]:
    """Every unit there ever was, from the highest level down, by code."""
    placed: dict[UUID, list[str]] = {}
    for unit_id, programme in session.execute(select(UnitProgramme.unit_id, UnitProgramme.programme)):
        placed.setdefault(unit_id, []).append(programme)
    rows = sorted(session.scalars(select(Unit)), key=lambda unit: (_DEPTH[unit.level], unit.code_key))
    return [UnitRow(row.id, row.version, _form(row), tuple(sorted(placed.get(row.id, ()), key=fold))) for row in rows]


def add_unit(session: Session, form: UnitForm) -> UUID:
    """Add a unit.

    Raises:
        RuleBroken: a field is missing, the code is taken, or the unit does not fit under the one above it.
    """
    unit = Unit(id=new_id())
    _write(session, unit, form)
    session.add(unit)
    session.flush()
    _tell(session, unit)
    return unit.id


def change_unit(session: Session, unit_id: UUID, version: int, form: UnitForm) -> None:
    """Change a unit, move it below another, or say when it ends.

    Raises:
        Conflict: somebody else changed it, or it is gone.
        RuleBroken: as for `add_unit`; or units below it would no longer fit.
    """
    unit = take(session, Unit, unit_id, version)
    _write(session, unit, form)
    session.flush()
    _tell(session, unit)


def remove_unit(session: Session, unit_id: UUID, version: int) -> None:
    """Remove a unit written down by mistake; one that existed is ended instead.

    Raises:
        Conflict: somebody else changed it, or it is gone.
        RuleBroken: units, posts or programmes belong to it.
    """
    unit = take(session, Unit, unit_id, version)
    refuse_belonging(session, unit)
    _tell(session, unit)
    session.delete(unit)
    session.flush()


def refuse_belonging(session: Session, unit: Unit) -> None:
    """For steps that take a unit away.

    Raises:
        RuleBroken: units, posts or programmes belong to it.
    """
    from db.models.post import Post

    for column in (Unit.parent_id, Post.unit_id, UnitProgramme.unit_id):
        if session.scalar(select(func.count()).where(column == unit.id)):
            raise RuleBroken(
                _("Other units, posts or programmes belong to this unit."),
                _("Move them first, or write down the last day of the unit instead."),
            )


def check_unit(session: Session, unit: Unit) -> None:
    """Look at a unit as it will be.

    Raises:
        RuleBroken: as for `add_unit`; or units below it would no longer fit.
    """
    _check(session, unit.id, _form(unit))


def refuse_placed(session: Session, placed: UnitProgramme) -> None:
    """For steps that place a programme again.

    Raises:
        RuleBroken: it belongs to a unit already.
    """
    one_at_a_time(session, "unit programmes")
    if session.scalar(select(UnitProgramme.id).where(UnitProgramme.programme == placed.programme)) is not None:
        raise RuleBroken(
            _("The programme “{programme}” belongs to a unit already."), _("Look at the units."), programme=placed.programme
        )


def place_programmes(session: Session, unit_id: UUID, programmes: Collection[str], *, seen: Mapping[str, UUID]) -> None:
    """Let these programmes belong to the unit, and of those seen there no others; one that belonged to another unit moves here.

    Args:
        seen: The unit of every programme as it was when these were chosen. What somebody else placed since stays there.

    Raises:
        Conflict: the unit is gone, or somebody else has meanwhile placed one of the programmes that would move.
    """
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise Conflict(_("This unit is no longer there."), _("Look at the list again."))
    one_at_a_time(session, "unit programmes")
    wanted = {name for name in programmes if name}
    moving = wanted ^ {name for name, place in seen.items() if place == unit_id}
    stored = {row.programme: row for row in session.scalars(select(UnitProgramme).where(UnitProgramme.programme.in_(moving)))}
    for name in sorted(moving):
        row = stored.get(name)
        there = row.unit_id if row is not None else None
        if (there == unit_id) == (name in wanted):
            continue
        if there != seen.get(name):
            raise Conflict(
                _("Somebody else has placed “{programme}” meanwhile."), _("Nothing was changed. Look at the units again."),
                programme=name,
            )  # fmt: skip
        if row is None:
            session.add(UnitProgramme(id=new_id(), unit_id=unit_id, programme=name))
        elif name in wanted:
            row.unit_id = unit_id
        else:
            session.delete(row)
    session.flush()
    _tell(session, unit)


def unplaced(session: Session) -> list[tuple[str, int]]:
    """Programmes of roles that belong to no unit yet, with how many people, the most first."""
    amount = func.count(Role.person_id.distinct())
    rows = session.execute(
        select(Role.programme, amount)
        .where(Role.programme != "", Role.programme.not_in(select(UnitProgramme.programme)))
        .group_by(Role.programme)
        .order_by(amount.desc(), Role.programme)
    )
    return [(programme, people) for programme, people in rows]


def programmes_of(*unit_ids: UUID) -> Select[str]:
    """The programmes of these units and of everything below them, as roles write them."""
    tree = select(Unit.id).where(Unit.id.in_(unit_ids)).cte(recursive=True)
    tree = tree.union_all(select(Unit.id).where(Unit.parent_id == tree.c.id))
    return select(UnitProgramme.programme).where(UnitProgramme.unit_id.in_(select(tree.c.id)))


def _form(unit: Unit) -> UnitForm:
    return UnitForm(
        unit.code, unit.level, unit.name_sv, unit.name_fi, unit.name_en, unit.parent_id, unit.starts, unit.ends
    )  # fmt: skip


def _write(session: Session, unit: Unit, form: UnitForm) -> None:
    """Check and take over what the form says."""
    code, names = _check(session, unit.id, form)
    unit.code, unit.code_key, unit.level, unit.parent_id = code, fold(code), form.level, form.parent_id
    unit.name_sv, unit.name_fi, unit.name_en = names
    unit.starts, unit.ends = form.starts, form.ends


def _check(session: Session, unit_id: UUID, form: UnitForm) -> tuple[str, list[str]]:
    """Give code and names as they are kept. Two desks that move units at once would each see a tree that fits."""
    one_at_a_time(session, "units")
    code, names = form.code.strip(), [" ".join(getattr(form, name).split()) for name in NAMES]
    if not code:
        raise RuleBroken(_("A unit needs a code."), _("Write it as the university's registers do."), field="code")
    if not any(names):
        raise RuleBroken(_("A unit needs a name."), _("Write it in at least one language."), field="name_sv")
    if form.level not in LEVELS:
        raise RuleBroken(_("A unit needs a level."), _("Choose one of the four."), field="level")
    if form.starts is not None and form.ends is not None and form.ends < form.starts:
        raise RuleBroken(_("The last day lies before the first."), _("Change one of the two days."), field="ends")
    taken = select(Unit.id).where(Unit.code_key == fold(code), Unit.id != unit_id)
    if session.scalar(taken) is not None:
        raise RuleBroken(_("There is already a unit with the code {code}."), _("Choose another."), field="code", code=code)
    _check_above(session, form)
    _check_below(session, unit_id, form)
    return code, names


def _check_above(session: Session, form: UnitForm) -> None:
    if form.parent_id is None:
        return
    above = session.get(Unit, form.parent_id)
    if above is None:
        raise Conflict(_("The unit above is no longer there."), _("Choose another."))
    if _DEPTH[above.level] >= _DEPTH[form.level]:
        raise RuleBroken(
            _("A unit stands below one of a higher level."), _("Choose another level, or another unit above."), field="parent"
        )
    if above.ends is not None and (form.ends is None or form.ends > above.ends):
        raise RuleBroken(
            _("The unit above ends before this one does."), _("Write a last day that is no later, or move it."), field="ends"
        )


def _check_below(session: Session, unit_id: UUID, form: UnitForm) -> None:
    for level, ends in session.execute(select(Unit.level, Unit.ends).where(Unit.parent_id == unit_id)):
        if _DEPTH[level] <= _DEPTH[form.level]:
            raise RuleBroken(_("Units of a higher or the same level stand below it."), _("Move them first."), field="level")
        if form.ends is not None and (ends is None or ends > form.ends):
            raise RuleBroken(
                _("Units below it go on after that day."), _("End them or move them first."), field="ends"
            )  # fmt: skip


def _tell(session: Session, unit: Unit) -> None:
    about(session, unit.id)
    describe(session, unit=unit.name_sv or unit.name_fi or unit.name_en)
