"""Consents, the ways by which somebody is not to be contacted, and what a contact was for."""

from datetime import date
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None

_KEPT = ("id", "version", "made_in", "changed_in")


def _kept() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer() if name == "version" else Key(), nullable=False) for name in _KEPT]


def upgrade() -> None:
    """Four tables, the purposes an office begins with, and two columns that are empty for what is older than they."""
    purpose = op.create_table(
        "consent_purpose",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("names", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        *_kept(),
        sa.CheckConstraint("code <> ''", name=op.f("ck_consent_purpose_has_a_code")),
        sa.CheckConstraint("kind IN ('service', 'information', 'marketing')", name=op.f("ck_consent_purpose_known_kind")),
        sa.CheckConstraint(
            "basis IN ('consent', 'public_task', 'contract', 'legitimate_interest')", name=op.f("ck_consent_purpose_known_basis")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_purpose")),
        sa.UniqueConstraint("code", name=op.f("uq_consent_purpose_code")),
    )
    op.create_index(op.f("ix_consent_purpose_made_in"), "consent_purpose", ["made_in"], unique=False)
    text = op.create_table(
        "consent_text",
        sa.Column("purpose_id", Key(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        *_kept(),
        sa.ForeignKeyConstraint(["purpose_id"], ["consent_purpose.id"], name=op.f("fk_consent_text_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sa.UniqueConstraint("purpose_id", "language", "number", name=op.f("uq_consent_text_purpose_id_language_number")),
    )
    op.create_index(op.f("ix_consent_text_made_in"), "consent_text", ["made_in"], unique=False)
    _answers()
    op.add_column("interaction", sa.Column("purpose", sa.Text(), nullable=True))
    op.add_column("interaction", sa.Column("asked", sa.Boolean(), nullable=True))
    _bring_purposes(purpose, text)


def _answers() -> None:
    op.create_table(
        "consent",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("purpose_id", Key(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("text_id", Key(), nullable=True),
        sa.Column("evidence_id", Key(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        *_kept(),
        sa.CheckConstraint("state IN ('given', 'refused', 'withdrawn')", name=op.f("ck_consent_known_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["consent_purpose.id"], name=op.f("fk_consent_purpose_id")),
        sa.ForeignKeyConstraint(["text_id"], ["consent_text.id"], name=op.f("fk_consent_text_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["interaction.id"], name=op.f("fk_consent_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_person_id_purpose_id_at", "consent", ["person_id", "purpose_id", "at"], unique=False)
    for column in ("purpose_id", "evidence_id", "made_in"):
        op.create_index(op.f(f"ix_consent_{column}"), "consent", [column], unique=False)
    op.create_table(
        "contact_block",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        *_kept(),
        sa.CheckConstraint("channel IN ('all', 'phone', 'email', 'sms', 'post')", name=op.f("ck_contact_block_known_channel")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_block_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_block")),
    )
    op.create_index("ix_contact_block_person_id_channel", "contact_block", ["person_id", "channel"], unique=False)
    op.create_index(op.f("ix_contact_block_made_in"), "contact_block", ["made_in"], unique=False)


# code, kind, basis, months, then what it is called in English, Swedish and Finnish
PURPOSES = (
    ("service", "service", "public_task", None,
     "Decisions and answers", "Beslut och svar", "Päätökset ja vastaukset"),
    ("admission", "information", "public_task", None,
     "Welcome and information for those admitted", "Välkomst och information till antagna", "Tervetuloa ja tietoa hyväksytyille"),
    ("recruitment", "marketing", "consent", 24,
     "Information about our programmes", "Information om våra utbildningar", "Tietoa koulutuksistamme"),
    ("newsletter", "information", "consent", 24, "Newsletter", "Nyhetsbrev", "Uutiskirje"),
    ("alumni", "information", "consent", 60, "Contact with alumni", "Alumnkontakt", "Alumniyhteydenpito"),
    ("mentoring", "information", "consent", 24, "Mentoring", "Mentorskap", "Mentorointi"),
    ("survey", "information", "consent", 24, "Surveys", "Enkäter", "Kyselyt"),
    ("fundraising", "marketing", "consent", 24, "Fundraising", "Insamling", "Varainhankinta"),
    ("event_photo", "information", "consent", 36,
     "Photographs from events", "Bilder från evenemang", "Kuvat tapahtumista"),
)  # fmt: skip
# What is shown when somebody is asked; {name} is what the purpose is called.
TEXTS = {
    "en": "I agree that the university keeps and uses my contact details for: {name}. I can withdraw this at any time.",
    "sv": "Jag samtycker till att universitetet sparar och använder mina kontaktuppgifter för: {name}. "
    "Jag kan återkalla samtycket när som helst.",
    "fi": "Suostun siihen, että yliopisto säilyttää ja käyttää yhteystietojani tarkoitukseen: {name}. "
    "Voin perua suostumukseni milloin tahansa.",
}
SINCE = date(2026, 1, 1)


def _bring_purposes(purpose: sa.Table, text: sa.Table) -> None:
    """What the program comes with, under ids that are the same in every database."""
    came_with = uuid5(NAMESPACE_URL, "kontinuum:core_0012")
    kept = {"version": 1, "made_in": came_with, "changed_in": came_with}
    rows, texts = [], []
    for place, (code, kind, basis, months, *called) in enumerate(PURPOSES):
        own, names = uuid5(came_with, code), dict(zip(("en", "sv", "fi"), called, strict=True))
        row = {"id": own, "code": code, "names": names, "kind": kind, "basis": basis, "months": months}
        rows.append({**row, "position": place, "retired": False, **kept})
        for language, words in TEXTS.items() if basis == "consent" else ():
            line = {"id": uuid5(own, language), "purpose_id": own, "language": language, "number": 1, "since": SINCE}
            texts.append({**line, "text": words.format(name=names[language]), **kept})
    op.bulk_insert(purpose, rows)
    op.bulk_insert(text, texts)
