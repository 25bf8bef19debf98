"""How much stands where: tokens, failed jobs and incidents by version and by element (`GET /process-definition/…/statistics`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, and_, func, select

from engine.store.tables import incident, job, process_instance, scope, token
from engine.tokens.state import BODY, ScopeKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

_instance = process_instance.c
_MULTI_INSTANCE = ScopeKind.MULTI_INSTANCE.value


@dataclass(slots=True)
class Occupancy:
    """What stands at an element or in a version: activity instances or cases, jobs without retries, incidents by their kind."""

    instances: int = 0
    failed_jobs: int = 0
    incidents: dict[str, int] = field(default_factory=dict)


def by_element(conn: Connection, definition_id: str, seen: ColumnElement[bool]) -> Mapping[str, Occupancy]:
    """Of the open cases of a version that are `seen`, by element. Subprocesses count by what stands in them."""
    of_version = and_(_instance.definition_id == definition_id, seen)
    inner = scope.alias("inner")
    holder = token.outerjoin(scope, and_(scope.c.root_id == token.c.root_id, scope.c.id == token.c.scope_id))
    holder = holder.outerjoin(inner, and_(inner.c.root_id == token.c.root_id, inner.c.owner == token.c.id))
    rows = holder.join(process_instance, _instance.id == func.coalesce(scope.c.instance_id, token.c.scope_id))
    tokens = select(token.c.element_id, inner.c.kind, func.count()).select_from(rows).where(of_version)
    found: dict[str, Occupancy] = {}
    for element, kind, count in conn.execute(tokens.group_by(token.c.element_id, inner.c.kind)):
        if kind is None:
            found.setdefault(element, Occupancy()).instances += count
        elif kind == _MULTI_INSTANCE:
            found.setdefault(f"{element}{BODY}", Occupancy()).instances += count
    _add_trouble(conn, found, of_version, lambda table: table.c.element_id)
    return found


def by_version(conn: Connection, seen: ColumnElement[bool]) -> Mapping[str, Occupancy]:
    """Of the open cases that are `seen`, by the id of their version; versions without any are left out."""
    found: dict[str, Occupancy] = {}
    counts = select(_instance.definition_id, func.count()).where(seen).group_by(_instance.definition_id)
    for definition_id, count in conn.execute(counts):
        found[definition_id] = Occupancy(count)
    _add_trouble(conn, found, seen, lambda _table: _instance.definition_id)
    return found


def _add_trouble(
    conn: Connection, found: dict[str, Occupancy], condition: ColumnElement[bool], key: Callable[[FromClause], ColumnElement[str]]
) -> None:
    """Add failed jobs and incidents, by what `key` says of their tables."""
    jobs = _of_instances(job, key(job), func.count()).where(condition, job.c.retries == 0).group_by(key(job))
    for name, count in conn.execute(jobs):
        found.setdefault(name, Occupancy()).failed_jobs += count
    incidents = _of_instances(incident, key(incident), incident.c.kind, func.count()).where(condition)
    for name, kind, count in conn.execute(incidents.group_by(key(incident), incident.c.kind)):
        found.setdefault(name, Occupancy()).incidents[kind] = count


def _of_instances(table: FromClause, *columns: Any) -> Any:  # noqa: ANN401 - columns, and a statement
    return select(*columns).select_from(table.join(process_instance, _instance.id == table.c.instance_id))
