"""What the sample company remembers of its past: how far it has been played, and which stories have arrived as cases."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text

from app.schema import own_metadata

metadata = own_metadata()

sample_past = Table(
    "sample_past",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row
    Column("wanted", Integer, nullable=False),
    Column("played", Integer, nullable=False),  # percent of the time
    Column("arrived", Integer, nullable=False),
    Column("over", Boolean, nullable=False),  # all have arrived, or no more will
)

sample_case = Table(
    "sample_case",
    metadata,
    Column("story", Integer, primary_key=True, autoincrement=False),
    Column("case_id", Text, nullable=False),
)
