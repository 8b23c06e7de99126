"""All settings of the program and its modules: the user's own, then the office's. Each is saved as it is changed."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from db.errors import Conflict, RuleBroken
from db.history import HistoryLine, setting_step
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Setting
from desktop.core.merging import Field, merge
from desktop.shell.desk import Desk
from desktop.widgets.conflict_dialog import ConflictDialog
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.merging_forms import told
from desktop.widgets.panels import PageHeader, Section, scrolling
from desktop.widgets.theme import current_theme

STEP = 10  # of a percentage


class SettingsPage(QWidget):
    """A section for the user, one for the office, and one for each module that has settings."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self._forms: dict[str, Form] = {}
        self._fields: dict[str, QWidget] = {}
        self.setWindowTitle(self._say(_("Settings")))
        theme = current_theme()
        inner = QFrame()
        inner.setProperty("panel", "clear")
        inner.setMaximumWidth(theme.px(520))
        self._layout = QVBoxLayout(inner)
        self._layout.setContentsMargins(*[theme.px(16)] * 4)
        self._layout.setSpacing(theme.px(20))
        self._layout.addWidget(PageHeader(self._say(_("Settings")), self._say(_("Saved as you change them"))))
        self._fill()
        self._layout.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        holder = QFrame()
        holder.setProperty("panel", "clear")
        beside = QHBoxLayout(holder)  # across, since only so the height is reckoned for the width that is given
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(inner, 1000)
        beside.addStretch(1)
        outer.addWidget(scrolling(holder))
        context.settings.changed.connect(self._moved)

    def _fill(self) -> None:
        """Sections in the order of core, then modules; settings without words are the program's own."""
        sections: dict[str, list[tuple[str, Setting]]] = {"mine": [], "office": []}
        for name, setting in self._desk.settings.declared.items():
            if not setting.text or setting.type is dict:
                continue
            module = name.partition(".")[0]
            key = ("mine" if setting.personal else "office") if module == "core" else module
            sections.setdefault(key, []).append((name, setting))
        titles = {manifest.key: manifest.title for manifest in self._desk.registry.manifests}
        titles |= {"mine": _("For me"), "office": _("For the whole office")}
        for key, settings in sections.items():
            if settings:
                self._layout.addWidget(self._section(self._say(titles[key]), settings))

    def _section(self, title: str, settings: list[tuple[str, Setting]]) -> Section:
        section, form = Section(""), Form()
        section.heading.hide()
        section.setAccessibleName(title)
        section.add(plain_label(title, "strong"))
        for name, setting in settings:
            self._add(form, name, setting)
        section.add(form)
        if any(not setting.personal for _name, setting in settings) and not self._may():
            section.add(plain_label(self._say(_("Only those who look after the office may change these.")), "small", wrap=True))
        return section

    def _may(self) -> bool:
        return self._context.may("shell.office_settings")

    def _add(self, form: Form, name: str, setting: Setting) -> None:
        value = self._desk.settings.get(name)
        field: QWidget
        if setting.choices:
            field = CodeField([(code, self._say(text)) for code, text in setting.choices], value)
            field.currentIndexChanged.connect(lambda _n, f=field: self._keep(name, f.code()))
        elif setting.type is bool:
            field = QCheckBox()
            field.setChecked(value)
            field.toggled.connect(partial(self._keep, name))
        elif setting.type is int:
            field = self._number(name, setting, value)
        else:
            field = QLineEdit(str(value))
            field.editingFinished.connect(lambda f=field: self._keep(name, f.text().strip()))
        form.add(name, self._say(setting.text), field)
        field.setEnabled(setting.personal or self._may())
        self._forms[name], self._fields[name] = form, field

    def _number(self, name: str, setting: Setting, value: int) -> QSpinBox:
        field = QSpinBox()
        field.lineEdit().setTextMargins(current_theme().px(8), 0, 0, 0)  # the style sheet does not reach inside
        field.setRange(setting.least if setting.least is not None else 0, setting.most if setting.most is not None else 1_000_000)
        field.setKeyboardTracking(False)
        field.setSingleStep(STEP if name == "core.text_size" else 1)
        if setting.unit:
            field.setSuffix(f" {self._say(setting.unit)}")
        field.setValue(value)
        field.valueChanged.connect(partial(self._keep, name))
        return field

    def _keep(self, name: str, value: Any) -> None:
        before = self._desk.settings.get(name)
        if before == value:
            return

        def refused(error: Exception) -> None:
            if isinstance(error, Conflict):
                self._meet(name, before, value)
            else:
                self._context.messages.show(error, _("saving a setting"))

        try:
            self._desk.settings.set(name, value, refused)
        except RuleBroken as error:
            message = self._context.messages.explain(error)
            self._forms[name].mark(name, f"{message.text} {message.to_do}".strip())

    def _meet(self, name: str, before: Any, mine: Any) -> None:
        """Somebody else changed the setting meanwhile: ask which of the two counts."""
        setting, theirs = self._desk.settings.declared[name], self._desk.settings.get(name)
        if theirs == mine:
            return
        values = {str(value): value for value in (before, theirs, mine)}
        free = setting.type is str and not setting.choices
        asked = Field(name, self._say(setting.text), str(before), str(theirs), str(mine), partial(self._said, setting), free=free)

        def ask(step: HistoryLine | None) -> None:
            dialog = ConflictDialog(self._context.texts, told(step, self._context), merge([asked]), self)
            dialog.decided.connect(lambda chosen: self._keep(name, values.get(chosen[name], chosen[name])))
            dialog.finished.connect(dialog.deleteLater)
            dialog.ask()

        if setting.personal or not self._context.may("shell.history"):
            ask(None)
        else:
            self._context.tasks.read(self, partial(setting_step, name=name), ask, lambda _error: ask(None), slot="who")

    def _said(self, setting: Setting, value: str) -> str:
        """A value as people read it."""
        if setting.type is bool:
            return self._say(_("Yes") if value == str(True) else _("No"))
        text = self._say(dict(setting.choices)[value]) if value in dict(setting.choices) else value
        return f"{text} {self._say(setting.unit)}" if setting.unit else text

    def _moved(self, name: str) -> None:
        """Show what was changed elsewhere, such as from a menu."""
        field, value = self._fields.get(name), self._desk.settings.get(name)
        if field is None:
            return
        with QSignalBlocker(field):
            if isinstance(field, CodeField):
                field.set_code(value)
            elif isinstance(field, QCheckBox):
                field.setChecked(value)
            elif isinstance(field, QSpinBox):
                field.setValue(value)
            elif isinstance(field, QLineEdit) and not field.hasFocus():
                field.setText(str(value))
