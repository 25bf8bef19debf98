"""Suspension: nothing moves in a suspended process instance, and no case of a suspended version begins, until they are resumed.

As in Camunda 7: tasks are seen and cannot be changed, timers wait and are made up for, messages and signals do not arrive, workers get
nothing. Reading, setting variables and ending a case stay possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select, update

from engine import access
from engine.model import Actor, CaseState
from engine.program_events import DefinitionResumed, DefinitionSuspended, InstanceResumed, InstanceSuspended
from engine.services.instances import Instances
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.store import history
from engine.store.game import Lock, lock_roots
from engine.store.tables import external_task, process_definition, process_instance


class Suspension:
    """Suspends and resumes process instances and definitions."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def suspend_instance(self, actor: Actor, instance_id: str, *, suspended: bool) -> None:
        """Suspend or resume one open process instance: the process owner and administrators. Raises `NotFound`."""

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = self._instances.lock_open(connection, actor, instance_id)
            return None, self._set(connection, actor, lock, [instance_id], suspended=suspended)

        self._runtime.commit(work)

    def suspend_definition(self, actor: Actor, definition_id: str, *, suspended: bool, with_instances: bool = False) -> None:
        """Let no case of a version begin, or let them again; `with_instances`: its open ones are suspended or resumed as well.

        Its process owner and administrators. Raises `NotFound`.
        """
        columns = process_definition.c

        def work(connection: Connection) -> tuple[None, Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            definition = self._runtime.catalogue.definition(connection, definition_id)
            access.may_repair(actor, definition.process.owner)
            change = update(process_definition).where(columns.id == definition_id, columns.suspended.is_(not suspended))
            if connection.execute(change.values(suspended=suspended)).rowcount:
                event = (DefinitionSuspended if suspended else DefinitionResumed)(definition_id)
                history.append(connection, history.DEPLOYMENTS, actor, self._runtime.clock.now(), [event], head)
            changed = Changed(jobs=True)
            if with_instances:
                for lock, instance_ids in self._open(connection, definition_id):
                    changed |= self._set(connection, actor, lock, instance_ids, suspended=suspended)
            return None, changed

        self._runtime.commit(work)

    def _open(self, connection: Connection, definition_id: str) -> list[tuple[Lock, list[str]]]:
        """The open instances of a version by their roots, which are locked."""
        columns = process_instance.c
        rows = connection.execute(select(columns.root_id, columns.id).where(columns.definition_id == definition_id)).all()
        locks = lock_roots(connection, {row.root_id for row in rows})
        return [(lock, [row.id for row in rows if row.root_id == root_id]) for root_id, lock in locks.items()]

    def _set(self, connection: Connection, actor: Actor, lock: Lock, instance_ids: Sequence[str], *, suspended: bool) -> Changed:
        """Suspend or resume instances of one root. Those that are so already stay, and leave no trace."""
        step = Step.on(self._runtime, connection, actor, lock)
        changed = [it for it in instance_ids if it in step.instances and step.instances[it].suspended is not suspended]
        for instance_id in changed:
            access.may_repair(actor, step.process(instance_id).owner)
            step.instances[instance_id] = replace(step.instances[instance_id], suspended=suspended)
            step.cases.become(instance_id, CaseState.SUSPENDED if suspended else CaseState.ACTIVE)
            step.record((InstanceSuspended if suspended else InstanceResumed)(instance_id))
        if not changed:
            return Changed()
        topics = select(external_task.c.topic).where(external_task.c.root_id == lock.root_id).distinct()
        resumed = frozenset() if suspended else frozenset(connection.execute(topics).scalars())
        return step.finish() | Changed(jobs=True, topics=resumed)
