"""Suspension: nothing moves in a suspended process instance, and no case of a suspended version begins, until they are resumed.

As in Camunda 7: tasks are seen and cannot be changed, timers wait and are made up for, messages and signals do not arrive, workers get
nothing. Reading, setting variables and ending a case stay possible. It happens at once, or at a moment, by a job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select, update

from engine import access
from engine.model import SYSTEM, Actor, CaseState
from engine.program_events import (
    DefinitionResumed,
    DefinitionSuspended,
    InstanceResumed,
    InstanceSuspended,
    JobChanged,
    SuspensionPlanned,
)
from engine.services.instances import Instances
from engine.services.planned import NOWHERE, plan_version, planned
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.store import canonical, history
from engine.store.game import Lock, lock_roots
from engine.store.rows import JOB_RETRIES, SUSPENSION, JobRow
from engine.store.tables import external_task, job, process_definition, process_instance

if TYPE_CHECKING:
    from engine.services.catalogue import Definition


class Suspension:
    """Suspends and resumes process instances and definitions."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def suspend_instance(self, actor: Actor, instance_id: str, *, suspended: bool, at: datetime | None = None) -> None:
        """Suspend or resume one open process instance, now or `at` a moment: the process owner and administrators. Raises `NotFound`."""

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = self._instances.lock_open(connection, actor, instance_id)
            step = Step.on(self._runtime, connection, actor, lock)
            access.may_repair(actor, step.process(instance_id).owner)
            if at is None:
                return None, instances_become(step, [instance_id], suspended=suspended)
            told = planned(suspended=suspended)
            row = JobRow(self._runtime.new_id(), instance_id, SUSPENSION, NOWHERE, step.at, at, JOB_RETRIES, data=told)
            step.jobs[row.id] = row
            step.record(SuspensionPlanned(instance_id, suspended, at.isoformat()))
            return None, step.finish()

        self._runtime.commit(work)

    def suspend_definition(
        self, actor: Actor, definition_id: str, *, suspended: bool, with_instances: bool = False, at: datetime | None = None
    ) -> None:
        """Let no case of a version begin, or let them again, now or `at` a moment.

        `with_instances`: its open ones are suspended or resumed as well. Its process owner and administrators. Raises `NotFound`.
        """

        def work(connection: Connection) -> tuple[None, Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            definition = self._runtime.catalogue.definition(connection, definition_id)
            access.may_repair(actor, definition.process.owner)
            if at is None:
                return None, self._definition_becomes(
                    connection, actor, definition, head, suspended=suspended, with_instances=with_instances
                )
            now = self._runtime.clock.now()
            plan_version(self._runtime, connection, definition_id, at, planned(suspended=suspended, with_instances=with_instances))
            told = SuspensionPlanned(definition_id, suspended, at.isoformat(), with_instances or None)
            history.append(connection, history.DEPLOYMENTS, actor, now, [told], head)
            return None, Changed(jobs=True)

        self._runtime.commit(work)

    def version_by_job(self, connection: Connection, job_id: str) -> Changed | None:
        """The moment has come that was said for a version, and its job is gone; None where it was already. Within a transaction."""
        head = history.lock_head(connection, history.DEPLOYMENTS)
        taken = delete(job).where(job.c.id == job_id).returning(job.c.root_id, job.c.data)
        gone = connection.execute(taken).one_or_none()
        if gone is None:
            return None
        told = canonical.loads(gone.data)
        suspended, with_instances = told["suspended"], told["instances"]
        definition = self._runtime.catalogue.definition(connection, gone.root_id)
        return self._definition_becomes(connection, SYSTEM, definition, head, suspended=suspended, with_instances=with_instances)

    def _definition_becomes(
        self, connection: Connection, actor: Actor, definition: Definition, head: history.Head, *, suspended: bool, with_instances: bool
    ) -> Changed:
        columns, definition_id = process_definition.c, definition.row.id
        change = update(process_definition).where(columns.id == definition_id, columns.suspended.is_(not suspended))
        if connection.execute(change.values(suspended=suspended)).rowcount:
            event = (DefinitionSuspended if suspended else DefinitionResumed)(definition_id)
            history.append(connection, history.DEPLOYMENTS, actor, self._runtime.clock.now(), [event], head)
        changed = Changed(jobs=True)
        if with_instances:
            for lock, instance_ids in self._open(connection, definition_id):
                changed |= instances_become(Step.on(self._runtime, connection, actor, lock), instance_ids, suspended=suspended)
        return changed

    def _open(self, connection: Connection, definition_id: str) -> list[tuple[Lock, list[str]]]:
        """The open instances of a version by their roots, which are locked."""
        columns = process_instance.c
        rows = connection.execute(select(columns.root_id, columns.id).where(columns.definition_id == definition_id)).all()
        locks = lock_roots(connection, {row.root_id for row in rows})
        return [(lock, [row.id for row in rows if row.root_id == root_id]) for root_id, lock in locks.items()]


def instances_become(step: Step, instance_ids: Sequence[str], *, suspended: bool) -> Changed:
    """Suspend or resume instances of one root. Those that are so already stay, and leave no trace. Jobs are resumed with their instance."""
    changed = [it for it in instance_ids if it in step.instances and step.instances[it].suspended is not suspended]
    for instance_id in changed:
        access.may_repair(step.actor, step.process(instance_id).owner)
        step.instances[instance_id] = replace(step.instances[instance_id], suspended=suspended)
        step.cases.become(instance_id, CaseState.SUSPENDED if suspended else CaseState.ACTIVE)
        step.record((InstanceSuspended if suspended else InstanceResumed)(instance_id))
    alone = [] if suspended else [row for row in step.jobs.values() if row.suspended and row.instance_id in instance_ids]
    for row in alone:
        step.jobs[row.id] = replace(row, suspended=False)
        step.record(JobChanged(row.id, row.element_id, suspended=False, instance=row.instance_id))
    if not (changed or alone):
        return Changed()
    topics = select(external_task.c.topic).where(external_task.c.root_id == step.root_id).distinct()
    resumed = frozenset() if suspended else frozenset(step.connection.execute(topics).scalars())
    return step.finish() | Changed(jobs=True, topics=resumed)


def become_by_job(step: Step, row: JobRow) -> Changed:
    """The moment has come that was said for a process instance; one that is so already only loses the job."""
    del step.jobs[row.id]
    suspended: bool = canonical.loads(row.data)["suspended"]
    if step.is_suspended(row.instance_id) is suspended:
        return step.finish()
    return instances_become(step, [row.instance_id], suspended=suspended)
