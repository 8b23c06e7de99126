"""Writes the list an admissions office would send: people to import, some known already, three of them at fault."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from desktop.people.demo import SEED, DemoPerson, generate_people
from desktop.people.demo_lives import coming_autumn

HEADER = (
    "Anmälningskod",
    "Efternamn",
    "Förnamn",
    "Födelsedatum",
    "E-post",
    "Mobiltelefon",
    "Gatuadress",
    "Postnummer",
    "Ort",
    "Land",
    "Program",
    "Antagningstermin",
    "Urvalsgrupp",
)
NEW_FROM = 900_000  # numbers of people no demo database holds
KNOWN_AMONG = 400  # the known people are among the first so many of the demo database
KNOWN_SHARE = 8  # one row in so many is about somebody known


def write_admitted_csv(path: Path, count: int, *, today: date, seed: int = SEED) -> None:
    """Write `count` admitted students as a Swedish register exports them: semicolons, Windows-1252, 13 columns.

    One row in eight is about a person whom `generate_people` with the same seed gives too, by name and e-mail. The
    last three rows are faulty when `count` is at least ten: an impossible birth date, an e-mail address without @, one
    cell too many. Of the known ones the second lives elsewhere by this list, and the third has another number and e-mail address.
    """
    people = list(generate_people(count, today=today, seed=seed, first=NEW_FROM))
    known = [person for person in generate_people(KNOWN_AMONG, today=today, seed=seed) if _can_be_known(person)]
    for place, person in zip(range(0, max(count - 3, 0), KNOWN_SHARE), known, strict=False):
        people[place] = person
    rows = [_row(person, today) for person in people]
    if count > 3 * KNOWN_SHARE:
        moved, renewed = rows[KNOWN_SHARE], rows[2 * KNOWN_SHARE]
        moved[6:10] = "", "", "Härnösand", "Sverige"
        renewed[0], renewed[4:6] = f"A-{NEW_FROM + count:06}", (f"ny.{renewed[4]}", "")
    if count >= 10:
        rows[-3][3] = f"{today.year - 20}-02-30"
        rows[-2][4] = rows[-2][4].replace("@", "(at)") or "saknas"
        rows[-1].append("se separat lista")
    with path.open("w", encoding="windows-1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *rows])


def _can_be_known(person: DemoPerson) -> bool:
    email = next(iter(person.emails), None)
    return person.roles[-1].kind in ("prospect", "applicant") and email is not None and not email.hold and bool(person.city)


def _row(person: DemoPerson, today: date) -> list[str]:
    email = next((address.text for address in person.emails if address.retired is None), "")
    phone = next((number.text for number in person.phones if number.retired is None), "")
    programme = person.roles[-1].programme or "Nursing"
    code = f"A-{person.number:06}"
    born = person.birth_date.isoformat() if person.birth_date is not None else ""
    country = {"SE": "Sverige", "FI": "Finland"}.get(person.country, person.country)
    cells = (
        code,
        person.family,
        person.given,
        born,
        email,
        phone,
        person.street,
        person.postcode,
        person.city,
        country,
        programme,
        f"HT{coming_autumn(today)[:4]}",
        "BI",
    )
    return [cell.encode("windows-1252", "replace").decode("windows-1252") for cell in cells]
