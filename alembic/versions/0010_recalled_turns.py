"""Turns of visitors' conversations by what was said up to them, for callers that keep no session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recalled_turns",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("app_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("log_size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name=op.f("fk_recalled_turns_app_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_recalled_turns_chat_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_recalled_turns_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", "chat_id", name=op.f("pk_recalled_turns")),
    )
    for column in ("app_id", "chat_id", "owner_id", "run_id"):
        op.create_index(op.f(f"ix_recalled_turns_{column}"), "recalled_turns", [column])


def downgrade() -> None:
    op.drop_table("recalled_turns")
