"""Work for programs, tasks that are delegated, and of which kind an incident is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_task",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("retries", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_details", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_external_task"),
    )
    op.create_index("ix_external_task_root_id", "external_task", ["root_id"])
    op.create_index("ix_external_task_topic_id", "external_task", ["topic", "id"])
    op.add_column("user_task", sa.Column("delegation", sa.Text(), nullable=True))
    with op.batch_alter_table("incident") as table:
        table.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="failedJob"))
    with op.batch_alter_table("incident") as table:
        table.alter_column("kind", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("incident") as table:
        table.drop_column("kind")
    with op.batch_alter_table("user_task") as table:
        table.drop_column("delegation")
    op.drop_table("external_task")
