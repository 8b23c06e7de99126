"""A setting keeps its type, its limits and whose it is."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import RuleBroken
from db.texts import Msgid
from desktop.core.manifest import Setting
from desktop.core.settings import DeskSettings, ModuleSwitches, Settings, kept_on_desk
from desktop.core.tasks_immediate import ImmediateTasks

DAYS = {"calls.days": Setting("days", int, 14, Msgid("Days"), least=1, most=90)}


def test_a_setting_nobody_touched_has_its_default(empty_database: Database, user: Actor, at_once: ImmediateTasks) -> None:
    settings = Settings(empty_database, user, at_once, DAYS)
    assert settings.get("calls.days") == 14
    assert settings.get("core.text_size") == 100
    with pytest.raises(KeyError):
        settings.get("calls.unknown")


def test_what_is_set_is_there_after_a_restart(
    empty_database: Database, user: Actor, at_once: ImmediateTasks, qtbot: QtBot
) -> None:
    settings = Settings(empty_database, user, at_once, DAYS)
    with qtbot.waitSignal(settings.changed, check_params_cb=lambda name: name == "calls.days"):
        settings.set("calls.days", 7)
    assert Settings(empty_database, user, at_once, DAYS).get("calls.days") == 7


def test_a_personal_setting_is_nobody_elses(empty_database: Database, user: Actor, at_once: ImmediateTasks) -> None:
    mine = Settings(empty_database, user, at_once)
    mine.set("core.theme", "dark")
    mine.set("core.office_name", "Alumni")
    other = Settings(empty_database, Actor(new_id(), "Bo"), at_once)
    assert (other.get("core.theme"), other.get("core.office_name")) == ("system", "Alumni")


@pytest.mark.parametrize(
    ("name", "value"), [("calls.days", 0), ("calls.days", 91), ("calls.days", "7"), ("calls.days", True), ("core.theme", "pink")]
)
def test_an_impossible_value_is_refused(
    empty_database: Database, user: Actor, at_once: ImmediateTasks, name: str, value: object
) -> None:
    settings = Settings(empty_database, user, at_once, DAYS)
    before = settings.get(name)
    with pytest.raises(RuleBroken):
        settings.set(name, value)
    assert settings.get(name) == before


def test_a_value_this_program_cannot_hold_counts_as_unset(empty_database: Database, user: Actor, at_once: ImmediateTasks) -> None:
    wide = {"calls.days": Setting("days", int, 14, Msgid("Days"))}
    Settings(empty_database, user, at_once, wide).set("calls.days", 1000)
    assert Settings(empty_database, user, at_once, DAYS).get("calls.days") == 14


def test_a_setting_that_could_not_be_saved_returns_to_what_it_was(
    empty_database: Database, user: Actor, at_once: ImmediateTasks
) -> None:
    settings, told = Settings(empty_database, user, at_once, DAYS), list[Exception]()
    at_once.breaks = OSError("disk full")
    settings.set("calls.days", 7, told.append)
    assert settings.get("calls.days") == 14
    assert told == [at_once.breaks]


def test_the_choice_of_modules_outlives_the_run(empty_database: Database, user: Actor, at_once: ImmediateTasks) -> None:
    switches = ModuleSwitches(Settings(empty_database, user, at_once))
    switches["calls"], switches["gifts"] = False, True
    del switches["gifts"]
    assert dict(ModuleSwitches(Settings(empty_database, user, at_once))) == {"calls": False}


def test_the_desk_remembers_without_a_database(tmp_path: Path) -> None:
    path = tmp_path / "new" / "desk.json"
    DeskSettings(path).set("language", "fi")
    assert DeskSettings(path).get("language") == "fi"
    assert DeskSettings(path).get("theme", "system") == "system"


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_a_spoilt_desk_file_is_no_reason_not_to_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.json"
    path.write_bytes(content)
    desk = DeskSettings(path)
    assert desk.get("language", "en") == "en"
    desk.set("language", "sv")
    assert DeskSettings(path).get("language") == "sv"


def test_what_the_start_needs_is_copied_to_the_desk(
    tmp_path: Path, empty_database: Database, user: Actor, at_once: ImmediateTasks
) -> None:
    desk, settings = DeskSettings(tmp_path / "desk.json"), Settings(empty_database, user, at_once)
    kept_on_desk(settings, desk)
    settings.set("core.language", "fi")
    settings.set("core.office_name", "Alumni")
    assert (desk.get("language"), desk.get("office_name")) == ("fi", None)
