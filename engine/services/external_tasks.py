"""External tasks: work that programs fetch, do and report. A lock is a lease: it keeps other workers away until it expires.

Fetching and the lock change no case, so they lock only rows of external tasks, never wait for one another, and leave no trace in the
history; what a worker reports is a step like any other: root first, then the task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select, true, update

from engine import access
from engine.access import sight
from engine.errors import InvalidRequest, NotFound, Suspended
from engine.model import Actor
from engine.program_events import ExternalTaskChanged, ExternalTaskCompleted, ExternalTaskErrorThrown, ExternalTaskFailed
from engine.services.executions import execution_of
from engine.services.external_values import LONGEST_LEASE, ExternalTask, Failure, Fetch, check_fetch
from engine.services.limits import check_name
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.variables import VariableScopes
from engine.store.game import ExternalRow, lock_root_of_external
from engine.store.loading import load_root
from engine.store.queries.external import EXTERNAL, Topic, any_free, free, lock_for, next_free, seen_external
from engine.store.queries.listings import Asked, Wanted
from engine.store.rows import Root
from engine.store.tables import external_task, process_instance
from engine.tokens import variable_scopes

LONGEST_MESSAGE: Final = 666  # characters; Camunda's column has as many
MOST_DETAILS: Final = 100_000


class ExternalTasks:
    """The external tasks of all cases."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    # ---- the lease -------------------------------------------------------------------------------------------------------

    def fetch(self, actor: Actor, wanted: Fetch) -> list[ExternalTask]:
        """Lock tasks for a worker: those that nobody has, or whose lock has expired. Two workers never get the same one."""
        access.may_work(actor)
        check_fetch(wanted)
        if wanted.most == 0 or not wanted.topics:
            return []

        with self._runtime.database.read() as connection:  # a worker that finds nothing waits for no writer
            if not any_free(connection, wanted.topics, self._runtime.clock.now(), self._asked(connection)):
                return []

        def work(connection: Connection) -> tuple[list[ExternalTask], Changed]:
            asked, now = self._asked(connection), self._runtime.clock.now()
            found = free(
                connection, wanted.topics, now, asked, most=wanted.most, by_priority=wanted.by_priority, descending=wanted.newest_first
            )
            topics = {it.id: wanted.topics[it.topic] for it in found}
            if topics:
                lock_for(connection, wanted.worker, {key: now + topic.lease for key, topic in topics.items()})
            return self._fetched(connection, topics), Changed()

        return self._runtime.commit(work)

    def next_free(self, actor: Actor, wanted: Fetch) -> datetime | None:
        """When the lock of a task expires that this worker would have: until then it need not ask again, unless a commit says so."""
        access.may_work(actor)
        with self._runtime.database.read() as connection:
            return next_free(connection, wanted.topics, self._runtime.clock.now(), self._asked(connection))

    def lock(self, actor: Actor, task_id: str, worker: str, lease: timedelta) -> None:
        """Lock one task, also one that its worker has already. `InvalidRequest` while another worker has it."""

        def change(row: ExternalRow, now: datetime) -> dict[str, object]:
            if row.worker_id not in {None, worker} and _is_locked(row, now):
                raise _wrong_worker(row, worker, "cannot be locked")
            return {"worker_id": worker, "locked_until": now + lease}

        self._change_lease(actor, task_id, worker, lease, change)

    def extend(self, actor: Actor, task_id: str, worker: str, lease: timedelta) -> None:
        """Keep a task for so long from now on. `InvalidRequest` for who has not locked it, and once the lock has expired."""

        def change(row: ExternalRow, now: datetime) -> dict[str, object]:
            if row.worker_id != worker:
                raise _wrong_worker(row, worker, "cannot be extended", "The lock of the External Task")
            if not _is_locked(row, now):
                raise InvalidRequest(f"Cannot extend a lock that expired: External Task {row.id}")
            return {"locked_until": now + lease}

        self._change_lease(actor, task_id, worker, lease, change)

    def unlock(self, actor: Actor, task_id: str) -> None:
        """Let other workers have a task."""
        self._change_lease(actor, task_id, None, None, lambda _row, _now: {"worker_id": None, "locked_until": None})

    def _change_lease(
        self,
        actor: Actor,
        task_id: str,
        worker: str | None,
        lease: timedelta | None,
        change: Callable[[ExternalRow, datetime], dict[str, object]],
    ) -> None:
        access.may_work(actor)
        if worker is not None:
            check_name("workerId", worker)
        if lease is not None and not timedelta() < lease <= LONGEST_LEASE:
            raise InvalidRequest("the duration of a lock must be greater than 0")

        def work(connection: Connection) -> tuple[None, Changed]:
            columns = external_task.c
            query = (
                select(external_task, process_instance.c.suspended)
                .join(process_instance, process_instance.c.id == columns.instance_id)
                .where(columns.id == task_id)
                .with_for_update(of=external_task)
            )
            found = connection.execute(query).one_or_none()
            if found is None:
                raise _missing(task_id)
            values = found._asdict()
            if values.pop("suspended"):
                raise _suspended(task_id)
            row = ExternalRow(**values)
            changes = change(row, self._runtime.clock.now())
            connection.execute(update(external_task).where(columns.id == task_id).values(changes))
            return None, Changed(topics=frozenset() if changes.get("worker_id", worker) else frozenset({row.topic}))

        self._runtime.commit(work)

    # ---- what a worker reports -------------------------------------------------------------------------------------------

    def report_completion(
        self,
        actor: Actor,
        task_id: str,
        worker: str,
        variables: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
    ) -> None:
        """A task is done; its case goes on in the same transaction. `local`: variables of the task alone, for its output mappings.

        Raises `NotFound`, `InvalidRequest` where another worker has it, `Suspended`, and `ModelFault` when the model cannot go on: then
        nothing has changed, and the worker still has it.
        """

        def act(step: Step, row: ExternalRow) -> None:
            _write(step, row, variables, local)
            step.record(ExternalTaskCompleted(row.id, row.element_id, worker))
            step.game.complete(row.id)

        self._report(actor, task_id, worker, "cannot be completed", act)

    def report_failure(
        self,
        actor: Actor,
        task_id: str,
        worker: str,
        failure: Failure,
        variables: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
    ) -> None:
        """A task could not be done: it may be fetched again after a while, or, without retries, is an incident."""
        if failure.retries < 0:
            raise InvalidRequest("The number of retries cannot be negative")
        if not timedelta() <= failure.wait <= LONGEST_LEASE:
            raise InvalidRequest("the retryTimeout must not be negative")

        def act(step: Step, row: ExternalRow) -> None:
            message = (failure.message or "")[:LONGEST_MESSAGE]
            _write(step, row, variables, local)
            step.external.change(
                replace(
                    row,
                    retries=failure.retries,
                    error=message or None,
                    error_details=(failure.details or "")[:MOST_DETAILS] or None,
                    locked_until=step.at + failure.wait,
                ),
                may_be_fetched=failure.retries > 0,
            )
            if failure.retries == 0 and row.retries != 0:
                step.external.failed_for_good(row, message)
            elif failure.retries and row.retries == 0:
                step.external.repaired(row)
            step.record(ExternalTaskFailed(row.id, row.element_id, worker, message, failure.retries, row.instance_id))
            step.game.run()  # a condition may look at what was written

        self._report(actor, task_id, worker, "cannot be marked as failed", act)

    def report_error(
        self, actor: Actor, task_id: str, worker: str, code: str, message: str = "", variables: Mapping[str, object] | None = None
    ) -> None:
        """A task came to a business error, which the process may catch; its path ends where nobody does."""
        check_name("errorCode", code)

        def act(step: Step, row: ExternalRow) -> None:
            _write(step, row, variables, None)
            step.record(ExternalTaskErrorThrown(row.id, row.element_id, worker, code, message[:LONGEST_MESSAGE] or None))
            step.game.throw_error(row.id, code, message)

        self._report(actor, task_id, worker, "cannot be handled as BPMN error", act)

    def _report(self, actor: Actor, task_id: str, worker: str, what: str, act: Callable[[Step, ExternalRow], None]) -> None:
        """Do something with a task that the worker has, whether its lock has expired or not: only nobody else may have taken it."""
        access.may_work(actor)
        check_name("workerId", worker)

        def checked(step: Step, row: ExternalRow) -> None:
            if row.worker_id != worker:
                raise _wrong_worker(row, worker, what)
            step.check_active(row.instance_id)
            act(step, row)

        self._act(actor, task_id, checked)

    def _act(self, actor: Actor, task_id: str, act: Callable[[Step, ExternalRow], None]) -> None:
        def work(connection: Connection) -> tuple[None, Changed]:
            found = lock_root_of_external(connection, task_id)
            if found is None:
                raise _missing(task_id)
            lock, row = found
            step = Step.on(self._runtime, connection, actor, lock)
            step.external.known(row)
            act(step, row)
            return None, step.finish()

        self._runtime.commit(work)

    # ---- operating -------------------------------------------------------------------------------------------------------

    def set_retries(self, actor: Actor, task_id: str, retries: int) -> None:
        """Say how often a task may be tried from now on: its incident is gone, or, with 0, made. The process owner and administrators."""
        if retries < 0:
            raise InvalidRequest("The number of retries cannot be negative")

        def act(step: Step, row: ExternalRow) -> None:
            access.may_repair(actor, step.process(step.root_id).owner)
            step.external.change(replace(row, retries=retries), may_be_fetched=retries > 0)
            if retries and row.retries == 0:
                step.external.repaired(row)
            elif retries == 0 and row.retries != 0:
                step.external.failed_for_good(row, row.error or "")
            step.record(ExternalTaskChanged(row.id, row.element_id, retries=retries))

        self._act(actor, task_id, act)

    def set_priority(self, actor: Actor, task_id: str, priority: int) -> None:
        """Let a task come before or after others. The process owner and administrators."""

        def act(step: Step, row: ExternalRow) -> None:
            access.may_repair(actor, step.process(step.root_id).owner)
            step.external.change(replace(row, priority=priority), may_be_fetched=False)
            step.record(ExternalTaskChanged(row.id, row.element_id, priority=priority))

        self._act(actor, task_id, act)

    # ---- reading ---------------------------------------------------------------------------------------------------------

    def all(self, actor: Actor, wanted: Wanted) -> list[ExternalTask]:
        """Open external tasks of the cases that somebody sees."""
        with self._runtime.database.read() as connection:
            directory, wanted = self._runtime.directory(connection), replace(wanted, now=self._runtime.clock.now())
            rows = EXTERNAL.page(connection, wanted, directory, seen_external(sight(actor, directory)))
            return [_listed(row) for row in rows]

    def count(self, actor: Actor, wanted: Wanted) -> int:
        """How many there are."""
        with self._runtime.database.read() as connection:
            directory, wanted = self._runtime.directory(connection), replace(wanted, now=self._runtime.clock.now())
            return EXTERNAL.count(connection, wanted, directory, seen_external(sight(actor, directory)))

    def get(self, actor: Actor, task_id: str) -> ExternalTask:
        """An open external task. Raises `NotFound`."""
        found = self.all(actor, Wanted({"externalTaskId": task_id}))
        if not found:
            raise _missing(task_id)
        return found[0]

    # ---- what a worker gets ----------------------------------------------------------------------------------------------

    def _asked(self, connection: Connection) -> Asked:
        return Asked({}, self._runtime.directory(connection), connection.dialect.name)

    def _fetched(self, connection: Connection, found: Mapping[str, Topic]) -> list[ExternalTask]:
        """The tasks in the order in which they were found, each with the variables that its topic asks for."""
        if not found:
            return []
        wanted = Wanted({"externalTaskIdIn": list(found)})
        rows = {row["id"]: _listed(row) for row in EXTERNAL.page(connection, wanted, self._runtime.directory(connection), true())}
        roots = {root_id: load_root(connection, root_id) for root_id in sorted({row.root_id for row in rows.values()})}
        return [self._with_variables(connection, rows[key], topic, roots[rows[key].root_id]) for key, topic in found.items()]

    def _with_variables(self, connection: Connection, task: ExternalTask, topic: Topic, root: Root) -> ExternalTask:
        process = self._runtime.catalogue.definition(connection, task.definition_id).process
        scopes = [task.id] if topic.local else variable_scopes(root.state, task.id)
        seen = VariableScopes(root.variables).seen(scopes)
        values = seen if topic.variables is None else {name: seen[name] for name in topic.variables if name in seen}
        return replace(
            task,
            execution_id=execution_of(root.state, process, task.id),
            variables=values,
            properties=dict(process.nodes[task.element_id].properties) if topic.properties else None,
        )


def _listed(row: Mapping[Any, Any]) -> ExternalTask:
    values = dict(row)
    return ExternalTask(execution_id=values.pop("scope_id"), **values)


def _write(step: Step, row: ExternalRow, variables: Mapping[str, object] | None, local: Mapping[str, object] | None) -> None:
    """Write what a worker gives."""
    scopes = step.game.token(row.id).variable_scopes()
    for name, value in (variables or {}).items():
        step.variables.write(scopes, name, value)
    for name, value in (local or {}).items():
        step.variables.write_local(row.id, name, value)


def _is_locked(row: ExternalRow, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now


def _wrong_worker(row: ExternalRow, worker: str, what: str, whose: str = "External Task") -> InvalidRequest:
    message = f"{whose} {row.id} {what} by worker '{worker}'. It is locked by worker '{row.worker_id or 'null'}'."
    return InvalidRequest(message, task=row.id, worker=row.worker_id)


def _suspended(task_id: str) -> Suspended:
    return Suspended(f"ExternalTask with id '{task_id}' is suspended", task=task_id)


def _missing(task_id: str) -> NotFound:
    return NotFound(f"External task with id {task_id} does not exist", task=task_id)
