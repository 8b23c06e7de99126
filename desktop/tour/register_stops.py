"""Stops of the tour at what keeps a register in order: segments, doubles, units, retention, protection, rights."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from desktop.tour.guide import Guide


def segments(guide: Guide) -> None:
    """Whom a sentence describes, and the sentence being written."""
    page = guide.go("people.segments")
    guide.wait("the segments are listed", lambda: page.model.rowCount() > 0)
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, 0))
    guide.picture("segments")
    segment = page.model.id_at(0)
    page = guide.go("people.segment", segment_id=segment)
    guide.wait("the sentence is there", lambda: page.editor is not None)
    guide.picture("segment")


def doubles(guide: Guide) -> None:
    """Who may stand in the register twice, and two records side by side; nothing is merged."""
    page = guide.go("people.duplicates")
    guide.wait("the pairs are listed", lambda: page.model.rowCount() > 0)
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, 0))
    guide.picture("duplicates")
    page.merge()
    guide.wait("both records are compared", lambda: getattr(guide.page, "plan", None) is not None)
    guide.picture("merge")


def units_and_posts(guide: Guide) -> None:
    """The tree of the university, with who holds which post."""
    page = guide.go("people.organisation")
    page.tree.setFocus()
    guide.press(Qt.Key.Key_Down)
    guide.picture("units-and-posts")


def retention(guide: Guide) -> None:
    """Who is due and by which rules, and the certificate of what was disposed of last year."""
    page = guide.go("people.retention")
    guide.wait("somebody is due", lambda: page.due.total > 0)
    guide.picture("retention-due")
    page.tabs.setCurrentWidget(page.rows)
    guide.picture("retention-old-rows")
    page.tabs.setCurrentWidget(page.rules)
    guide.picture("retention-rules")
    page.tabs.setCurrentWidget(page.disposals)
    guide.wait("the disposals are listed", lambda: page.disposals.lines)
    guide.picture("retention-disposals")
    printed = len(guide.opened)
    page.disposals.certify(page.disposals.lines[0])
    guide.wait("the certificate is made", lambda: len(guide.opened) > printed)
    guide.keep("disposal-certificate.pdf")


def protected_people(guide: Guide) -> None:
    """Who is protected, as those see it who handle protected identities: by handle alone."""
    page = guide.go("people.protected")
    guide.wait("the protected people are listed", lambda: page.lines)
    guide.picture("protected-people")


def rights_of_the_person(guide: Guide) -> None:
    """What is held about somebody, and what erasing them would take away; nobody is erased."""
    listed = guide.go("people.list")
    guide.wait("somebody is listed", lambda: listed.model.rowCount() > 0)
    person = listed.model.id_at(0)
    guide.go("people.report", person_id=person)
    guide.picture("access-report")
    guide.go("people.erase", person_id=person)
    guide.picture("erase")


def keeping_order(guide: Guide) -> tuple[tuple[str, Callable[[], None]], ...]:
    """These stops, each with the page it needs."""
    return (
        ("people.segments", lambda: segments(guide)),
        ("people.duplicates", lambda: doubles(guide)),
        ("people.organisation", lambda: units_and_posts(guide)),
        ("people.retention", lambda: retention(guide)),
        ("people.protected", lambda: protected_people(guide)),
        ("people.erase", lambda: rights_of_the_person(guide)),
    )
