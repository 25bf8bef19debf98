"""The rows of a deployment: files once per content, a new version of every process and decision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from engine.bpmn.model import EventDefinition, EventKind, FlowNode, Process, TimerKind
from engine.bpmn.retention import days_of
from engine.model import Actor, ProcessDefinition
from engine.services.deployable import Deployable
from engine.services.expressions import Expressions, Place
from engine.services.priorities import job_priority
from engine.services.runtime import Runtime
from engine.store.queries.upsert import insert_into
from engine.store.rows import JOB_RETRIES, START_TIMER, JobRow
from engine.store.saving import job_values
from engine.store.tables import (
    decision_definition,
    definition_viewer,
    deployment,
    deployment_resource,
    job,
    process_definition,
    resource,
    start_subscription,
)


@dataclass(frozen=True, slots=True)
class Made:
    """What was inserted."""

    id: str
    deployed_at: datetime
    definitions: tuple[ProcessDefinition, ...]


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def same_as_newest(connection: Connection, name: str, source: str, resources: Mapping[str, bytes]) -> Row[*tuple[Any, ...]] | None:
    """The newest deployment of this name and source, if it holds exactly these files."""
    query = select(deployment).where(deployment.c.name == name, deployment.c.source == source).order_by(deployment.c.id.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    columns = deployment_resource.c
    files = connection.execute(select(columns.name, columns.digest).where(columns.deployment_id == found.id)).all()
    return found if dict(files) == {file: digest_of(content) for file, content in resources.items()} else None


def insert_deployment(
    runtime: Runtime, connection: Connection, actor: Actor, name: str, source: str, deployable: Deployable, reason: str | None = None
) -> Made:
    """Write a deployment with everything in it. The caller holds the chain of deployments, so versions are counted one after another."""
    at, deployment_id = runtime.clock.now(), runtime.new_id()
    values = {"id": deployment_id, "name": name, "source": source, "deployed_at": at, "deployed_by": actor.id, "reason": reason}
    connection.execute(insert(deployment), values)
    _insert_files(connection, deployment_id, deployable.resources)
    definitions = [
        _insert_process(runtime, connection, _Deploying(deployment_id, resource_name, at, actor, source, reason), process)
        for resource_name, model in deployable.models.items()
        for process in model.processes.values()
    ]
    for resource_name, decisions in deployable.decisions.items():
        for decision in decisions.decisions.values():
            version = _next_version(connection, decision_definition, decision.id)
            values = {"id": f"{decision.id}:{version}:{runtime.new_id()}", "key": decision.id, "version": version, "name": decision.name}
            values["version_tag"] = decision.version_tag
            connection.execute(insert(decision_definition), {**values, "deployment_id": deployment_id, "resource_name": resource_name})
    return Made(deployment_id, at, tuple(definitions))


@dataclass(frozen=True, slots=True)
class _Deploying:
    deployment_id: str
    resource_name: str
    at: datetime
    actor: Actor
    source: str
    reason: str | None


def _insert_files(connection: Connection, deployment_id: str, resources: Mapping[str, bytes]) -> None:
    statement = insert_into(connection, resource).on_conflict_do_nothing()
    for name, content in resources.items():
        connection.execute(statement, {"digest": digest_of(content), "content": content})
        connection.execute(insert(deployment_resource), {"deployment_id": deployment_id, "name": name, "digest": digest_of(content)})


def _insert_process(runtime: Runtime, connection: Connection, made: _Deploying, process: Process) -> ProcessDefinition:
    """A new version of a process, with who may see its cases and the start events that the latest version listens to."""
    version = _next_version(connection, process_definition, process.id)
    row = ProcessDefinition(
        id=f"{process.id}:{version}:{runtime.new_id()}",
        key=process.id,
        version=version,
        name=process.name,
        deployment_id=made.deployment_id,
        resource_name=made.resource_name,
        version_tag=process.version_tag,
        category=process.category,
        suspended=False,
        deployed_at=made.at,
        deployed_by=made.actor.id,
        source=made.source,
        reason=made.reason,
        history_time_to_live=days_of(process.history_time_to_live),
    )
    columns = (
        "id", "key", "version", "name", "deployment_id", "resource_name", "version_tag", "category", "suspended", "history_time_to_live",
    )  # fmt: skip
    values: dict[str, object] = {name: getattr(row, name) for name in columns}
    values["owner"] = process.owner
    values["seen_by_department"] = "department" in process.visibility
    values["seen_by_everyone"] = "everyone" in process.visibility
    connection.execute(insert(process_definition), values)
    if "lanes" in process.visibility:
        groups = sorted({lane.group for lane in process.lanes.values() if lane.group})
        if groups:
            connection.execute(insert(definition_viewer), [{"definition_id": row.id, "group_id": group} for group in groups])
    listen(runtime, connection, row, process, made.at)
    return row


def listen(runtime: Runtime, connection: Connection, row: ProcessDefinition, process: Process, at: datetime) -> None:
    """What begins a case from outside, by message, signal, condition or timer: only the latest version's does."""
    earlier = select(process_definition.c.id).where(process_definition.c.key == process.id, process_definition.c.id != row.id)
    connection.execute(delete(start_subscription).where(start_subscription.c.definition_id.in_(earlier)))
    connection.execute(delete(job).where(job.c.kind == START_TIMER, job.c.root_id.in_(earlier)))
    beginning = Beginning(row.id, process, Expressions(at, runtime.directory(connection), runtime.calendar(connection)))
    for node in process.beginnings():
        for event in node.events:
            _listen_to(runtime, connection, row, (node, event), beginning)


def _listen_to(
    runtime: Runtime, connection: Connection, row: ProcessDefinition, what: tuple[FlowNode, EventDefinition], beginning: Beginning
) -> None:
    node, event = what
    if event.kind in {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL}:
        name = "" if event.name is None else beginning.expressions.string(event.name, Place(node.id, {}))
        values = {"kind": event.kind.value, "name": name, "definition_id": row.id, "element_id": node.id}
        connection.execute(insert_into(connection, start_subscription).on_conflict_do_nothing(), values)
    elif event.kind is EventKind.TIMER:
        times = beginning.expressions.repetitions(event, Place(node.id, {})) if event.timer is TimerKind.CYCLE else ""
        connection.execute(insert(job), beginning.timer(runtime.new_id(), node.id, event, times))


@dataclass(frozen=True, slots=True)
class Beginning:
    """A version that timers begin cases of."""

    definition_id: str
    process: Process
    expressions: Expressions

    def timer(self, job_id: str, element: str, event: EventDefinition, times: str) -> dict[str, object]:
        """The job of a timer start event; `times`: how often it fires after this time."""
        at, due = self.expressions.at, self.expressions.due(event, Place(element, {}))
        priority = job_priority(self.expressions, self.process, Place(element, {}))
        row = JobRow(job_id, self.definition_id, START_TIMER, element, at, due, JOB_RETRIES, data=times, priority=priority)
        return job_values(self.definition_id, row)


def _next_version(connection: Connection, table: Any, key: str) -> int:  # noqa: ANN401 - a table of definitions
    latest = connection.execute(select(func.max(table.c.version)).where(table.c.key == key)).scalar_one()
    return (latest or 0) + 1
