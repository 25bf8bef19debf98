"""What drafts of processes and of decisions have in common: one is found, kept and taken, or somebody was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.xml import MAX_BYTES
from engine.errors import Conflict, InvalidRequest, NotFound
from engine.phrases import Phrase
from engine.store.queries import model_drafts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.model import ProcessDefinition
    from engine.services.decision_files import DecisionVersion
    from engine.store.queries.model_drafts import DraftKind, ModelDraft


def found(connection: Connection, kind: DraftKind, key: str) -> ModelDraft:
    """A draft. Raises `NotFound`."""
    draft = model_drafts.load(connection, kind, key)
    if draft is None:
        raise NotFound(f"there is no draft of {key!r}", key=key)
    return draft


def fits(content: bytes) -> None:
    """Refuse a file that is too large to be deployed. Raises `InvalidRequest`."""
    if len(content) > MAX_BYTES:
        raise InvalidRequest(Phrase("a model has at most {most} bytes", most=f"{MAX_BYTES:,}"))


def reason_of(reason: str) -> str:
    """The reason for which something is published. Raises `InvalidRequest` without one."""
    if not reason.strip():
        raise InvalidRequest(Phrase("a reason is needed"))
    return reason.strip()


def keep(connection: Connection, draft: ModelDraft) -> ModelDraft:
    """Write a draft over the version before it. Raises `Conflict` where somebody has saved it since."""
    if not model_drafts.save(connection, draft):
        raise overtaken(connection, draft.kind, draft.key)
    return draft


def take(connection: Connection, kind: DraftKind, key: str, version: int) -> None:
    """Delete a draft as it was seen. Raises `Conflict` where somebody has saved it since, or it is gone."""
    if not model_drafts.delete(connection, kind, key, version):
        raise overtaken(connection, kind, key)


def still_latest(seen: str, latest: ProcessDefinition | DecisionVersion) -> None:
    """Raises `Conflict` where another version than the one that was seen is the latest now."""
    if latest.id != seen:
        raise Conflict("another version was published", by=latest.deployed_by, at=latest.deployed_at)


def overtaken(connection: Connection, kind: DraftKind, key: str) -> Conflict:
    """Who saved a draft, or that it is gone."""
    draft = model_drafts.load(connection, kind, key)
    if draft is None:
        return Conflict("the draft was published or discarded", version=0)
    return Conflict(f"{draft.saved_by} has saved this draft", by=draft.saved_by, at=draft.saved_at, version=draft.version)
