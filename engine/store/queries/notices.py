"""Notices: what a person was told in the application, and whether it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from engine.store import canonical
from engine.store.queries.upsert import insert_into
from engine.store.tables import notice, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One thing that one person was told. `args` are what the translated sentence needs."""

    person: str
    event_id: str
    kind: str
    created_at: datetime
    case_id: str | None = None
    task_id: str | None = None
    args: Mapping[str, Any] | None = None
    read_at: datetime | None = None


def add(conn: Connection, rows: Iterable[NoticeRow]) -> None:
    """Write notices. What a person was already told, by person and event, is left as it is: delivering twice shows once."""
    values = [
        {
            "person": row.person,
            "event_id": row.event_id,
            "kind": row.kind,
            "created_at": row.created_at,
            "case_id": row.case_id,
            "task_id": row.task_id,
            "args": canonical.dumps(row.args or {}),
        }
        for row in rows
    ]
    if values:
        conn.execute(insert_into(conn, notice).on_conflict_do_nothing(), values)


def still_open(conn: Connection, tasks: Iterable[str]) -> set[str]:
    """Those of these tasks that are open."""
    return set(conn.execute(select(user_task.c.id).where(user_task.c.id.in_(list(tasks)))).scalars())


def take_back(conn: Connection, kind: str, tasks: Iterable[str]) -> set[str]:
    """Delete the notices of a kind about these tasks, and return who had them."""
    gone = delete(notice).where(notice.c.task_id.in_(list(tasks)), notice.c.kind == kind).returning(notice.c.person)
    return set(conn.execute(gone).scalars())


def unread(conn: Connection, person: str) -> int:
    """How many notices a person has not read."""
    query = select(func.count()).select_from(notice).where(notice.c.person == person, notice.c.read_at.is_(None))
    count: int = conn.execute(query).scalar_one()
    return count


def newest(conn: Connection, person: str, limit: int = 30) -> list[NoticeRow]:
    """The newest notices of a person, newest first."""
    query = select(notice).where(notice.c.person == person).order_by(notice.c.created_at.desc(), notice.c.event_id.desc()).limit(limit)
    return [NoticeRow(**{**row, "args": canonical.loads(row["args"], integer=int)}) for row in conn.execute(query).mappings()]


def mark_read(conn: Connection, person: str, at: datetime, event_id: str | None = None) -> None:
    """Note that a person has read one notice, or all; what was read before keeps its moment."""
    statement = update(notice).where(notice.c.person == person, notice.c.read_at.is_(None)).values(read_at=at)
    conn.execute(statement if event_id is None else statement.where(notice.c.event_id == event_id))
