"""When a timer is due, told anew by its model: with the variables as they are now, counted from when it was armed or from now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, update

from engine import access
from engine.bpmn.model import EventKind
from engine.errors import Conflict, InvalidRequest
from engine.events import Event
from engine.model import Actor, JobKind
from engine.program_events import JobChanged
from engine.services.expressions import Expressions, Place
from engine.services.incidents import owner_of
from engine.services.job_changes import JobChanges
from engine.services.runtime import Changed
from engine.services.step import Step
from engine.store.game import lock_root
from engine.store.queries.failures import is_of_no_case
from engine.store.rows import START_TIMER, TIMER
from engine.store.tables import job
from engine.tokens.state import AFTER, BEFORE

if TYPE_CHECKING:
    from engine.bpmn.model import Process
    from engine.store.rows import JobRow


class Recalculation(JobChanges):
    """The part of `Jobs` that asks models again."""

    def recalculate(self, actor: Actor, job_id: str, *, from_creation: bool = True) -> None:
        """Let the model say anew when a timer is due, counted from when it was armed, or from now. The process owner and administrators.

        Raises `InvalidRequest` for a job that is no timer, `ModelFault` where its expression gives no moment now.
        """
        access.may_change(actor)
        root_id = self._find(job_id).root_id
        if is_of_no_case(root_id):
            self._recalculate_start(actor, job_id, from_creation=from_creation)
            return

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = lock_root(connection, root_id)
            access.may_repair(actor, owner_of(self._runtime, connection, root_id))
            step = Step.on(self._runtime, connection, actor, lock) if lock is not None else None
            row = step.jobs.get(job_id) if step is not None else None
            if step is None or row is None:
                raise Conflict("the job is not there any more", job=job_id)
            due = due_in_case(step, row, row.created_at if from_creation else step.at)
            step.jobs[job_id] = replace(row, due_at=due)
            step.record(JobChanged(job_id, row.element_id, due_at=due.isoformat(), recalculated=True, instance=row.instance_id))
            return None, step.finish() | Changed(jobs=True)

        self._runtime.commit(work)

    def _recalculate_start(self, actor: Actor, job_id: str, *, from_creation: bool) -> None:
        def change(connection: Connection, row: Row[*tuple[Any, ...]], now: datetime) -> Event:
            if row.kind != START_TIMER:
                raise no_timer(job_id, row.kind)
            runtime, at = self._runtime, row.created_at if from_creation else now
            process = runtime.catalogue.definition(connection, row.root_id).process
            expressions = Expressions(at, runtime.directory(connection), runtime.calendar(connection))
            due = due_of_version(expressions, process, job_id, row.element_id)
            connection.execute(update(job).where(job.c.id == job_id).values(due_at=due))
            return JobChanged(job_id, row.element_id, due_at=due.isoformat(), recalculated=True, instance=row.instance_id)

        self._change(actor, job_id, change)


def due_in_case(step: Step, row: JobRow, at: datetime) -> datetime:
    """When a timer of a case is due, or a task listener's timeout, counted from a moment. Raises `InvalidRequest` for another job."""
    if row.kind == TIMER and row.data not in {BEFORE, AFTER}:
        due = step.host.due_from(step.game.subscriptions[row.id], at)
        if due is None:
            raise _several(row.id, row.element_id)
        return due
    if row.kind == JobKind.TIMEOUT:
        waiting = step.game.token(row.token_id or "")
        timer = waiting.task_spec.node.listeners[int(row.data.partition(" ")[0])].timer
        return step.expressions.counted_from(at).due(timer, step.host.place(waiting))
    raise no_timer(row.id, row.kind)


def due_of_version(expressions: Expressions, process: Process, job_id: str, element: str) -> datetime:
    """The same of a timer by which cases of a version begin."""
    timers = [it for it in process.nodes[element].events if it.kind is EventKind.TIMER]
    if len(timers) != 1:
        raise _several(job_id, element)
    return expressions.due(timers[0], Place(element, {}))


def no_timer(job_id: str, kind: str) -> InvalidRequest:
    """There is nothing in the model that would tell when it is due."""
    return InvalidRequest(f"Only timer jobs can be recalculated, but the job with id '{job_id}' is of type '{kind}'.", job=job_id)


def _several(job_id: str, element: str) -> InvalidRequest:
    return InvalidRequest(f"{element} has several timers: set the due date of the job {job_id} itself", job=job_id, element=element)
