"""The forms that are open on a person's record, what others do to the things they are about, and what of them is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.card import PersonCard
from desktop.people.news import News, read_news
from desktop.people.record_boxes import Boxes, RecordBox
from desktop.people.saving import EditBox
from desktop.widgets.kept_text import KeptText
from desktop.widgets.merging_forms import readable

Place = tuple[str, UUID | None]  # which form, about which line


class OpenForms(QObject):
    """Opens forms where `place` says, and lets none be lost: not by others' changes, nor when the page is made anew."""

    moved = Signal()  # a form came or went
    read = Signal(object)  # a newer card, which a form asked for

    def __init__(self, context: ModuleContext, person_id: UUID, place: Callable[[str], QVBoxLayout], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._id, self._place = context, person_id, place
        self._make = Boxes(context)
        self.boxes: dict[Place, EditBox] = {}
        self.kept: list[tuple[KeptText, tuple[Any, ...]]] = []  # texts about what is gone, with the state they came from

    def open(self, card: PersonCard, key: str, id: UUID | None = None) -> EditBox | None:
        """The form, opened in its place if it is not open; see `Boxes.make` for the keys."""
        box = self.boxes.get((key, id)) or self._make.make(card, key, id)
        if box is None or (key, id) in self.boxes:
            return box
        self.boxes[key, id] = box
        self._place(key).addWidget(box)
        box.closed.connect(partial(self._close, key, id))
        if isinstance(box, RecordBox):
            box.news_wanted.connect(partial(self._ask, box))
        self.moved.emit()
        return box

    def typed(self) -> bool:
        """Whether something is typed that is not saved."""
        return bool(self.kept) or any(box.typed for box in self.boxes.values())

    def state(self) -> list[tuple[Any, ...]]:
        """What is typed, over which state of what, and the same for reading should the thing be gone."""
        typed = [
            (key, id, box.state(), *((box.version, box.base) if isinstance(box, RecordBox) else (0, {})), readable(box.form))
            for (key, id), box in self.boxes.items()
            if box.typed
        ]
        return [*typed, *(state for _kept, state in self.kept)]

    def restore(self, card: PersonCard | None, state: list[tuple[Any, ...]]) -> None:
        """Bring back what `state` gave; what is about a thing that is gone, for reading."""
        for key, id, texts, version, *more in state:
            box = self.open(card, key, id) if card is not None else None
            if box is None:
                self._keep((key, id, texts, version, *more), more[1] if len(more) > 1 else list(texts.items()))
                continue
            box.restore(texts)
            if isinstance(box, RecordBox):
                box.begin_with(version, dict(more[0]) if more else box.base)
        if card is not None:
            self.follow(card)

    def follow(self, card: PersonCard | None) -> None:
        """The person was read anew; None: they are gone. Forms others overtook find out by whom."""
        for box in self.boxes.values():
            if isinstance(box, RecordBox) and box.is_behind(card):
                self._ask(box)

    def _keep(self, state: tuple[Any, ...], words: list[tuple[str, str]]) -> None:
        why = self._context.texts.say(_("What it was about was removed meanwhile. Copy what you need."))
        kept = KeptText(self._context.texts, why, [(name, value) for name, value in words if value])
        self.kept.append((kept, state))
        self._place("person").addWidget(kept)

        def drop() -> None:
            self.kept.remove((kept, state))
            self._place("person").removeWidget(kept)
            kept.hide()
            kept.deleteLater()

        kept.thrown_away.connect(drop)

    def _ask(self, box: RecordBox) -> None:
        """Read what others saved, and who it was."""

        def heard(answer: News) -> None:
            card, step = answer
            if box in self.boxes.values():
                box.hear(card, step)
            if card is not None:
                self.read.emit(card)

        def failed(error: Exception) -> None:
            self._context.messages.show(error, _("reading what others saved"))

        work = partial(read_news, person_id=self._id, part=box.part, row_id=box.row_id)
        self._context.tasks.read(box, work, heard, failed, slot="news")

    def _close(self, key: str, id: UUID | None) -> None:
        box = self.boxes.pop((key, id), None)
        if box is not None:
            self._place(key).removeWidget(box)
            box.hide()
            box.deleteLater()
        self.moved.emit()
