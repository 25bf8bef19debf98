"""Signals and conditions start cases, as messages do: a start subscription says what it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = ("name", "definition_id", "element_id")


def upgrade() -> None:
    rows = _take()
    _make("kind", *COLUMNS)
    _put([{**row, "kind": "message"} for row in rows], "kind", *COLUMNS)


def downgrade() -> None:
    rows = [row for row in _take() if row["kind"] == "message"]
    _make(*COLUMNS)
    _put([{name: row[name] for name in COLUMNS} for row in rows], *COLUMNS)


def _take() -> list[dict[str, Any]]:
    """The rows, and the table is gone: there is one for each start event of the newest versions."""
    rows = [dict(row) for row in op.get_bind().execute(sa.text("select * from start_subscription")).mappings()]
    op.drop_table("start_subscription")
    return rows


def _make(*names: str) -> None:
    op.create_table(
        "start_subscription",
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name=op.f("fk_start_subscription_definition_id")),
        sa.PrimaryKeyConstraint(*names, name=op.f("pk_start_subscription")),
        sqlite_with_rowid=False,
    )


def _put(rows: Sequence[dict[str, Any]], *names: str) -> None:
    if rows:
        op.bulk_insert(sa.table("start_subscription", *(sa.column(name, sa.Text()) for name in names)), list(rows))
