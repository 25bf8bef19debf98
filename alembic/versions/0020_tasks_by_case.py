"""Finished tasks are found by their case, incidents by their job, and drafts by their task: each was looked for in the whole table."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_finished_task_instance", "finished_task", ["instance_id", "person", "element_id"])
    op.create_index(op.f("ix_incident_job_id"), "incident", ["job_id"])
    op.create_index(op.f("ix_task_draft_key"), "task_draft", ["key"])


def downgrade() -> None:
    op.drop_index(op.f("ix_task_draft_key"), table_name="task_draft")
    op.drop_index(op.f("ix_incident_job_id"), table_name="incident")
    op.drop_index("ix_finished_task_instance", table_name="finished_task")
