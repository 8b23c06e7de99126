"""The lifeline on the left: pages in the order of a student's life, by mouse, arrows and Ctrl with a figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from db.texts import Msgid, _
from desktop.core.declared import GROUPS
from desktop.core.registry import Registry
from desktop.core.texts import Texts
from desktop.widgets.icons import draw_icon
from desktop.widgets.labels import plain_label, tip
from desktop.widgets.panels import column, scrolling
from desktop.widgets.theme import Theme, current_theme

HEADINGS: dict[str, Msgid] = {
    "before": _("Before"),
    "during": _("During"),
    "after": _("After"),
    "with_us": _("With us"),
    "desk": _("Desk"),
}
KEYS = 9  # so many pages have Ctrl with a figure
WIDTH, WIDEST = 200, 280  # pixels at 100 %


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the navigation."""

    page: str
    title: str
    icon: str | Path
    group: str
    shortcut: str


def places(registry: Registry, rights: Iterable[str], texts: Texts) -> tuple[Place, ...]:
    """The pages this user may open, in the order they are shown."""
    found = [(manifest, page) for manifest, page in registry.pages(rights) if not page.hidden]
    found.sort(key=lambda pair: GROUPS.index(pair[0].group))
    return tuple(
        Place(
            page.key,
            texts.say(page.title),
            icon_of(registry, manifest.key, page.icon or manifest.icon),
            manifest.group,
            f"Ctrl+{number}" if number <= KEYS else "",
        )
        for number, (manifest, page) in enumerate(found, 1)
    )


def icon_of(registry: Registry, module: str, name: str) -> str | Path:
    """The icon from the module's own folder if it brings one, else the program's of that name."""
    folder = registry.module(module).folder
    own = folder / "icons" / Path(name).with_suffix(".svg").name if folder and name else None
    return own if own is not None and own.is_file() else name


