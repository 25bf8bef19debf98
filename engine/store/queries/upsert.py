"""`INSERT … ON CONFLICT`, which both databases know and SQLAlchemy keeps in its dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


def insert_into(conn: Connection, table: Table) -> Any:  # noqa: ANN401 - the dialects' inserts have no common type
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (postgresql if conn.dialect.name == "postgresql" else sqlite).insert(table)
