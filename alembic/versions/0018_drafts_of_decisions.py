"""Drafts of decisions, beside those of processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("model_draft") as table:
        table.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="process"))
        table.drop_constraint("pk_model_draft", type_="primary")
        table.create_primary_key("pk_model_draft", ["kind", "key"])
    with op.batch_alter_table("model_draft") as table:
        table.alter_column("kind", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM model_draft WHERE kind <> 'process'")
    with op.batch_alter_table("model_draft") as table:
        table.drop_constraint("pk_model_draft", type_="primary")
        table.create_primary_key("pk_model_draft", ["key"])
        table.drop_column("kind")
