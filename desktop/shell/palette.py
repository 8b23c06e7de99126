"""The one search box: people and commands as you type, in a list that never takes the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from db.search import Hit, search
from db.sorting import fold
from db.texts import Msgid, _
from desktop.core.context import Navigate
from desktop.shell.commands import Command
from desktop.shell.desk import Desk
from desktop.shell.offered import OfferedPlaces
from desktop.widgets.banner import announce
from desktop.widgets.icons import draw_icon
from desktop.widgets.labels import draw_tag, plain_label, tag_size
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import current_theme

SHOWN = 12  # lines at most
PEOPLE = 8
RECENT = 8
LATE = 40  # milliseconds after which commands are shown without waiting for people
FRAME = 16  # milliseconds a letter may wait to be painted
RECORD = "people.record"
KINDS: dict[str, Msgid] = {"person": _("Person"), "command": _("Command"), "page": _("Page")}
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One result; `key` is what it is remembered by."""

    key: str
    kind: str  # in the reader's language
    title: str
    detail: str
    icon: str | Path
    shortcut: str
    run: Callable[[], object]

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(part for part in (self.title, self.detail, self.kind, self.shortcut) if part)


class Results(QAbstractListModel):
    """The lines shown now."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Replace all lines."""
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.spoken
        return line.title if role == Qt.ItemDataRole.DisplayRole else None


