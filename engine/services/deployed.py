"""What was deployed, in lists for programs: deployments with their files, decision definitions."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine import access
from engine.errors import NotFound
from engine.model import Actor
from engine.services.decision_files import DecisionVersion, file_of
from engine.services.deployments import DeploymentRow
from engine.services.listed import Listed
from engine.services.runtime import Runtime
from engine.store.queries.deployed import DECISIONS, DEPLOYMENTS
from engine.store.queries.listings import Wanted
from engine.store.queries.visible import visible_cases
from engine.store.tables import deployment, deployment_resource


class Deployed(Listed):
    """Deployments and decision definitions by Camunda 7's filters, and files."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)

    def deployments(self, wanted: Wanted) -> list[DeploymentRow]:
        """Deployments: everybody knows which there are."""
        return [DeploymentRow(**row) for row in self._rows(DEPLOYMENTS, None, wanted, visible_cases)]

    def count_deployments(self, wanted: Wanted) -> int:
        """How many deployments."""
        return self._count(DEPLOYMENTS, None, wanted, visible_cases)

    def files(self, actor: Actor, deployment_id: str) -> list[str]:
        """The names of the files of a deployment, in order, for who reads models and who acts for others. Raises `NotFound`."""
        access.may_read_files(actor)
        with self._runtime.database.read() as connection:
            return list(_digests(connection, deployment_id))

    def file(self, actor: Actor, deployment_id: str, name: str) -> bytes:
        """A file of a deployment, as `files`. Raises `NotFound`."""
        access.may_read_files(actor)
        with self._runtime.database.read() as connection:
            digest = _digests(connection, deployment_id).get(name)
            if digest is None:
                raise NotFound(f"there is no file {name!r} in the deployment {deployment_id!r}", id=deployment_id, name=name)
            return self._runtime.catalogue.by_digest(connection, digest)

    def decisions(self, actor: Actor, wanted: Wanted) -> list[DecisionVersion]:
        """Decision definitions, for who reads models and who acts for others."""
        access.may_read_files(actor)
        return [DecisionVersion(**row) for row in self._rows(DECISIONS, None, wanted, visible_cases)]

    def count_decisions(self, actor: Actor, wanted: Wanted) -> int:
        """How many decision definitions."""
        access.may_read_files(actor)
        return self._count(DECISIONS, None, wanted, visible_cases)

    def decision_xml(self, actor: Actor, decision_id: str) -> bytes:
        """The file in which a version of a decision stands. Raises `NotFound`."""
        access.may_read_files(actor)
        with self._runtime.database.read() as connection:
            return file_of(connection, self._runtime.catalogue, decision_id).content


def _digests(connection: Connection, deployment_id: str) -> dict[str, str]:
    """The files of a deployment by name."""
    columns = deployment_resource.c
    found = connection.execute(
        select(columns.name, columns.digest).where(columns.deployment_id == deployment_id).order_by(columns.name)
    ).all()
    if not found and connection.execute(select(deployment.c.id).where(deployment.c.id == deployment_id)).first() is None:
        raise NotFound(f"Deployment with id '{deployment_id}' does not exist", id=deployment_id)
    return dict(found)
