"""The smaller parts of the import page: where a file is dropped, how far the work is, what the file holds."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.people.imports import words
from desktop.people.imports.reading import Entry
from desktop.people.imports.rows import ReadFile
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField
from desktop.widgets.icons import draw_icon
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Facts, Section, column, row
from desktop.widgets.theme import current_theme


class _Picture(QWidget):
    """The sign of importing, for eyes only."""

    def __init__(self, icon: str, side: int) -> None:
        super().__init__()
        self._icon, self._side = icon, side
        self.setFixedHeight(current_theme().px(side))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        side = theme.px(self._side)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_icon(painter, self._icon, QRect((self.width() - side) // 2, 0, side, side), theme.ink("accent"))


class FirstStep(QFrame):
    """An open field to drop a file on, and the button that chooses one."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = texts.say
        self._inviting = False
        self.button = primary_button(say(_("Choose a file…")))
        title = plain_label(say(_("Drop a list of people here")), "title")
        hint = plain_label(
            say(
                _(
                    "A spreadsheet (XLSX, XLS, ODS) or a CSV or text file, with headings in Swedish, Finnish or English, "
                    "contact cards (vCard) or a directory export (LDIF)."
                )
            ),
            "dim", wrap=True,
        )  # fmt: skip
        promise = plain_label(say(_("You see what every row would change before anything is saved.")), "dim", wrap=True)
        inner = QWidget()
        inner.setMaximumWidth(current_theme().px(460))
        for label in (title, hint, promise):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        body = column(_Picture("import", 40), title, hint, promise, gap=10)
        body.addSpacing(current_theme().px(8))
        body.addLayout(row(None, self.button, None))
        inner.setLayout(body)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        middle = row(None, inner, None)
        middle.setStretch(1, 1)
        layout.addLayout(middle)
        layout.addStretch(3)

    def set_inviting(self, inviting: bool) -> None:
        """Show that what is held over the field would be taken."""
        self._inviting = inviting
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, gap = QColor(theme.colours.accent if self._inviting else theme.colours.edge), theme.px(16)
        painter.setPen(QPen(edge, 2 if self._inviting else 1, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(theme.colours.accent_ground) if self._inviting else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -gap, -gap), theme.px(12), theme.px(12))


class Working(QWidget):
    """What is done now, how far it is, and the way out."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self.what, self.count = plain_label("", "title"), plain_label("", "dim")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel_button = quiet_button(texts.say(_("Cancel")), key="Esc")
        inner = QWidget()
        inner.setFixedWidth(current_theme().px(420))
        inner.setLayout(column(self.what, self.bar, row(self.count, None, self.cancel_button), gap=12))
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(row(None, inner, None))
        layout.addStretch(3)

    def begin(self, what: str, name: str) -> None:
        """Another step begins."""
        self.what.setText(what)
        self.bar.setAccessibleName(f"{what}: {name}")
        self.bar.setRange(0, 0)
        self.count.setText(name)

    def advance(self, done: int, total: int) -> None:
        """So many rows are done."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        number = self._texts.number
        if total:
            self.count.setText(self._texts.say(_("{done} of {total} rows"), done=number(done), total=number(total)))


class FileFacts(QWidget):
    """What kind of file it is and which sheet of it is shown, which columns are used, and all about the row pointed at."""

    sheet_chosen = Signal(str)

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, say = texts, texts.say
        self.file, self.used, self.row_facts = Facts(), Facts(), Facts()
        self.ignored, self.row_name = plain_label("", "dim", wrap=True), plain_label("", "strong", wrap=True)
        self.row_hint = plain_label("", "dim", wrap=True)
        self._file, self._used = Section(say(_("The file"))), Section(say(_("Columns used")))
        self._unused, self._row = Section(say(_("Columns not used"))), Section(say(_("This row")))
        for part in (self.row_name, self.row_hint, self.row_facts):
            self._row.add(part)
        self._file.add(self.file)
        self._file.add(self._make_chooser())
        self._used.add(self.used)
        self._unused.add(self.ignored)
        self.setLayout(column(self._row, self._file, self._used, self._unused, gap=20))

    def _make_chooser(self) -> QWidget:
        """The sheets of a workbook that holds several."""
        self.sheets, self._chooser = CodeField(), QWidget()
        label = plain_label(self._texts.say(_("Sheet")), "dim")
        label.setBuddy(self.sheets)
        line = row(label, self.sheets, gap=16)
        line.setStretch(1, 1)
        self._chooser.setLayout(line)
        self._chooser.hide()
        self.sheets.activated.connect(lambda _place: self.sheet_chosen.emit(self.sheets.code()))
        return self._chooser

    def show_sheet(self, sheet: str) -> None:
        """Show as chosen what is shown below."""
        self.sheets.set_code(sheet)

    def show_file(self, path: Path, file: ReadFile) -> None:
        """Tell what was found out about a file."""
        say, texts = self._texts.say, self._texts
        self.file.set([(say(_("Name")), path.name), *words.file_facts(file, texts)])
        self.sheets.set_choices((sheet, sheet) for sheet in file.sheets)
        self.show_sheet(file.sheet)
        self._chooser.setVisible(len(file.sheets) > 1)
        self.used.set([(words.heading(known.heading, texts), words.column_title(known, texts)) for known in file.columns.known])
        self.ignored.setText(", ".join(words.heading(heading, texts) for heading in file.ignored))
        self._unused.setVisible(bool(file.ignored))

    def show_entry(self, entry: Entry | None) -> None:
        """Tell all about one row."""
        self._row.setVisible(entry is not None)
        if entry is None:
            return
        texts = self._texts
        number = texts.say(_("Row {number}"), number=texts.number(entry.line))
        self.row_name.setText(f"{entry.name} · {number}" if entry.name else number)
        self.row_hint.setText(f"{texts.say(words.KIND_TITLES[entry.kind])}: {texts.say(words.KIND_HINTS[entry.kind])}")
        self.row_facts.set(words.details(entry, texts) or [("", part) for part in _gist(entry, texts)])


def _gist(entry: Entry, texts: Texts) -> list[str]:
    return words.gist(entry.row, texts) if entry.row is not None else []
