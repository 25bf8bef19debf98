"""Which jobs come next, of all that are due: those of higher priority, and always some of those that have waited longest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Select, func, select

from engine.store.queries.pending import IS_SUSPENDED
from engine.store.tables import job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

SHARE_OF_THE_OLDEST: Final = 10
"""One in so many is taken by its age alone: whatever keeps coming with a high priority, nothing waits for ever."""
MOST_LEVELS: Final = 20
"""So many priorities are asked for one by one, each by the index; what is left over is filled by age."""
_columns = job.c


class Due(NamedTuple):
    """A job that is due."""

    id: str
    root_id: str
    kind: str
    priority: int
    due_at: datetime


def due(conn: Connection, now: datetime, limit: int) -> list[Due]:
    """At most `limit` jobs, the higher priority first, then the older. What is not due yet is not read, however much it is."""
    found: dict[str, Due] = {}
    for row in _by_turns(conn, now, limit):
        found.setdefault(row.id, row)
        if len(found) == limit:
            break
    return sorted(found.values(), key=lambda it: (-it.priority, it.due_at, it.id))


def _by_turns(conn: Connection, now: datetime, limit: int) -> Iterator[Due]:
    """The oldest, then one priority after the other, then what is left; some twice."""
    share = limit // SHARE_OF_THE_OLDEST
    oldest = _rows(conn, _due(now), share)
    yield from oldest
    if len(oldest) < share:
        return  # there is nothing else
    level: int | None = None
    for _ in range(MOST_LEVELS):
        level = conn.execute(_highest(level)).scalar_one()
        if level is None:
            return
        yield from _rows(conn, _due(now).where(_columns.priority == level), limit)
    yield from _rows(conn, _due(now), limit)


def _rows(conn: Connection, query: Select[Any], most: int) -> list[Due]:
    return [Due(*row) for row in conn.execute(query.order_by(_columns.due_at, _columns.id).limit(most))]


def _due(now: datetime) -> Select[Any]:
    columns = _columns.id, _columns.root_id, _columns.kind, _columns.priority, _columns.due_at
    return select(*columns).where(_columns.retries > 0, _columns.due_at <= now, ~IS_SUSPENDED)


def _highest(below: int | None) -> Select[Any]:
    """The highest priority of all jobs, or the next one."""
    query = select(func.max(_columns.priority))
    return query if below is None else query.where(_columns.priority < below)
