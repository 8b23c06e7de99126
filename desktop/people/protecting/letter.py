"""A letter to somebody protected: it goes to the forwarding address of an authority, and there is no other way."""

from __future__ import annotations

from db.errors import RuleBroken
from db.protected.people import ProtectedLine
from db.texts import _
from desktop.core.contacting.allowed import forwarded
from desktop.core.context import ModuleContext
from desktop.core.letters import Letter, render_letters
from desktop.core.texts import Texts
from desktop.people.fields import Fields


class LetterFields(Fields):
    """What the letter says."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.text("subject", _("Subject"), required=True)
        self.area("text", _("Text"), lines=6)


def letter_to(line: ProtectedLine, subject: str, text: str, day: str) -> Letter:
    """The letter, with the handle as its only reference.

    Raises:
        RuleBroken: no forwarding address is written down, or the letter says nothing.
    """
    if not line.forwarding.strip():
        raise RuleBroken(
            _("No forwarding address is written down; a letter to a protected person goes nowhere else."),
            _("Ask the authority for it, then write it down with Change."),
        )
    if not subject.strip():
        raise RuleBroken(_("A letter needs a subject."), _("Write one without the person's name."), field="subject")
    return Letter(line.id, tuple(line.forwarding.splitlines()), day, f"{subject.strip()} ({line.handle})", text.strip())


def render_letter(letter: Letter, texts: Texts) -> bytes:
    """As a PDF whose title names nobody; runs in the worker process."""
    return render_letters([letter], forwarded(letter.person_id), title=texts.say(_("Letter")), language=texts.language)
