"""What goes with a case that is deleted is found by its case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_OF_A_CASE = sa.text("case_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(op.f("ix_once_key_case_id"), "once_key", ["case_id"])
    op.create_index("ix_notice_case_id", "notice", ["case_id"], sqlite_where=_OF_A_CASE, postgresql_where=_OF_A_CASE)


def downgrade() -> None:
    op.drop_index("ix_notice_case_id", table_name="notice")
    op.drop_index(op.f("ix_once_key_case_id"), table_name="once_key")
