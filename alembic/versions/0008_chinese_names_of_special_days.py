"""The company's own days keep their Chinese names, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calendar_day", sa.Column("name_zh", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("calendar_day") as table:
        table.drop_column("name_zh")
