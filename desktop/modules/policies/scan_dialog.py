"""Files a signed sheet: the picture on the left, what stands on it on the right."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QSizePolicy, QWidget
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.modules.policies import register, scans
from desktop.modules.policies.office import calendar
from desktop.modules.policies.reading import PolicyDetail, VersionRow
from desktop.modules.policies.register import Signature
from desktop.modules.policies.scans import Scan
from desktop.modules.policies.states import STATES, UNDECIDED
from desktop.people.person_picker import PersonPicker
from desktop.widgets.buttons import quiet_button
from desktop.widgets.form import CodeField
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


class ScanDialog(FormDialog):
    """A sheet must be chosen and seen before it can be filed; its own mark chooses the version."""

    def __init__(
        self,
        context: ModuleContext,
        policy: PolicyDetail,
        person: tuple[UUID, str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, _("File a signed form"), _("File the form"), parent)
        self._policy = policy
        self.scan: Scan | None = None
        self.choose = quiet_button(self.say(_("Choose the scanned form…")))
        self.choose.clicked.connect(self._choose)
        self.picture = SheetPicture(self.say(_("Choose a PDF, PNG or JPEG, or drop it here.")))
        self._add_fields()
        if person is not None:
            self.person.choose(person[0], person[1])
            self.post.setText(person[2])
        fields = column(self.form)
        fields.addStretch(1)
        side = QWidget()
        both = row(self.picture, fields, gap=20)
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        side.setLayout(both)
        self.body.insertWidget(1, self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.insertWidget(2, side, 1)
        self._finish = self.file
        self.accept_button.setEnabled(False)
        self.setAcceptDrops(True)
        self.resize(current_theme().px(880), current_theme().px(640))

    def _add_fields(self) -> None:
        say = self.say
        rows = [version for version in self._policy.versions if version.state not in UNDECIDED]
        self.version = self.form.add(
            "version", say(_("Version")), CodeField([(row.id.hex, self._version_words(row)) for row in rows])
        )
        self.person = self.form.add("person", say(_("Person")), PersonPicker(self.context))
        self.post = self.form.add("post", say(_("Post")), QLineEdit())
        self.day = self.add_day("signed_on", _("Date on the form"), self.context.clock.today())
        self.place = self.form.add("place", say(_("Place")), QLineEdit())

    def _version_words(self, version: VersionRow) -> str:
        return self.say(_("{number} ({state})"), number=version.number, state=self.say(STATES[version.state]))

    def take_file(self, path: str) -> None:
        """Read a file in the worker process and show its first page."""
        self.accept_button.setEnabled(False)
        self.context.tasks.compute(
            scans.examine,
            path,
            lambda _done, _total: None,
            self.show_scan,
            self.fail,
            owner=self,
            title=_("Reading a signed form"),
        )

    def show_scan(self, scan: Scan) -> None:
        """Show the sheet; if it bears a mark of this policy, choose that version."""
        self.scan = scan
        self.error.hide()
        self.picture.show_png(scan.preview, self.say(_("First page of {name}"), name=scan.name))
        if scan.mark is not None and scan.mark.policy_id == self._policy.id:
            for version in self._policy.versions:
                if version.number == scan.mark.number:
                    self.version.set_code(version.id.hex)
        self.accept_button.setEnabled(self.version.count() > 0)
        self.accept_button.setFocus()

    def file(self) -> None:
        """File it; the dialog closes once that is saved."""
        day = self.read_day("signed_on", self.day)
        if self.person.chosen is None:
            self.form.mark("person", self.say(_("Choose a person.")))
            return
        if day is None or self.scan is None:
            return
        signature = Signature(self.person.chosen, self.post.text(), day, self.place.text())
        work = partial(self._file, version_id=UUID(self.version.code()), signature=signature, scan=self.scan)
        self.context.tasks.write(self, work, lambda _answer: self.accept(), self.fail, verb="file_signature")

    def _file(self, session: Session, version_id: UUID, signature: Signature, scan: Scan) -> None:
        now = calendar(self.context)
        register.file_signature(
            session, version_id, signature, scan, actor=self.context.actor, now=now.now, today=now.today, zone=now.zone
        )

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
