"""The pages of policies as the office sees them. `context` runs tasks at once, without threads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.modules.policies import printing, service
from desktop.modules.policies.dialogs import AskDialog, NewPolicyDialog
from desktop.modules.policies.due_card import DueCard
from desktop.modules.policies.pages import POLICIES, PolicyListPage
from desktop.modules.policies.reading import PolicyFilter
from desktop.modules.policies.record_page import PolicyPage
from desktop.modules.policies.reports import render_consent
from desktop.modules.policies.scan_dialog import ScanDialog
from desktop.modules.policies.tests.conftest import TEXT, TODAY, Office
from desktop.people.organisation.holder_dialog import HolderDialog
from desktop.widgets.query_model import QueryModel
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.support import after_a_crash

ODD = "<b>A</b> & {{7*7}} =cmd \"x\" 'y' 🎉"


def record(qtbot: QtBot, context: ModuleContext, policy: UUID) -> PolicyPage:
    """The page of a policy, shown."""
    page = PolicyPage(context, subject=policy)
    qtbot.addWidget(page)
    page.show()
    return page


def dialog_of(page: QWidget, kind: type[QDialog]) -> QDialog:
    """The dialog a page has opened."""
    return next(dialog for dialog in page.findChildren(kind) if dialog.isVisible())


def test_typing_a_title_narrows_the_list(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    office.policy()
    office.policy(replace(TEXT, title="Åtgärder"))
    page = PolicyListPage(context)
    qtbot.addWidget(page)
    assert page.header.count.text() == "2 policies"
    qtbot.keyClicks(page.search, "åtg")
    qtbot.waitUntil(lambda: page.header.count.text() == "1 policy")
    assert page.model.index(0, 0).data() == "Åtgärder"


def test_what_is_overdue_can_be_listed_alone_and_says_so_in_words(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    office.put_in_force(office.policy())
    office.policy(replace(TEXT, title="Draft"))
    later = replace(context, clock=_clock_at("2027-03-05"))
    page = PolicyListPage(later)
    qtbot.addWidget(page)
    page.due_only.click()
    assert page.model.rowCount() == 1
    assert page.model.index(0, 4).data() == "overdue since 2 Mar 2027"


def _clock_at(day: str) -> FixedClock:
    return FixedClock(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC), ZoneInfo("Europe/Stockholm"))


def test_a_new_policy_begins_with_sections_and_is_opened(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    opened: list[UUID] = []
    page = PolicyListPage(replace(context, navigate=lambda _key, /, **arguments: opened.append(arguments["subject"])))
    qtbot.addWidget(page)
    page.show()
    page.new_button.click()
    dialog = dialog_of(page, NewPolicyDialog)
    assert isinstance(dialog, NewPolicyDialog)
    dialog.accept_button.click()
    assert dialog.isVisible()
    dialog.title.setText("Mentor policy")
    dialog.owner.setText("Mentor coordinator")
    dialog.accept_button.click()
    assert not dialog.isVisible()
    assert office.newest(opened[0]).text.source.startswith("# Background")


def test_a_file_becomes_a_draft(qtbot: QtBot, context: ModuleContext, tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text("---\ntitle: Imported\nowner post: Chair\n---\n# Aims\nText", encoding="utf-8")
    page = PolicyListPage(context)
    qtbot.addWidget(page)
    page.take_file(str(path))
    qtbot.waitUntil(lambda: page.model.index(0, 0).data() == "Imported")
    path.write_text("nothing", encoding="utf-8")
    page.take_file(str(path))
    assert context.messages.last is not None
    assert context.messages.last.text.startswith("Line 1")


def test_the_preview_follows_the_source_and_saving_keeps_it(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    policy = office.policy()
    page = record(qtbot, context, policy)
    page.editor.source.setPlainText("# 7 Aims\n" + ODD)
    assert page.unsaved()
    qtbot.waitUntil(lambda: page.editor.preview.toPlainText() == f"1  Aims\n{ODD}")
    page.editor.save_button.click()
    assert not page.unsaved()
    assert office.newest(policy).text.source == "# 7 Aims\n" + ODD


def test_typed_text_survives_a_conflict(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    policy = office.policy()
    page = record(qtbot, context, policy)
    page.editor.source.setPlainText("# Mine")
    row = office.newest(policy)
    with context.database.write(context.actor, "save_policy") as session:
        text = replace(TEXT, source="# Theirs")
        service.save_draft(session, row.id, row.version, text, actor=context.actor, today=TODAY)
    page.editor.save_button.click()
    dialog = page.overtaken.asking.dialog
    assert dialog is not None and [card.clash.field.key for card in dialog.cards] == ["source"]
    dialog.reject()
    assert page.editor.source.toPlainText() == "# Mine"
    assert page.unsaved()
    assert "Saved meanwhile: Text of the policy." in page.banner.text
    assert office.newest(policy).text.source == "# Theirs"


def test_text_brought_back_does_not_overwrite_what_was_saved_since(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    policy = office.policy()
    page = record(qtbot, context, policy)
    page.editor.source.setPlainText("# Mine")
    state = page.state()
    row = office.newest(policy)
    with context.database.write(context.actor, "save_policy") as session:
        text = replace(row.text, source="# Theirs")
        service.save_draft(session, row.id, row.version, text, actor=context.actor, today=TODAY)
    again = record(qtbot, context, policy)
    again.restore(state)
    again.editor.save_button.click()
    assert again.editor.source.toPlainText() == "# Mine" and again.unsaved()
    assert office.newest(policy).text.source == "# Theirs"


def test_two_who_write_on_different_sections_keep_both_and_each_line_both_changed_is_asked_about(
    qtbot: QtBot, context: ModuleContext, office: Office
) -> None:
    begun = "# One\n\nFirst.\n\n# Two\n\nSecond.\n\n# Three\n\nThird."
    policy = office.policy(replace(TEXT, source=begun))
    page = record(qtbot, context, policy)
    page.editor.source.setPlainText(begun.replace("First.", "First, mine.").replace("Third.", "Third, mine."))
    row = office.newest(policy)
    theirs = replace(
        TEXT, source=begun.replace("Second.", "Second, theirs.").replace("Third.", "Third, theirs."), contact="x@y.z"
    )
    with context.database.write(context.actor, "save_policy") as session:
        service.save_draft(session, row.id, row.version, theirs, actor=context.actor, today=TODAY)
    assert "Saved meanwhile: Contact address, Text of the policy." in page.banner.text, "told while one writes"
    state = after_a_crash(page.state())
    page.editor.dirty = False
    again = record(qtbot, context, policy)
    again.restore(state)
    again.editor.save_button.click()
    dialog = again.overtaken.asking.dialog
    assert dialog is not None
    assert [(card.clash.theirs, card.clash.mine) for card in dialog.cards] == [("Third, theirs.", "Third, mine.")]
    dialog.cards[0].choose("theirs")
    dialog._decide()
    saved = office.newest(policy).text
    assert saved.source == begun.replace("First.", "First, mine.").replace("Second.", "Second, theirs.").replace(
        "Third.", "Third, theirs."
    )
    assert saved.contact == "x@y.z" and not again.unsaved()


def test_a_draft_sent_for_review_meanwhile_is_told_and_the_text_stays(
    qtbot: QtBot, context: ModuleContext, office: Office
) -> None:
    policy = office.policy()
    page = record(qtbot, context, policy)
    page.editor.source.setPlainText("# Mine")
    office.submit(policy)
    page.editor.save_button.click()
    assert "This version is no longer a draft." in page.banner.text
    assert page.editor.source.toPlainText() == "# Mine" and page.unsaved()


def test_an_empty_title_is_marked_at_its_field(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    page = record(qtbot, context, office.policy())
    page.editor.title.setText("")
    page.editor.save_button.click()
    assert page.editor.title.property("wrong")


def test_typed_text_goes_with_the_page_when_it_is_built_anew(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    policy = office.policy()
    page = record(qtbot, context, policy)
    page.editor.source.setPlainText("# Half done")
    page.tabs.setCurrentIndex(1)
    again = record(qtbot, context, policy)
    again.restore(page.state())
    assert (again.editor.source.toPlainText(), again.unsaved(), again.tabs.currentIndex()) == ("# Half done", True, 1)


def test_the_buttons_lead_from_draft_to_in_force_and_on(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    policy = office.policy()
    page = record(qtbot, context, policy)
    for step, state in (("submit", "Under review"), ("decide", "Decided"), ("in_force", "In force")):
        page.take_step(step)
        assert page.state_tag.text() == state
    assert page.editor.source.isReadOnly()
    page.take_step("reviewed")
    page.take_step("begin")
    assert [row.state for row in office.detail(policy).versions] == ["draft", "current"]
    assert not page.editor.source.isReadOnly()
    assert [review.outcome for review in office.detail(policy).reviews] == ["no_change", "new_version"]


def test_sending_for_review_saves_what_is_typed_first(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    policy = office.policy()
    page = record(qtbot, context, policy)
    page.editor.source.setPlainText("# Changed")
    page.take_step("submit")
    assert (office.newest(policy).state, office.newest(policy).text.source) == ("under_review", "# Changed")


def test_without_the_rights_nothing_can_be_changed_or_decided(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    policy = office.policy()
    page = record(qtbot, replace(context, rights=frozenset({"policies.view"})), policy)
    words = [page.steps_bar.itemAt(n).widget().text() for n in range(page.steps_bar.count())]
    assert words == ["Print policy", "More"]
    assert page.editor.source.isReadOnly()


def test_a_signed_sheet_is_shown_and_filed_under_the_version_its_mark_names(
    qtbot: QtBot, context: ModuleContext, office: Office, tmp_path: Path
) -> None:
    person = office.person(post="Chair")
    policy = office.policy()
    office.put_in_force(policy)
    with context.database.read() as session:
        form = render_consent(printing.form_print(session, policy, person, TODAY), context.texts)
    (tmp_path / "scan.pdf").write_bytes(form)
    page = record(qtbot, context, policy)
    assert page.signatures.summary.text() == "0 people have signed. 1 person is missing."
    page.errands.file_form(office.detail(policy), (person, "Tindra Testesson", "Chair"))
    dialog = dialog_of(page, ScanDialog)
    assert isinstance(dialog, ScanDialog)
    assert not dialog.accept_button.isEnabled()
    dialog.take_file(str(tmp_path / "scan.pdf"))
    assert not dialog.picture.pixmap().isNull()
    assert dialog.version.currentText() == "1 (In force)"
    dialog.place.setText("Luleå")
    dialog.accept_button.click()
    assert not dialog.isVisible()
    assert page.signatures.summary.text() == "1 person has signed."
    assert [line.attachment_id is not None for line in office.detail(policy).signed] == [True]


def test_a_file_that_is_no_sheet_is_told_in_the_dialog(
    qtbot: QtBot, context: ModuleContext, office: Office, tmp_path: Path
) -> None:
    policy = office.policy()
    office.put_in_force(policy)
    dialog = ScanDialog(context, office.detail(policy))
    qtbot.addWidget(dialog)
    (tmp_path / "text.pdf").write_text("no pdf")
    dialog.take_file(str(tmp_path / "text.pdf"))
    assert dialog.error.text() == "The file is neither PDF nor PNG nor JPEG. Save the scan as one of these."
    assert not dialog.accept_button.isEnabled()


def test_a_post_is_given_to_a_person_found_by_name(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    office.person(given="Åsa", family="Öberg")
    policy = office.policy()
    office.put_in_force(policy)
    page = record(qtbot, context, policy)
    page.signatures.post_button.click()
    dialog = dialog_of(page, HolderDialog)
    assert isinstance(dialog, HolderDialog)
    assert dialog.post.text() == "Chair"
    qtbot.keyClicks(dialog.person.box, "åsa")
    qtbot.waitUntil(lambda: dialog.person.chosen is not None)
    dialog.accept_button.click()
    assert [line.name for line in office.detail(policy).unsigned] == ["Åsa Öberg"]


def test_another_post_can_be_asked_to_sign(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    office.person(post="Alumni officer")
    policy = office.policy()
    office.put_in_force(policy)
    page = record(qtbot, context, policy)
    page.signatures.ask_button.click()
    dialog = dialog_of(page, AskDialog)
    assert isinstance(dialog, AskDialog)
    dialog.accept_button.click()
    assert dialog.post.property("wrong")
    dialog.post.setText("alumni officer")
    dialog.accept_button.click()
    assert [line.post for line in office.detail(policy).unsigned] == ["Alumni officer"]


def test_documents_are_made_and_opened(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    opened: list[str] = []
    context.documents._opener = lambda url: not opened.append(url.toLocalFile())  # the system's program
    person = office.person(post="Chair")
    policy = office.policy()
    office.put_in_force(policy)
    page = record(qtbot, context, policy)
    page.take_step("print")
    page.errands.print_form(person)
    assert [Path(path).name for path in opened] == ["Alumni policy.pdf", "Alumni policy – Tindra Testesson.pdf"]
    assert all(Path(path).read_bytes().startswith(b"%PDF") for path in opened)
    context.documents.close()


def test_my_day_shows_only_what_is_due(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    office.put_in_force(office.policy())
    my_day = QWidget()
    qtbot.addWidget(my_day)
    assert DueCard(context, my_day).isHidden()
    due = DueCard(replace(context, clock=_clock_at("2027-03-05")), my_day)
    assert (due.count, due.isHidden()) == (1, False)


def test_a_failing_query_is_told_and_leaves_the_page_usable(qtbot: QtBot, context: ModuleContext) -> None:
    context.tasks.breaks = ZeroDivisionError()  # type: ignore[attr-defined]
    page = PolicyListPage(context)
    qtbot.addWidget(page)
    assert page.header.count.text() == "The list could not be loaded."
    assert context.messages.last_doing == "loading the policies"


def test_every_control_is_named_and_no_text_is_mark_up(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    office.person(given=ODD, post="Chair")
    policy = office.policy(replace(TEXT, title=ODD, contact=ODD))
    office.put_in_force(policy)
    office.revise(policy)
    page = record(qtbot, context, policy)
    dialogs = [
        NewPolicyDialog(context, []),
        HolderDialog(context, []),
        AskDialog(context, []),
        ScanDialog(context, office.detail(policy)),
    ]
    listing, card = PolicyListPage(context), DueCard(context)
    for widget in (*dialogs, listing, card):
        qtbot.addWidget(widget)
    for number in range(page.tabs.count()):
        page.tabs.setCurrentIndex(number)
        assert unnamed_controls(page) == []
    for widget in (*dialogs, listing, page):
        assert plain_text_offenders(widget) == []
        assert unnamed_controls(widget) == []
    assert page.title.text() == ODD
    assert listing.model.index(0, 0).data(Qt.ItemDataRole.DisplayRole) == ODD


def test_the_model_keeps_qt_rules(qtmodeltester: ModelTester, context: ModuleContext, office: Office) -> None:
    office.policy()
    model: QueryModel[PolicyFilter, object] = QueryModel(POLICIES, context)  # type: ignore[arg-type]
    model.show(PolicyFilter(TODAY))
    qtmodeltester.check(model)


def test_ten_thousand_letters_never_push_a_page_wider(qtbot: QtBot, context: ModuleContext, office: Office) -> None:
    long = "x" * 10_000
    office.person(given=long, family="Short", post=long)
    policy = office.policy(replace(TEXT, title=long, owner_post=long, contact=long, note=long, source=f"# {long}\n{long}"))
    office.put_in_force(policy)
    page, card = record(qtbot, context, policy), DueCard(replace(context, clock=_clock_at("2027-03-05")))
    listing = PolicyListPage(context)
    for widget in (card, listing):
        qtbot.addWidget(widget)
    listing.show()
    listing.table.point_first()
    assert page.title.text() == long
    assert page.editor.title.text() == long
    for widget in (page, card, listing):
        assert widget.minimumSizeHint().width() < 1200
