"""Several keys for a provider, some for one workspace only; the models that a person's default falls back to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("fallback_models", sa.JSON(), nullable=False, server_default="[]")
    )
    # SQLite copies the table; rows keep their ids, which their ciphertexts are bound to, and no other table points here.
    with op.batch_alter_table("provider_keys") as table:
        table.drop_constraint(op.f("uq_provider_keys_owner_id_provider"), type_="unique")
        table.add_column(sa.Column("workspace_id", sa.String(), nullable=True))
        table.add_column(sa.Column("label", sa.String(), nullable=False, server_default=""))
        table.create_foreign_key(
            op.f("fk_provider_keys_workspace_id"),
            "workspaces",
            ["workspace_id"],
            ["id"],
            ondelete="CASCADE",
        )
    op.create_index(op.f("ix_provider_keys_owner_id"), "provider_keys", ["owner_id"])
    op.create_index(op.f("ix_provider_keys_workspace_id"), "provider_keys", ["workspace_id"])


def downgrade() -> None:
    op.execute("DELETE FROM provider_keys WHERE workspace_id IS NOT NULL")
    op.execute(
        "DELETE FROM provider_keys WHERE id NOT IN"
        " (SELECT MAX(id) FROM provider_keys GROUP BY owner_id, provider)"
    )
    op.drop_index(op.f("ix_provider_keys_workspace_id"), "provider_keys")
    op.drop_index(op.f("ix_provider_keys_owner_id"), "provider_keys")
    with op.batch_alter_table("provider_keys") as table:
        table.drop_constraint(op.f("fk_provider_keys_workspace_id"), type_="foreignkey")
        table.drop_column("label")
        table.drop_column("workspace_id")
        table.create_unique_constraint(
            op.f("uq_provider_keys_owner_id_provider"), ["owner_id", "provider"]
        )
    op.drop_column("users", "fallback_models")
