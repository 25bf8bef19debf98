"""Versions that are suspended from their deployment until a moment, when a job resumes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, insert, update

from engine.program_events import DefinitionSuspended, SuspensionPlanned
from engine.store import canonical, history
from engine.store.rows import JOB_RETRIES, SUSPENSION, JobRow
from engine.store.saving import job_values
from engine.store.tables import job, process_definition

if TYPE_CHECKING:
    from engine.events import Event
    from engine.model import Actor
    from engine.services.runtime import Runtime

NOWHERE: Final = ""  # the element of a job that belongs to none


def planned(*, suspended: bool, with_instances: bool = False) -> str:
    """What a job is to do when its moment has come."""
    return canonical.dumps({"suspended": suspended, "instances": with_instances})


def plan_version(runtime: Runtime, connection: Connection, definition_id: str, at: datetime, told: str) -> None:
    """A job that suspends or resumes a version at a moment, as `planned` says."""
    row = JobRow(runtime.new_id(), definition_id, SUSPENSION, NOWHERE, runtime.clock.now(), at, JOB_RETRIES, data=told)
    connection.execute(insert(job), job_values(definition_id, row))


def suspend_until(runtime: Runtime, connection: Connection, actor: Actor, definition_ids: Sequence[str], at: datetime) -> None:
    """Let no case of new versions begin before a moment. The caller holds the chain of deployments."""
    events: list[Event] = []
    for definition_id in definition_ids:
        connection.execute(update(process_definition).where(process_definition.c.id == definition_id).values(suspended=True))
        plan_version(runtime, connection, definition_id, at, planned(suspended=False))
        events += [DefinitionSuspended(definition_id), SuspensionPlanned(definition_id, suspended=False, at=at.isoformat())]
    if events:
        head = history.lock_head(connection, history.DEPLOYMENTS)
        history.append(connection, history.DEPLOYMENTS, actor, runtime.clock.now(), events, head)
