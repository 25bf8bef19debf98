"""How a case ended: the end event that it reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_instance", sa.Column("end_element", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("case_instance") as table:
        table.drop_column("end_element")
