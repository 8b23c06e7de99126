"""What a screen reader is told: names, roles, states and values of everything, and each change worth hearing."""

from __future__ import annotations

from itertools import chain

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.form import Form
from desktop.widgets.spoken import spoken_name
from tests.contract.conftest import OpenWindow, Window

from .keyboard import called, controls
from .stations import dialogs, pages

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")  # the screen of tests
Role = QAccessible.Role
TARGET = 24  # pixels at 100 %
ROLES: tuple[tuple[type[QWidget], tuple[QAccessible.Role, ...]], ...] = (
    (QCheckBox, (Role.CheckBox,)),
    (QAbstractButton, (Role.Button, Role.ButtonMenu, Role.CheckBox, Role.RadioButton)),
    (QComboBox, (Role.ComboBox,)),
    (QSpinBox, (Role.SpinBox,)),
    (QLineEdit, (Role.EditableText,)),
    (QTableView, (Role.Table,)),
)


def problems(root: QWidget) -> list[str]:
    """What a reader could not say about the controls in sight."""
    wrong = []
    for part in controls(root):
        face = QAccessible.queryAccessibleInterface(part)
        state = face.state()
        if not spoken_name(part):
            wrong.append(f"no name: {called(part)}")
        wanted = next((roles for kind, roles in ROLES if isinstance(part, kind)), ())
        if wanted and face.role() not in wanted:
            wrong.append(f"{face.role().name}: {called(part)}")
        if not state.focusable or state.disabled or state.invisible:  # type: ignore[attr-defined]
            wrong.append(f"state: {called(part)}")
        if isinstance(part, QAbstractButton) and part.isCheckable() and bool(state.checked) != part.isChecked():  # type: ignore[attr-defined]
            wrong.append(f"checked is not told: {called(part)}")
        value = face.text(QAccessible.Text.Value)
        told = part.text() if isinstance(part, QLineEdit) else part.currentText() if isinstance(part, QComboBox) else value
        if value != told:
            wrong.append(f"value {value!r} for {told!r}: {called(part)}")
    for label in root.findChildren(QLabel):
        if label.isVisibleTo(root) and not label.pixmap().isNull() and not label.accessibleName():
            wrong.append("a picture without words")
    return wrong


def test_every_control_has_a_name_a_role_its_state_and_its_value(open_window: OpenWindow) -> None:
    window, wrong, tables = open_window(demo=True), [], 0
    for name, root in chain(((key, window.app.window) for key, _page in pages(window)), dialogs(window)):
        wrong += [f"{name}: {what}" for what in (*problems(root), *too_small(root))]
        for table in root.findChildren(QTableView):
            if table.isVisible() and table.model().rowCount():
                wrong += [f"{name}: {what}" for what in unspoken_rows(table)]
                tables += 1
    assert list(dict.fromkeys(wrong)) == []
    assert tables > 3


def too_small(root: QWidget) -> list[str]:
    """Controls too small to be hit by an unsteady hand."""
    small = [part for part in controls(root) if min(part.width(), part.height()) < TARGET]
    return [f"{part.width()} x {part.height()}: {called(part)}" for part in small]


def unspoken_rows(table: QTableView) -> list[str]:
    """What is wrong with how a list tells its cells: a reader counts rows and columns by them."""
    face = QAccessible.queryAccessibleInterface(table)
    cells = [face.child(number) for number in range(min(face.childCount(), 60))]
    names = [cell.text(QAccessible.Text.Name) for cell in cells if cell is not None and cell.role() == Role.Cell]
    shown = str(table.model().index(0, 0).data() or "")
    if face.childCount() < table.model().rowCount() * table.model().columnCount():
        return [f"{called(table)} tells {face.childCount()} cells"]
    return [] if any(name.endswith(shown) for name in names) else [f"{called(table)} does not say {shown!r}"]


@pytest.fixture
def heard_aloud(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What was announced, and whether at once."""
    found: list[tuple[str, bool]] = []
    tell = QAccessible.updateAccessibility

    def update(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            urgent = event.politeness() == QAccessible.AnnouncementPoliteness.Assertive
            found.append((event.message(), urgent))
        tell(event)  # type: ignore[arg-type]

    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(update))
    return found


def test_what_was_done_and_what_went_wrong_is_announced(open_window: OpenWindow, heard_aloud: list[tuple[str, bool]]) -> None:
    window = open_window(demo=True)
    assert window.app.desk is not None
    window.app.desk.messages.say("Saved on the timeline.")
    assert any("Saved on the timeline." in text for text, _urgent in heard_aloud)
    heard_aloud.clear()
    window.app.open_page("no.such.page")
    assert any("not available" in text for text, _urgent in heard_aloud)


def test_the_call_that_comes_up_and_the_number_found_are_announced(
    open_window: OpenWindow, heard_aloud: list[tuple[str, bool]]
) -> None:
    window = open_window(demo=True)
    console = show(window, "phones.record")
    assert console.call.data is not None  # type: ignore[attr-defined]
    assert any(console.call.data.name in text for text, _urgent in heard_aloud)  # type: ignore[attr-defined]
    people = show(window, "people.list")
    heard_aloud.clear()
    people.search.setText("alphasson")  # type: ignore[attr-defined]
    QTest.keyClick(people.search, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    QApplication.processEvents()
    assert any(people.header.count.text() in text for text, _urgent in heard_aloud)  # type: ignore[attr-defined]


def show(window: Window, key: str) -> QWidget:
    """The page of that key, with whatever the demo holds for it."""
    for manifest, page in window.registry.pages(window.app.view.context.rights):  # type: ignore[union-attr]
        if page.key == key:
            shown = window.show_filled(manifest, page)
            QApplication.processEvents()
            assert shown is not None
            return shown
    raise AssertionError(key)


def test_a_slip_in_a_form_is_told_with_its_field(qapp: QApplication) -> None:
    form = Form()
    field = form.add("day", "Day", QLineEdit(), "Such as 2026-03-31")
    form.show()
    form.mark("day", "The day lies in the past.")
    face = QAccessible.queryAccessibleInterface(field)
    assert face.text(QAccessible.Text.Description) == "The day lies in the past."
    assert form.focusWidget() is field
    field.setText("2027-01-01")
    assert face.text(QAccessible.Text.Description) == "Such as 2026-03-31"
    form.deleteLater()


def test_nothing_moves_by_itself(qapp: QApplication) -> None:
    """The program has no animation of its own, and Qt's are off: nothing needs the system's wish for less motion."""
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateCombo)
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateMenu)


# The search must see what it is for.


def test_a_nameless_button_a_silent_picture_and_a_lying_value_are_seen(qapp: QApplication) -> None:
    class Lying(QLineEdit):
        def text(self) -> str:
            return "other"

    box = QWidget()
    layout = QVBoxLayout(box)
    picture, field, small = QLabel(), Lying(), QPushButton("x")
    small.setFixedSize(12, 12)
    picture.setPixmap(QPixmap(8, 8))
    field.setAccessibleName("Name")
    for part in (QPushButton(), picture, field, small):
        layout.addWidget(part)
    box.show()
    found = problems(box)
    assert [what for what in found if what.startswith("no name")]
    assert "a picture without words" in found
    assert len(too_small(box)) == 1
    assert [what for what in found if what.startswith("value")]
    box.deleteLater()
