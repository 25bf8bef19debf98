"""Files that ship with a version of the application: deployed where they are new and nobody has published over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.bpmn.form_links import FORM_SUFFIX
from engine.bpmn.names import is_computed
from engine.services.deployable import Deployable
from engine.services.deployment_rows import digest_of
from engine.store.tables import decision_definition, deployment, deployment_resource, process_definition

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.bpmn.model import Model

SHIPPED = "shipped"
"""The source of what ships."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A shipped file whose content is new, but over which somebody has published: `by` the version of `key` that is the latest."""

    file: str
    key: str
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """Which shipped files are to be deployed, and which are held back."""

    files: Mapping[str, bytes]
    held: tuple[HeldBack, ...]


def plan(connection: Connection, name: str, deployable: Deployable) -> Shipment:
    """What to do with shipped files. A model goes with its forms and tables, whichever of them is new; the first time all go."""
    files = deployable.resources
    known = _shipped_before(connection, name)
    new = {file for file, content in files.items() if known.get(file) != digest_of(content)}
    published = {file: _published_over(connection, known.get(file), digest_of(files[file]), it) for file, it in _definitions(deployable)}
    held = {file: found for file, found in published.items() if isinstance(found, HeldBack) and file in new}
    there = {file for file, found in published.items() if found is True}  # what ships was published by somebody already
    going = {file for file in new if file not in held and file not in there}
    for file, model in deployable.models.items():
        beside = companions(deployable, model)
        if not isinstance(published[file], HeldBack) and (file in going or beside & going):
            going |= {file, *beside}
    return Shipment(
        {file: files[file] for file in sorted(going)}, tuple(HeldBack(file, it.key, it.version, it.by) for file, it in sorted(held.items()))
    )


def _shipped_before(connection: Connection, name: str) -> dict[str, str]:
    """File to digest, as each was shipped last."""
    query = (
        select(deployment_resource.c.name, deployment_resource.c.digest)
        .join(deployment, deployment.c.id == deployment_resource.c.deployment_id)
        .where(deployment.c.name == name, deployment.c.source == SHIPPED)
        .order_by(deployment.c.id)
    )
    return dict(connection.execute(query).all())


def _definitions(deployable: Deployable) -> Iterator[tuple[str, tuple[Any, Iterable[str]]]]:
    for file, model in deployable.models.items():
        yield file, (process_definition, model.processes)
    for file, decisions in deployable.decisions.items():
        yield file, (decision_definition, decisions.decisions)


def _published_over(connection: Connection, shipped: str | None, now: str, defined: tuple[Any, Iterable[str]]) -> HeldBack | bool:
    """Who has published something else since a file was shipped; True where that is what ships now; False where nobody has."""
    table, keys = defined
    for key in keys:
        query = (
            select(table.c.version, deployment.c.deployed_by, deployment.c.source, deployment_resource.c.digest)
            .join(deployment, deployment.c.id == table.c.deployment_id)
            .join(
                deployment_resource,
                (deployment_resource.c.deployment_id == table.c.deployment_id) & (deployment_resource.c.name == table.c.resource_name),
            )
            .where(table.c.key == key)
        )
        latest = connection.execute(query.order_by(table.c.version.desc()).limit(1)).one_or_none()
        if latest is None or latest.source == SHIPPED or latest.digest == shipped:
            continue
        return True if latest.digest == now else HeldBack("", key, latest.version, latest.deployed_by)
    return False


def companions(deployable: Deployable, model: Model) -> set[str]:
    """The shipped files that a model shows or binds to its own deployment."""
    forms = {f"{text.source}{FORM_SUFFIX}" for text in model.form_keys}
    if any(is_computed(text.source) for text in model.form_keys):
        forms |= {file for file in deployable.resources if file.endswith(FORM_SUFFIX)}
    services = [node.service for node in model.nodes if node.service]
    bound = {it.decision.source for it in services if it.decision and it.decision_binding == "deployment"}
    tables = {file for file, decisions in deployable.decisions.items() if bound & set(decisions.decisions)}
    return (forms & deployable.resources.keys()) | tables
