"""Evidence on a server: whoever changes people keeps and opens it, and reads no file that belongs elsewhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from psycopg import errors

from db.actor import Actor
from db.database import Database
from db.errors import Denied
from desktop.core.attachments import StoredFile
from desktop.core.contacting import decisions
from desktop.core.contacting.decisions import ConsentForm
from desktop.people.consents.evidence import add_evidence, evidence
from tests.server.conftest import Office
from tests.server.steps import NOW, STEPS, WHEN, person


def given(office: Office, role: str, content: bytes) -> UUID:
    """An answer with a file, by whoever has this role."""
    actor = Actor(office.accounts[role], role)
    with office.database(role).write(actor, "write_consent") as session:
        purpose = decisions.purpose_of(session, "newsletter")
        who = person(session, actor)
        consent = decisions.write_consent(session, who.id, ConsentForm(purpose, "given"), actor=actor, when=WHEN)
    with office.database(role).write(actor, "add_evidence") as session:
        return add_evidence(session, consent, StoredFile("form.pdf", content, "application/pdf"), now=NOW)


@pytest.mark.parametrize("role", ["office", "caller", "protected_officer"])
def test_whoever_changes_people_keeps_a_file_and_opens_it_also_one_that_is_there_already(office: Office, role: str) -> None:
    content = f"%PDF evidence of {role}".encode()
    files = [given(office, role, content), given(office, role, content)]
    for reader in (role, "office"):
        with office.database(reader).read() as session:
            assert [evidence(session, file).content for file in files] == [content, content]


DESKS = 4  # as many connections as a login has


def test_the_same_file_given_in_by_several_desks_at_once_is_kept_once(office: Office) -> None:
    actor = Actor(office.accounts["office"], "Office")
    first = office.database("office")
    with first.write(actor, "write_consent") as session:
        purpose = decisions.purpose_of(session, "newsletter")
        who = person(session, actor).id
        consents = [
            decisions.write_consent(session, who, ConsentForm(purpose, "given"), actor=actor, when=WHEN) for _ in range(2)
        ]
    desks = [first, *(office.database("office") for _desk in range(DESKS - 1))]
    content = f"%PDF {who}".encode()
    start = Barrier(DESKS)

    def give(number: int) -> UUID:
        file = StoredFile(f"form {number}.pdf", content, "application/pdf")
        start.wait()
        with desks[number].write(actor, "add_evidence") as session:
            return add_evidence(session, consents[number % 2], file, now=NOW)

    with ThreadPoolExecutor(DESKS) as threads:
        files = list(threads.map(give, range(DESKS)))
    assert files[0] == files[2] != files[1] == files[3], "one with each answer"
    with office.sql() as admin:
        kept = admin.execute("SELECT count(*) FROM core.attachment WHERE subject = ANY(%s)", [consents]).fetchone()
        bytes_ = admin.execute("SELECT count(*) FROM core.file_content WHERE data = %s", [content]).fetchone()
    assert (kept, bytes_) == ((2,), (1,))


@pytest.mark.parametrize("role", ["caller", "protected_officer"])
def test_files_of_policies_are_read_by_nobody_else_for_that(office: Office, role: str) -> None:
    step, actor = STEPS["file_signature"], Actor(office.accounts["office"], "Office")
    owner = Database(office.admin, parts=office.plan.parts)
    try:
        with owner.write(actor, "decide_policy") as session:
            prepared = step.prepare(session, actor)
    finally:
        owner.close()
    with office.database("office").write(actor, "file_signature") as session:
        step.act(session, prepared, actor)
    with office.sql("office") as own:
        sheets = own.execute("SELECT a.hash FROM core.attachment a WHERE a.module = 'policies'").fetchall()
    with office.sql(role) as own:
        seen = own.execute("SELECT hash FROM core.file_content WHERE hash = ANY(%s)", [[hash for (hash,) in sheets]]).fetchall()
    assert sheets and seen == []


@pytest.mark.parametrize("role", ["counsellor", "fundraiser", "quality_analyst"])
def test_others_read_and_keep_none(office: Office, role: str) -> None:
    file = given(office, "office", b"%PDF for the office")
    with office.sql(role) as own:
        for statement in ("SELECT data FROM core.file_content", "INSERT INTO core.file_content VALUES ('x', 'x')"):
            with pytest.raises(errors.InsufficientPrivilege):
                own.execute(statement)  # type: ignore[arg-type]
    with pytest.raises(Denied), office.database(role).read() as session:
        evidence(session, file)
