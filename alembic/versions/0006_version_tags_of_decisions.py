"""Decisions have version tags, as processes do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision_definition", sa.Column("version_tag", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("decision_definition") as table:
        table.drop_column("version_tag")
