"""The counts of an import as big buttons that narrow the list below them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.people.imports.reading import KINDS, Kind
from desktop.people.imports.words import DONE_HINTS, KIND_HINTS, TILE_TITLES, TONES
from desktop.widgets.theme import Theme, current_theme


class Tile(QPushButton):
    """A number, what it counts and a hint; the chosen one bears a border and a mark below."""

    def __init__(self, title: str, hint: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._title, self._hint, self._tone, self._number = title, hint, tone, ""
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_number("0")

    def set_number(self, number: str) -> None:
        """Show another count, already written for the reader."""
        self._number = number
        self.setAccessibleName(f"{self._title}: {number}")
        self.setAccessibleDescription(self._hint)
        self.update()

    def set_hint(self, hint: str) -> None:
        """Say something else below the title."""
        self._hint = hint
        self.setAccessibleDescription(hint)
        self.update()

    @property
    def number(self) -> str:
        """The count shown."""
        return self._number

    def sizeHint(self) -> QSize:
        theme = current_theme()
        fonts = zip((self._number, self._title, self._hint), self._fonts(theme), strict=True)
        metrics = [(QFontMetrics(font), text) for text, font in fonts]
        width = max(each.horizontalAdvance(text) for each, text in metrics[1:]) + theme.px(30)
        return QSize(max(width, theme.px(96)), sum(each.height() for each, _text in metrics) + theme.px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().px(84), self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        c = theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen = self.isChecked()
        painter.setBrush(QColor(c.accent_ground if chosen else c.raised if self.underMouse() else c.surface))
        painter.setPen(QPen(QColor(c.accent if chosen or self.hasFocus() else c.line), 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(body, theme.px(8), theme.px(8))
        if chosen:
            bar = QRectF(body.left() + theme.px(12), body.bottom() - theme.px(4), body.width() - theme.px(24), theme.px(3))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent))
            painter.drawRoundedRect(bar, theme.px(1.5), theme.px(1.5))
        self._write(painter, theme)

    def _write(self, painter: QPainter, theme: Theme) -> None:
        inks = (theme.ink(self._tone if self._number != "0" else "dim"), theme.ink(""), theme.ink("dim"))
        y, left = theme.px(9), theme.px(14)
        for text, font, ink in zip((self._number, self._title, self._hint), self._fonts(theme), inks, strict=True):
            metrics = QFontMetrics(font)
            room = QRect(left, y, self.width() - left - theme.px(6), metrics.height())
            painter.setFont(font)
            painter.setPen(ink)
            words = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            y += metrics.height()

    def _fonts(self, theme: Theme) -> tuple[QFont, QFont, QFont]:
        return theme.font(24, QFont.Weight.DemiBold), theme.font(13, QFont.Weight.Medium), theme.font(11)


class Tiles(QWidget):
    """One tile for all rows and one for each kind; `chosen` tells the kind, or None for all."""

    chosen = Signal(object)

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        say = texts.say
        self.setAccessibleName(say(_("Kinds of rows")))
        self._tiles: dict[Kind | None, Tile] = {None: Tile(say(_("All rows")), say(_("of the file")), "")}
        for kind in KINDS:
            self._tiles[kind] = Tile(say(TILE_TITLES[kind]), say(KIND_HINTS[kind]), TONES[kind])
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_theme().px(10))
        for shown, tile in self._tiles.items():
            self._group.addButton(tile)
            layout.addWidget(tile)
            tile.toggled.connect(lambda on, kind=shown: self.chosen.emit(kind) if on else None)

    def set_counts(self, counts: dict[Kind, int]) -> None:
        """Show other counts."""
        self._tiles[None].set_number(self._texts.number(sum(counts.values())))
        for kind, count in counts.items():
            self._tiles[kind].set_number(self._texts.number(count))

    def set_done(self, done: bool) -> None:
        """Say what became of the rows instead of what would."""
        for kind, hint in (DONE_HINTS if done else KIND_HINTS).items():
            self._tiles[kind].set_hint(self._texts.say(hint))

    def tile(self, kind: Kind | None) -> Tile:
        """The tile of a kind, or of all rows."""
        return self._tiles[kind]

    def choose(self, kind: Kind | None) -> None:
        """Narrow to a kind, as a click does."""
        self._tiles[kind].setChecked(True)
