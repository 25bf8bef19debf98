"""Drafts of models, and why a version was published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deployment", sa.Column("reason", sa.Text(), nullable=True))
    op.create_table(
        "model_draft",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("resource_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_model_draft"),
    )


def downgrade() -> None:
    op.drop_table("model_draft")
    with op.batch_alter_table("deployment") as table:
        table.drop_column("reason")
