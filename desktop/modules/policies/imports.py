"""Takes in a policy written in a file, as a draft."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import own_change_set
from db.errors import RuleBroken, Unavailable
from db.sorting import fold
from db.texts import _
from desktop.modules.policies import service
from desktop.modules.policies.front_matter import PolicyFile, decode, read_policy
from desktop.modules.policies.tables import Policy, PolicyVersion

if TYPE_CHECKING:
    from datetime import date

    from db.actor import Actor
    from desktop.core.context import ModuleContext

LARGEST = 5 * 1024 * 1024
VERB = "import_policy"


@dataclass(frozen=True, slots=True)
class PolicyImport:
    """What an import did, or with a dry run would do: `outcome` is "new", "changed" (a new draft) or "same"."""

    outcome: str
    title: str
    policy_id: UUID | None = None
    number: int = 1
    change_set: UUID | None = None
    unknown: tuple[str, ...] = ()

    def counts(self) -> dict[str, Any]:
        """The answer of the command line, in the form every import has."""
        one = {name: int(self.outcome == name) for name in ("new", "same", "changed")}
        return {**one, "faulty": 0, "change_set": str(self.change_set) if self.change_set else None}


def read_file(path: Path) -> PolicyFile:
    """Read a policy from a file.

    Raises:
        Unavailable: the file cannot be read.
        RuleBroken: it is too large, empty, binary, or its facts cannot be understood; the sentence names the line.
    """
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise RuleBroken(
                _("The file is too large for a policy."), _("Choose a text file of at most 5 megabytes."), field="file"
            )
        content = path.read_bytes()
    except OSError as error:
        raise Unavailable(_("“{name}” could not be read."), _("Check that it is still there."), name=path.name) from error
    return read_policy(decode(content))


def take_in(session: Session, file: PolicyFile, *, language: str, actor: Actor, today: date) -> PolicyImport:
    """Make a draft of what the file says: a new policy, the draft or next version of a known one, or nothing if nothing changed.

    Args:
        language: The policy's language if the file names none.

    Raises:
        RuleBroken: the known policy has a version under review or decided, with another text.
    """
    text = service.PolicyText(file.title, file.owner_post, file.contact, file.language or language, file.source)
    known = session.scalars(
        select(Policy).where(
            Policy.title_folded == fold(" ".join(file.title.split())),
            Policy.language == text.language,
            Policy.state != "withdrawn",
        )
    ).first()
    if known is None:
        past = service.Past(file.created, file.created_by, file.last_revised, file.revised_by)
        policy_id = service.create_policy(session, text, actor=actor, today=today, past=past)
        return PolicyImport("new", file.title, policy_id, unknown=file.unknown)
    newest = session.scalars(
        select(PolicyVersion).where(PolicyVersion.policy_id == known.id).order_by(PolicyVersion.number.desc())
    ).first()
    if newest is not None and _says_the_same(newest, text):
        return PolicyImport("same", file.title, known.id, newest.number, unknown=file.unknown)
    drafted = newest is not None and newest.state == "draft"
    version_id = newest.id if newest and drafted else service.begin_version(session, known.id, actor=actor, today=today)
    draft = session.get_one(PolicyVersion, version_id)
    service.save_draft(session, version_id, draft.version, text, actor=actor, today=today)
    return PolicyImport("changed", file.title, known.id, draft.number, unknown=file.unknown)


def _says_the_same(version: PolicyVersion, text: service.PolicyText) -> bool:
    return (version.source, fold(version.owner_post), version.contact) == (
        text.source, fold(" ".join(text.owner_post.split())), " ".join(text.contact.split()),
    )  # fmt: skip


def import_policy(context: ModuleContext, path: Path, dry_run: bool) -> dict[str, Any]:
    """Import the file into the context's database and count; a dry run saves nothing.

    Raises:
        RuleBroken, Unavailable: see `read_file` and `take_in`.
    """
    return take_in_file(context, Path(path), dry_run=dry_run).counts()


def take_in_file(context: ModuleContext, path: Path, *, dry_run: bool = False) -> PolicyImport:
    """As `import_policy`, telling which policy it became; one step that can be taken back."""
    file, today, language = read_file(path), context.clock.today(), context.texts.language
    try:
        with context.database.write(context.actor, VERB) as session:
            found = take_in(session, file, language=language, actor=context.actor, today=today)
            own = None if found.outcome == "same" else own_change_set(session)
            if dry_run:
                raise _DryRun(PolicyImport(found.outcome, found.title, None, found.number, None, found.unknown))
    except _DryRun as dry:
        return dry.found
    return PolicyImport(found.outcome, found.title, found.policy_id, found.number, own, found.unknown)


class _DryRun(Exception):
    """Carries what would have been done out of a write scope that must not commit."""

    def __init__(self, found: PolicyImport) -> None:
        super().__init__(found.outcome)
        self.found = found
