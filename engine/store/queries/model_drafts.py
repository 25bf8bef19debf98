"""Drafts of models: one for each process and each file of decisions, saved only over the version that was opened."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete as delete_from
from sqlalchemy import select, update

from engine.store.queries.upsert import insert_into
from engine.store.tables import decision_definition, model_draft

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

DraftKind = Literal["process", "decision"]


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """What analysts have drawn of a process or a file of decisions and not published. `version` counts how often it was saved."""

    kind: DraftKind
    key: str  # of a process; of decisions the first one of the file that it began with
    resource_name: str
    content: bytes
    version: int
    based_on: str  # the id of the version that it began with
    saved_at: datetime
    saved_by: str


def every(conn: Connection, kind: DraftKind) -> list[ModelDraft]:
    """All drafts of a kind, by key."""
    return [ModelDraft(*row) for row in conn.execute(select(model_draft).where(model_draft.c.kind == kind).order_by(model_draft.c.key))]


def load(conn: Connection, kind: DraftKind, key: str) -> ModelDraft | None:
    """A draft by its key."""
    row = conn.execute(select(model_draft).where(_is(kind, key))).one_or_none()
    return None if row is None else ModelDraft(*row)


def of_decisions(conn: Connection) -> dict[str, ModelDraft]:
    """The drafts of files of decisions, by each decision that stood in the file that they began with."""
    rows = conn.execute(_by_decision().order_by(model_draft.c.key.desc())).all()
    return {row[-1]: ModelDraft(*row[:-1]) for row in rows}


def of_decision(conn: Connection, key: str) -> ModelDraft | None:
    """The draft of the file of a decision: the one that began with a file in which this decision stands."""
    row = conn.execute(_by_decision().where(_other.c.key == key).order_by(model_draft.c.key).limit(1)).one_or_none()
    return None if row is None else ModelDraft(*row[:-1])


_base, _other = decision_definition.alias("base"), decision_definition.alias("other")


def _by_decision() -> Select[Any]:
    """Drafts with the decisions of the files that they began with; one whose file was deleted is not among them."""
    same_file = (_other.c.deployment_id == _base.c.deployment_id) & (_other.c.resource_name == _base.c.resource_name)
    query = select(*model_draft.c, _other.c.key.label("decision")).join(_base, _base.c.id == model_draft.c.based_on).join(_other, same_file)
    return query.where(model_draft.c.kind == "decision")


def save(conn: Connection, draft: ModelDraft) -> bool:
    """Keep a draft in place of the version before it; whether that one was still there. Version 1: there was none."""
    if draft.version == 1:
        new = insert_into(conn, model_draft).values(asdict(draft)).on_conflict_do_nothing().returning(model_draft.c.key)
        return conn.execute(new).one_or_none() is not None
    before = _is(draft.kind, draft.key) & (model_draft.c.version == draft.version - 1)
    return conn.execute(update(model_draft).where(before).values(asdict(draft))).rowcount == 1


def delete(conn: Connection, kind: DraftKind, key: str, version: int) -> bool:
    """Forget a draft; whether this version of it was there."""
    return conn.execute(delete_from(model_draft).where(_is(kind, key), model_draft.c.version == version)).rowcount == 1


def _is(kind: DraftKind, key: str) -> ColumnElement[bool]:
    return (model_draft.c.kind == kind) & (model_draft.c.key == key)
