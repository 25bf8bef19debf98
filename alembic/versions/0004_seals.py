"""Seals: how far each chain of the history is sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_head", sa.Column("sealed", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("history_head", "sealed")
