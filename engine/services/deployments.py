"""Deployments as such: looked up, and deleted with everything that came of them, or one version of them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine import access
from engine.errors import HasCases, InvalidRequest, NotFound
from engine.events import DeploymentDeleted
from engine.model import Actor
from engine.program_events import DefinitionDeleted
from engine.services.deployment_rows import listen
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.game import lock_roots
from engine.store.queries import removal
from engine.store.tables import deployment, process_definition

KEPT_SOURCES = frozenset({"processes", "shipped", "studio", "upload"})
"""Deployments from the repository and from people's desks are part of the record: they are never deleted."""


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """A deployment in lists."""

    id: str
    name: str
    source: str
    deployed_at: datetime
    deployed_by: str


class Deployments:
    """All deployments."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def get(self, deployment_id: str) -> DeploymentRow:
        """A deployment by its id. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            return _load(connection, deployment_id)

    def delete(self, actor: Actor, deployment_id: str, *, cascade: bool, reason: str) -> None:
        """Delete a deployment; with `cascade` also its cases, open and ended, with their history.

        The chain of deployments says who deleted it, when and why, and names every chain that went with it. Raises `InvalidRequest` for a
        deployment that is kept, and where cases of others call its processes; `HasCases` for one that has cases without `cascade`.
        """
        access.may_delete(actor)

        def work(connection: Connection) -> tuple[list[str], Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            row = _load(connection, deployment_id)
            _refuse_kept(row)
            definitions = removal.hold_definitions(connection, process_definition.c.deployment_id == deployment_id)
            silent = self._fallen_silent(connection, definitions)
            chains, changed = self._delete_cases(connection, definitions, cascade=cascade)
            removal.delete_deployment(connection, deployment_id)
            self._listen_again(connection, silent)
            deleted = DeploymentDeleted(deployment_id, row.name, reason, sorted(definitions), chains)
            history.append(connection, history.DEPLOYMENTS, actor, self._runtime.clock.now(), [deleted], head)
            return list(definitions), changed

        self._runtime.catalogue.forget(self._runtime.commit(work))

    def delete_version(self, actor: Actor, definition_id: str, *, cascade: bool, reason: str) -> None:
        """Delete one version of a process out of its deployment, whose files and other processes stay.

        The rules are those of `delete`, and the version before it is the latest again. Raises `NotFound`, else as `delete`.
        """
        access.may_delete(actor)

        def work(connection: Connection) -> tuple[list[str], Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            _refuse_kept(_deployment_of(connection, definition_id))
            definitions = removal.hold_definitions(connection, process_definition.c.id == definition_id)
            silent = self._fallen_silent(connection, definitions)
            chains, changed = self._delete_cases(connection, definitions, cascade=cascade)
            removal.delete_definitions(connection, process_definition.c.id == definition_id)
            self._listen_again(connection, silent)
            deleted = DefinitionDeleted(definition_id, reason, chains)
            history.append(connection, history.DEPLOYMENTS, actor, self._runtime.clock.now(), [deleted], head)
            return list(definitions), changed

        self._runtime.catalogue.forget(self._runtime.commit(work))

    def _delete_cases(self, connection: Connection, definitions: Mapping[str, str], *, cascade: bool) -> tuple[list[list[object]], Changed]:
        """Delete the cases of these versions, and say which chains went: case, count of entries, last hash."""
        roots = removal.roots_of(connection, definitions)
        elsewhere = removal.called_from_elsewhere(connection, definitions)
        if elsewhere:
            raise InvalidRequest(f"a case of another process or version calls {elsewhere!r}: delete that one first, with its cases")
        if roots and not cascade:
            raise HasCases(f"{len(roots)} cases belong to this: it is deleted with them, or not at all", cases=len(roots))
        lock_roots(connection, set(roots))
        chains = removal.heads_of(connection, roots)
        people, groups = removal.asked_people(connection, roots)
        removal.delete_cases(connection, roots)
        return chains, Changed(frozenset(people), frozenset(groups), frozenset(roots), jobs=True)

    def _fallen_silent(self, connection: Connection, definitions: Mapping[str, str]) -> list[str]:
        """The processes whose latest version goes: it listens, and the one before has to begin."""
        return [key for key in sorted(set(definitions.values())) if self._runtime.catalogue.latest_id(connection, key) in definitions]

    def _listen_again(self, connection: Connection, keys: list[str]) -> None:
        """The version before is the latest one again: its start events listen."""
        for key in keys:
            try:
                latest = self._runtime.catalogue.latest_id(connection, key)
            except NotFound:
                continue
            definition = self._runtime.catalogue.definition(connection, latest)
            listen(self._runtime, connection, definition.row, definition.process, self._runtime.clock.now())


def _refuse_kept(row: DeploymentRow) -> None:
    if row.source in KEPT_SOURCES:
        raise InvalidRequest(f"deployments by {row.source!r} are kept: they are part of the record")


def _deployment_of(connection: Connection, definition_id: str) -> DeploymentRow:
    found = select(process_definition.c.deployment_id).where(process_definition.c.id == definition_id)
    deployment_id = connection.execute(found).scalar_one_or_none()
    if deployment_id is None:
        raise NotFound(f"No process definition found with id '{definition_id}': processDefinition is null", id=definition_id)
    return _load(connection, deployment_id)


def _load(connection: Connection, deployment_id: str) -> DeploymentRow:
    row = connection.execute(select(deployment).where(deployment.c.id == deployment_id)).one_or_none()
    if row is None:
        raise NotFound(f"Deployment with id '{deployment_id}' does not exist", id=deployment_id)
    return DeploymentRow(row.id, row.name, row.source, row.deployed_at, row.deployed_by)
