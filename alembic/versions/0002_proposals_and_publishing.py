"""Proposals, names and notes of versions, publishing; versions that the database itself keeps from changing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
# A version goes only together with its agent or its owner, whose rows are gone by then.
GUARDS = {
    "sqlite": (
        """
        CREATE TRIGGER versions_keep BEFORE UPDATE ON versions
        BEGIN SELECT RAISE(ABORT, 'a version never changes'); END
        """,
        """
        CREATE TRIGGER versions_stay BEFORE DELETE ON versions
        WHEN EXISTS (SELECT 1 FROM agents WHERE id = OLD.agent_id)
         AND EXISTS (SELECT 1 FROM users WHERE id = OLD.owner_id)
        BEGIN SELECT RAISE(ABORT, 'a version is never deleted'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION versions_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'a version never changes' USING ERRCODE = 'restrict_violation';
          END IF;
          IF EXISTS (SELECT 1 FROM agents WHERE id = OLD.agent_id)
             AND EXISTS (SELECT 1 FROM users WHERE id = OLD.owner_id) THEN
            RAISE EXCEPTION 'a version is never deleted' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN OLD;
        END $$
        """,
        """
        CREATE TRIGGER versions_guard BEFORE UPDATE OR DELETE ON versions
        FOR EACH ROW EXECUTE FUNCTION versions_guard()
        """,
    ),
}
UNGUARDED = {
    "sqlite": ("DROP TRIGGER versions_keep", "DROP TRIGGER versions_stay"),
    "postgresql": ("DROP TRIGGER versions_guard ON versions", "DROP FUNCTION versions_guard()"),
}


def upgrade() -> None:
    # Added to the tables as they stand: copying a table, as SQLite's other changes need it, would set off its cascades.
    no, none = sa.false(), "[]"
    op.add_column("agents", sa.Column("live_version_id", sa.String(), nullable=True))
    op.add_column("agents", sa.Column("gated", sa.Boolean(), nullable=False, server_default=no))
    op.add_column(
        "chats", sa.Column("review_changes", sa.Boolean(), nullable=False, server_default=no)
    )
    op.add_column(
        "workspaces", sa.Column("allowed_hosts", sa.JSON(), nullable=False, server_default=none)
    )
    op.add_column("sessions", sa.Column("mocks", sa.JSON(), nullable=False, server_default=none))
    op.add_column(
        "sessions", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_table(
        "version_labels",
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_version_labels_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["versions.id"],
            name=op.f("fk_version_labels_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version_labels")),
    )
    op.create_index(op.f("ix_version_labels_owner_id"), "version_labels", ["owner_id"])
    op.create_table(
        "publications",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("previous_version_id", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_publications_agent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_publications_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("agent_id", "number", name=op.f("uq_publications_agent_id_number")),
    )
    op.create_index(op.f("ix_publications_owner_id"), "publications", ["owner_id"])
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=True),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=False),
        sa.Column("text_zlib", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=True),
        sa.Column("tests", sa.JSON(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_proposals_agent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_proposals_chat_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_proposals_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_agent_id"), "proposals", ["agent_id"])
    op.create_index(op.f("ix_proposals_chat_id"), "proposals", ["chat_id"])
    op.create_index(op.f("ix_proposals_owner_id"), "proposals", ["owner_id"])
    pending = sa.text("status = 'pending'")
    op.create_index(
        "uq_proposals_pending",
        "proposals",
        ["agent_id"],
        unique=True,
        sqlite_where=pending,
        postgresql_where=pending,
    )
    _execute(GUARDS)


def downgrade() -> None:
    _execute(UNGUARDED)
    for table in ("proposals", "publications", "version_labels"):
        op.drop_table(table)
    op.drop_column("sessions", "version")
    op.drop_column("sessions", "mocks")
    op.drop_column("workspaces", "allowed_hosts")
    op.drop_column("chats", "review_changes")
    op.drop_column("agents", "gated")
    op.drop_column("agents", "live_version_id")


def _execute(statements: dict[str, tuple[str, ...]]) -> None:
    for statement in statements[op.get_context().dialect.name]:
        op.execute(statement)
