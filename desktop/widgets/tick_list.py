"""Short lists in forms and beside tables: roomy lines, ticks drawn as in every list, a number on the right."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.widgets.cells import draw_tick
from desktop.widgets.labels import tip
from desktop.widgets.theme import current_theme

KEY = Qt.ItemDataRole.UserRole  # what a line stands for
NUMBER = Qt.ItemDataRole.UserRole + 1  # shown on its right, already in words
LINE, EDGE, TICK = 28, 10, 28  # pixels at 100 %: of a line, around its text, and the room of its tick
Index = QModelIndex | QPersistentModelIndex


class TickList(QListWidget):
    """Lines with a key each; those added with a state can be ticked, by Space or a click on the tick."""

    move_wanted = Signal(int)  # Alt+Up or Alt+Down: the line pointed at shall go so many places down

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(_Lines(self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def add(self, key: str, text: str, *, ticked: bool | None = None, number: str = "") -> QListWidgetItem:
        """A line below the others; without `ticked` it cannot be ticked."""
        item = QListWidgetItem(text)
        item.setData(KEY, key)
        item.setData(NUMBER, number)
        item.setToolTip(tip(text))
        if number:
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text}, {number}")
        if ticked is not None:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.addItem(item)
        return item

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and (step := steps.get(Qt.Key(event.key()))) is not None:
            self.move_wanted.emit(step)
        else:
            super().keyPressEvent(event)

    @property
    def items_in_order(self) -> list[QListWidgetItem]:
        """Every line, from the top."""
        return [self.item(place) for place in range(self.count())]

    def ticked(self) -> list[QListWidgetItem]:
        """The lines ticked, from the top."""
        return [item for item in self.items_in_order if item.checkState() == Qt.CheckState.Checked]


class _Lines(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        theme = current_theme()
        return QSize(theme.px(120), max(theme.px(LINE), QFontMetrics(theme.font()).height() + theme.px(8)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = current_theme(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.colours.accent_ground))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.colours.accent), 1.5))
            painter.drawRoundedRect(rect.toRectF().adjusted(1, 1, -1, -1), theme.px(4), theme.px(4))
        left = rect.left() + theme.px(EDGE)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is not None:
            draw_tick(painter, theme, QPointF(left + theme.px(8), rect.center().y() + 0.5), Qt.CheckState(state))
            left += theme.px(TICK)
        room = QRect(left, rect.top(), rect.right() - left - theme.px(EDGE), rect.height())
        metrics, middle = QFontMetrics(theme.font()), Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font())
        if number := index.data(NUMBER):
            painter.setPen(QColor(theme.colours.dim))
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, number)
            room.setRight(room.right() - metrics.horizontalAdvance(number) - theme.px(8))
        painter.setPen(QColor(theme.colours.text))
        painter.drawText(room, middle, metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width()))
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """A click on the tick ticks; one beside it only points."""
        if isinstance(event, QMouseEvent):
            near = event.position().x() - option.rect.left() <= current_theme().px(EDGE + TICK)
            state = index.data(Qt.ItemDataRole.CheckStateRole)
            if event.type() != QEvent.Type.MouseButtonRelease or state is None or not near:
                return False
            ticked = Qt.CheckState(state) == Qt.CheckState.Checked
            return model.setData(
                index, Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
            )
        return super().editorEvent(event, model, option, index)
