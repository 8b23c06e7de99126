"""Says column by column what a file means and whose word counts, and lets it be changed with the keyboard."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QSpinBox, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.imports import words as import_words
from desktop.people.imports.changes import FIELDS
from desktop.people.imports.mapping import words
from desktop.people.imports.mapping.applying import fitted, missing_headings
from desktop.people.imports.mapping.column_table import ColumnModel, ColumnTable
from desktop.people.imports.mapping.mapping import Headings, Mapping
from desktop.people.imports.mapping.match_list import MatchList
from desktop.people.imports.mapping.profile_bar import Profile, ProfileBar
from desktop.people.imports.mapping.profiles import StoredProfile
from desktop.people.imports.mapping.recognising import holds_the_same, looks_like
from desktop.people.imports.rows import ReadFile
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Section, column, side_panel, splitter
from desktop.widgets.theme import current_theme

NARROW = 960  # pixels at 100 %; the choices stand below the columns where there is less room
CONSTANTS = {"programme": _("Programme"), "term": _("Term"), "unit": _("Unit")}


class MappingPanel(QWidget):
    """The mapping of one file. Nothing is read anew until somebody wants to see the rows.

    `open_button`, `apply_button`, `back_button` and `offer`, which says that a file looks like one of a profile, stand where
    the page puts them.
    """

    wanted = Signal(object)  # the Mapping by which the file shall be read

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self._header: tuple[str, ...] = ()
        self._samples: tuple[tuple[str, ...], ...] = ()
        self._structured = False
        self._headings: Headings = ""
        self._coming: Profile | None = None  # the one followed as soon as the file is read anew
        self._base = self._recognised = Mapping()
        self._asked: Mapping | None = None  # what the file is being read by
        self._filling = False
        self.open_button = quiet_button(self._say(_("Columns…")), key="F7")
        self.apply_button, self.back_button = primary_button(self._say(_("Show the rows"))), quiet_button(self._say(_("Back")))
        self.offer = Banner(self._say(_("Close this message")))
        self.bar = ProfileBar(context, self.mapping)
        self.model = ColumnModel(context.texts, self)
        self.table = ColumnTable(self.model, self._say(_("Columns of the file")))
        self.headless = QCheckBox(self._say(_("This list has no headings: its first row is a person")))
        self.match = MatchList(context.texts)
        self._make_choices()
        self._lay_out()
        self._connect()

    def _make_choices(self) -> None:
        say, texts = self._say, self._context.texts
        self.column_form, self.constants, self.rules = Form(), Form(), Form()
        self.means = self.column_form.add("means", say(_("What it means")), CodeField())
        self.written = self.column_form.add("written", say(_("How it is written")), CodeField())
        self.role = self.constants.add("role", say(_("Role")), CodeField(words.roles(texts)))
        for key, title in CONSTANTS.items():
            self.constants.add(key, say(title), QLineEdit())
        sources = [(code, say(title)) for code, title in words.SOURCE_TITLES.items()]
        hint = say(_("A register overrules what people said of themselves, and that a guess."))
        self.source = self.rules.add("source", say(_("Where the file comes from")), CodeField(sources), hint)
        choices = [(code, say(title)) for code, title in words.RULE_TITLES.items()]
        for key in words.RULED:
            self.rules.add(key, say(FIELDS[key]), CodeField(choices))
        self.brake = QSpinBox()
        self.brake.setRange(1, 100)
        self.brake.setSuffix(" %")
        self.brake.lineEdit().setTextMargins(current_theme().px(6), 0, 0, 0)
        self.rules.add("brake", say(_("Stop when a larger share of the known people would change")), self.brake)

    def _lay_out(self) -> None:
        say, edge = self._say, current_theme().px(16)
        self.of_column = Section(say(_("This column")))
        every, who, counts = (
            Section(say(_("For every row"))),
            Section(say(_("Who a row is"))),
            Section(say(_("Whose word counts"))),
        )
        every.add(plain_label(say(_("Used where a row itself says nothing.")), "small", wrap=True))
        for section, part in (
            (self.of_column, self.column_form), (every, self.constants), (who, self.match), (counts, self.rules),
        ):  # fmt: skip
            section.add(part)
        sections = QWidget()
        sections.setLayout(column(self.of_column, every, who, counts, gap=20))
        columns = QWidget()
        body = column(self.bar, self.headless, self.table, gap=12)
        body.setStretch(2, 1)
        body.setContentsMargins(0, 0, edge, 0)
        columns.setLayout(body)
        parts = splitter(columns, side_panel(sections), sizes=(820, 360), name=say(_("Columns and choices")), room=NARROW)
        layout = column(parts)
        self.setLayout(layout)
        self.table.setMinimumHeight(current_theme().row_height * 6)

    def _connect(self) -> None:
        self.table.row_pointed_at.connect(self._point)
        self.table.edit_wanted.connect(self._edit)
        self.means.currentIndexChanged.connect(lambda _place: self._choose())
        self.written.currentIndexChanged.connect(lambda _place: self._choose())
        self.bar.chosen.connect(self.follow)
        self.bar.loaded.connect(self._recognise)
        self.apply_button.clicked.connect(self.apply)
        self.headless.clicked.connect(self._read_without)
        self.model.edited.connect(self._mark)
        self.match.edited.connect(self._mark)
        for form in (self.constants, self.rules):
            form.edited.connect(lambda _key: self._mark())

    # What may be asked of the panel

    @property
    def has_file(self) -> bool:
        """Whether there is a file to be mapped."""
        return bool(self._header)

    def forget(self) -> None:
        """Another file is about to be read."""
        self._header, self._samples, self._asked, self._coming = (), (), None, None
        self.offer.dismiss()

    def show_file(self, file: ReadFile) -> None:
        """Show what was found out of a file. What its headings say is what `Reset` goes back to, until a profile is chosen."""
        anew = file.mapping != self._asked
        self._header, self._samples, self._asked = file.header, file.samples, None
        self._structured, self._headings = file.structured, file.mapping.headings
        self.headless.setVisible(not self._structured)
        self.headless.setChecked(self._headings == "none")
        coming, self._coming = self._coming, None
        if anew:
            self._recognised = file.mapping
            self.bar.show_profile(None)
            self.bar.banner.dismiss()
        self._fill(file.mapping)
        if anew or coming is not None:
            self._base = self.mapping()
        if anew:
            self.bar.load()
        self._mark()

    def apply(self) -> None:
        """Have the file read by what is chosen."""
        self._ask(self.mapping())

    def _ask(self, mapping: Mapping) -> None:
        self._asked = mapping
        self.offer.dismiss()
        self.wanted.emit(mapping)

    def _read_without(self, headless: bool) -> None:
        """Have the file read anew, its first row being a person or that of the headings."""
        self._ask(replace(self.mapping(), columns=(), headings="none" if headless else "first"))

    def mapping(self) -> Mapping:
        """What is chosen now."""
        rules = self.rules.values()
        constants = {"role": self.role.code(), **{key: self.constants.values()[key].strip() for key in CONSTANTS}}
        return Mapping(
            self.model.choices,
            {key: text for key, text in constants.items() if text},
            self.match.chosen(),
            rules["source"],  # type: ignore[arg-type]
            {key: rules[key] for key in words.RULED if rules[key]},  # type: ignore[misc]
            self.brake.value(),
            self._headings,
        )

    def follow(self, profile: Profile | None) -> bool:
        """Choose what a profile says, as far as this file has its columns; what it lacks is told. True when nothing is missing."""
        self.offer.dismiss()
        said = profile.mapping.headings if isinstance(profile, StoredProfile) else ""
        if isinstance(profile, StoredProfile) and said and (said == "none") != (self._headings == "none"):
            self._coming = profile  # what it says of the headings makes other columns of the file
            self.bar.show_profile(profile)
            self._ask(profile.mapping)
            return True
        wanted, missing = self._of(profile)
        if missing:
            told = self._say(
                _("The file lacks columns that the profile uses: {headings}."),
                headings=", ".join(import_words.heading(heading, self._context.texts) for heading in missing),
            )
            self.bar.banner.tell(told, self._say(_("The rest of the profile is chosen.")), tone="warn")
        self._fill(wanted)
        self.bar.show_profile(profile)
        self._base = self.mapping()
        self._mark()
        return not missing

    def _of(self, profile: Profile | None) -> tuple[Mapping, tuple[str, ...]]:
        """What a profile makes of this file, and the headings it misses."""
        if profile is None:
            return self._recognised, ()
        if isinstance(profile, StoredProfile):
            return profile.mapping, missing_headings(profile.mapping, self._header)
        if self._structured or (missing := profile.lacks(self._header)):
            return profile.with_columns(self._recognised.columns), () if self._structured else missing
        return profile.mapping_for(self._header, ""), ()

    def _recognise(self, kept: list[StoredProfile]) -> None:
        """Say which profile the file looks like, once it is known which there are and none is followed yet."""
        if self._headings == "none":
            kept = [profile for profile in kept if holds_the_same(profile.mapping, self._recognised)]
        found = looks_like(self._header, kept) if self.bar.profile is None and not self._structured else None
        if found is None:
            return
        name = found.name if isinstance(found, StoredProfile) else self._say(found.title)
        use = partial(self._use, found)
        self.offer.tell(
            self._say(_("This looks like “{profile}”."), profile=name), actions=[(self._say(_("Use the profile")), use)]
        )

    def _use(self, profile: Profile) -> None:
        self.follow(profile)
        self.apply()

    def begin(self) -> None:
        """Give the keyboard to the first column."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # Filling and hearing

    def _fill(self, mapping: Mapping) -> None:
        """Put a mapping into the fields, one line for each heading."""
        self._filling = True
        choices = fitted(mapping, self._header).columns
        values = [values for heading, values in zip(self._header, self._samples, strict=True) if heading]
        self.means.clear()
        self.means.set_choices(words.meanings(choices, self._context.texts))
        self.model.show_columns(choices, values)
        self.constants.write({"role": "", **dict.fromkeys(CONSTANTS, ""), **mapping.constants})
        self.rules.write({"source": mapping.source, **dict.fromkeys(words.RULED, ""), **mapping.rules})
        self.match.choose(mapping.match_keys)
        self.brake.setValue(mapping.brake_percent)
        self._filling = False
        self._point(self.table.currentIndex().row())

    def _mark(self) -> None:
        if not self._filling:
            self.bar.set_edited(self.mapping() != self._base)

    def _point(self, row: int) -> None:
        """Show what was said of the column pointed at."""
        line = self.model.row_at(row)
        self.of_column.setEnabled(line is not None)
        if line is None or self._filling:
            return
        self._filling = True
        texts = self._context.texts
        heading = import_words.heading(line.choice.heading, texts)
        if self._headings == "none" and line.samples:
            heading = texts.say(_("{column}, e.g. {value}"), column=heading, value=line.samples[0])
        self.of_column.heading.setText(heading)
        self.means.setAccessibleDescription(f"{heading}: {' · '.join(line.samples)}")
        self.means.set_code(words.code_of(line.choice))
        self._offer_ways()
        self._filling = False

    def _offer_ways(self) -> None:
        line = self.model.row_at(self.table.currentIndex().row())
        ways = words.ways(line.choice.field, self._context.texts) if line is not None else []
        self.written.clear()
        self.written.set_choices(ways)
        if line is not None and ways:
            self.written.set_code(line.choice.written)
        self.column_form.show_field("written", bool(ways))

    def _choose(self) -> None:
        """Take what was chosen for the column pointed at."""
        row = self.table.currentIndex().row()
        line = self.model.row_at(row)
        if line is None or self._filling:
            return
        choice = words.choice_of(self.means.code(), line.choice)
        if choice.field == line.choice.field and self.written.count():
            choice = words.written_as(choice, self.written.code())
        self._filling = True
        self.model.choose(row, choice)
        if choice.field != line.choice.field:
            self._offer_ways()
        self._filling = False
        self._mark()

    def _edit(self, key: QKeyEvent | None) -> None:
        """Go to what the column means; a letter typed in the table chooses there."""
        self.means.setFocus(Qt.FocusReason.OtherFocusReason)
        if key is not None:
            QApplication.sendEvent(self.means, QKeyEvent(key.type(), key.key(), key.modifiers(), key.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a choice of the column goes on with the next one."""
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focusWidget() in (self.means, self.written):
            self.table.step()
            self.begin()
        elif event.key() == Qt.Key.Key_Escape and self.back_button.isVisible():
            self.back_button.click()
        else:
            super().keyPressEvent(event)
