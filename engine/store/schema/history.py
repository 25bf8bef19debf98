"""The history: one row for each transaction of a chain, linked by hash to the row before, and the head of each chain."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from engine.store.moments import Moment
from engine.store.schema.base import metadata, text

history_entry = Table(
    "history_entry",
    metadata,
    text("chain"),  # the root instance; or deployments, organisation, sign-in, seals
    Column("seq", Integer, nullable=False),  # 1, 2, 3, … without a gap
    Column("at", Moment, nullable=False),
    text("actor"),
    text("actor_kind"),
    text("body"),  # canonical JSON: a list of [event, {fields}]. Text, so that the bytes that were hashed are those that are stored
    Column("hash", LargeBinary, nullable=False),  # one byte of version, then SHA-256
    PrimaryKeyConstraint("chain", "seq"),
)
Index(  # the cases in which a person did something; what programs and timers do is by far the most, and nobody asks for it so
    "ix_history_entry_person",
    history_entry.c.actor,
    history_entry.c.chain,
    sqlite_where=history_entry.c.actor_kind == "person",
    postgresql_where=history_entry.c.actor_kind == "person",
)

history_head = Table(
    "history_head",
    metadata,
    text("chain", primary_key=True),
    Column("seq", Integer, nullable=False),  # of the last entry, which is also their count
    Column("hash", LargeBinary, nullable=False),
    Column("sealed", Integer, nullable=False, server_default="0"),  # the number of the last entry that a seal covers
    sqlite_with_rowid=False,
)
