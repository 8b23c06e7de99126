"""The shell's own pages, rights and words of the history, described as any module's are. Data only."""

from __future__ import annotations

from db.access import EVERYBODY, Access, OwnRows
from db.texts import _
from desktop.core.manifest import Manifest, NotReported, Page, Right, Verb

MANIFEST = Manifest(
    key="shell",
    title=_("The program"),
    icon="home",
    group="top",
    order=0,
    rights=(
        Right("shell.history", _("See what was changed"), ("office", "manager")),
        Right("shell.take_back", _("Take changes back"), ("office", "manager")),
        Right("shell.office_settings", _("Change the office's settings"), ("manager",)),
        Right("shell.users", _("Manage users and roles"), ()),
        Right("shell.modules", _("Switch modules on and off"), ()),
        Right("shell.backup", _("Make and restore backups"), ("office", "manager")),
    ),
    pages=(
        Page("shell.my_day", _("My day"), "", "desktop.shell.my_day:MyDayPage", icon="day"),
        Page("shell.history", _("History"), "shell.history", "desktop.shell.history_page:HistoryPage", "history", hidden=True),
        Page("shell.jobs", _("Jobs"), "", "desktop.shell.jobs_page:JobsPage", "jobs", hidden=True),
        Page("shell.settings", _("Settings"), "", "desktop.shell.settings_page:SettingsPage", "settings", hidden=True),
        Page("shell.users", _("Users and roles"), "shell.users", "desktop.shell.users_page:UsersPage", "users", hidden=True),
        Page("shell.backups", _("Backups"), "shell.backup", "desktop.shell.backups_page:BackupsPage", "backup", hidden=True),
        Page("shell.modules", _("Modules"), "", "desktop.shell.modules_page:ModulesPage", "modules", hidden=True),
    ),
    verbs=(
        Verb("take_back", _("Took back: {what}")),
        Verb("put_back", _("Took back one line of a change")),
        Verb("change_setting", _("Changed the setting “{setting}”")),
        Verb("first_user", _("Began to use this database"), undoable=False),
        Verb("add_user", _("Added the user {name}")),
        Verb("change_user", _("Changed the user {name}")),
        Verb("make_demo", _("Filled the database with demo data")),
    ),
    not_reported=(NotReported("setting user_account"),),  # of those who work here
    records="desktop.shell.recorded:RECORDS",
    access=(
        Access(
            EVERYBODY,
            reads="user_account setting change_set.number change_set.id change_set.at change_set.actor_id change_set.verb "
            "change_set.takes_back change_set.tx change_set.areas change_about",
            own=(
                OwnRows("setting", "value"),
                OwnRows("draft", "state at", private=True),
                OwnRows("recent_use", "kind at", private=True),
            ),
            calls="kontinuum_own_id kontinuum_open kontinuum_close kontinuum_is_big kontinuum_take_back kontinuum_search_due "
            "kontinuum_search_put kontinuum_present",
        ),
        Access(
            "shell.history",
            reads="change_set change_about row_image.change_set row_image.operation",
            calls="kontinuum_row_changes",
        ),
        Access("shell.take_back", reads="change_set change_about", calls="kontinuum_any_step"),
        Access("shell.office_settings", all_rows="setting"),
        Access("shell.modules", all_rows="setting"),
    ),
)
