"""The left of the console: where everybody stands and why, my callbacks, my shift, and the pause."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from db.texts import Msgid, _
from desktop.core.texts import Texts
from desktop.modules.phones.queue import Promise, QueueCounts, Shift
from desktop.modules.phones.rules import REASONS
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import Proportions, Section, Share, column, row
from desktop.widgets.theme import current_theme


class Figures(QWidget):
    """Names on the left, numbers in one column on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(current_theme().px(12))
        self._grid.setVerticalSpacing(current_theme().px(5))
        self._grid.setColumnStretch(0, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []

    def set(self, figures: list[tuple[str, str, str]]) -> None:
        """Show these: name, number, tone. Lines are used again, so that nothing flickers."""
        while len(self._lines) < len(figures):
            line = plain_label("", "dim", wrap=True), plain_label("", "strong")
            line[1].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            place = len(self._lines)
            self._grid.addWidget(line[0], place, 0)
            self._grid.addWidget(line[1], place, 1)
            self._lines.append(line)
        for (name, number), shown in zip(self._lines, [*figures, *[None] * len(self._lines)], strict=False):
            name.setVisible(shown is not None)
            number.setVisible(shown is not None)
            if shown is not None:
                name.setText(shown[0])
                number.setText(shown[1])
                number.setAccessibleName(f"{shown[0]}: {shown[1]}")


class QueuePanel(QWidget):
    """Only shows; the console reads and acts."""

    picked = Signal(object)  # the entry of a callback
    pause_wanted = Signal()

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say = texts, texts.say
        self.title = plain_label("", "title", wrap=True)
        self.figures, self.shift = Figures(), Figures()
        self.bar = Proportions()
        self.callbacks = Section(self._say(_("My callbacks")))
        self._promises = QVBoxLayout()
        self._promises.setSpacing(current_theme().px(6))
        self.callbacks.add(self._promises)
        mine = Section(self._say(_("My shift today")))
        mine.add(self.shift)
        self.pause = quiet_button(self._say(_("Pause")), key="F4")
        self.pause.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.pause.clicked.connect(self.pause_wanted)
        counts = column(self.title, self.figures, self.bar, gap=10)
        self.setLayout(column(counts, self.callbacks, mine, self.pause, gap=20))
        self._shown: list[Promise] | None = None

    def show_round(self, title: str) -> None:
        """The name of the round."""
        self.title.setText(title)

    def show_counts(self, counts: QueueCounts, shift: Shift) -> None:
        """Where everybody stands, each reason of a block in its own line."""
        number = self._texts.number
        lines: list[tuple[Msgid, int]] = [
            (_("Ready to call"), counts.ready),
            (_("Callbacks due"), counts.callbacks_mine + counts.callbacks_any),
            (_("Callbacks later today"), counts.callbacks_today),
            (_("Callbacks another day"), counts.callbacks_later - counts.callbacks_today),
            (_("Callbacks of colleagues"), counts.callbacks_other),
            (_("Cooling down"), counts.cooling),
            (_("In a colleague's hands"), counts.claimed),
        ]
        always = (0, 1, 5)
        shown = [(self._say(text), number(n), "") for place, (text, n) in enumerate(lines) if n or place in always]
        for why, count in counts.blocked.items():
            words = self._say(_("Blocked: {reason}"), reason=self._say(REASONS.get(why, Msgid(why))))
            shown.append((words, number(count), ""))
        shown.append((self._say(_("Done")), number(counts.done), ""))
        self.figures.set(shown)
        waiting = counts.callbacks_mine + counts.callbacks_any + counts.callbacks_later + counts.callbacks_other + counts.cooling
        shares = [Share(self._say(_("Done")), counts.done), Share(self._say(_("Waiting")), waiting, "warn")]
        self.bar.set(shares, counts.total - counts.done - waiting)
        calls = [(self._say(_("Calls")), number(shift.calls), ""), (self._say(_("Reached")), number(shift.reached), "")]
        self.shift.set(calls)

    def show_promises(self, promises: list[Promise]) -> None:
        """My callbacks and anyone's; nothing moves under the pointer when they are the same as before."""
        if promises == self._shown:
            return
        self._shown = promises
        while (item := self._promises.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not promises:
            self._promises.addWidget(plain_label(self._say(_("None until tonight.")), "small", wrap=True))
        for promise in promises:
            button = PromiseButton(promise, self._texts)
            button.clicked.connect(partial(self.picked.emit, promise.entry_id))
            self._promises.addWidget(button)

    def show_pause(self, paused: bool, soon: bool) -> None:
        """Whether the caller rests, or will after this call."""
        text = _("Continue") if paused or soon else _("Pause")
        self.pause.setText(self._say(text))


class PromiseButton(QPushButton):
    """One callback: time, name, whose; pressing it calls that person now."""

    def __init__(self, promise: Promise, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry_id: UUID = promise.entry_id
        whose = texts.say(_("mine") if promise.mine else _("anyone"))
        at = texts.time(promise.at)
        self.setAccessibleName(texts.say(_("Call {name} back, {time}, {whose}"), name=promise.name, time=at, whose=whose))
        self.setAutoDefault(False)
        name, owner = plain_label(promise.name, wrap=True), plain_label(whose, "small", wrap=True)
        if promise.mine:
            owner.hide()
        time = Tag(at, "warn" if promise.due else "")
        for part in (time, name, owner):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        box = row(time, column(name, owner, gap=0), gap=10)
        box.setStretch(1, 1)
        edge = current_theme().px(10)
        box.setContentsMargins(edge, current_theme().px(6), edge, current_theme().px(6))
        self.setLayout(box)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        hint = layout.sizeHint()
        wide = layout.heightForWidth(self.width()) if layout.hasHeightForWidth() and self.width() else hint.height()
        return QSize(0, max(wide, layout.minimumSize().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
