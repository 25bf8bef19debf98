"""Due work: timers, the stages of deadlines. Each job is done in the transaction that moves its token, exactly once.

A worker reads due jobs without a lock, then takes the root's row and skips it where somebody else has it, then looks for the job again.
A job that fails is retried with a longer and longer wait, then it is an incident that waits for a person.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, or_, select, update

from engine import access
from engine.bpmn.model import TimerKind
from engine.errors import Conflict, CrossdeskError, DatabaseUnavailable, NotFound
from engine.events import JobFailed, JobRetried
from engine.model import SYSTEM, Actor, Incident, Job, JobKind
from engine.phrases import parts_of
from engine.services import case_rows
from engine.services.catalogue import Definition
from engine.services.deployment_rows import start_timer
from engine.services.expressions import Expressions
from engine.services.instances import Instances, Start
from engine.services.receivers import deliver_by_job
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.task_reading import to_task
from engine.store import history
from engine.store.game import Lock, lock_root
from engine.store.rows import STARTS, TIMER, JobRow
from engine.store.tables import incident, job, process_definition, process_instance
from engine.tokens import one_less
from engine.work.deadlines import STAGES, event_of, who
from engine.work.notices import StepFacts, notices_of

log = logging.getLogger("crossdesk.jobs")

BATCH = 100
RETRIES = 3
FIRST_WAIT = timedelta(seconds=10)
FAILED_JOB = "failedJob"
_IS_SUSPENDED = or_(
    exists().where(process_instance.c.id == job.c.instance_id, process_instance.c.suspended),
    exists().where(process_definition.c.id == job.c.root_id, process_definition.c.suspended),
)
"""What is to be done in something suspended waits; it is made up for once that is resumed."""


class Jobs:
    """The jobs of all cases."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def next_due(self) -> datetime | None:
        """When the next job is due; None while nothing waits."""
        with self._runtime.database.read() as connection:
            first = select(job.c.due_at).where(job.c.retries > 0, ~_IS_SUSPENDED).order_by(job.c.due_at, job.c.id).limit(1)
            found: datetime | None = connection.execute(first).scalar_one_or_none()
            return found

    def run_due(self, limit: int = BATCH) -> int:
        """Do the jobs that are due, one transaction each. Returns how many were done or failed; 0 when nothing was left to do."""
        query = (
            select(job.c.id, job.c.root_id, job.c.kind)
            .where(job.c.retries > 0, job.c.due_at <= self._runtime.clock.now(), ~_IS_SUSPENDED)
            .order_by(job.c.due_at, job.c.id)
            .limit(limit)
        )
        with self._runtime.database.read() as connection:
            due = list(connection.execute(query))
        return sum(self._run(row.id, row.root_id, row.kind) for row in due)

    def execute(self, actor: Actor, job_id: str) -> None:
        """Do a job now, whether it is due or not; a failure is answered and changes nothing. Administrators only."""
        access.may_repair(actor, None)
        row = self._find(job_id)
        if row.instance_id == row.root_id and self._is_start(row.root_id):
            self._start_by_timer(job_id)
            return
        self._runtime.commit(lambda connection: (None, self._do(connection, row.root_id, job_id, skip_locked=False) or Changed()))

    def _run(self, job_id: str, root_id: str, kind: str) -> bool:
        """One job. A failure is written down in a transaction of its own."""
        try:
            if kind in STARTS:
                return self._start_by_timer(job_id)
            done = self._runtime.write(lambda connection: self._do(connection, root_id, job_id, skip_locked=True))
        except DatabaseUnavailable:
            raise  # not the job's fault: everything due is looked at again
        except Exception as error:
            if not isinstance(error, CrossdeskError):  # a handler's fault, or ours: it stops its own case, and nobody else's jobs
                log.exception("job %s failed", job_id)
            self._failed(job_id, root_id, error)
            return True
        if done is not None:
            self._runtime.tell(done)
        return done is not None

    def _do(self, connection: Connection, root_id: str, job_id: str, *, skip_locked: bool) -> Changed | None:
        """Lock, look again, do. None when there is nothing to do any more."""
        lock = lock_root(connection, root_id, skip_locked=skip_locked)
        if lock is None:
            self._forget_without_root(connection, root_id, job_id)
            return None
        step = Step.on(self._runtime, connection, SYSTEM, lock)
        row = step.jobs.get(job_id)
        if row is None:
            return None
        if skip_locked and step.is_suspended(row.instance_id):  # since it was found
            return None
        step.check_active(row.instance_id)
        if row.kind == TIMER:
            step.game.trigger(job_id)
            step.jobs.pop(job_id, None)
        elif row.kind == JobKind.DELIVERY:
            deliver_by_job(step, row)
        else:
            self._stage(step, row)
        return step.finish()

    def _forget_without_root(self, connection: Connection, root_id: str, job_id: str) -> None:
        """A delivery may be written while its case ends: nobody waits for it any more. A case that somebody else has locked is there."""
        if connection.execute(select(process_instance.c.id).where(process_instance.c.id == root_id)).one_or_none() is None:
            connection.execute(delete(job).where(job.c.id == job_id, job.c.kind == JobKind.DELIVERY.value))

    def _stage(self, step: Step, row: JobRow) -> None:
        """A stage of a deadline: tell people, and let more of them take the task."""
        del step.jobs[row.id]
        task_row = step.work.open.get(row.token_id or "")
        if task_row is None:
            return
        kind = JobKind(row.kind)
        task = to_task(step, task_row)
        escalation = who(kind, task, step.directory, step.process(task_row.instance_id).owner)
        step.record(event_of(kind, task, escalation))
        step.work.change(
            replace(
                task_row,
                added_users=tuple(sorted({*task_row.added_users, *escalation.users})),
                added_groups=tuple(sorted({*task_row.added_groups, *escalation.groups})),
                deadline_stage=STAGES.index(kind) + 1,
            )
        )

    def _is_start(self, of: str) -> bool:
        """Whether a job is one of a process definition: it starts a case."""
        return of.count(":") == 2  # noqa: PLR2004  key:version:unique; the ids of cases have no colon

    def _start_by_timer(self, job_id: str) -> bool:
        """A timer start event, or a signal: one case, and the job is gone; a cycle gets one for its next time."""
        row = self._find(job_id)
        with self._runtime.database.read() as connection:
            definition = self._runtime.catalogue.definition(connection, row.root_id)
        number = self._instances.next_number(definition)

        def work(connection: Connection) -> Changed | None:
            columns = (job.c.root_id, job.c.element_id, job.c.data)
            gone = connection.execute(delete(job).where(job.c.id == job_id).returning(*columns)).one_or_none()
            if gone is None:
                return None
            if gone.data:
                self._next_start(connection, gone, definition)
            start = Start(gone.root_id, gone.element_id, number=number, by_form=False)
            return self._instances.begin(connection, SYSTEM, self._runtime.new_id(), start)[1]

        done = self._runtime.write(work)
        if done is not None:
            self._runtime.tell(done)
        return done is not None

    def _next_start(self, connection: Connection, row: Row[*tuple[Any, ...]], definition: Definition) -> None:
        """Arm a cycle that starts cases for its next time."""
        runtime = self._runtime
        cycles = (event for event in definition.process.nodes[row.element_id].events if event.timer is TimerKind.CYCLE)
        expressions = Expressions(runtime.clock.now(), runtime.directory(connection), runtime.calendar(connection))
        left = one_less(row.data)
        connection.execute(insert(job), start_timer(runtime.new_id(), row.root_id, row.element_id, expressions, next(cycles), left))

    def _failed(self, job_id: str, root_id: str, error: Exception) -> None:
        """Fewer retries and a longer wait; without retries an incident."""
        said = str(error) if isinstance(error, CrossdeskError) else repr(error)

        def work(connection: Connection) -> Changed:
            lock = lock_root(connection, root_id)
            row = connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
            if row is None:
                return Changed()
            now, left = self._runtime.clock.now(), row.retries - 1
            wait = FIRST_WAIT * 6 ** (RETRIES - left - 1) if left < RETRIES else FIRST_WAIT
            connection.execute(update(job).where(job.c.id == job_id).values(retries=left, error=said, due_at=now + wait))
            if left == 0:
                values = {"id": self._runtime.new_id(), "root_id": root_id, "instance_id": row.instance_id, "element_id": row.element_id}
                connection.execute(insert(incident), {**values, "kind": FAILED_JOB, "job_id": job_id, "created_at": now, "message": said})
            if lock is not None:
                self._tell_of_failure(connection, lock, JobFailed(job_id, row.element_id, said, left, row.instance_id, parts_of(said)))
            return Changed(cases=frozenset({root_id}), jobs=True, notices=True)

        self._runtime.tell(self._runtime.database.write(work))

    def _tell_of_failure(self, connection: Connection, lock: Lock, failed: JobFailed) -> None:
        """Write a failure into the history, and tell who can repair it when it has become an incident."""
        now = self._runtime.clock.now()
        head = history.append(connection, lock.root_id, SYSTEM, now, [failed], lock.head)
        case = case_rows.load(connection, lock.root_id)
        owner = self._runtime.catalogue.definition(connection, case.definition_id).process.owner
        facts = StepFacts(case, SYSTEM, f"{lock.root_id}:{head.seq}", owner=owner)
        case_rows.put_notices(connection, now, facts.entry, notices_of([failed], facts, self._runtime.directory(connection)))

    # ---- operating -------------------------------------------------------------------------------------------------------

    def all(self, actor: Actor) -> list[Job]:
        """All jobs, those that failed first."""
        access.may_see_jobs(actor)
        query = select(job).order_by(job.c.retries, job.c.due_at, job.c.id).limit(1000)
        with self._runtime.database.read() as connection:
            return [_to_job(row) for row in connection.execute(query)]

    def with_definitions(self, actor: Actor) -> list[tuple[Job, str]]:
        """All jobs, those that failed first, each with its process definition."""
        access.may_see_jobs(actor)
        of = process_instance.c.definition_id.label("of")
        query = select(job, of).outerjoin(process_instance, process_instance.c.id == job.c.instance_id)
        with self._runtime.database.read() as connection:
            rows = connection.execute(query.order_by(job.c.retries, job.c.due_at, job.c.id).limit(1000)).all()
        return [(_to_job(row), row.of or row.instance_id) for row in rows]

    def incidents(self, actor: Actor) -> list[Incident]:
        """What waits for a person to repair it, the oldest first."""
        access.may_see_jobs(actor)
        with self._runtime.database.read() as connection:
            return [Incident(**row._asdict()) for row in connection.execute(select(incident).order_by(incident.c.id).limit(1000))]

    def retry(self, actor: Actor, job_id: str, retries: int = 1) -> None:
        """Give a failed job new retries; its incident is gone."""
        access.may_repair(actor, None)
        root_id = self._find(job_id).root_id

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = lock_root(connection, root_id)
            now = self._runtime.clock.now()
            changed = connection.execute(update(job).where(job.c.id == job_id).values(retries=retries, error=None, due_at=now)).rowcount
            if not changed:
                raise Conflict("the job is not there any more", job=job_id)
            connection.execute(delete(incident).where(incident.c.job_id == job_id))
            if lock is not None:
                history.append(connection, root_id, actor, now, [JobRetried(job_id, retries)], lock.head)
            return None, Changed(cases=frozenset({root_id}), jobs=True)

        self._runtime.commit(work)

    def _find(self, job_id: str) -> Job:
        with self._runtime.database.read() as connection:
            row = connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no job {job_id!r}", job=job_id)
        return _to_job(row)


def _to_job(row: object) -> Job:
    """A row of `job` as the public value."""
    names = ("id", "root_id", "instance_id", "element_id", "due_at", "retries", "error", "created_at")
    kind = getattr(row, "kind", TIMER)
    values = {name: getattr(row, name) for name in names}
    return Job(**values, kind=JobKind.TIMER if kind in STARTS else JobKind(kind))
