"""What a user task said when it ended: whose it was, how urgent, when it was to be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_COLUMNS = {"owner": sa.Text(), "follow_up_at": sa.BigInteger(), "priority": sa.Integer(), "description": sa.Text()}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("finished_task", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("finished_task") as table:
        for name in _COLUMNS:
            table.drop_column(name)
