"""A policy from a file: a draft, once, and never half."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from db import history
from db.errors import RuleBroken, Unavailable
from desktop.core.context import ModuleContext
from desktop.modules.policies import documents, imports, printing, reading, service
from desktop.modules.policies.reading import PolicyDetail

FILE = "---\ntitel: Alumnipolicy\nägande post: Ordförande\nkontakt: a@b.example\nspråk: sv\nsenast reviderad: 2025-05-02\n---\n# 1. Bakgrund\nVarför\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy as somebody wrote it."""
    path = tmp_path / "policy.md"
    path.write_text(FILE, encoding="utf-8")
    return path


def detail(context: ModuleContext) -> PolicyDetail:
    """The only policy."""
    with context.database.read() as session:
        return reading.read_policy(session, reading.find_policy(session, "alumnipolicy"), context.clock.today())


def test_the_file_becomes_a_draft_that_keeps_its_day_of_revision(context: ModuleContext, file: Path) -> None:
    counts = imports.import_policy(context, file, False)
    assert (counts["new"], counts["same"], counts["changed"], counts["faulty"]) == (1, 0, 0, 0)
    (version,) = detail(context).versions
    assert (version.state, version.revised_on, version.text.language) == ("draft", date(2025, 5, 2), "sv")
    assert (version.text.owner_post, version.text.contact) == ("Ordförande", "a@b.example")


def test_who_wrote_the_text_elsewhere_is_printed_when_the_file_says_so(context: ModuleContext, file: Path) -> None:
    file.write_text(
        FILE.replace("språk:", "skapad: 2020-01-02\nskapad av: Första\nreviderad av: Andra\nspråk:"), encoding="utf-8"
    )
    imports.import_policy(context, file, False)
    with context.database.read() as session:
        printed = printing.policy_to_print(session, "alumni")
    assert (printed.created_on, printed.created_by) == (date(2020, 1, 2), "Första")
    assert (printed.revised_on, printed.revised_by) == (date(2025, 5, 2), "Andra")


def test_the_same_file_again_changes_nothing_and_another_text_changes_the_draft(context: ModuleContext, file: Path) -> None:
    imports.import_policy(context, file, False)
    assert imports.import_policy(context, file, False) == {"new": 0, "same": 1, "changed": 0, "faulty": 0, "change_set": None}
    file.write_text(FILE + "\nMera\n", encoding="utf-8")
    assert imports.import_policy(context, file, False)["changed"] == 1
    (version,) = detail(context).versions
    assert version.text.source.endswith("Mera")
    with context.database.write(context.actor, "submit_policy") as session:
        service.submit(session, version.id, version.version)
    file.write_text(FILE + "\nAnnat\n", encoding="utf-8")
    with pytest.raises(RuleBroken, match="Version 1 is still being worked on"):
        imports.import_policy(context, file, False)


def test_a_dry_run_counts_and_saves_nothing(context: ModuleContext, file: Path) -> None:
    assert imports.import_policy(context, file, True) == {"new": 1, "same": 0, "changed": 0, "faulty": 0, "change_set": None}
    with context.database.read() as session:
        assert [line.verb for line in history.history(session)] == ["first_user"]


def test_a_faulty_or_absent_file_leaves_the_database_as_it_was(context: ModuleContext, tmp_path: Path) -> None:
    broken = tmp_path / "broken.md"
    broken.write_text("no facts", encoding="utf-8")
    with pytest.raises(RuleBroken, match="Line 1"):
        imports.import_policy(context, broken, False)
    with pytest.raises(Unavailable):
        imports.import_policy(context, tmp_path / "absent.md", False)
    with pytest.raises(Unavailable):
        imports.import_policy(context, tmp_path, False)
    with context.database.read() as session:
        assert [line.verb for line in history.history(session)] == ["first_user"]


def test_the_documents_are_found_by_title_and_speak_the_policys_language(
    context: ModuleContext, file: Path, tmp_path: Path
) -> None:
    imports.import_policy(context, file, False)
    for make, word in ((documents.make_policy, "Bakgrund"), (documents.make_consent, "Namnförtydligande")):
        (tmp_path / "out.pdf").write_bytes(make(context, "alumni"))
        assert word in PdfReader(tmp_path / "out.pdf").pages[0].extract_text()
