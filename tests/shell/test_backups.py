"""Copies made without being asked, listed, brought back; and failures said once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton
from sqlalchemy import func, select

from db import places
from db.backups import backups_of, folder_beside
from db.models.person import Person
from desktop.core.clock import FixedClock
from desktop.shell import application, demo
from desktop.shell.errands import Errands
from desktop.shell.keeper import BACKING_UP
from tests.shell.conftest import Shell


def wait(shell: Shell, clock: FixedClock, minutes: int) -> None:
    """So much time passes; the keeper looks at the clock."""
    clock.move(clock.now() + timedelta(minutes=minutes))
    shell.desk.keeper.tick()


def reasons(shell: Shell) -> list[str]:
    return [backup.reason for backup in backups_of(shell.desk.path)]


def people(shell: Shell) -> int:
    with shell.desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_copy_is_made_each_half_hour_when_something_changed(shell: Shell, clock: FixedClock) -> None:
    shell.open()
    shell.add_person("Åberg")
    wait(shell, clock, 1)
    assert reasons(shell) == ["regular"], "the first as soon as there is something to keep"
    shell.add_person("Öberg")
    wait(shell, clock, 29)
    assert len(reasons(shell)) == 1
    wait(shell, clock, 1)
    assert len(reasons(shell)) == 2
    wait(shell, clock, 60)
    assert len(reasons(shell)) == 2, "nothing changed"


def test_a_session_too_short_for_a_copy_is_copied_at_the_next_start(shell: Shell, clock: FixedClock) -> None:
    shell.open()
    shell.add_person("Åberg")
    wait(shell, clock, 1)
    shell.add_person("Öberg")
    path = shell.desk.path
    shell.app.show_welcome()
    clock.move(clock.now() + timedelta(hours=15))
    shell.app.open_database(path)
    assert shell.desk.keeper.behind
    wait(shell, clock, 1)
    assert len(reasons(shell)) == 2 and not shell.desk.keeper.behind


def test_it_can_be_switched_off(shell: Shell, clock: FixedClock) -> None:
    shell.open()
    shell.desk.settings.set("core.backup_regular", False)
    shell.add_person("Åberg")
    wait(shell, clock, 60)
    assert reasons(shell) == []


def test_invented_people_are_not_copied(shell: Shell, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PEOPLE", 20)
    shell.app.acts.make_demo()
    shell.add_person("Åberg")
    wait(shell, clock, 60)
    assert reasons(shell) == []


def test_before_an_import_a_copy_is_made_through_any_lane(shell: Shell, clock: FixedClock) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.desk.tasks.write(shell.app, lambda session: None, lambda _done: None, pytest.fail, verb="import_people")
    shell.desk.tasks.write(shell.app, lambda session: None, lambda _done: None, pytest.fail, verb="edit_person")
    assert reasons(shell) == ["import"]
    clock.move(clock.now() + timedelta(minutes=1))
    shell.desk.tasks.write(shell.app, lambda session: None, lambda _done: None, pytest.fail, verb="import_people")
    assert reasons(shell) == ["import"], "nothing changed since: one copy is enough"


def test_a_step_whose_copy_cannot_be_made_is_not_begun(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    folder_beside(shell.desk.path).write_text("in the way", encoding="utf-8")
    failed: list[Exception] = []
    begun: list[object] = []
    shell.desk.tasks.write(shell.app, begun.append, begun.append, failed.append, verb="import_people")
    assert begun == [] and "cannot be used" in str(failed[0])
    shell.desk.settings.set("core.backup_before", False)
    shell.desk.tasks.write(shell.app, lambda session: None, begun.append, failed.append, verb="import_people")
    assert len(begun) == len(failed) == 1


def test_a_large_taking_back_is_preceded_by_a_copy_and_a_small_one_is_not(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    with shell.desk.database.write(shell.desk.actor, "create_person") as session:
        session.add_all(Person(family=f"P{number}", name_key=b"p") for number in range(201))
    for _time in range(4):  # each is named before it is taken back
        shell.app.acts.take_back_last()
    assert people(shell) == 0 and reasons(shell) == ["takeback"]


def test_a_failing_backup_is_said_once_and_stays_in_sight_until_one_succeeds(shell: Shell, clock: FixedClock) -> None:
    shell.open()
    shell.add_person("Åberg")
    folder_beside(shell.desk.path).write_text("in the way", encoding="utf-8")
    said: list[Any] = []
    shell.desk.messages.told.connect(said.append)
    for _time in range(3):
        wait(shell, clock, 31)
    assert len(said) == 1 and "cannot be used" in said[0].text
    assert shell.view.status.backup.text() == "Backup failed"
    shell.app.open_page("shell.backups")
    page: Any = shell.view.workspace.page
    assert "cannot be used" in page.banner.text
    folder_beside(shell.desk.path).unlink()
    wait(shell, clock, 31)
    assert page.banner.text == "" and shell.view.status.backup.text().startswith("Backup ") and reasons(shell) == ["regular"]


def test_an_old_backup_is_told_only_when_it_lacks_something(shell: Shell, clock: FixedClock) -> None:
    shell.open()
    shell.add_person("Åberg")
    wait(shell, clock, 1)
    shell.desk.settings.set("core.backup_regular", False)
    wait(shell, clock, 1)
    shell.app.copies.back_up_now()
    clock.move(clock.now() + timedelta(days=9))
    shell.view.status.look()
    assert "old" not in shell.view.status.backup.text()
    shell.add_person("Öberg")
    shell.view.status.look()
    assert shell.view.status.backup.text().startswith("Backup is old")


def test_the_page_lists_the_copies_and_brings_one_back(shell: Shell, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.shell.copies.ask", lambda *_what, **_more: True)
    shell.open()
    shell.add_person("Åberg")
    shell.app.open_page("shell.backups")
    page: Any = shell.view.workspace.page
    assert not page.empty.isHidden()
    page.make.click()
    assert page.empty.isHidden() and page.header.count.text() == "1 backup"
    shell.add_person("Öberg")
    clock.move(clock.now() + timedelta(minutes=5))
    named = [button for button in page.findChildren(QAbstractButton) if button.accessibleName().startswith("Restore the backup")]
    named[0].click()
    assert people(shell) == 1 and reasons(shell) == ["restore", "hand"] and "was restored" in shell.told
    shell.app.copies.restore_from(backups_of(shell.desk.path)[0].path)
    assert people(shell) == 2, "restoring is undone by the copy it made"


def test_a_restored_file_that_does_not_open_gives_way_to_the_former(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.app.copies.back_up_to(tmp_path / "copy.kontinuum")
    shell.add_person("Öberg")
    tries: list[Any] = []
    opens = application.open_file

    def first_breaks(*what: Any) -> Any:
        tries.append(what)
        if len(tries) == 1:
            raise ZeroDivisionError
        return opens(*what)

    monkeypatch.setattr(application, "open_file", first_breaks)
    shell.app.copies.restore_from(tmp_path / "copy.kontinuum")
    assert len(tries) == 2 and people(shell) == 2
    assert "Something went wrong while opening what was restored" in shell.told


def test_the_open_database_itself_is_no_backup(shell: Shell) -> None:
    shell.open()
    shell.app.copies.restore_from(shell.desk.path)
    assert "This is the open database itself" in shell.told


def test_a_database_on_a_share_is_refused_in_the_window(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "read_mounts", lambda: [places.Mount("/", "ext4"), places.Mount(str(tmp_path), "fuse.sshfs")])
    shell.app.open_database(tmp_path / "new" / "office.kontinuum")
    assert shell.app.desk is None and shell.app.welcome is not None
    assert "network share (fuse.sshfs)" in shell.app.welcome.notices.banner.text
    assert not (tmp_path / "new" / "office.kontinuum").exists()


def test_a_place_is_asked_for_where_the_users_own_folder_lies_on_a_share(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = str(tmp_path / "data")
    monkeypatch.setattr(places, "read_mounts", lambda: [places.Mount("/", "ext4"), places.Mount(home, "nfs4")])
    chosen = [str(tmp_path / "local.kontinuum"), ""]
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_what: (chosen.pop(0), ""))
    shell.app.acts.start_empty()
    shell.app.protection.dialog.plain.click()  # type: ignore[union-attr]
    assert shell.desk.path == tmp_path / "local.kontinuum"
    shell.app.acts.make_demo()
    assert shell.desk.path == tmp_path / "local.kontinuum", "who gives up stays where they were"


def test_an_errand_that_is_stopped_ends_as_stopped(shell: Shell, clock: FixedClock) -> None:
    errands = Errands(clock, shell.app, at_once=True)
    failed: list[Exception] = []

    def work(report: Any) -> None:
        errands.jobs[-1].cancel()
        report(1, 2)

    errands.run(shell.app, BACKING_UP, work, pytest.fail, failed.append)
    assert [job.state for job in errands.jobs] == ["cancelled"] and "Stopped" in str(failed[0])


def test_a_demo_that_is_stopped_leaves_no_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def stops(database: Any, actor: Any, count: int, now: Any, report: Any) -> None:
        made.append(database.path)
        shell.app.errands.jobs[-1].cancel()
        report(1, count)

    monkeypatch.setattr("desktop.people.demo_data.make_demo", stops)
    shell.app.acts.make_demo()
    assert shell.app.desk is None and made and not made[0].exists()
    assert shell.app.welcome is not None and "Stopped" in shell.app.welcome.notices.banner.text
