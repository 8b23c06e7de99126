"""What `kontinuum history` does: what was changed, and taking it back."""

from __future__ import annotations

from argparse import Namespace

from db.errors import RuleBroken
from db.history import TAKE_BACK, find_change_set, history, take_back
from db.texts import _
from desktop.command_line.opening import Lines, opened, printed
from desktop.core.history_words import say_change


def past(asked: Namespace) -> Lines:
    """The newest changes in words, or one of them taken back."""
    if asked.step == "take-back":
        yield from _take_back(asked)
        return
    with opened(asked, writes=False) as ground, ground.context.database.read() as session:
        verbs, texts = ground.registry.verbs(), ground.context.texts
        lines = history(session, limit=asked.limit)
        plain = [
            {
                "id": str(line.id),
                "at": line.at.isoformat(),
                "actor": line.actor,
                "verb": line.verb,
                "text": say_change(line, verbs, texts),
            }
            for line in lines
        ]
        words = [f"{p['id']}  {texts.moment(line.at)}  {p['actor']}  {p['text']}" for p, line in zip(plain, lines, strict=True)]
    yield from printed(asked, plain, words)


def _take_back(asked: Namespace) -> Lines:
    with opened(asked, writes=False) as ground:
        context = ground.context
        with context.database.read() as session:
            line = find_change_set(session, asked.id)
        verb = ground.registry.verbs().get(line.verb)
        if verb is not None and not verb.undoable:
            raise RuleBroken(_("This step cannot be taken back."), _("It stays written down."))
        with context.database.write(context.actor, TAKE_BACK) as session:
            done = take_back(session, line.id)
    plain = {
        "undone": done.undone,
        "kept": [{"table": table, "id": str(row)} for table, row in done.kept],
        "change_set": str(done.change_set) if done.change_set else None,
    }
    words = [f"{done.undone} rows taken back, {len(done.kept)} kept because they were touched since"]
    yield from printed(asked, plain, words + [f"kept: {table} {row}" for table, row in done.kept])
