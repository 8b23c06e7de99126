"""A thousand letters of one page each: set by the product's document ground, and drawn by hand on a plain canvas."""

from __future__ import annotations

import io
from functools import partial
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from bench.figures import Figure, of_pair
from bench.measuring import Pair, often
from bench.people import make_people
from bench.sites import Site
from desktop.core import pdf
from desktop.core.contacting.rules import Clearance
from desktop.core.letters import LEADING, SIZE, Letter, _pieces, _wide, broken, render_letters
from desktop.people.imports.incoming import IncomingPerson

LETTERS = 1000
ROUNDS = 3
NOBODY = UUID(int=0)  # invented people have no record
SENDER = ("Studiekansliet", "Box 1, 100 00 Provstad", "studiekansliet@universitet.example")
SUBJECT = "Välkommen till utbildningen"
BODY = (
    "Vi är glada över att kunna erbjuda dig en plats på utbildningen. Platsen är din om du svarar före sista svarsdag; "
    "svara gärna redan i dag, så vet vi hur många vi blir.",
    "Terminen börjar med en introduktionsvecka. Du får veta mer om schema, lokaler och inloggning i ett eget brev, och du "
    "kan alltid ringa eller skriva till studiekansliet om något är oklart.",
    "Har du redan fått ett besked från ett annat lärosäte behöver du inte göra något mer hos oss än att tacka nej till "
    "platsen, så att någon annan kan få den.",
    "Vänliga hälsningar",
    "Studiekansliet",
)


def measure_letters(people: int, _site: Site, repeat: int) -> list[Figure]:
    """One file with all letters, fonts embedded; by turns, the first round thrown away.

    The floor is given its lines broken already and draws nothing but them.
    """
    letters = [_letter(made.row) for made in make_people(LETTERS if repeat else 10)]
    pdf.faces()
    drawn = [[*letter.to, letter.day, *_lines(letter)] for letter in letters]
    pair = Pair()
    for place in range(often(ROUNDS, repeat, 1) + 1):
        turns = [(pair.ours, partial(_ours, letters)), (pair.floor, partial(_plain, drawn))]
        for times, write in turns if place % 2 else reversed(turns):
            times.time(write)
    pair.forget(1)
    return [of_pair("letters", "1,000 letters", people, pair, note=f"{len(letters)} pages in one file")]


def _letter(row: IncomingPerson) -> Letter:
    name = f"{row.given} {row.family}"
    text = "\n".join((f"Hej {name}!", *BODY))
    return Letter(NOBODY, (name, row.street, f"{row.postcode} {row.city}"), "2 november 2026", SUBJECT, text)


def _lines(letter: Letter) -> list[str]:
    paragraphs = [letter.subject, *letter.text.split("\n")]
    return [line for text in paragraphs for line in simpleSplit(text, pdf.FAMILY, SIZE, pdf.TEXT_WIDTH)]


def _ours(letters: list[Letter]) -> bytes:
    for remembered in (broken, _pieces, _wide):  # as in the worker process, which is fresh
        remembered.cache_clear()
    return render_letters(letters, Clearance("post", frozenset({NOBODY})), title=SUBJECT, language="sv", sender=SENDER)


def _plain(letters: list[list[str]]) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    for lines in letters:
        text = canvas.beginText(pdf.MARGIN_LEFT, A4[1] - pdf.MARGIN_TOP - SIZE)
        text.setFont(pdf.FAMILY, SIZE, LEADING)
        for line in lines:
            text.textLine(line)
        canvas.drawText(text)
        canvas.setFont(pdf.FAMILY, 7.5)
        for place, line in enumerate(SENDER):
            canvas.drawString(pdf.MARGIN_LEFT, 40 - 11 * place, line)
        canvas.showPage()
    canvas.save()
    return target.getvalue()