class PlaceButton(QPushButton):
    """One line: icon, title, and how many if that is known. The one shown now is filled and heavier."""

    walked = Signal(int)

    def __init__(self, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(place.title.replace("&", "&&"), parent)
        self.place, self._count, self._spoken, self._narrow = place, "", "", False
        self.setCheckable(True)
        self.setAccessibleName(place.title)
        self.setAccessibleDescription(place.shortcut)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def set_count(self, count: str, spoken: str) -> None:
        """Show how many wait there; `spoken` says it in words."""
        self._count = count
        self.setAccessibleName(f"{self.place.title}, {spoken}" if count else self.place.title)
        self._spoken = spoken if count else ""
        self._tip()
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone; the title is its tip, and is read aloud as ever."""
        self._narrow = narrow
        self._tip()
        self.updateGeometry()
        self.update()

    def _tip(self) -> None:
        words = [self.place.title] if self._narrow else []
        self.setToolTip(tip(", ".join([*words, *([self._spoken] if self._spoken else [])])))

    def sizeHint(self) -> QSize:
        theme = current_theme()
        width = theme.px(34 if self._narrow else WIDTH - 16)
        return QSize(width, max(QFontMetrics(theme.font()).height() + theme.px(10), theme.px(27)))

    def minimumSizeHint(self) -> QSize:
        """Narrower than it likes to be where the navigation is: a long title is cut with an ellipsis."""
        return QSize(current_theme().px(30), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, as Space does; the arrows walk."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self.walked.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, here = current_theme(), self.isChecked()
        c = theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = c.accent_ground if here else c.raised if self.underMouse() else ""
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(body, theme.px(6), theme.px(6))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRoundedRect(body, theme.px(6), theme.px(6))
        ink, side = QColor(c.accent if here else c.text), theme.px(16)
        left = theme.px(9)
        draw_icon(
            painter, self.place.icon, QRect(left, (self.height() - side) // 2, side, side), QColor(c.accent if here else c.dim)
        )
        self._draw_words(painter, left + side + theme.px(9), ink)

    def _draw_words(self, painter: QPainter, x: int, ink: QColor) -> None:
        theme = current_theme()
        if self._narrow:
            self._draw_mark(painter, theme)
            return
        right = self.width() - theme.px(9)
        if self._count:
            small = theme.font(11.5)
            painter.setFont(small)
            painter.setPen(QColor(theme.colours.dim))
            width = QFontMetrics(small).horizontalAdvance(self._count) + 2
            painter.drawText(
                QRect(right - width, 0, width, self.height()),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                self._count,
            )
            right -= width + theme.px(6)
        font = theme.font(13, QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(ink)
        words = QFontMetrics(font).elidedText(self.place.title, Qt.TextElideMode.ElideRight, right - x)
        painter.drawText(QRect(x, 0, right - x, self.height()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def _draw_mark(self, painter: QPainter, theme: Theme) -> None:
        """A dot on the icon says that something waits there."""
        if self._count:
            painter.setPen(QPen(QColor(theme.colours.background), theme.px(1.5)))
            painter.setBrush(QColor(theme.colours.accent))
            painter.drawEllipse(QRectF(theme.px(21), self.height() / 2 - theme.px(11), theme.px(8), theme.px(8)))


class Navigation(QFrame):
    """All lines under their headings; `chosen` carries the key of a page."""

    chosen = Signal(str)

    def __init__(self, lines: Iterable[Place], texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "clear")
        self.setAccessibleName(texts.say(_("Navigation")))
        theme = current_theme()
        inner = QWidget()
        inner.setProperty("panel", "clear")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(theme.px(8), theme.px(10), theme.px(8), theme.px(10))
        layout.setSpacing(1)
        self.buttons: list[PlaceButton] = []
        self._headings: list[QLabel] = []
        group = "top"
        for place in lines:
            if place.group != group:
                group = place.group
                heading = plain_label(texts.say(HEADINGS[group]).upper(), "small")
                heading.setContentsMargins(theme.px(9), theme.px(12), 0, theme.px(3))
                layout.addWidget(heading)
                self._headings.append(heading)
            button = PlaceButton(place)
            button.clicked.connect(lambda _checked, key=place.page: self.chosen.emit(key))
            button.walked.connect(lambda by, which=button: self._step(which, by))
            self.buttons.append(button)
            layout.addWidget(button)
        layout.addStretch(1)
        area = scrolling(inner)
        self.setLayout(column(area))
        self.setFixedWidth(self._wide_enough())
        self.show_place("")

    def set_narrow(self, narrow: bool) -> None:
        """Show icons alone, where the window is narrow for the size of its text."""
        for button in self.buttons:
            button.set_narrow(narrow)
        for heading in self._headings:
            heading.setVisible(not narrow)
        self.setFixedWidth(current_theme().px(16 + 34) + 4 if narrow else self._wide_enough())

    def _wide_enough(self) -> int:
        """As wide as the longest title needs with a count beside it."""
        theme = current_theme()
        metrics = QFontMetrics(theme.font(13, QFont.Weight.DemiBold))
        titles = [metrics.horizontalAdvance(button.place.title) for button in self.buttons]
        need = max(titles, default=0) + theme.px(16 + 34 + 9 + 34)
        return max(min(theme.px(WIDTH), 260), min(need, theme.px(WIDEST))) + 4

    def show_place(self, page: str) -> None:
        """Mark where we are; the marked line, or the first, is what Tab reaches."""
        for button in self.buttons:
            button.setChecked(button.place.page == page)
        reached = next((b for b in self.buttons if b.isChecked()), self.buttons[0] if self.buttons else None)
        for button in self.buttons:
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button is reached else Qt.FocusPolicy.ClickFocus)

    def set_count(self, page: str, count: str, spoken: str) -> None:
        """Show beside a line how many wait there."""
        for button in self.buttons:
            if button.place.page == page:
                button.set_count(count, spoken)

    def focus_here(self) -> None:
        """Put the keyboard on the line of the page shown."""
        for button in self.buttons:
            if button.focusPolicy() == Qt.FocusPolicy.StrongFocus:
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step(self, button: PlaceButton, by: int) -> None:
        """Go up or down from `button`, round the ends."""
        place = self.buttons.index(button) + by
        self.buttons[place % len(self.buttons)].setFocus(Qt.FocusReason.OtherFocusReason)
