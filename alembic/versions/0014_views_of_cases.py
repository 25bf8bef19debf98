"""The views of lists of cases that people save."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_view",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_view"),
        sa.UniqueConstraint("person_id", "name", name="uq_case_view_person_id_name"),
    )
    op.create_index("ix_case_view_department", "case_view", ["department"])


def downgrade() -> None:
    op.drop_table("case_view")
