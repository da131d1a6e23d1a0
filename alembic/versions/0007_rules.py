"""Rules of a profile, and the small model that judges how hard a question is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profiles", sa.Column("rules", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "profiles", sa.Column("classifier", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("profiles", "classifier")
    op.drop_column("profiles", "rules")
