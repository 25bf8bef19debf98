"""Drafts of models: one for each process, saved only over the version that was opened."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete as delete_from
from sqlalchemy import select, update

from engine.store.queries.upsert import insert_into
from engine.store.tables import model_draft

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """What analysts have drawn of a process and not published. `version` counts how often it was saved."""

    key: str
    resource_name: str
    content: bytes
    version: int
    based_on: str  # the id of the version that it began with
    saved_at: datetime
    saved_by: str


def every(conn: Connection) -> list[ModelDraft]:
    """All drafts, by key."""
    return [ModelDraft(*row) for row in conn.execute(select(model_draft).order_by(model_draft.c.key))]


def load(conn: Connection, key: str) -> ModelDraft | None:
    """The draft of a process."""
    row = conn.execute(select(model_draft).where(model_draft.c.key == key)).one_or_none()
    return None if row is None else ModelDraft(*row)


def save(conn: Connection, draft: ModelDraft) -> bool:
    """Keep a draft in place of the version before it; whether that one was still there. Version 1: there was none."""
    if draft.version == 1:
        new = insert_into(conn, model_draft).values(asdict(draft)).on_conflict_do_nothing().returning(model_draft.c.key)
        return conn.execute(new).one_or_none() is not None
    before = (model_draft.c.key == draft.key) & (model_draft.c.version == draft.version - 1)
    return conn.execute(update(model_draft).where(before).values(asdict(draft))).rowcount == 1


def delete(conn: Connection, key: str, version: int) -> bool:
    """Forget a draft; whether this version of it was there."""
    return conn.execute(delete_from(model_draft).where(model_draft.c.key == key, model_draft.c.version == version)).rowcount == 1
