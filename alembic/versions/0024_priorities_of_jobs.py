"""Priorities of jobs: of those that are due, the higher ones come first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("priority", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_job_priority_due_at_id"), "job", ["priority", "due_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_job_priority_due_at_id"), table_name="job")
    op.drop_column("job", "priority")
