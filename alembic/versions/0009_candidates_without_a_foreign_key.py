"""Candidates of tasks have no foreign key: a step writes them with their task, and a row that is gone makes room for a new one."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = "fk_task_candidate_task_id"


def upgrade() -> None:
    with op.batch_alter_table("task_candidate", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.drop_constraint(KEY, type_="foreignkey")


def downgrade() -> None:
    op.execute("DELETE FROM task_candidate WHERE task_id NOT IN (SELECT id FROM user_task)")
    with op.batch_alter_table("task_candidate", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.create_foreign_key(KEY, "user_task", ["task_id"], ["id"], ondelete="CASCADE")
