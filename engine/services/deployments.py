"""Deployments as such: looked up, and deleted with everything that came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine import access
from engine.errors import InvalidRequest, NotFound
from engine.events import DeploymentDeleted
from engine.model import Actor
from engine.services.deployment_rows import listen
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.game import lock_roots
from engine.store.queries import removal
from engine.store.tables import deployment

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
        deployment that is kept, for one that has cases without `cascade`, and where cases of other deployments call its processes.
        """
        access.may_delete_deployment(actor)

        def work(connection: Connection) -> tuple[list[str], Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            row = _load(connection, deployment_id)
            if row.source in KEPT_SOURCES:
                raise InvalidRequest(f"deployments by {row.source!r} are kept: they are part of the record")
            definitions = removal.hold_definitions(connection, deployment_id)
            roots = removal.roots_of(connection, definitions)
            elsewhere = removal.called_from_elsewhere(connection, definitions)
            if elsewhere:
                raise InvalidRequest(f"a case of another deployment calls {elsewhere!r}: delete that deployment first")
            if roots and not cascade:
                raise InvalidRequest(f"{len(roots)} cases belong to this deployment: it is deleted with them, or not at all")
            lock_roots(connection, set(roots))
            chains = removal.heads_of(connection, roots)
            people, groups = removal.asked_people(connection, roots)
            removal.delete_cases(connection, roots)
            removal.delete_deployment(connection, deployment_id)
            self._listen_again(connection, sorted(set(definitions.values())))
            deleted = DeploymentDeleted(deployment_id, row.name, reason, sorted(definitions), chains)
            history.append(connection, history.DEPLOYMENTS, actor, self._runtime.clock.now(), [deleted], head)
            return list(definitions), Changed(frozenset(people), frozenset(groups), frozenset(roots), jobs=True)

        self._runtime.catalogue.forget(self._runtime.commit(work))

    def _listen_again(self, connection: Connection, keys: list[str]) -> None:
        """The version before is the latest one again: its start events listen."""
        for key in keys:
            try:
                latest = self._runtime.catalogue.latest_id(connection, key)
            except NotFound:
                continue
            definition = self._runtime.catalogue.definition(connection, latest)
            listen(self._runtime, connection, definition.row, definition.process, self._runtime.clock.now())


def _load(connection: Connection, deployment_id: str) -> DeploymentRow:
    row = connection.execute(select(deployment).where(deployment.c.id == deployment_id)).one_or_none()
    if row is None:
        raise NotFound(f"Deployment with id '{deployment_id}' does not exist", id=deployment_id)
    return DeploymentRow(row.id, row.name, row.source, row.deployed_at, row.deployed_by)
