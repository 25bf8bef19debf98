"""The leases of external tasks: a program fetches a task and has it alone until the lock expires.

Fetching and the lock change no case, so they lock only rows of external tasks, never wait for one another, and leave no trace in the
history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, true, update

from engine import access
from engine.bpmn.names import CONNECTORS
from engine.errors import InvalidRequest, NotFound, Suspended
from engine.model import Actor, ActorKind
from engine.services.executions import execution_of
from engine.services.external_values import LONGEST_LEASE, ExternalTask, Fetch, check_fetch
from engine.services.limits import check_name
from engine.services.runtime import Changed, Runtime
from engine.services.variables import VariableScopes
from engine.store.loading import load_root
from engine.store.queries.external import EXTERNAL, Topic, any_free, free, lock_for, next_free
from engine.store.queries.listings import Asked, Wanted
from engine.store.rows import ExternalRow, Root
from engine.store.tables import external_task, process_instance
from engine.tokens import variable_scopes


class ExternalLeases:
    """Who works on which external task."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def fetch(self, actor: Actor, wanted: Fetch) -> list[ExternalTask]:
        """Lock tasks for a worker: those that nobody has, or whose lock has expired. Two workers never get the same one."""
        access.may_work(actor)
        check_fetch(wanted)
        _check_topics(actor, wanted)
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
                raise wrong_worker(row, worker, "cannot be locked")
            return {"worker_id": worker, "locked_until": now + lease}

        self._change_lease(actor, task_id, worker, lease, change)

    def extend(self, actor: Actor, task_id: str, worker: str, lease: timedelta) -> None:
        """Keep a task for so long from now on. `InvalidRequest` for who has not locked it, and once the lock has expired.

        Raises `Suspended`, as nothing goes on meanwhile; a lock is given and taken back then, too.
        """

        def change(row: ExternalRow, now: datetime) -> dict[str, object]:
            if row.worker_id != worker:
                raise wrong_worker(row, worker, "cannot be extended", "The lock of the External Task")
            if not _is_locked(row, now):
                raise InvalidRequest(f"Cannot extend a lock that expired: External Task {row.id}")
            return {"locked_until": now + lease}

        self._change_lease(actor, task_id, worker, lease, change, while_suspended=False)

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
        *,
        while_suspended: bool = True,
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
                raise missing(task_id)
            values = found._asdict()
            if values.pop("suspended") and not while_suspended:
                raise _suspended(task_id)
            row = ExternalRow(**values)
            access.may_work(actor, calls=row.topic.startswith(CONNECTORS))
            changes = change(row, self._runtime.clock.now())
            connection.execute(update(external_task).where(columns.id == task_id).values(changes))
            return None, Changed(topics=frozenset() if changes.get("worker_id", worker) else frozenset({row.topic}))

        self._runtime.commit(work)

    # ---- what a worker gets ----------------------------------------------------------------------------------------------

    def _asked(self, connection: Connection) -> Asked:
        return Asked({}, self._runtime.directory(connection), connection.dialect.name)

    def _fetched(self, connection: Connection, found: Mapping[str, Topic]) -> list[ExternalTask]:
        """The tasks in the order in which they were found, each with the variables that its topic asks for."""
        if not found:
            return []
        wanted = Wanted({"externalTaskIdIn": list(found)})
        rows = {row["id"]: listed(row) for row in EXTERNAL.page(connection, wanted, self._runtime.directory(connection), true())}
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


def _check_topics(actor: Actor, wanted: Fetch) -> None:
    """What waits for a connector is not for workers."""
    kept = next((topic.name for topic in wanted.topics if topic.name.startswith(CONNECTORS)), None)
    if kept is not None and actor.kind is not ActorKind.SYSTEM:
        raise InvalidRequest(f"the topic {kept!r} is kept for connectors", topic=kept)


def listed(row: Mapping[Any, Any]) -> ExternalTask:
    """A row of a list."""
    values = dict(row)
    return ExternalTask(execution_id=values.pop("scope_id"), **values)


def missing(task_id: str) -> NotFound:
    """There is no such task, or not any more."""
    return NotFound(f"External task with id {task_id} does not exist", task=task_id)


def wrong_worker(row: ExternalRow, worker: str, what: str, whose: str = "External Task") -> InvalidRequest:
    """Somebody else works on it. `what`: what cannot be done."""
    message = f"{whose} {row.id} {what} by worker '{worker}'. It is locked by worker '{row.worker_id or 'null'}'."
    return InvalidRequest(message, task=row.id, worker=row.worker_id)


def _is_locked(row: ExternalRow, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now


def _suspended(task_id: str) -> Suspended:
    return Suspended(f"ExternalTask with id '{task_id}' is suspended", task=task_id)
