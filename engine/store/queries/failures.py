"""Why jobs and external tasks failed: their incidents, and what the history tells of each try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select

from engine.model import Case, CaseState, Incident
from engine.phrases import put_together
from engine.store.history import DEPLOYMENTS, events_of
from engine.store.queries.listings import cased_like
from engine.store.rows import CLEANUP
from engine.store.tables import case_instance, history_entry, incident, process_definition, process_instance

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

MOST = 1000
_JOB, _TASK = "JobFailed", "ExternalTaskFailed"
_definition = func.coalesce(process_instance.c.definition_id, incident.c.root_id)


@dataclass(frozen=True, slots=True)
class Try:
    """One try that failed: when, why (a `Phrase` where the engine knows its parts), and how many were left then."""

    at: datetime
    reason: str
    left: int


@dataclass(frozen=True, slots=True)
class FoundIncident:
    """An incident with its root case (none where a case could not even begin) and the version in which its element stands."""

    incident: Incident
    definition_id: str
    root: Case | None


def incidents(
    conn: Connection, *conditions: ColumnElement[bool], first: int = 0, most: int = MOST, order: Sequence[tuple[str, bool]] = ()
) -> list[FoundIncident]:
    """Open incidents, in this order by fields, upwards or downwards, else the newest first: so many of them after the `first`."""
    query = _with_their(incident, _definition.label("of")).where(_is_of_something(), *conditions)
    columns = ((_definition if name == "definition_id" else incident.c[name], is_descending) for name, is_descending in order)
    query = query.order_by(*(it.desc().nulls_first() if is_descending else it.asc().nulls_last() for it, is_descending in columns))
    rows = list(conn.execute(query.order_by(incident.c.created_at.desc(), incident.c.id.desc()).offset(first).limit(most)))
    roots = _roots(conn, {row.root_id for row in rows})
    names = [column.name for column in incident.columns]
    return [FoundIncident(Incident(**{it: getattr(row, it) for it in names}), row.of, roots.get(row.root_id)) for row in rows]


def count_incidents(conn: Connection, *conditions: ColumnElement[bool]) -> int:
    """How many open incidents there are."""
    found: int = conn.execute(_with_their(func.count(incident.c.id)).where(_is_of_something(), *conditions)).scalar_one()
    return found


def _with_their(*columns: Any) -> Select[Any]:  # noqa: ANN401 - a table, or columns
    return select(*columns).select_from(incident.outerjoin(process_instance, process_instance.c.id == incident.c.instance_id))


def _is_of_something() -> ColumnElement[bool]:
    """Of an open process instance, or of a version whose case could not begin."""
    return or_(process_instance.c.id.is_not(None), incident.c.root_id.in_(select(process_definition.c.id)))


def owned_by(names: Iterable[str]) -> ColumnElement[bool]:
    """That one of these, a person or groups, owns the process of the root case, or of the version whose case could not begin."""
    root = select(case_instance.c.definition_id).where(case_instance.c.id == incident.c.root_id)
    version = func.coalesce(root.correlate(incident).scalar_subquery(), incident.c.root_id)
    return exists().where(process_definition.c.id == version, process_definition.c.owner.in_(sorted(names))).correlate(incident)


def narrowed(conn: Connection, wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions by the names of an incident's fields, `definition_id`, `definition_keys`, `message_like`, `after` and `before`."""
    return [_NARROWED[name](value, conn.dialect.name) for name, value in wanted.items()]


def mentions(text: str) -> ColumnElement[bool]:
    """That a text stands in the number or subject of the root case, the key of the process, the id of the step, or the reason."""
    known = case_instance.c.number, case_instance.c.subject
    of_root = or_(*(column.icontains(text, autoescape=True) for column in known))
    root = exists().where(case_instance.c.id == incident.c.root_id, of_root).correlate(incident)
    return or_(root, *(it.icontains(text, autoescape=True) for it in (_definition, incident.c.element_id, incident.c.message)))


def _of_instance(instance_id: str) -> ColumnElement[bool]:
    root = select(case_instance.c.root_id).where(case_instance.c.id == instance_id).scalar_subquery()
    return and_(incident.c.root_id == root, incident.c.instance_id == instance_id)  # the index is by root instances


def _of_keys(keys: Iterable[str]) -> ColumnElement[bool]:
    return _definition.in_(select(process_definition.c.id).where(process_definition.c.key.in_(list(keys))))


_NARROWED: Mapping[str, Callable[[Any, str], ColumnElement[bool]]] = {
    "id": lambda value, _: incident.c.id == value,
    "kind": lambda value, _: incident.c.kind == value,
    "instance_id": lambda value, _: _of_instance(value),
    "definition_id": lambda value, _: _definition == value,
    "definition_keys": lambda value, _: _of_keys(value),
    "element_id": lambda value, _: incident.c.element_id == value,
    "job_id": lambda value, _: incident.c.job_id == value,
    "message": lambda value, _: incident.c.message == value,
    "message_like": lambda value, dialect: cased_like(incident.c.message, value, dialect),
    "after": lambda value, _: incident.c.created_at > value,
    "before": lambda value, _: incident.c.created_at < value,
}


def tries(conn: Connection, chains: Iterable[str]) -> dict[str, list[Try]]:
    """The tries that failed in these cases, by the id of the job or external task, the newest first.

    Versions among them, whose cases could not begin, have theirs in the chain of what is deployed, and so has what removes past cases.
    """
    wanted = {DEPLOYMENTS if is_of_no_case(it) else it for it in chains}
    body = history_entry.c.body
    told = or_(body.contains(f'"{_JOB}"', autoescape=True), body.contains(f'"{_TASK}"', autoescape=True))
    query = select(history_entry.c.chain, history_entry.c.at, body).where(history_entry.c.chain.in_(sorted(wanted)), told)
    found: dict[str, list[Try]] = {}
    for row in conn.execute(query.order_by(history_entry.c.chain, history_entry.c.seq.desc())):
        for name, fields in events_of(row.chain, row.body):
            if name in {_JOB, _TASK}:
                reason = put_together(str(fields["message"]), fields.get("parts"))
                of = str(fields["job"] if name == _JOB else fields["task"])
                found.setdefault(of, []).append(Try(row.at, reason, int(fields["retries"])))
    return found


def is_version(root_id: str) -> bool:
    """Whether a job belongs to a process definition, `key:version:unique`, and starts a case; the ids of cases have no colon."""
    return root_id.count(":") == 2  # noqa: PLR2004


def is_of_no_case(root_id: str) -> bool:
    """Whether a job belongs to a version, or to nothing at all."""
    return root_id == CLEANUP or is_version(root_id)


def _roots(conn: Connection, root_ids: Collection[str]) -> dict[str, Case]:
    """Cases by their ids, without their key fields."""
    rows = conn.execute(select(case_instance).where(case_instance.c.id.in_(sorted(root_ids)))).mappings()
    return {row["id"]: Case(**{**row, "state": CaseState(row["state"])}) for row in rows}
