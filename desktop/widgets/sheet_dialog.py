"""A dialog that files a signed sheet of paper: chosen or dropped, looked at as a picture, and what is said about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QSizePolicy, QWidget

from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.sheets import Sheet, examine
from desktop.widgets.buttons import quiet_button
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.panels import column, row
from desktop.widgets.theme import current_theme


class SheetPicture(QLabel):
    """The first page of a sheet, as large as there is room."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._whole = QPixmap()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "dim")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(current_theme().px(220), current_theme().px(280))

    def show_png(self, content: bytes, name: str) -> None:
        """Show this picture; `name` is read aloud."""
        self._whole.loadFromData(content)
        self.setAccessibleName(name)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(current_theme().px(420), current_theme().px(560))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self._whole.isNull():
            ratio = self.devicePixelRatioF()
            fitted = self._whole.scaled(
                self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            fitted.setDevicePixelRatio(ratio)
            self.setPixmap(fitted)


class SheetDialog(FormDialog):
    """The picture on the left, what stands on it on the right. A sheet must be chosen and seen before it can be filed.

    Whoever builds on it sets `_finish`, which files the sheet and closes by `accept` once that is saved.
    """

    def __init__(self, context: ModuleContext, title: Msgid, verb: Msgid, parent: QWidget | None = None) -> None:
        super().__init__(context, title, verb, parent)
        self.sheet: Sheet | None = None
        self.choose = quiet_button(self.say(_("Choose the scanned form…")))
        self.choose.clicked.connect(self._choose)
        self.picture = SheetPicture(self.say(_("Choose a PDF, PNG or JPEG, or drop it here.")))
        fields = column(self.form)
        fields.addStretch(1)
        side = QWidget()
        both = row(self.picture, fields, gap=20)
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        side.setLayout(both)
        self.body.insertWidget(1, self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.insertWidget(2, side, 1)
        self.accept_button.setEnabled(False)
        self.setAcceptDrops(True)
        self.resize(current_theme().px(880), current_theme().px(640))

    def seen(self, sheet: Sheet) -> bool:
        """Called with a sheet that is shown; whether it can be filed."""
        return True

    def take_file(self, path: str) -> None:
        """Read a file in the worker process and show its first page."""
        self.accept_button.setEnabled(False)
        self.context.tasks.compute(
            examine,
            path,
            lambda _done, _total: None,
            self.show_sheet,
            self.fail,
            owner=self,
            title=_("Reading a signed form"),
        )

    def show_sheet(self, sheet: Sheet) -> None:
        """Show the first page."""
        self.sheet = sheet
        self.error.hide()
        self.picture.show_png(sheet.preview, self.say(_("First page of {name}"), name=sheet.name))
        self.accept_button.setEnabled(self.seen(sheet))
        self.accept_button.setFocus()

    def _choose(self) -> None:
        kinds = self.say(_("Scanned forms")) + " (*.pdf *.png *.jpg *.jpeg)"
        path, _kind = QFileDialog.getOpenFileName(self, self.say(_("Choose the scanned form")), "", kinds)
        if path:
            self.take_file(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.take_file(paths[0])
