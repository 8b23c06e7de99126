"""The core tables begin."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision, down_revision = "core_0001", None
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up only what it calls INTEGER


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "change_set",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor_id", Key(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("takes_back", Key(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_change_set")),
        sa.UniqueConstraint("id", name=op.f("uq_change_set_id")),
    )
    op.create_index(op.f("ix_change_set_takes_back"), "change_set", ["takes_back"], unique=False)
    op.create_table(
        "open_change_set",
        sa.Column("id", Key(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_change_set")),
    )
    op.create_table(
        "file_content",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_file_content")),
    )
    op.create_table(
        "person",
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("preferred", sa.Text(), nullable=False),
        sa.Column("former", sa.Text(), nullable=False),
        sa.Column("salutation", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.Column("name_key", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("given <> '' OR family <> ''", name=op.f("ck_person_has_a_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_made_in"), "person", ["made_in"], unique=False)
    op.create_index(
        "ix_person_name_key_id",
        "person",
        ["name_key", "id"],
        unique=False,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "post",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_post_has_a_title")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("title_key", name=op.f("uq_post_title_key")),
    )
    op.create_index(op.f("ix_post_made_in"), "post", ["made_in"], unique=False)
    op.create_table(
        "recent_use",
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("ref", Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "ref", name=op.f("pk_recent_use")),
    )
    op.create_table(
        "row_image",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("change_set", Key(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", Key(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_row_image")),
    )
    op.create_index("ix_row_image_change_set_table_name", "row_image", ["change_set", "table_name"], unique=False)
    op.create_index("ix_row_image_row_id", "row_image", ["row_id"], unique=False)
    op.create_table(
        "search_dirty",
        sa.Column("ref", Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ref", "kind", name=op.f("pk_search_dirty")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_entry",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", Key(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sort", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("ref", "kind", name=op.f("uq_search_entry_ref_kind")),
    )
    op.create_index("ix_search_entry_sort", "search_entry", ["sort"], unique=False)
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("user_id", Key(), nullable=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
    )
    op.create_index("ix_setting_key_user_id", "setting", ["key", "user_id"], unique=False)
    op.create_index(op.f("ix_setting_made_in"), "setting", ["made_in"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("login <> ''", name=op.f("ck_user_account_has_a_login")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_index(op.f("ix_user_account_made_in"), "user_account", ["made_in"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("subject", Key(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["file_content.hash"], name=op.f("fk_attachment_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_hash"), "attachment", ["hash"], unique=False)
    op.create_index(op.f("ix_attachment_made_in"), "attachment", ["made_in"], unique=False)
    op.create_index(op.f("ix_attachment_subject"), "attachment", ["subject"], unique=False)
    op.create_table(
        "change_about",
        sa.Column("ref", Key(), nullable=False),
        sa.Column("change_set", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.number"], name=op.f("fk_change_about_change_set")),
        sa.PrimaryKeyConstraint("ref", "change_set", name=op.f("pk_change_about")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact_point",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("normal", sa.Text(), nullable=False),
        sa.Column("national", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("city_key", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone', 'address', 'social')", name=op.f("ck_contact_point_known_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_point_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
    )
    op.create_index(
        "ix_contact_point_city_key_person_id",
        "contact_point",
        ["city_key", "person_id"],
        unique=False,
        sqlite_where=sa.text("city_key <> ''"),
        postgresql_where=sa.text("city_key <> ''"),
    )
    op.create_index(op.f("ix_contact_point_made_in"), "contact_point", ["made_in"], unique=False)
    op.create_index(
        "ix_contact_point_normal",
        "contact_point",
        ["normal"],
        unique=False,
        sqlite_where=sa.text("normal <> ''"),
        postgresql_where=sa.text("normal <> ''"),
    )
    op.create_index(op.f("ix_contact_point_person_id"), "contact_point", ["person_id"], unique=False)
    op.create_table(
        "identifier",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identifier_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifier")),
    )
    op.create_index(op.f("ix_identifier_made_in"), "identifier", ["made_in"], unique=False)
    op.create_index(op.f("ix_identifier_person_id"), "identifier", ["person_id"], unique=False)
    op.create_index("ix_identifier_value_kind", "identifier", ["value", "kind"], unique=False)
    op.create_table(
        "interaction",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out', '')", name=op.f("ck_interaction_known_direction")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interaction_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
    )
    op.create_index("ix_interaction_kind_at_person_id", "interaction", ["kind", "at", "person_id"], unique=False)
    op.create_index(op.f("ix_interaction_made_in"), "interaction", ["made_in"], unique=False)
    op.create_index("ix_interaction_person_id_kind_at", "interaction", ["person_id", "kind", "at"], unique=False)
    op.create_table(
        "post_holding",
        sa.Column("post_id", Key(), nullable=False),
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_holding_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_holding_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holding")),
    )
    op.create_index(op.f("ix_post_holding_made_in"), "post_holding", ["made_in"], unique=False)
    op.create_index(op.f("ix_post_holding_person_id"), "post_holding", ["person_id"], unique=False)
    op.create_index(op.f("ix_post_holding_post_id"), "post_holding", ["post_id"], unique=False)
    op.create_table(
        "role",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
    )
    op.create_index("ix_role_kind_person_id", "role", ["kind", "person_id"], unique=False)
    op.create_index(op.f("ix_role_made_in"), "role", ["made_in"], unique=False)
    op.create_index(op.f("ix_role_person_id"), "role", ["person_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("subject", Key(), nullable=True),
        sa.Column("person_id", Key(), nullable=True),
        sa.Column("user_id", Key(), nullable=True),
        sa.Column("post_id", Key(), nullable=True),
        sa.Column("due", Moment(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_task_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_done_at_due", "task", ["done_at", "due"], unique=False)
    op.create_index(op.f("ix_task_made_in"), "task", ["made_in"], unique=False)
    op.create_index(op.f("ix_task_person_id"), "task", ["person_id"], unique=False)
    op.create_index(op.f("ix_task_post_id"), "task", ["post_id"], unique=False)
    op.create_index(op.f("ix_task_subject"), "task", ["subject"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _for_a_server()


def _for_a_server() -> None:
    """Whose step it was, in which transaction; what only lives while one is open need not outlive a crash."""
    op.execute(
        "ALTER TABLE change_set ADD login text NOT NULL DEFAULT session_user, ADD tx xid8 NOT NULL DEFAULT pg_current_xact_id()"
    )
    op.create_index("ix_change_set_tx", "change_set", ["tx"])
    op.drop_table("open_change_set")
    op.execute(
        "CREATE UNLOGGED TABLE open_change_set (tx xid8 CONSTRAINT pk_open_change_set PRIMARY KEY, id uuid NOT NULL, takes_back uuid)"
    )
    op.execute(
        "CREATE UNLOGGED TABLE kept_row (tx xid8, table_name text, id uuid, CONSTRAINT pk_kept_row PRIMARY KEY (tx, table_name, id))"
    )
