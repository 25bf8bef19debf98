"""The table of the views that people save, on its own metadata. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint

from app.schema import own_metadata

metadata = own_metadata()

case_view = Table(
    "case_view",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text),  # whose people have it too; null: only the person
    Column("query", Text, nullable=False),  # filters and columns, as an address has them
    Column("saved_at", BigInteger, nullable=False),
    UniqueConstraint("person_id", "name"),
    Index(None, "department"),
)
