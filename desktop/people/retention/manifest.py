"""The part of the register's manifest that says how long people are kept unless the office decides otherwise. Data only."""

from __future__ import annotations

from db.access import Access
from db.texts import _, ngettext
from desktop.core.manifest import Retention, RowRetention, Verb

_KINDS = "desktop.people.retention.kinds"
_PURPOSE = _("Data protection law: no longer than the purpose needs (article 5.1 e).")
_FIGURES = _("Data protection law: no longer than the purpose needs (article 5.1 e); figures stay for statistics (article 89).")

RETENTION = (
    Retention("people.deceased", _("People who died"), f"{_KINDS}:deceased", "deceased", 12, "anonymise", _FIGURES),
    Retention("people.retired", _("People taken out of the lists"), f"{_KINDS}:retired", "retired", 24, "erase", _PURPOSE),
    Retention("people.prospects", _("Prospects who never applied"), f"{_KINDS}:prospects", "contact answer role", 24, "erase", _PURPOSE),
    Retention(
        "people.applicants", _("Applicants and admitted who never began"), f"{_KINDS}:applicants", "contact answer role", 36,
        "erase", _PURPOSE,
    ),
    Retention(
        "people.partners", _("Former mentors, staff and contacts"), f"{_KINDS}:partners", "contact answer role", 36, "anonymise",
        _FIGURES,
    ),
    Retention(
        "people.students", _("Former students who are no alumni"), f"{_KINDS}:students", "contact answer role", 120, "anonymise",
        _FIGURES,
    ),
    Retention(
        "people.alumni", _("Alumni nobody has been in touch with"), f"{_KINDS}:alumni", "contact answer role", 120, "anonymise",
        _FIGURES,
    ),
    Retention(
        "people.strangers", _("People without any role nobody has been in touch with"), f"{_KINDS}:strangers", "contact answer", 24,
        "erase", _PURPOSE,
    ),
)  # fmt: skip

_ROWS = "desktop.people.retention.row_kinds"

ROW_RETENTION = (
    RowRetention("people.contacts", _("Old contacts"), "interaction", f"{_ROWS}:contacts", _("the contact"), 60, _PURPOSE),
    RowRetention("people.notes", _("Old notes"), "interaction", f"{_ROWS}:notes", _("the day of the note"), 36, _PURPOSE),
    RowRetention(
        "people.answers", _("Answers about a purpose that a newer one replaced"), "consent", f"{_ROWS}:answers",
        _("the newer answer"), 36, _PURPOSE,
    ),
    RowRetention("people.stops", _("Stops that are over"), "contact_block", f"{_ROWS}:stops", _("the end of the stop"), 24, _PURPOSE),
    RowRetention(
        "people.tasks", _("Tasks that are done"), "task", f"{_ROWS}:tasks", _("the day it was done"), 24, _PURPOSE, said="title"
    ),
)  # fmt: skip

RETENTION_VERBS = (
    Verb("change_retention_rule", _("Changed the retention rule “{rule}”")),
    Verb("hold_person", _("Put a legal hold on {name}")),
    Verb("lift_hold", _("Lifted a legal hold on {name}")),
    Verb(
        "decide_disposal",
        ngettext("Decided to dispose of {count} person: {case}", "Decided to dispose of {count} people: {case}"),
        undoable=False,
    ),
    Verb(
        "dispose_people",
        ngettext("Disposed of {count} person: {case}", "Disposed of {count} people: {case}"),
        undoable=False,
        outside="erased",
    ),
    Verb(
        "decide_row_disposal",
        ngettext("Decided to dispose of {count} single row: {case}", "Decided to dispose of {count} single rows: {case}"),
        undoable=False,
    ),
    Verb(
        "dispose_rows",
        ngettext("Disposed of {count} single row: {case}", "Disposed of {count} single rows: {case}"),
        undoable=False,
        outside="erased",
    ),
    Verb("file_certificate", _("Filed the signed certificate of a disposal: {case}")),
    Verb("end_disposal", _("Ended a disposal before all was done: {case}"), undoable=False),
)

# Deciding takes this right; carrying it out that of erasing as well.
RETENTION_ACCESS = Access(
    "people.retention",
    reads="person role interaction task post_holding consent contact_block merged_person change_set change_about retention_rule legal_hold "
    "disposal disposal_rule disposal_person attachment file_content",
    adds="retention_rule legal_hold disposal disposal_rule disposal_person attachment file_content",
    changes={
        "retention_rule": "months action ground active",
        "disposal": "state finished_at",
        "disposal_rule": "done held changed",
    },
    removes="legal_hold disposal_person",
)
