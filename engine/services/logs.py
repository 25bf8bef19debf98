"""Logs of cases, as Camunda 7's history has them: who did what, values, failures, hands. All is told by the chains of their roots."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from engine import access
from engine.access import sight
from engine.model import Actor, Case
from engine.services.instances import Instances
from engine.services.runtime import Runtime
from engine.store.queries import log_cases
from engine.store.queries.history_statistics import Passages, PastFilter, passages
from engine.store.queries.log_cases import CasesAsked, cases_asked, instances_of
from engine.store.queries.logged import LoggedEvent, logged
from engine.store.queries.visible import visible_cases
from engine.store.tables import incident


@dataclass(frozen=True, slots=True)
class ToldCase:
    """A process instance and events of it."""

    case: Case
    events: list[LoggedEvent]


class Logs:
    """The logs of cases, open and ended: for who sees all of their data."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def told(self, actor: Actor, asked: CasesAsked, names: Collection[str], variables: Collection[str] | None = None) -> list[ToldCase]:
        """The process instances that are asked for and seen, each with its events of these names, oldest first.

        `variables`: of the changes of variables those of these names alone. Raises `Forbidden`, `InvalidRequest` for too many.
        """
        _may_read(actor)
        with self._runtime.database.read() as connection:
            seen = visible_cases(sight(actor, self._runtime.directory(connection)))
            found = cases_asked(connection, asked, seen, log_cases.MOST_CASES)
            events = logged(connection, found, names, variables)
        return [ToldCase(it, events[it.id]) for it in found]

    def instances_of(self, actor: Actor, ids: Collection[str]) -> Mapping[str, str]:
        """The process instance of each of these ids that is one of a process instance, of a user task, or of an open external task."""
        _may_read(actor)
        with self._runtime.database.read() as connection:
            return instances_of(connection, ids)

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
