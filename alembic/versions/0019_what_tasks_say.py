"""What an open user task says of itself, and when it was last changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("description", sa.Text(), nullable=True))
    op.add_column("user_task", sa.Column("updated_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user_task") as table:
        table.drop_column("updated_at")
        table.drop_column("description")
