"""Opens the window with an installed module in it, uses the module, and prints what was seen as JSON: a process of its own."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTabWidget

from db.history import history
from desktop.app import prepare
from desktop.assembly import catalogues_of
from desktop.core.clock import FixedClock
from desktop.core.history_words import say_change
from desktop.core.settings import DeskSettings
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.core.texts import Texts
from desktop.people.editing import PersonForm, create_person
from desktop.shell.application import Application
from desktop.shell.desk import Surroundings

CLOCK = FixedClock(datetime(2026, 11, 23, 9, 30, tzinfo=UTC), ZoneInfo("Europe/Stockholm"))


class Visit:
    """One session at the window, on the database `path`."""

    def __init__(self, path: Path) -> None:
        around = Surroundings(make_tasks=ImmediateTasks, clock=CLOCK)
        kept = DeskSettings(path.parent / "desk.json")
        self.app = Application(prepare(), kept=kept, around=around, at_once=True, language="en", catch=False)
        self.app.open_database(path, "tester")
        self.app.window.show()
        self.seen: dict[str, object] = {}

    @property
    def desk(self):
        return self.app.desk

    def open(self, key: str, **arguments: object):
        """The page `key`, laid out."""
        self.app.open_page(key, **arguments)
        QApplication.processEvents()
        return self.app.view.workspace.page

    def switch_on(self) -> None:
        """As the user does it: by the button on the page of modules."""
        self.seen["before"] = self.desk.registry.module("loans").state
        page = self.open("shell.modules")
        self.seen["told"] = [label.text() for label in page.findChildren(QLabel) if label.text()]
        next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Switch on: Loans").click()
        QApplication.processEvents()
        self.seen["after"] = self.desk.registry.module("loans").state

    def lend(self) -> None:
        """On the record of a person, then look at the page with everything on loan."""
        context = self.desk.ground.context
        with context.database.write(context.actor, "create_person") as session:
            person = create_person(session, PersonForm(given="Mia", family="Åberg"), today=CLOCK.today())
        record = self.open("people.record", person_id=person)
        tabs = record.findChild(QTabWidget)
        place = [tabs.tabText(n) for n in range(tabs.count())].index("Loans")
        tabs.setCurrentIndex(place)
        QApplication.processEvents()
        form = next(b for b in record.findChildren(QPushButton) if b.text() == "Lend").parent()
        form.thing.setText("  ")
        form.lend.click()
        self.seen["refused"] = [label.text() for label in form.findChildren(QLabel) if "short name" in label.text()]
        form.thing.setText("key 214")
        form.lend.click()
        model = self.open("loans.list").loans.model
        self.seen["listed"] = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]

    def read_back(self) -> None:
        """What was done, in the words of all three languages."""
        registry = self.desk.registry
        with self.desk.database.read() as session:
            step = history(session, limit=1)[0]
        said = {}
        for language in ("en", "sv", "fi"):
            texts = Texts(language, catalogues_of(registry), strict=True)
            said[language] = [texts.say(registry.module("loans").title), say_change(step, registry.verbs(), texts)]
        self.seen["said"] = said

    def end(self) -> None:
        """Close and print."""
        self.app.close()
        self.app.window.close()
        print(json.dumps(self.seen))


if __name__ == "__main__":
    visit = Visit(Path(sys.argv[1]))
    visit.switch_on()
    visit.lend()
    visit.read_back()
    visit.end()
