"""Logs of one case, as Camunda 7's history has them: who did what, values, failures, hands. All is told by the chain of its root."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from engine import access
from engine.access import sight
from engine.errors import NotFound
from engine.model import Actor
from engine.services.instances import Instances
from engine.services.runtime import Runtime
from engine.store.queries.history_statistics import Passages, PastFilter, passages
from engine.store.queries.logged import LoggedEvent, instance_of_task, logged
from engine.store.queries.visible import visible_cases
from engine.store.tables import incident


class Logs:
    """The logs of cases, open and ended: for who sees all of their data."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def events(self, actor: Actor, instance_id: str, names: Collection[str]) -> list[LoggedEvent]:
        """The events of these names in a process instance, oldest first. Raises `NotFound`, `Forbidden`, `InvalidRequest` for too many."""
        _may_read(actor)
        with self._runtime.database.read() as connection:
            return logged(connection, self._instances.visible(connection, actor, instance_id), names)

    def instance_of(self, actor: Actor, task_id: str) -> str:
        """The process instance of a user task, open or done. Raises `NotFound`."""
        _may_read(actor)
        with self._runtime.database.read() as connection:
            found = instance_of_task(connection, task_id)
        if found is None:
            raise NotFound(f"there is no task {task_id!r}", task=task_id)
        return found

    def open_incidents(self, actor: Actor, instance_id: str) -> dict[str, str]:
        """The open incidents of a process instance: of the job or external task that failed, the id."""
        _may_read(actor)
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, instance_id)
            query = select(incident.c.job_id, incident.c.id).where(incident.c.root_id == case.root_id, incident.c.instance_id == case.id)
            return {str(row[0]): row[1] for row in connection.execute(query)}

    def passages(self, actor: Actor, definition_id: str, wanted: PastFilter) -> Mapping[str, Passages]:
        """How often each flow node of a version has ended, in the cases that the actor sees. Raises `InvalidRequest` for too many cases."""
        with self._runtime.database.read() as connection:
            seen = visible_cases(sight(actor, self._runtime.directory(connection)))
            return passages(connection, definition_id, wanted, seen)


def _may_read(actor: Actor) -> None:
    """What is told may be hidden from people by the steps of a model: workers, administrators and auditors read it."""
    if not actor.may_audit:
        access.may_correlate(actor)
