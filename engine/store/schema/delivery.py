"""What is to be told to people: the outbox, written with the step and emptied by the worker, and the notices in the application."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from engine.store.moments import Moment
from engine.store.schema.base import metadata, optional_text, text

outbox = Table(
    "outbox",
    metadata,
    text("event_id", primary_key=True),  # receivers drop what they have already had
    text("kind"),
    text("payload"),  # canonical JSON
    Column("due_at", Moment, nullable=False),  # moved on when it is claimed: a worker that dies loses its claim
    Column("tries", Integer, nullable=False),
    optional_text("error"),
    Index(None, "due_at"),
)

notice = Table(
    "notice",
    metadata,
    text("person"),
    text("event_id"),
    text("kind"),
    optional_text("case_id"),
    optional_text("task_id"),
    text("args"),  # canonical JSON: what the translated sentence needs
    Column("created_at", Moment, nullable=False),
    Column("read_at", Moment, nullable=True),
    PrimaryKeyConstraint("person", "event_id"),
)
Index(  # what was offered is taken back when the task has ended
    "ix_notice_task_id",
    notice.c.task_id,
    sqlite_where=notice.c.task_id.is_not(None),
    postgresql_where=notice.c.task_id.is_not(None),
)
Index(  # all that was told of a case goes with it
    "ix_notice_case_id",
    notice.c.case_id,
    sqlite_where=notice.c.case_id.is_not(None),
    postgresql_where=notice.c.case_id.is_not(None),
)
Index("ix_notice_unread", notice.c.person, sqlite_where=notice.c.read_at.is_(None), postgresql_where=notice.c.read_at.is_(None))
