"""Words on the screen: plain labels, small tags, initials and key caps."""

from __future__ import annotations

from html import escape
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtGui import Qt as Guess
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.widgets.lettering import advance, laid_out, line_height
from desktop.widgets.theme import TABULAR, current_theme

Role = Literal["body", "title", "heading", "dim", "small", "strong", "number", "script", "error"]

TAG_TYPE = (11, QFont.Weight.Medium)
WIDEST = 340  # pixels at 100 % which a tag keeps for its words


def plain_label(text: str = "", role: Role = "body", wrap: bool = False, *, tone: str = "") -> QLabel:
    """A label that shows its text letter by letter: nothing in it is ever mark-up."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setProperty("role", role)
    if role == "number":
        font = label.font()
        font.setFeature(TABULAR, 1)
        label.setFont(font)
    label.setProperty("tone", tone)
    label.setWordWrap(wrap)
    return label


def tip(text: str) -> str:
    """`text` for a tool tip, letter for letter: Qt takes for mark-up whatever looks like it, and shows all else as it is."""
    return f"<qt>{escape(text)}</qt>" if Guess.mightBeRichText(text) else text


def set_tone(label: QLabel, tone: str) -> None:
    """Give a label another tone while it is shown."""
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        label.style().unpolish(label)
        label.style().polish(label)


def tag_size(text: str) -> QSize:
    """The room one tag needs."""
    theme = current_theme()
    return QSize(advance(theme, text, *TAG_TYPE) + theme.px(14), line_height(theme, *TAG_TYPE) + theme.px(4))


def draw_tag(painter: QPainter, rect: QRectF, text: str, tone: str = "") -> None:
    """Draw one tag, for widgets and delegates alike; the text is cut with an ellipsis where the room ends."""
    theme = current_theme()
    ink, ground = theme.tint(tone)
    edge = QColor(theme.colours.line) if tone in ("", "dim") else ground
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(QColor(theme.colours.surface) if tone in ("", "dim") else ground)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(4), theme.px(4))
    painter.setPen(ink)
    laid_out(theme, text, int(rect.width()) - theme.px(10), *TAG_TYPE).draw_centred(painter, rect)
    painter.restore()


class Tag(QLabel):
    """A small label with a tone: "", "accent", "ok", "warn" or "bad". The words say what the colour says."""

    def __init__(self, text: str, tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set(self, text: str, tone: str = "") -> None:
        """Say something else."""
        self._tone = tone
        self.setText(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return tag_size(self.text())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint().boundedTo(QSize(current_theme().px(WIDEST), self.sizeHint().height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_tag(painter, QRectF(self.rect()), self.text(), self._tone)


class Avatar(QWidget):
    """Initials in a disc; decoration, so it is not read aloud."""

    def __init__(self, initials: str, size: int = 44, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initials, self._size = initials, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, initials: str) -> None:
        """Show somebody else."""
        self._initials = initials
        self.update()

    def sizeHint(self) -> QSize:
        side = current_theme().px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colours.accent_ground))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setPen(QColor(theme.colours.accent))
        painter.setFont(theme.font(self._size * 0.34, QFont.Weight.DemiBold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)


class KeyCap(Tag):
    """The name of a key, drawn as a cap."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, "", parent)


def initials(name: str) -> str:
    """Up to two letters for a name written "Family, Given" or "Given Family"."""
    family, comma, given = name.partition(",")
    parts = [given, family] if comma else name.split()
    letters = [part.strip()[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts) if part.strip()]
    return "".join(letters).upper()
