"""How many cases an open instance has called is kept with it; called cases are found by their caller."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CALLED = sa.text("parent_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("process_instance", sa.Column("calls", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE process_instance SET calls = (SELECT count(*) FROM case_instance WHERE case_instance.parent_id = process_instance.id)"
    )
    op.drop_index("ix_case_instance_called", table_name="case_instance")
    op.create_index("ix_case_instance_called", "case_instance", ["parent_id", "id"], sqlite_where=_CALLED, postgresql_where=_CALLED)


def downgrade() -> None:
    op.drop_index("ix_case_instance_called", table_name="case_instance")
    op.create_index("ix_case_instance_called", "case_instance", ["root_id"], sqlite_where=_CALLED, postgresql_where=_CALLED)
    op.drop_column("process_instance", "calls")
