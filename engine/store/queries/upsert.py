"""`INSERT … ON CONFLICT`, which both databases know and SQLAlchemy keeps in its dialects."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Insert, Table

    from engine.store.writes import Writer


@cache
def insert_or_leave(table: Table, dialect: str) -> Insert:
    """An insert that leaves a row with the same key as it is."""
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    insert: Insert = statement.on_conflict_do_nothing()
    return insert


@cache
def insert_or_update(table: Table, dialect: str) -> Insert:
    """An insert that puts its values into the row with the same key, where there is one."""
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    values = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    upsert: Insert = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=values)
    return upsert


def insert_into(writer: Writer, table: Table) -> Any:  # noqa: ANN401 - the dialects' inserts have no common type
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (postgresql if writer.dialect.name == "postgresql" else sqlite).insert(table)
