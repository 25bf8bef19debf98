"""The company: departments, roles, people and who belongs where; and the working calendar."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table

from engine.store.schema.base import metadata, optional_text, text

department = Table(
    "department",
    metadata,
    text("id", primary_key=True),
    text("name"),
    text("translations"),  # JSON: {"zh": "采购"}
    optional_text("parent_id"),
    Column("position", Integer, nullable=False),
)

role = Table(
    "role",
    metadata,
    text("id", primary_key=True),
    text("name"),
    text("translations"),
)

person = Table(
    "person",
    metadata,
    text("id", primary_key=True),  # the user name
    text("name"),
    text("translations"),
    optional_text("title"),
    optional_text("email"),
    optional_text("language"),
    optional_text("superior_id"),
    Column("active", Boolean, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    text("person_id"),
    text("department_id"),  # empty: the role everywhere
    text("role_id"),  # empty: a plain member of the department
    PrimaryKeyConstraint("person_id", "department_id", "role_id"),
    Index(None, "department_id", "role_id"),
    sqlite_with_rowid=False,
)

calendar_hours = Table(  # several rows a day: 09:00 to 12:00, 13:30 to 18:00
    "calendar_hours",
    metadata,
    Column("weekday", SmallInteger, nullable=False),  # 0 is Monday
    Column("from_minute", SmallInteger, nullable=False),  # of the day, local time
    Column("to_minute", SmallInteger, nullable=False),
    PrimaryKeyConstraint("weekday", "from_minute"),
)

calendar_day = Table(  # days that differ from their weekday: holidays, shifted working days
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),
    text("name"),
    optional_text("name_zh"),  # none in rows of older versions: that of the holiday with this name
)
