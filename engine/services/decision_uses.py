"""Which processes ask for a decision, and which version of it each gets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.bpmn.names import is_computed
from engine.store.tables import process_definition

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.services.catalogue import Catalogue, Definition


@dataclass(frozen=True, slots=True)
class DecisionUse:
    """A step of the latest version of a process that asks for a decision.

    `binding` says which version it gets: `latest`, `deployment` (the one that was published with the process), or `version` and
    `versionTag` with the number or tag in `wanted`. Of a decision whose name is computed, `key` is the expression and `is_computed` is
    true: which decision it asks for is known when it runs.
    """

    definition: Definition
    element: str
    key: str
    binding: str
    wanted: str = ""
    is_computed: bool = False


def uses_of(connection: Connection, catalogue: Catalogue, keys: Collection[str]) -> list[DecisionUse]:
    """The uses of these decisions, by the key of the process; those with a computed name are uses of any."""
    return [use for use in all_uses(connection, catalogue) if use.is_computed or use.key in keys]


def all_uses(connection: Connection, catalogue: Catalogue) -> list[DecisionUse]:
    """The uses of all decisions in the latest versions of all processes, by the key of the process."""
    columns = process_definition.c
    newest = select(columns.key, func.max(columns.version).label("version")).group_by(columns.key).subquery()
    is_newest = select(newest).where(newest.c.key == columns.key, newest.c.version == columns.version).exists()
    latest = connection.execute(select(columns.id).where(is_newest).order_by(columns.key)).scalars().all()
    return [use for definition_id in latest for use in _uses(catalogue.definition(connection, definition_id))]


def _uses(definition: Definition) -> list[DecisionUse]:
    found = []
    for node in definition.process.nodes.values():
        service = node.service
        if service is None or service.decision is None:
            continue
        source, wanted = service.decision.source, service.decision_version
        text = "" if wanted is None else wanted.source
        found.append(DecisionUse(definition, node.id, source, service.decision_binding, text, is_computed(source)))
    return found


def asking_processes(connection: Connection, catalogue: Catalogue, keys: Collection[str]) -> list[str]:
    """The keys of the processes of which any version asks for one of these decisions, or for one whose name is computed."""
    found: set[str] = set()
    for row in connection.execute(select(process_definition.c.id, process_definition.c.key).order_by(process_definition.c.id)):
        if row.key not in found and any(use.is_computed or use.key in keys for use in _uses(catalogue.definition(connection, row.id))):
            found.add(row.key)
    return sorted(found)
