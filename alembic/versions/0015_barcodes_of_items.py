"""The barcode of an item, by which a reader finds it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_GIVEN = sa.text("barcode <> ''")


def upgrade() -> None:
    op.add_column("item", sa.Column("barcode", sa.Text(), nullable=False, server_default=""))
    op.create_index("uq_item_barcode", "item", ["barcode"], unique=True, sqlite_where=_GIVEN, postgresql_where=_GIVEN)


def downgrade() -> None:
    op.drop_index("uq_item_barcode", table_name="item")
    op.drop_column("item", "barcode")
