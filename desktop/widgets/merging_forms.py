"""From a form to the question after a conflict: its fields as they began, as others saved them and as they are typed."""

from __future__ import annotations

from collections.abc import Mapping

from db.history import HistoryLine
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.history_words import say_change
from desktop.core.merging import Field, Merge, merge
from desktop.widgets.form import CodeField, Form, TextArea


def merged(form: Form, before: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> Merge:
    """How what is typed in `form` fits together with what others saved; all in its own values."""
    return merge(field_of(form, key, before.get(key, ""), theirs.get(key, ""), mine[key]) for key in form.keys)


def field_of(form: Form, key: str, before: str, theirs: str, mine: str) -> Field:
    """One field of a form, called as the form calls it."""
    field = form.field(key)
    label = field.accessibleName()
    if isinstance(field, CodeField):
        return Field(key, label, before, theirs, mine, shown=field.label_of, free=False)
    return Field(key, label, before, theirs, mine, lines=isinstance(field, TextArea))


def readable(form: Form) -> list[tuple[str, str]]:
    """What is written, by the names of the fields, as people read it."""
    found = []
    for key, value in form.values().items():
        field = form.field(key)
        if value:
            found.append((field.accessibleName(), field.label_of(value) if isinstance(field, CodeField) else value))
    return found


def told(step: HistoryLine | None, context: ModuleContext) -> str:
    """Who did it, when, and what it was, in words; empty where nobody knows."""
    if step is None:
        return ""
    texts = context.texts
    today = step.at.astimezone(texts.zone).date() == context.clock.today()
    what, when = say_change(step, context.verbs(), texts), (texts.time if today else texts.moment)(step.at)
    return texts.say(_("{name}, {when}: {what}."), name=step.actor, when=when, what=what)
