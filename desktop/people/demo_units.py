"""The invented university of the demo: two faculties with departments, under which its programmes stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from db.base import new_id
from db.bulk import insert_rows
from db.models.unit import Unit, UnitProgramme
from db.sorting import fold

FOUNDED = date(1978, 7, 1)
_UNIVERSITY = "NU", "Norrviks universitet", "Norrvikin yliopisto", "University of Norrvik"
_FACULTIES = (
    ("HUM", "Humanistisk-samhällsvetenskapliga fakulteten", "Humanistis-yhteiskuntatieteellinen tiedekunta",
     "Faculty of Humanities and Social Sciences"),
    ("TEK", "Fakulteten för teknik och hälsa", "Tekniikan ja terveyden tiedekunta", "Faculty of Technology and Health"),
)  # fmt: skip
# Code, faculty, names, and programmes as roles write them. Those of no department are left for the office to place.
_DEPARTMENTS: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
    ("UTB", "HUM", "Institutionen för utbildning", "Kasvatustieteen laitos", "Department of Education",
     ("Primary School Teaching", "Preschool Teaching")),
    ("SAM", "HUM", "Institutionen för samhälle och språk", "Yhteiskunnan ja kielten laitos", "Department of Society and Languages",
     ("Psychology", "Social Work", "Law", "Nordic Languages", "Media and Communication")),
    ("DAT", "TEK", "Institutionen för datavetenskap", "Tietojenkäsittelytieteen laitos", "Department of Computing",
     ("Computer Science", "Software Engineering", "Network Engineering", "Data Science")),
    ("MAS", "TEK", "Institutionen för maskin och bygg", "Kone- ja rakennustekniikan laitos", "Department of Engineering",
     ("Mechanical Engineering", "Civil Engineering", "Design and Product Realisation")),
    ("VAR", "TEK", "Institutionen för vård och hälsa", "Hoitotieteen laitos", "Department of Health", ("Nursing", "Public Health")),
)  # fmt: skip
_COLUMNS = ("id", "code", "code_key", "level", "parent_id", "name_sv", "name_fi", "name_en", "starts")


def add_units(session: Session) -> UUID:
    """Store the units and their programmes; gives the university."""
    university, units, programmes = new_id(), list[Sequence[object]](), list[Sequence[object]]()
    faculties = {code: new_id() for code, *_names in _FACULTIES}

    def unit(id: UUID, level: str, parent: UUID | None, code: str, *names: str) -> None:
        units.append((id, code, fold(code), level, parent, *names, FOUNDED))

    unit(university, "university", None, *_UNIVERSITY)
    for code, *names in _FACULTIES:
        unit(faculties[code], "faculty", university, code, *names)
    for code, faculty, sv, fi, en, own in _DEPARTMENTS:
        department = new_id()
        unit(department, "department", faculties[faculty], code, sv, fi, en)
        programmes += [(new_id(), department, programme) for programme in own]
    insert_rows(session, Unit, _COLUMNS, units)
    insert_rows(session, UnitProgramme, ("id", "unit_id", "programme"), programmes)
    return university
