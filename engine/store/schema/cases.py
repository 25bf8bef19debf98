"""Cases, open and finished: what lists show of them. Ids rise with time, so the newest cases are those with the greatest ids."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, PrimaryKeyConstraint, SmallInteger, Table, UniqueConstraint

from engine.store.moments import Moment
from engine.store.schema.base import metadata, optional_text, text

case_instance = Table(
    "case_instance",
    metadata,
    text("id", primary_key=True),  # the id of the process instance
    text("root_id"),
    optional_text("parent_id"),  # the calling case
    text("definition_id"),
    text("definition_key"),
    optional_text("number"),  # PA-2026-0142; of roots
    text("subject"),
    optional_text("business_key"),
    Column("started_at", Moment, nullable=False),
    text("started_by"),
    optional_text("start_department"),
    Column("ended_at", Moment, nullable=True),
    text("state"),
    optional_text("end_element"),  # the end event at which it ended
    UniqueConstraint("number"),
    Index(None, "started_by", "id"),
    Index(None, "definition_key", "id"),
)
Index(
    "ix_case_instance_called",
    case_instance.c.parent_id,
    case_instance.c.id,
    sqlite_where=case_instance.c.parent_id.is_not(None),
    postgresql_where=case_instance.c.parent_id.is_not(None),
)
Index(
    "ix_case_instance_business_key",
    case_instance.c.business_key,
    sqlite_where=case_instance.c.business_key.is_not(None),
    postgresql_where=case_instance.c.business_key.is_not(None),
)

Index(  # what has ended of a version, the longest ago first
    "ix_case_instance_ended",
    case_instance.c.definition_id,
    case_instance.c.ended_at,
    sqlite_where=case_instance.c.ended_at.is_not(None),
    postgresql_where=case_instance.c.ended_at.is_not(None),
)

case_field = Table(  # the key fields, as the model orders them
    "case_field",
    metadata,
    text("case_id"),
    text("name"),
    Column("position", SmallInteger, nullable=False),
    text("type"),  # text, money, number, date
    optional_text("text"),  # the exact value
    Column("number", Double, nullable=True),  # of money and numbers: for ranges and sorting only, never shown
    PrimaryKeyConstraint("case_id", "name"),
    sqlite_with_rowid=False,
)
Index(
    "ix_case_field_number",
    case_field.c.name,
    case_field.c.number,
    sqlite_where=case_field.c.number.is_not(None),
    postgresql_where=case_field.c.number.is_not(None),
)

case_participant = Table(  # who had to do with a case, besides who started it
    "case_participant",
    metadata,
    text("person"),
    text("root_id"),
    PrimaryKeyConstraint("person", "root_id"),
    sqlite_with_rowid=False,
)

once_key = Table(  # a start form that is sent twice makes one case
    "once_key",
    metadata,
    text("key", primary_key=True),
    text("case_id"),
    Column("created_at", Moment, nullable=False),
    Index(None, "case_id"),
    sqlite_with_rowid=False,
)
