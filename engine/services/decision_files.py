"""Deployed decisions: their versions, and the files in which they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.errors import InvalidRequest, NotFound
from engine.phrases import Phrase
from engine.services.catalogue import DECISIONS, DEPLOYED
from engine.store.tables import decision_definition, deployment, deployment_resource

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from engine.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class DecisionVersion:
    """One version of a decision, with what is known of its deployment."""

    id: str
    key: str
    version: int
    name: str
    deployment_id: str
    resource_name: str
    version_tag: str | None
    deployed_at: datetime
    deployed_by: str
    source: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """A file of decisions as it was deployed: the decisions in it by key, and the other files of its deployment, which it may import."""

    name: str
    content: bytes
    decisions: tuple[DecisionVersion, ...]
    others: Mapping[str, bytes]

    @property
    def first(self) -> DecisionVersion:
        """The decision by which drafts of the file are kept, whichever of its decisions was opened."""
        return self.decisions[0]

    def of(self, key: str) -> DecisionVersion | None:
        """The version of a decision that stands in it."""
        return next((it for it in self.decisions if it.key == key), None)


def versions_of(connection: Connection, key: str) -> list[DecisionVersion]:
    """All versions of a decision, the newest first."""
    return _rows(connection, decision_definition.c.key == key)


def latest_versions(connection: Connection) -> list[DecisionVersion]:
    """The latest version of every decision, by key."""
    newest = select(decision_definition.c.key, func.max(decision_definition.c.version).label("version"))
    newest_of = newest.group_by(decision_definition.c.key).subquery()
    columns = decision_definition.c
    is_newest = select(newest_of).where(newest_of.c.key == columns.key, newest_of.c.version == columns.version).exists()
    return sorted(_rows(connection, is_newest), key=lambda row: row.key)


def latest_of(connection: Connection, key: str) -> DecisionVersion:
    """The latest version of a decision. Raises `NotFound`."""
    columns = decision_definition.c
    newest = select(func.max(columns.version)).where(columns.key == key).scalar_subquery()
    found = _rows(connection, (columns.key == key) & (columns.version == newest))
    if not found:
        raise NotFound(f"no decision with the key {key!r} is deployed", key=key)
    return found[0]


def file_of(connection: Connection, catalogue: Catalogue, decision_id: str) -> DecisionFile:
    """The file in which a version of a decision stands. Raises `NotFound`."""
    columns, files = decision_definition.c, deployment_resource.c
    found = connection.execute(select(columns.deployment_id, columns.resource_name).where(columns.id == decision_id)).one_or_none()
    if found is None:
        raise NotFound(f"no decision with the id {decision_id!r} is deployed", id=decision_id)
    inside = _rows(connection, (columns.deployment_id == found.deployment_id) & (columns.resource_name == found.resource_name))
    digests = dict(connection.execute(select(files.name, files.digest).where(files.deployment_id == found.deployment_id)).all())
    others = {name: digest for name, digest in digests.items() if name != found.resource_name and name.endswith(DECISIONS)}
    content = catalogue.by_digest(connection, digests[found.resource_name])
    imported = others if b"import" in content else {}
    return DecisionFile(
        found.resource_name,
        content,
        tuple(sorted(inside, key=lambda row: row.key)),
        {name: catalogue.by_digest(connection, digest) for name, digest in imported.items()},
    )


def base_of(connection: Connection, catalogue: Catalogue, key: str, based_on: str) -> DecisionFile:
    """The file with which a draft began. Raises `InvalidRequest` where the decision of this key does not stand in it, `NotFound`."""
    base = file_of(connection, catalogue, based_on)
    if base.of(key) is None:
        raise InvalidRequest(Phrase("{based_on} is no version of {key}", based_on=repr(based_on), key=repr(key)))
    return base


def _rows(connection: Connection, condition: ColumnElement[bool]) -> list[DecisionVersion]:
    """Versions with their deployments, the newest first."""
    query = select(*decision_definition.c, *DEPLOYED).join(deployment, deployment.c.id == decision_definition.c.deployment_id)
    query = query.where(condition).order_by(decision_definition.c.version.desc())
    return [DecisionVersion(**row) for row in connection.execute(query).mappings()]
