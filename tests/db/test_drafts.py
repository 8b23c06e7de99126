"""Drafts: one for each user, page and arguments, beside the history, gone after a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.base import new_id
from db.database import Database
from db.drafts import KeptDraft, drafts_of, drop_draft, drop_drafts_before, has_drafts_before, keep_draft
from db.models.history import ChangeSet, RowImage
from desktop.core.clock import FixedClock
from tests.db.support import count
from tests.support import HOSTILE

MINE, OTHER = new_id(), new_id()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_draft_comes_back_letter_for_letter_and_leaves_no_history(database: Database, clock: FixedClock, text: str) -> None:
    before = count(database, ChangeSet), count(database, RowImage)
    kept = KeptDraft("people.new", "{}", text, clock.now())
    for state in ("first", text):
        with database.upkeep() as session:
            keep_draft(session, MINE, KeptDraft("people.new", "{}", state, clock.now()))
    with database.read() as session:
        assert drafts_of(session, MINE) == [kept]
    assert (count(database, ChangeSet), count(database, RowImage)) == before


def test_each_user_page_and_arguments_has_a_draft_of_its_own(database: Database, clock: FixedClock) -> None:
    pages = [("people.new", "{}"), ("people.record", '{"n": 1}'), ("people.record", '{"n": 2}')]
    with database.upkeep() as session:
        for page, arguments in pages:
            keep_draft(session, MINE, KeptDraft(page, arguments, "mine", clock.now()))
        keep_draft(session, OTHER, KeptDraft("people.new", "{}", "theirs", clock.now()))
        drop_draft(session, MINE, *pages[1])
        drop_draft(session, MINE, "never.kept", "{}")
    with database.read() as session:
        assert [(draft.page, draft.arguments) for draft in drafts_of(session, MINE)] == [pages[0], pages[2]]
        assert [draft.state for draft in drafts_of(session, OTHER)] == ["theirs"]


def test_old_drafts_of_everybody_go_and_newer_ones_stay(database: Database, clock: FixedClock) -> None:
    now = clock.now()
    with database.upkeep() as session:
        keep_draft(session, MINE, KeptDraft("old", "{}", "x", now - timedelta(days=31)))
        keep_draft(session, OTHER, KeptDraft("old", "{}", "x", now - timedelta(days=31)))
        keep_draft(session, MINE, KeptDraft("new", "{}", "x", now - timedelta(days=29)))
        assert has_drafts_before(session, now - timedelta(days=30))
        drop_drafts_before(session, now - timedelta(days=30))
    with database.read() as session:
        assert not has_drafts_before(session, now - timedelta(days=30))
        assert [draft.page for draft in drafts_of(session, MINE)] == ["new"] and drafts_of(session, OTHER) == []


def test_quiet_upkeep_tells_no_page(database: Database, clock: FixedClock) -> None:
    heard: list[object] = []
    database.listen(heard.append)
    with database.upkeep(quiet=True) as session:
        keep_draft(session, MINE, KeptDraft("people.new", "{}", "x", clock.now()))
    assert heard == []
    with database.upkeep() as session:
        drop_draft(session, MINE, "people.new", "{}")
    assert len(heard) == 1
