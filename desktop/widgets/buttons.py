"""Buttons: the one main act of a page, quiet acts, choices with their key on them, chips and menus."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from desktop.widgets.icons import draw_icon
from desktop.widgets.labels import tag_size, tip
from desktop.widgets.theme import Theme, current_theme

Kind = Literal["primary", "quiet", "choice", "chip", "link", "danger"]


class Button(QPushButton):
    """A button painted by the theme: icon, text, a key cap, a chevron if it opens a menu.

    A choice is checkable; when chosen it is filled, bears a check mark for eyes that see no colour, and says so to readers.
    """

    def __init__(self, text: str, kind: Kind = "quiet", *, icon: str = "", key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._kind, self._icon, self._key = kind, icon, key
        self.setAutoDefault(False)
        self.setCheckable(kind == "choice")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        across = QSizePolicy.Policy.Minimum if kind in ("choice", "quiet", "primary", "danger") else QSizePolicy.Policy.Maximum
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        if key:
            self.setAccessibleDescription(key)

    @property
    def key(self) -> str:
        """The key cap shown; the page itself binds the key."""
        return self._key

    def sizeHint(self) -> QSize:
        theme = current_theme()
        metrics = QFontMetrics(self._type(theme))
        width = metrics.horizontalAdvance(self._words()) + 3 + 2 * self._pad(theme)  # advances are rounded: leave air
        if self._icon:
            width += theme.px(16) + (theme.px(8) if self._words() else 0)
        if self._key:
            width += self._cap_width(theme) + theme.px(8)
        if self._kind == "choice":
            width += theme.px(20)
        if self.menu() is not None:
            width += theme.px(16)
        height = metrics.height() + 2 * theme.px(3 if self._kind == "link" else 4 if self._kind == "chip" else 6)
        return QSize(max(width, theme.px(24)), max(height, theme.px(24)))  # large enough to be hit

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, edge, ink = self._colours(theme)
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = body.height() / 2 if self._kind == "chip" else theme.px(6)
        painter.setPen(QPen(edge, 1) if edge.alpha() else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(body, radius, radius)
        if self.hasFocus():
            self._draw_ring(painter, theme, body, radius, ground)
        self._draw_content(painter, theme, ink)

    def _draw_ring(self, painter: QPainter, theme: Theme, body: QRectF, radius: float, ground: QColor) -> None:
        """Two pixels of accent on the edge; inside a filled button, a light ring set off from the edge."""
        filled = ground == QColor(theme.colours.accent) or ground == QColor(theme.colours.bad)
        gap = 2.5 if filled else 0.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.colours.on_accent if filled else theme.colours.accent), 2))
        painter.drawRoundedRect(body.adjusted(gap, gap, -gap, -gap), radius - gap, radius - gap)

    def _draw_content(self, painter: QPainter, theme: Theme, ink: QColor) -> None:
        font = self._type(theme)
        metrics = QFontMetrics(font)
        inner = self.rect().adjusted(self._pad(theme), 0, -self._pad(theme), 0)
        need = self.sizeHint().width() - 2 * self._pad(theme)
        x = inner.left() + (0 if self._kind == "choice" else max(0, (inner.width() - need) // 2))
        if self._kind == "choice" and self._key:
            x = self._draw_cap(painter, theme, x, ink) + theme.px(8)
        if self._icon:
            side = theme.px(16)
            draw_icon(painter, self._icon, QRect(x, (self.height() - side) // 2, side, side), ink)
            x += side + theme.px(8)
        painter.setFont(font)
        painter.setPen(ink)
        room = inner.right() - x + 1
        words = metrics.elidedText(self._words(), Qt.TextElideMode.ElideRight, room)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(x, 0, room, self.height()), flags, words)
        x += metrics.horizontalAdvance(words) + theme.px(8)
        if self._key and self._kind != "choice":
            x = self._draw_cap(painter, theme, x, ink) + theme.px(8)
        if self.menu() is not None:
            self._draw_chevron(painter, theme, x - theme.px(2), ink)
        if self._kind == "choice" and self.isChecked():
            self._draw_check(painter, theme, inner.right() - theme.px(11), ink)

    def _draw_cap(self, painter: QPainter, theme: Theme, x: int, ink: QColor) -> int:
        """Draw the key cap from `x`; gives where it ends."""
        width, height = self._cap_width(theme), tag_size(self._key).height()
        box = QRectF(x + 0.5, (self.height() - height) / 2 + 0.5, width - 1, height - 1)
        edge = QColor(ink)
        edge.setAlphaF(0.45)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.px(4), theme.px(4))
        painter.setFont(theme.font(11, QFont.Weight.Medium))
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)
        return x + width

    def _draw_chevron(self, painter: QPainter, theme: Theme, x: int, ink: QColor) -> None:
        step, middle = theme.px(4), self.height() / 2
        path = QPainterPath(QPointF(x, middle - step / 2))
        path.lineTo(x + step, middle + step / 2)
        path.lineTo(x + 2 * step, middle - step / 2)
        self._stroke(painter, theme, path, ink)

    def _draw_check(self, painter: QPainter, theme: Theme, x: int, ink: QColor) -> None:
        unit, middle = theme.px(10) / 10, self.height() / 2
        path = QPainterPath(QPointF(x, middle + 0.5 * unit))
        path.lineTo(x + 3.5 * unit, middle + 4 * unit)
        path.lineTo(x + 10 * unit, middle - 4 * unit)
        self._stroke(painter, theme, path, ink)

    def _stroke(self, painter: QPainter, theme: Theme, path: QPainterPath, ink: QColor) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(ink, 1.6 * theme.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)

    def _colours(self, theme: Theme) -> tuple[QColor, QColor, QColor]:
        """Ground, edge and ink for the kind and the moment."""
        c, clear = theme.colours, QColor(0, 0, 0, 0)
        over = self.underMouse() and self.isEnabled()
        if not self.isEnabled():
            return (
                (clear if self._kind == "link" else QColor(c.background)),
                (clear if self._kind == "link" else QColor(c.line)),
                QColor(c.faint),
            )
        if self._kind == "primary" or (self._kind == "choice" and self.isChecked()):
            ground = QColor(c.accent)
            return (ground.darker(112) if self.isDown() else ground), ground, QColor(c.on_accent)
        if self._kind == "link":
            return (QColor(c.raised) if over else clear), clear, QColor(c.accent)
        ground = QColor(c.raised if over or self.isDown() else c.surface)
        if self._kind == "chip" and self.property("chosen"):
            return QColor(c.accent_ground), QColor(c.accent_ground), QColor(c.accent)
        return ground, QColor(c.line), QColor(c.bad if self._kind == "danger" else c.text)

    def _type(self, theme: Theme) -> QFont:
        return theme.font(12 if self._kind == "chip" else 13, QFont.Weight.Medium)

    def _pad(self, theme: Theme) -> int:
        return theme.px({"link": 2, "primary": 14}.get(self._kind, 12))

    def _cap_width(self, theme: Theme) -> int:
        return max(tag_size(self._key).width() - theme.px(2), tag_size(self._key).height())

    def _words(self) -> str:
        """The text without the mark of its access key."""
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
        super().changeEvent(event)


class Chip(Button):
    """A rule of a filter as a chip; Delete or its cross takes it away, a click edits it."""

    removed = Signal()

    def __init__(self, text: str, removable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(text, "chip", parent=parent)
        self._removable = removable
        self.setProperty("chosen", removable)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(current_theme().px(16) if self._removable else 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        on_cross = self._removable and self.isDown() and event.position().x() > self.width() - current_theme().px(26)
        super().mouseReleaseEvent(event)
        if on_cross:
            self.removed.emit()

    def _draw_content(self, painter: QPainter, theme: Theme, ink: QColor) -> None:
        if not self._removable:
            super()._draw_content(painter, theme, ink)
            return
        painter.setFont(self._type(theme))
        painter.setPen(ink)
        room = self.rect().adjusted(self._pad(theme), 0, -theme.px(24), 0)
        words = QFontMetrics(painter.font()).elidedText(self._words(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        arm, middle = theme.px(3), QPointF(self.width() - theme.px(15), self.height() / 2)
        cross = QPainterPath(middle + QPointF(-arm, -arm))
        cross.lineTo(middle + QPointF(arm, arm))
        cross.moveTo(middle + QPointF(-arm, arm))
        cross.lineTo(middle + QPointF(arm, -arm))
        self._stroke(painter, theme, cross, ink)


def primary_button(text: str, *, icon: str = "", key: str = "") -> Button:
    """The main act of a page; there is one at most."""
    return Button(text, "primary", icon=icon, key=key)


def quiet_button(text: str, *, icon: str = "", key: str = "") -> Button:
    """Any other act."""
    return Button(text, "quiet", icon=icon, key=key)


def link_button(text: str, *, icon: str = "") -> Button:
    """A small act within a text: "Show...", "Call"."""
    return Button(text, "link", icon=icon)


def icon_button(icon: str, name: str) -> Button:
    """A button that shows only an icon; `name` is read aloud and shown as its tip."""
    button = Button("", "quiet", icon=icon)
    button.setAccessibleName(name)
    button.setToolTip(tip(name))
    return button


def choice_button(text: str, key: str = "") -> Button:
    """One of several answers, with its key on it; put them in a QButtonGroup where only one may hold."""
    return Button(text, "choice", key=key)


def chip(text: str, removable: bool = True) -> Chip:
    """A rule of a filter; the kind that cannot be removed adds one."""
    return Chip(text, removable)


def menu_button(text: str, menu: QMenu, *, icon: str = "", kind: Kind = "quiet") -> Button:
    """A button that opens `menu`; the menu lives as long as the button."""
    button = Button(text, kind, icon=icon)
    menu.setParent(button, menu.windowFlags())
    button.setMenu(menu)
    return button
