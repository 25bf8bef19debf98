"""Remarks on user tasks, as the chain of their case tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.program_events import UserTaskCommented
from engine.store.queries.event_rows import event_rows, mentions_field

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a user task: who made it, when, and its text."""

    id: str
    task_id: str
    root_id: str
    instance_id: str
    person: str
    at: datetime
    message: str


def comments_on(conn: Connection, task_id: str, root_id: str, instance_id: str) -> list[Comment]:
    """The remarks on a task, the newest first. What it costs grows with the entries of its case that mention the task."""
    events = event_rows(conn.dialect.name)
    query = (
        select(events.entry.c.at, events.entry.c.actor, events.field("comment").label("id"), events.field("message").label("message"))
        .select_from(events.rows)
        .where(
            events.entry.c.chain == root_id,
            mentions_field(events.entry, "task", task_id),
            events.name == UserTaskCommented.__name__,
            events.field("task") == task_id,
        )
        .order_by(events.entry.c.seq.desc(), events.position.desc())
    )
    return [Comment(row.id, task_id, root_id, instance_id, row.actor, row.at, row.message) for row in conn.execute(query)]
