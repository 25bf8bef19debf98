"""What runs by itself, for whoever watches over it: jobs and external tasks of all cases, each with how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, null, or_, select, union_all

from engine.bpmn.names import CONNECTORS
from engine.store.moments import Moment
from engine.store.rows import CLEANUP, STARTS, SUSPENSION
from engine.store.tables import case_instance, external_task, job, process_definition, process_instance
from engine.tokens.state import AFTER, BEFORE

if TYPE_CHECKING:
    from sqlalchemy import Connection, Subquery

IS_SUSPENDED: Final = or_(
    job.c.suspended,
    and_(
        job.c.kind != SUSPENSION,
        or_(
            exists().where(process_instance.c.id == job.c.instance_id, process_instance.c.suspended),
            exists().where(process_definition.c.id == job.c.root_id, process_definition.c.suspended),
        ),
    ),
)
"""What is suspended, or is to be done in something that is, waits, but for resuming that; it is made up for then."""


class WorkState(StrEnum):
    """How something that runs by itself stands."""

    FAILED = "failed"  # nobody tries it any more: an incident
    RETRYING = "retrying"  # it failed, and will be tried again
    DUE = "due"  # now, or when somebody fetches it
    LOCKED = "locked"  # a program has it
    WAITING = "waiting"  # until its time
    SUSPENDED = "suspended"


class WorkKind(StrEnum):
    """What runs by itself."""

    TIMER = "timer"
    CONTINUATION = "continuation"  # a step that has a transaction of its own
    REMINDER = "reminder"
    ESCALATION = "escalation"
    OWNER_ESCALATION = "owner-escalation"
    TIMEOUT = "timeout"  # of a task listener
    SUSPENSION = "suspension"  # or its end, of a case or a version
    CLEANUP = "history-cleanup"  # of past cases whose time is over; its root and version are none
    DELIVERY = "delivery"  # of a message, signal or condition
    START = "start"  # of a case
    EXTERNAL = "external"  # for a program
    CONNECTOR = "connector"  # a call of a connector


@dataclass(frozen=True, slots=True)
class PendingWork:
    """A job or an external task. `definition_id`: the version in which its element stands; `root_id` is that too for what starts a case."""

    id: str
    kind: WorkKind
    state: WorkState
    root_id: str
    instance_id: str
    definition_id: str
    element_id: str
    created_at: datetime
    due_at: datetime
    retries: int | None
    error: str | None
    worker: str | None = None
    locked_until: datetime | None = None
    number: str | None = None  # of the root case
    subject: str = ""


_of = process_instance.alias("of")
_KINDS: Final = case(
    (job.c.kind.in_(STARTS), WorkKind.START.value),
    (job.c.data.in_((BEFORE, AFTER)), WorkKind.CONTINUATION.value),
    else_=job.c.kind,
)


def _jobs(now: datetime) -> Select[tuple[object, ...]]:
    definition = func.coalesce(_of.c.definition_id, job.c.root_id)
    is_there = or_(_of.c.id.is_not(None), job.c.kind.in_((*STARTS, SUSPENSION, CLEANUP)))
    return select(
        job.c.id, _KINDS.label("kind"), _state(now).label("state"), job.c.root_id, job.c.instance_id, definition.label("definition_id"),
        job.c.element_id, job.c.created_at, job.c.due_at, job.c.retries, job.c.error,
        cast(null(), Text).label("worker"), cast(null(), Moment).label("locked_until"),
    ).outerjoin(_of, _of.c.id == job.c.instance_id).where(is_there)  # fmt: skip


def _state(now: datetime) -> ColumnElement[str]:
    return case(
        (IS_SUSPENDED, WorkState.SUSPENDED.value),
        (job.c.retries == 0, WorkState.FAILED.value),
        (job.c.error.is_not(None), WorkState.RETRYING.value),
        (job.c.due_at <= now, WorkState.DUE.value),
        else_=WorkState.WAITING.value,
    )


def _external(now: datetime) -> Select[tuple[object, ...]]:
    columns = external_task.c
    locked = columns.locked_until > now
    kind = case((columns.topic.startswith(CONNECTORS), WorkKind.CONNECTOR.value), else_=WorkKind.EXTERNAL.value)
    state = case(
        (process_instance.c.suspended, WorkState.SUSPENDED.value),
        (columns.retries == 0, WorkState.FAILED.value),
        (locked & columns.error.is_not(None), WorkState.RETRYING.value),
        (locked, WorkState.LOCKED.value),
        else_=WorkState.DUE.value,
    )
    return select(
        columns.id, kind.label("kind"), state.label("state"), columns.root_id, columns.instance_id,
        process_instance.c.definition_id, columns.element_id, columns.created_at, columns.created_at.label("due_at"), columns.retries,
        columns.error, columns.worker_id.label("worker"), columns.locked_until,
    ).join(process_instance, process_instance.c.id == columns.instance_id)  # fmt: skip


def _all(now: datetime) -> Subquery:
    return union_all(_jobs(now), _external(now)).subquery("pending")


def page(conn: Connection, now: datetime, state: WorkState | None, text: str, offset: int, limit: int) -> tuple[list[PendingWork], int]:
    """What runs by itself, what needs somebody first, then by its time; and how much there is in all of this state."""
    work = _all(now)
    order = case({it.value: place for place, it in enumerate(WorkState)}, value=work.c.state)
    query = (
        select(work, case_instance.c.number, case_instance.c.subject)
        .outerjoin(case_instance, case_instance.c.id == work.c.root_id)
        .order_by(order, work.c.due_at, work.c.id)
    )
    if state is not None:
        query = query.where(work.c.state == state.value)
    if text:
        of_case = (case_instance.c.number, case_instance.c.subject, work.c.definition_id)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in of_case)))
    total = conn.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    rows = conn.execute(query.offset(offset).limit(limit)).mappings()
    return [_pending(dict(row)) for row in rows], total


def counts(conn: Connection, now: datetime) -> dict[WorkState, int]:
    """How much there is of each state."""
    work = _all(now)
    return {WorkState(state): count for state, count in conn.execute(select(work.c.state, func.count()).group_by(work.c.state))}


def oldest_due(conn: Connection, now: datetime) -> datetime | None:
    """Since when something has been due that nobody has done; failed work waits for a person, not for the wake-up."""
    found: datetime | None = conn.execute(
        select(func.min(job.c.due_at)).where(job.c.retries > 0, job.c.due_at <= now, ~IS_SUSPENDED)
    ).scalar_one()
    return found


def _pending(row: dict[str, object]) -> PendingWork:
    values = {**row, "kind": WorkKind(str(row["kind"])), "state": WorkState(str(row["state"])), "subject": row["subject"] or ""}
    return PendingWork(**values)  # type: ignore[arg-type]  # the columns of the query have its names