class LinePainter(QStyledItemDelegate):
    """Icon, title, detail; on the right the shortcut and the kind."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        theme = current_theme()
        return QSize(theme.px(200), max(theme.px(32), QFontMetrics(theme.font()).height() + theme.px(14)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model: Any = index.model()
        line: Line = model.lines[index.row()]
        theme, rect = current_theme(), option.rect
        c, here = theme.colours, bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if here:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent_ground))
            painter.drawRoundedRect(rect.adjusted(theme.px(4), 1, -theme.px(4), -1), theme.px(6), theme.px(6))
        side, x = theme.px(16), rect.left() + theme.px(14)
        draw_icon(painter, line.icon, QRect(x, rect.center().y() - side // 2, side, side), QColor(c.accent if here else c.dim))
        right = self._right(painter, line, rect)
        self._words(painter, line, QRect(QPoint(x + side + theme.px(10), rect.top()), QPoint(right, rect.bottom())))
        painter.restore()

    def _right(self, painter: QPainter, line: Line, rect: QRect) -> int:
        """Draw kind and shortcut from the right; gives where they begin."""
        theme = current_theme()
        small = theme.font(11.5)
        right = rect.right() - theme.px(14)
        width = QFontMetrics(small).horizontalAdvance(line.kind) + 2
        painter.setFont(small)
        painter.setPen(QColor(theme.colours.dim))
        painter.drawText(QRect(right - width, rect.top(), width, rect.height()), Qt.AlignmentFlag.AlignVCenter, line.kind)
        right -= width + theme.px(12)
        if line.shortcut:
            cap = tag_size(line.shortcut)
            box = QRect(right - cap.width(), rect.center().y() - cap.height() // 2, cap.width(), cap.height())
            draw_tag(painter, box.toRectF(), line.shortcut)
            right -= cap.width() + theme.px(12)
        return right

    def _words(self, painter: QPainter, line: Line, room: QRect) -> None:
        theme, middle = current_theme(), Qt.AlignmentFlag.AlignVCenter
        strong = theme.font(13, QFont.Weight.Medium)
        metrics = QFontMetrics(strong)
        painter.setFont(strong)
        painter.setPen(QColor(theme.colours.text))
        title = metrics.elidedText(line.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, title)
        room = room.adjusted(metrics.horizontalAdvance(title) + theme.px(10), 0, 0, 0)
        if line.detail and room.width() > theme.px(40):
            font = theme.font(12)
            painter.setFont(font)
            painter.setPen(QColor(theme.colours.dim))
            painter.drawText(room, middle, QFontMetrics(font).elidedText(line.detail, Qt.TextElideMode.ElideRight, room.width()))


class Palette(SearchBox):
    """Shows its results in a frame over `over`. Enter opens, arrows choose, Escape goes back to where the keyboard was."""

    picked = Signal(object)  # the Line to run, once the list is away

    def __init__(
        self, desk: Desk, over: QWidget, commands: Callable[[], Sequence[Command]], recent: list[str], navigate: Navigate
    ) -> None:
        super().__init__(desk.say(_("Search people and commands")))
        self._desk, self._over, self._commands, self._recent, self._navigate = desk, over, commands, recent, navigate
        self._came_from: QWidget | None = None
        self._people, self._fitting = list[Line](), list[Line]()
        self._offered = OfferedPlaces(desk, navigate, self)
        self.frame = QFrame(over)
        self.frame.setProperty("panel", "card")
        self.results = Results(self)
        self.list = QListView()
        self.list.setModel(self.results)
        self.list.setItemDelegate(LinePainter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(desk.say(_("Results")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self.list.entered.connect(self.list.setCurrentIndex)
        self.hint = plain_label(desk.say(_("Enter opens · arrows choose · Esc goes back")), "small")
        theme = current_theme()
        below = QVBoxLayout()  # the style sheet takes a label's own margins away
        below.setContentsMargins(theme.px(14), theme.px(6), theme.px(14), theme.px(6))
        below.addWidget(self.hint)
        layout = QVBoxLayout(self.frame)
        layout.setContentsMargins(1, theme.px(4), 1, theme.px(2))
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addLayout(below)
        self.frame.hide()
        # People are found faster than the list is painted: painting it before they come would only delay them.
        self._late = QTimer(self, singleShot=True, interval=LATE)
        self._late.timeout.connect(self._show)
        # Painting the letter would hold up the search for it, which takes turns with it: both come in one picture.
        self._unpainted = QTimer(self, singleShot=True, interval=FRAME)
        self._unpainted.timeout.connect(self._paint_letter)
        self.textEdited.connect(lambda _text: self.look())
        over.installEventFilter(self)

    def begin(self) -> None:
        """Take the keyboard, remembering where it was."""
        focus = QApplication.focusWidget()
        if focus is not self:
            self._came_from = focus
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        self._offered.load(self._look_again)
        self.look()

    def _look_again(self) -> None:
        if self.text().strip() and not self.frame.isHidden():
            self.look()

    def look(self) -> None:
        """Show what fits the text: commands and people together, or commands first when finding people takes its time."""
        text = self.text().strip()
        if not text:
            self._people, self._fitting = [], self._commands_that_fit()[:SHOWN]
            self._show()
            return

        def find(session: Session) -> list[Hit]:
            if not self._desk.may("people.view"):
                return []
            return search(session, text, PEOPLE, identifiers=self._desk.may("people.identifiers"))

        if self.frame.isHidden():
            self._fitting = self._commands_that_fit()
            self._show()
        self._late.start()
        self.setUpdatesEnabled(False)
        self._unpainted.start()
        self._desk.tasks.read(self, find, self._found, self._desk.messages.show, slot="palette")
        self._fitting = self._commands_that_fit()  # while people are looked for

    def _found(self, hits: list[Hit]) -> None:
        self._late.stop()
        self._people = self._lines_of_hits(hits)
        if not self.frame.isHidden():
            self._show()
        self._paint_letter()

    def _paint_letter(self) -> None:
        self._unpainted.stop()
        self.setUpdatesEnabled(True)

    def _lines_of_hits(self, hits: list[Hit]) -> list[Line]:
        """What was found and may be opened."""
        lines = []
        targets = {kind: _record_page(self._desk, kind) for kind in {hit.kind for hit in hits}}
        words = {kind: self._desk.say(KINDS[kind]) if kind in KINDS else kind for kind in targets}
        for hit in hits:
            if target := targets[hit.kind]:
                page, argument = target
                run = partial(self._navigate, page, **{argument: hit.id})
                lines.append(Line(f"{hit.kind}:{hit.id}", words[hit.kind], hit.title, hit.detail, "user", "", run))
        return lines

    def _commands_that_fit(self) -> list[Line]:
        """Commands and pages by the words typed, those used last first."""
        words = fold(self.text()).split()
        page, command = self._desk.say(KINDS["page"]), self._desk.say(KINDS["command"])
        lines = []
        offered = self._offered.commands if words else ()  # without a word, only what the program itself can do
        for c in (*self._commands(), *offered):
            kind = page if c.key.startswith("go.") else command
            title = f"{c.below}: {c.title}" if c.below else c.title
            if c.searched and all(word in fold(title) for word in words):
                lines.append(Line(c.key, kind, title.rstrip("…"), "", c.icon or "chevron-right", c.shortcut, c.run))
        place = {key: number for number, key in enumerate(self._recent)}
        first = words[0] if words else ""
        lines.sort(key=lambda line: (place.get(line.key, RECENT), not fold(line.title).startswith(first)))
        return lines

    def _show(self) -> None:
        kept = self._current_key()
        lines = [*self._people, *self._fitting][: SHOWN + 2]
        self.results.show(lines)
        row = next((n for n, line in enumerate(lines) if line.key == kept), 0) if kept and self._steered else 0
        if lines:
            self.list.setCurrentIndex(self.results.index(row))
        self.hint.setText(
            self._desk.say(_("Enter opens · arrows choose · Esc goes back"))
            if lines
            else self._desk.say(_("Nothing found. Try part of a name, an e-mail address or a phone number."))
        )
        self.frame.show()
        self.frame.raise_()
        self._place()

    _steered = False  # whether the user chose a line with the arrows since the last letter

    def _current_key(self) -> str:
        row = self.list.currentIndex().row()
        return self.results.lines[row].key if 0 <= row < len(self.results.lines) else ""

    def _place(self) -> None:
        theme = current_theme()
        below = self.mapTo(self._over, QPoint(0, self.height() + theme.px(4)))
        width = min(max(self.width(), theme.px(480)), self._over.width() - theme.px(32))
        x = max(theme.px(8), min(below.x(), self._over.width() - width - theme.px(8)))
        rows = min(len(self.results.lines), SHOWN)
        height = rows * self.list.sizeHintForRow(0) + theme.px(4) if rows else 0
        self.list.setFixedHeight(min(height, max(0, self._over.height() - below.y() - theme.px(60))))
        self.frame.setFixedWidth(width)
        self.frame.adjustSize()
        self.frame.move(x, below.y())

    def _run(self, row: int) -> None:
        if not 0 <= row < len(self.results.lines):
            return
        line = self.results.lines[row]
        if line.key in self._recent:
            self._recent.remove(line.key)
        self._recent.insert(0, line.key)
        del self._recent[RECENT:]
        self.close_results()
        self.clear()
        self._go_back()
        self.picked.emit(line)

    def close_results(self) -> None:
        """Hide the list."""
        self._steered = False
        self.frame.hide()

    def _go_back(self) -> None:
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.clearFocus()

    def _step(self, by: int) -> None:
        count = len(self.results.lines)
        if count:
            self._steered = True
            row = (self.list.currentIndex().row() + by) % count
            self.list.setCurrentIndex(self.results.index(row))
            announce(self, self.results.lines[row].spoken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5, Qt.Key.Key_PageUp: -5}
        key = Qt.Key(event.key())
        if key in steps:
            if not self.frame.isHidden():
                self._step(steps[key])
            else:
                self.look()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.frame.isHidden():
                self._run(self.list.currentIndex().row())
        elif key == Qt.Key.Key_Escape:
            self.close_results()
            self.clear()
            self._go_back()
        else:
            self._steered = False
            super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self._offered.load(self._look_again)
            self.look()

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.close_results()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize and not self.frame.isHidden():
            self._place()
        return bool(super().eventFilter(watched, event))


def _record_page(desk: Desk, kind: str) -> tuple[str, str] | None:
    """The page that shows a record of this kind, and what it calls its id; None if the user may not see it.

    A person's is known; for another kind, the module that brought it has one.
    """
    key, argument = (RECORD, "person_id") if kind == "person" else (f"{kind}.record", "subject")
    return (key, argument) if desk.registry.page(key, desk.rights) else None
