"""Steps that are about one external task: root first, then the task."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from engine import access
from engine.bpmn.names import CONNECTORS
from engine.model import Actor
from engine.services.external_leases import missing, wrong_worker
from engine.services.limits import check_name
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.store.game import lock_root_of_external
from engine.store.rows import ExternalRow

Act = Callable[[Step, ExternalRow], None]


def report(runtime: Runtime, actor: Actor, task_id: str, worker: str, what: str, act: Act) -> None:
    """Do something with a task that the worker has, whether its lock has expired or not: only nobody else may have taken it.

    `what`: what cannot be done, where another has it. What waits for a connector is reported on by that, and by administrators, who mend.
    """
    access.may_work(actor)
    check_name("workerId", worker)

    def checked(step: Step, row: ExternalRow) -> None:
        access.may_work(actor, calls=row.topic.startswith(CONNECTORS))
        if row.worker_id != worker:
            raise wrong_worker(row, worker, what)
        step.check_active(row.instance_id)
        act(step, row)

    act_on(runtime, actor, task_id, checked)


def act_on(runtime: Runtime, actor: Actor, task_id: str, act: Act) -> None:
    """Do something with a task, in one transaction. Raises `NotFound` where it is not open any more."""
    runtime.commit(lambda connection: (None, step_on(runtime, connection, actor, task_id, act)))


def step_on(runtime: Runtime, connection: Connection, actor: Actor, task_id: str, act: Act) -> Changed:
    """The same within a transaction, of which it may be one of several steps; what it touched."""
    found = lock_root_of_external(connection, task_id)
    if found is None:
        raise missing(task_id)
    lock, row = found
    step = Step.on(runtime, connection, actor, lock)
    step.external.known(row)
    act(step, row)
    return step.finish()


def named(worker: str, row: ExternalRow) -> str:
    """Who did it, for the history: a connector is known by its topic, each of its tries has a lock of its own."""
    return row.topic if worker.startswith(CONNECTORS) else worker
