"""Two who plan the same round at the same time: each is asked what counts, and no script is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from db.database import Database
from db.history import history, take_back
from desktop.core.context import ModuleContext
from desktop.modules.phones import rounds, script
from desktop.modules.phones.round_form import RoundFormPage
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tests.conftest import BO, Made
from desktop.modules.phones.welcome import welcome_help, welcome_scripts
from tests.support import after_a_crash

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
WELCOME = RoundForm("Welcome", scripts=welcome_scripts(), help=welcome_help())


def _page(qtbot: QtBot, context: ModuleContext, made: Made) -> RoundFormPage:
    page = RoundFormPage(context, round_id=made.round_id)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    return page


def _bo_saves(base: Database, made: Made, form: RoundForm, version: int = 1) -> None:
    with base.write(BO, "change_call_round") as session:
        rounds.change_round(session, made.round_id, version, form)


def _kept(base: Database, made: Made) -> RoundForm:
    with base.read() as session:
        return rounds.round_form(session, made.round_id)[1]


def test_scripts_in_two_languages_and_hours_fit_together_and_the_title_is_asked_about(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: Callable[..., Made]
) -> None:
    made = make_round("Aa", form=WELCOME)
    page = _page(qtbot, context, made)
    page.title.setText("Mine")
    first = script.written(WELCOME.scripts["sv"]).split("\n")[1]
    page.script.setText(page.script.text().replace(first, "Mine first."))
    english = script.parse(script.written(WELCOME.scripts["en"]).replace("?", "??", 1))
    _bo_saves(base, made, replace(WELCOME, title="Theirs", max_tries=3, scripts=WELCOME.scripts | {"en": english}))
    page.save_round()
    dialog = page.asking.dialog
    assert dialog is not None and [card.clash.field.key for card in dialog.cards] == ["title"]
    assert dialog.told.text().startswith("Bo Ringström, ")
    assert [one.label for one in dialog.merge.theirs] == ["Most tries for one person", "Script (English)"]
    assert [one.label for one in dialog.merge.mine] == ["Script (Swedish)"]
    assert _kept(base, made).title == "Theirs"
    dialog._decide()
    kept = _kept(base, made)
    assert (kept.title, kept.max_tries) == ("Mine", 3)
    assert "Mine first." in script.written(kept.scripts["sv"])
    assert script.written(kept.scripts["en"]) == script.written(english)


def test_what_is_typed_comes_back_over_a_round_that_was_changed_since(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: Callable[..., Made]
) -> None:
    made = make_round("Aa", form=WELCOME)
    page = _page(qtbot, context, made)
    page.most.setText("5")
    kept = after_a_crash(page.state())
    _bo_saves(base, made, replace(WELCOME, title="Theirs"))
    newer = _page(qtbot, context, made)
    newer.restore(kept)
    assert newer.unsaved() and newer.most.text() == "5"
    newer.save_round()
    dialog = newer.asking.dialog
    assert dialog is not None and not dialog.cards
    dialog._decide()
    assert (_kept(base, made).title, _kept(base, made).max_tries) == ("Theirs", 5)


def test_a_round_that_was_removed_leaves_the_text(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: Callable[..., Made]
) -> None:
    made = make_round(form=WELCOME)
    page = _page(qtbot, context, made)
    page.title.setText("Mine")
    kept = after_a_crash(page.state())
    with base.read() as session:
        own = history(session, about=made.round_id)[0].id
    with base.write(BO, "take_back") as session:
        take_back(session, own)
    page.save_round()
    assert "This round was removed meanwhile. Bo Ringström, " in page.banner.text
    assert page.title.text() == "Mine" and page.unsaved()
    newer = _page(qtbot, context, made)
    newer.restore(kept)
    assert newer.title.text() == "Mine" and "This round was removed meanwhile." in newer.banner.text
