"""Due work: timers, the stages of deadlines. Each job is done in the transaction that moves its token, exactly once.

A worker reads due jobs without a lock, then takes the root's row and skips it where somebody else has it, then looks for the job again.
A job that fails is retried with a longer and longer wait, then it is an incident that waits for a person.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine import access
from engine.bpmn.model import TimerKind
from engine.bpmn.retries import USUAL, RetryCycle
from engine.errors import CrossdeskError, DatabaseUnavailable, InvalidSubmission, NotFound, Suspended
from engine.events import JobFailed
from engine.model import SYSTEM, Actor, JobKind
from engine.phrases import in_a_row, parts_of
from engine.services import case_rows
from engine.services.catalogue import Definition
from engine.services.deployment_rows import Beginning
from engine.services.expressions import Expressions
from engine.services.instances import Instances, Start
from engine.services.job_changes import make_incident
from engine.services.recalculation import Recalculation
from engine.services.receivers import deliver_by_job
from engine.services.retention import Retention
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.suspension import Suspension, become_by_job
from engine.services.task_reading import to_task
from engine.store import canonical, history
from engine.store.game import Lock, lock_root
from engine.store.queries.due import due
from engine.store.queries.failures import is_of_no_case
from engine.store.rows import CLEANUP, START_LATER, SUSPENSION, TIMER, JobRow
from engine.store.tables import job, process_instance
from engine.store.values import StoredValue
from engine.tokens import one_less
from engine.work.deadlines import STAGES, event_of, who
from engine.work.notices import StepFacts, notices_of, notices_of_start

log = logging.getLogger("crossdesk.jobs")

BATCH = 100
RETRIES = USUAL.tries


class Jobs(Recalculation):
    """The jobs of all cases."""

    def __init__(self, runtime: Runtime, instances: Instances, suspension: Suspension, retention: Retention) -> None:
        super().__init__(runtime)
        self._instances = instances
        self._suspension = suspension
        self._retention = retention

    def run_due(self, limit: int = BATCH) -> int:
        """Do jobs that are due, one transaction each, those of higher priority first; the oldest ones are always among them.

        Returns how many were done or failed; 0 when nothing was left to do.
        """
        with self._runtime.database.read() as connection:
            found = due(connection, self._runtime.clock.now(), limit)
        return sum(self._run(row.id, row.root_id, row.kind) for row in found)

    def execute(self, actor: Actor, job_id: str) -> None:
        """Do a job now, whether it is due or not. Administrators only.

        A failure is answered, and counts as a try, as when the engine does it by itself: the last one makes an incident.
        """
        access.may_repair(actor, None)
        row = self._find(job_id)
        try:
            if is_of_no_case(row.root_id):
                self._do_of_no_case(job_id, row.kind)
            else:
                self._runtime.commit(lambda connection: (None, self._do(connection, row.root_id, job_id, skip_locked=False) or Changed()))
        except (DatabaseUnavailable, NotFound, Suspended):
            raise  # not the job's fault
        except Exception as error:
            self._failed(job_id, row.root_id, error)
            raise

    def _run(self, job_id: str, root_id: str, kind: str) -> bool:
        """One job. A failure is written down in a transaction of its own."""
        try:
            if is_of_no_case(root_id):
                return self._do_of_no_case(job_id, kind)
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
        if row.kind == SUSPENSION:
            return become_by_job(step, row)
        if skip_locked and (row.suspended or step.is_suspended(row.instance_id)):  # since it was found
            return None
        step.check_active(row.instance_id)
        if row.kind == TIMER:
            step.game.trigger(job_id)
            step.jobs.pop(job_id, None)
        elif row.kind == JobKind.DELIVERY:
            deliver_by_job(step, row)
        elif row.kind == JobKind.TIMEOUT:
            step.work.timed_out(row)
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

    def _do_of_no_case(self, job_id: str, kind: str) -> bool:
        work = {SUSPENSION: self._suspension.version_by_job, CLEANUP: self._retention.remove_by_job}.get(kind)
        if work is None:
            return self._start_by_timer(job_id)
        done = self._runtime.write(lambda connection: work(connection, job_id))
        if done is not None:
            self._runtime.tell(done)
        return done is not None

    def _start_by_timer(self, job_id: str) -> bool:
        """A timer start event, or a signal: one case, and the job is gone; a cycle gets one for its next time."""
        row = self._find(job_id)
        with self._runtime.database.read() as connection:
            definition = self._runtime.catalogue.definition(connection, row.root_id)
        number = self._instances.next_number(definition)

        def work(connection: Connection) -> Changed | None:
            columns = (job.c.root_id, job.c.element_id, job.c.data, job.c.kind)
            gone = connection.execute(delete(job).where(job.c.id == job_id).returning(*columns)).one_or_none()
            if gone is None:
                return None
            variables, business_key = _sent(gone.data) if gone.kind == START_LATER else ({}, None)
            if gone.data and gone.kind != START_LATER:
                self._next_start(connection, gone, definition)
            start = Start(gone.root_id, gone.element_id, variables, business_key, number, by_form=False)
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
        beginning = Beginning(row.root_id, definition.process, expressions)
        connection.execute(insert(job), beginning.timer(runtime.new_id(), row.element_id, next(cycles), left))

    def _failed(self, job_id: str, root_id: str, error: Exception) -> None:
        """Fewer retries and a longer wait; without retries an incident."""
        said = reason_of(error)

        def work(connection: Connection) -> Changed:
            lock = lock_root(connection, root_id)
            # In the order of a deployment: the chain, then the jobs of its versions.
            head = history.lock_head(connection, history.DEPLOYMENTS) if lock is None and is_of_no_case(root_id) else None
            row = connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
            if row is None or row.retries <= 0:  # it is an incident already
                return Changed()
            now, cycle = self._runtime.clock.now(), self._cycle(connection, row)
            is_first = row.error is None and row.retries == RETRIES
            left = (cycle.tries if is_first else row.retries) - 1
            due = now + cycle.wait_after(left)
            connection.execute(update(job).where(job.c.id == job_id).values(retries=left, error=said, due_at=due))
            if left == 0:
                make_incident(self._runtime, connection, row, said, now)
            failed = JobFailed(job_id, row.element_id, said, left, row.instance_id, parts_of(said), row.priority or None)
            if lock is not None:
                self._tell_of_failure(connection, lock, failed)
            elif head is not None:
                self._tell_of_failed_start(connection, head, root_id, failed)
            return Changed(cases=frozenset({root_id}), jobs=True, notices=True)

        self._runtime.tell(self._runtime.database.write(work))

    def _cycle(self, connection: Connection, row: Row[*tuple[Any, ...]]) -> RetryCycle:
        """How often the element of a job is tried, and after which waits."""
        if row.kind == CLEANUP:
            return USUAL
        of = select(process_instance.c.definition_id).where(process_instance.c.id == row.instance_id)
        definition_id = connection.execute(of).scalar_one_or_none() or row.root_id
        node = self._runtime.catalogue.definition(connection, definition_id).process.nodes.get(row.element_id)
        return (node.retries if node is not None else None) or USUAL

    def _tell_of_failure(self, connection: Connection, lock: Lock, failed: JobFailed) -> None:
        """Write a failure into the history, and tell who can repair it when it has become an incident."""
        now = self._runtime.clock.now()
        head = history.append(connection, lock.root_id, SYSTEM, now, [failed], lock.head)
        case = case_rows.load(connection, lock.root_id)
        owner = self._runtime.catalogue.definition(connection, case.definition_id).process.owner
        facts = StepFacts(case, SYSTEM, f"{lock.root_id}:{head.seq}", owner=owner)
        case_rows.put_notices(connection, now, facts.entry, notices_of([failed], facts, self._runtime.directory(connection)))

    def _tell_of_failed_start(self, connection: Connection, head: history.Head, definition_id: str, failed: JobFailed) -> None:
        """The same where there is no case yet: in the chain of what is deployed."""
        now = self._runtime.clock.now()
        entry = f"{history.DEPLOYMENTS}:{history.append(connection, history.DEPLOYMENTS, SYSTEM, now, [failed], head).seq}"
        if definition_id == CLEANUP:
            return
        owner = self._runtime.catalogue.definition(connection, definition_id).process.owner
        told = notices_of_start(failed, entry, definition_id, owner, self._runtime.directory(connection))
        case_rows.put_notices(connection, now, entry, told)


def _sent(data: str) -> tuple[dict[str, object], str | None]:
    """The variables and the business key that came with a signal."""
    told = canonical.loads(data) if data else {"variables": {}, "businessKey": None}
    return {name: StoredValue(*value) for name, value in told["variables"].items()}, told["businessKey"]


def reason_of(error: Exception) -> str:
    """Why a job failed, for people: what was refused of a form, without the names of its fields; a fault of ours as it is."""
    if isinstance(error, InvalidSubmission):
        return in_a_row([problem.message for problem in error.problems])
    return str(error) if isinstance(error, CrossdeskError) else repr(error)
