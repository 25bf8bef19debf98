"""What drafts of processes and of decisions have in common: one is found, or somebody was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Conflict, NotFound
from engine.store.queries import model_drafts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.queries.model_drafts import DraftKind, ModelDraft


def found(connection: Connection, kind: DraftKind, key: str) -> ModelDraft:
    """A draft. Raises `NotFound`."""
    draft = model_drafts.load(connection, kind, key)
    if draft is None:
        raise NotFound(f"there is no draft of {key!r}", key=key)
    return draft


def overtaken(connection: Connection, kind: DraftKind, key: str) -> Conflict:
    """Who saved a draft, or that it is gone."""
    draft = model_drafts.load(connection, kind, key)
    if draft is None:
        return Conflict("the draft was published or discarded", version=0)
    return Conflict(f"{draft.saved_by} has saved this draft", by=draft.saved_by, at=draft.saved_at, version=draft.version)
