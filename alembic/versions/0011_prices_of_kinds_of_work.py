"""What a kind of work may pay for its models, and whether it asks the cheapest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profiles", sa.Column("max_usd_per_million", sa.Float(), nullable=True))
    op.add_column(
        "profiles",
        sa.Column("cheapest_first", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("profiles", "cheapest_first")
    op.drop_column("profiles", "max_usd_per_million")
