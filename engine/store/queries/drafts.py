"""Drafts: what somebody has typed and not sent, by person and key. The key is a task, or the process of a start form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete as delete_from
from sqlalchemy import select

from engine.store import canonical
from engine.store.queries.upsert import insert_into
from engine.store.tables import task_draft

if TYPE_CHECKING:
    from sqlalchemy import Connection


def save(conn: Connection, person: str, key: str, data: Mapping[str, object], at: datetime) -> None:
    """Keep a draft in place of the one before."""
    row = {"data": canonical.dumps(data), "saved_at": at}
    upsert = insert_into(conn, task_draft).on_conflict_do_update(index_elements=[task_draft.c.person, task_draft.c.key], set_=row)
    conn.execute(upsert, {"person": person, "key": key, **row})


def load(conn: Connection, person: str, key: str) -> Mapping[str, object] | None:
    """A draft, numbers as `Decimal`s; None where there is none."""
    data = conn.execute(select(task_draft.c.data).where(task_draft.c.person == person, task_draft.c.key == key)).scalar()
    return None if data is None else cast("Mapping[str, object]", canonical.loads(data))


def delete(conn: Connection, person: str, key: str) -> None:
    """Forget a draft."""
    conn.execute(delete_from(task_draft).where(task_draft.c.person == person, task_draft.c.key == key))
