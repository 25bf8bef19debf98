"""Offers of tasks are taken back when the task has ended: notices are found by their task. Those of ended tasks go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WITH_A_TASK = sa.text("task_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(op.f("ix_notice_task_id"), "notice", ["task_id"], sqlite_where=WITH_A_TASK, postgresql_where=WITH_A_TASK)
    op.execute("DELETE FROM notice WHERE kind = 'task-offered' AND task_id NOT IN (SELECT id FROM user_task)")
    op.execute("DELETE FROM outbox WHERE kind = 'notices'")  # written in the form of before


def downgrade() -> None:
    op.drop_index(op.f("ix_notice_task_id"), table_name="notice")
