"""The outbox: what a step has to tell the world, written with the step, delivered afterwards, at least once.

Claiming moves the due date on by a lease. A worker that dies with its claim loses it when the lease is over, and somebody else delivers;
receivers drop what they had already, by event id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from engine.store import canonical
from engine.store.tables import outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.writes import Writer

LEASE = timedelta(minutes=1)
_INSERT = insert(outbox)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to deliver. `tries` counts this attempt too."""

    event_id: str
    kind: str
    payload: Any
    tries: int


def put(writer: Writer, event_id: str, kind: str, payload: object, at: datetime) -> None:
    """Write something to deliver, in the transaction of what it tells about."""
    row = {"event_id": event_id, "kind": kind, "payload": canonical.dumps(payload), "due_at": at, "tries": 0, "error": None}
    writer.execute(_INSERT, row)


def claim(conn: Connection, now: datetime, limit: int = 50, lease: timedelta = LEASE) -> list[Delivery]:
    """Take what is due, the oldest first, for the time of a lease. Commit before delivering."""
    due = (
        select(outbox.c.event_id, outbox.c.kind, outbox.c.payload, outbox.c.tries)
        .where(outbox.c.due_at <= now)
        .order_by(outbox.c.due_at, outbox.c.event_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = [
        Delivery(event_id, kind, canonical.loads(payload, integer=int), tries + 1) for event_id, kind, payload, tries in conn.execute(due)
    ]
    if claimed:
        taken = update(outbox).where(outbox.c.event_id.in_(bindparam("taken", expanding=True)))
        values = {"due_at": now + lease, "tries": outbox.c.tries + 1}
        conn.execute(taken.values(values), {"taken": [delivery.event_id for delivery in claimed]})
    return claimed


def delivered(conn: Connection, event_ids: Sequence[str]) -> None:
    """They were delivered: forget them."""
    conn.execute(delete(outbox).where(outbox.c.event_id.in_(event_ids)))


def failed(conn: Connection, event_id: str, error: str, again_at: datetime) -> None:
    """It could not be delivered: say why, and when to try again."""
    conn.execute(update(outbox).where(outbox.c.event_id == event_id).values(error=error, due_at=again_at))


def next_due(conn: Connection) -> datetime | None:
    """When the next delivery is due; None while there is nothing to deliver."""
    due: datetime | None = conn.execute(select(func.min(outbox.c.due_at))).scalar_one()
    return due


@dataclass(frozen=True, slots=True)
class OutboxLoad:
    """How much is still to be delivered: all of it, what has failed so far, when the next is tried, and why one of them failed."""

    waiting: int
    failed: int
    next_due: datetime | None
    error: str | None


def load(conn: Connection) -> OutboxLoad:
    """How the outbox stands."""
    query = select(func.count(), func.count(outbox.c.error), func.min(outbox.c.due_at))
    waiting, failing, due = conn.execute(query).one()
    error = select(outbox.c.error).where(outbox.c.error.is_not(None)).order_by(outbox.c.tries.desc(), outbox.c.event_id).limit(1)
    return OutboxLoad(waiting, failing, due, conn.execute(error).scalar_one_or_none())
