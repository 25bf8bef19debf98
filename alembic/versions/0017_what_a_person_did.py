"""The index by which the cases are found in which a person did something."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BY_PERSON = sa.text("actor_kind = 'person'")


def upgrade() -> None:
    op.create_index("ix_history_entry_person", "history_entry", ["actor", "chain"], sqlite_where=_BY_PERSON, postgresql_where=_BY_PERSON)


def downgrade() -> None:
    op.drop_index("ix_history_entry_person", table_name="history_entry")
