"""What people change of jobs by hand: how often they are tried, and which comes first.

Each change stands in the history of the case, or, of what begins cases, in that of what is deployed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine import access
from engine.errors import Conflict, InvalidRequest
from engine.events import Event, JobRetried
from engine.model import Actor
from engine.program_events import JobChanged, JobDeleted
from engine.services.incidents import owner_of
from engine.services.job_reading import JobReading
from engine.services.priorities import PRIORITIES
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.game import lock_root
from engine.store.queries.failures import is_of_no_case
from engine.store.rows import CLEANUP, TIMER
from engine.store.tables import incident, job, token
from engine.tokens import TokenState
from engine.tokens.state import AFTER, BEFORE

MOST_RETRIES = 2**31 - 1  # what the column holds, and Camunda's Integer
FAILED_JOB = "failedJob"
Change = Callable[[Connection, Row[*tuple[Any, ...]], datetime], Event]
"""Changes the row of a job, and says what happened."""


class JobChanges(JobReading):
    """The part of `Jobs` that the process owner and administrators use."""

    def retry(self, actor: Actor, job_id: str, retries: int = 1, due_at: datetime | None = None) -> None:
        """Say how often a job may be tried from now on: its incident is gone, or, with 0, made. The process owner and administrators.

        What has failed is due at once, anything else when it was, unless `due_at` says otherwise.
        """
        if not 0 <= retries <= MOST_RETRIES:
            raise InvalidRequest(
                f"The number of job retries must be a non-negative Integer, but '{retries}' has been provided.", retries=retries
            )

        def change(connection: Connection, row: Row[*tuple[Any, ...]], now: datetime) -> Event:
            due = due_at or (now if row.error is not None else row.due_at)
            connection.execute(update(job).where(job.c.id == job_id).values(retries=retries, due_at=due))
            gone = failing = None
            if retries:
                of_job = delete(incident).where(incident.c.job_id == job_id).returning(incident.c.id)
                gone = connection.execute(of_job).scalar_one_or_none()
            elif row.retries:
                make_incident(self._runtime, connection, row, row.error or "", now)
                failing = row.element_id
            return JobRetried(job_id, retries, gone, failing)

        self._change(actor, job_id, change)

    def set_priority(self, actor: Actor, job_id: str, priority: int) -> None:
        """Let a job come before or after others that are due. The process owner and administrators."""
        if priority not in PRIORITIES:
            raise InvalidRequest(f"the priority {priority} is too large", priority=priority)

        def change(connection: Connection, row: Row[*tuple[Any, ...]], _now: datetime) -> Event:
            connection.execute(update(job).where(job.c.id == job_id).values(priority=priority))
            return JobChanged(job_id, row.element_id, priority=priority, instance=row.instance_id)

        self._change(actor, job_id, change)

    def suspend(self, actor: Actor, job_id: str, *, suspended: bool) -> None:
        """Let a job wait, whenever it is due, or let it be done again. The process owner and administrators.

        It is resumed with its case, too.
        """

        def change(connection: Connection, row: Row[*tuple[Any, ...]], _now: datetime) -> Event:
            connection.execute(update(job).where(job.c.id == job_id).values(suspended=suspended))
            return JobChanged(job_id, row.element_id, suspended=suspended, instance=row.instance_id)

        self._change(actor, job_id, change)

    def set_due(self, actor: Actor, job_id: str, due_at: datetime | None) -> None:
        """Say when a job is due; None: now. The process owner and administrators."""

        def change(connection: Connection, row: Row[*tuple[Any, ...]], now: datetime) -> Event:
            due = due_at or now
            connection.execute(update(job).where(job.c.id == job_id).values(due_at=due))
            return JobChanged(job_id, row.element_id, due_at=due.isoformat(), instance=row.instance_id)

        self._change(actor, job_id, change)

    def drop(self, actor: Actor, job_id: str) -> None:
        """What a job was for does not happen, and its incident is gone. The process owner and administrators.

        As in Camunda 7 what waits for it goes on waiting: a timer does not fire, and a token that was to get a transaction of its own
        stays until a modification takes it away.
        """

        def change(connection: Connection, row: Row[*tuple[Any, ...]], _now: datetime) -> Event:
            connection.execute(delete(job).where(job.c.id == job_id))
            connection.execute(delete(incident).where(incident.c.job_id == job_id))
            if row.kind == TIMER and row.data in {BEFORE, AFTER}:
                waiting = update(token).where(token.c.root_id == row.root_id, token.c.id == row.token_id)
                connection.execute(waiting.values(state=TokenState.STRANDED.value))
            return JobDeleted(job_id, row.element_id, row.instance_id)

        self._change(actor, job_id, change)

    def _change(self, actor: Actor, job_id: str, change: Change) -> None:
        """One change, in the history. Raises `NotFound`, and `Conflict` where the job was done meanwhile."""
        access.may_change(actor)
        root_id = self._find(job_id).root_id

        def work(connection: Connection) -> tuple[None, Changed]:
            # In the order of a deployment: the chain, then the jobs of its versions.
            lock = lock_root(connection, root_id, with_content=False)
            chain, head = (root_id, lock.head) if lock is not None else (history.DEPLOYMENTS, None)
            if is_of_no_case(root_id):
                head = history.lock_head(connection, history.DEPLOYMENTS)
            access.may_repair(actor, owner_of(self._runtime, connection, root_id))
            row = connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
            if row is None or head is None:
                raise Conflict("the job is not there any more", job=job_id)
            now = self._runtime.clock.now()
            history.append(connection, chain, actor, now, [change(connection, row, now)], head)
            return None, Changed(cases=frozenset({root_id}), jobs=True)

        self._runtime.commit(work)


def make_incident(runtime: Runtime, connection: Connection, row: Row[*tuple[Any, ...]], message: str, now: datetime) -> None:
    """Nobody tries a job any more. What removes past cases belongs to no process: it is seen among the jobs."""
    if row.kind == CLEANUP:
        return
    values = {"id": runtime.new_id(), "root_id": row.root_id, "instance_id": row.instance_id, "element_id": row.element_id}
    connection.execute(insert(incident), {**values, "kind": FAILED_JOB, "job_id": row.id, "created_at": now, "message": message})
