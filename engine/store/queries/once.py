"""One-time keys: a start form that is sent twice, also from two tabs at once, makes one case."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.store.queries.upsert import insert_into
from engine.store.tables import once_key

if TYPE_CHECKING:
    from sqlalchemy import Connection


def claim(conn: Connection, key: str, case_id: str, at: datetime) -> str:
    """The case of a key: `case_id` for whoever comes first, that first case for everybody else.

    Who comes second waits until the first transaction has ended: rolled back, the key is free again.
    """
    conn.execute(insert_into(conn, once_key).on_conflict_do_nothing(), {"key": key, "case_id": case_id, "created_at": at})
    first: str = conn.execute(select(once_key.c.case_id).where(once_key.c.key == key)).scalar_one()
    return first
