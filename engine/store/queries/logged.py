"""Events of process instances out of the chains of their roots: what the logs of Camunda 7's history are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, union_all

from engine.errors import InvalidRequest
from engine.model import ActorKind, Case
from engine.program_events import IMPLIED
from engine.store import canonical
from engine.store.queries.event_rows import event_rows
from engine.store.queries.log_cases import instances_of_roots
from engine.store.tables import case_instance, finished_task, user_task

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

MOST_EVENTS = 50_000
"""So many events are read for a log."""
_ENTERED = "ElementEntered"
_OF_VARIABLES = ("VariableChanged", "VariableRemoved")


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its entry: `seq` and `position` say where it stands in the chain, from 1."""

    chain: str
    seq: int
    position: int
    at: datetime
    actor: str
    actor_kind: ActorKind
    name: str
    fields: Mapping[str, Any]
    instance_id: str

    @property
    def id(self) -> str:
        """Its place in the chain."""
        return f"{self.chain}-{self.seq}-{self.position}"


def logged(
    conn: Connection, cases: Collection[Case], names: Collection[str], variables: Collection[str] | None = None
) -> dict[str, list[LoggedEvent]]:
    """The events of these names that happened in each of the cases, not in those that they call, oldest first.

    `variables`: of the changes of variables those of these names alone. Raises `InvalidRequest` where there are more than `MOST_EVENTS`.
    """
    instances = instances_of_roots(conn, {it.root_id for it in cases})
    calling = {root: below for root, below in instances.items() if len(below) > 1}
    rows = conn.execute(_read(conn, instances, calling, names, variables)).all()
    if len(rows) > MOST_EVENTS:
        raise InvalidRequest(
            f"the histories that are asked for have more than {MOST_EVENTS} such events: their entries are read one by one"
        )
    first = 1 if conn.dialect.name == "sqlite" else 0  # SQLite counts the events of an entry from 0
    tasks = _tasks(conn, {it for of_root in calling.values() for it in of_root})
    holders: dict[str, str] = {}  # token to process instance
    found: dict[str, list[LoggedEvent]] = {it.id: [] for it in cases}
    for row in rows:
        fields = _fields(row.chain, row.name, row.text)
        if row.name == _ENTERED:
            holders[fields["token"]] = fields["instance"]
        of = _instance_of(fields, calling[row.chain], tasks, holders) if row.chain in calling else None
        of = of or row.chain
        if of in found and row.name in names:
            kind = ActorKind(row.actor_kind)
            found[of].append(LoggedEvent(row.chain, row.seq, row.position + first, row.at, row.actor, kind, row.name, fields, of))
    return found


def _read(
    conn: Connection, roots: Collection[str], calling: Collection[str], names: Collection[str], variables: Collection[str] | None
) -> Select[Any]:
    """The events, and, where a case calls others, what says in which of them a token stands."""
    events = event_rows(conn.dialect.name)
    entry = events.entry.c
    wanted: ColumnElement[bool] = events.name.in_(sorted(names))
    if variables is not None:
        wanted = and_(wanted, or_(events.name.not_in(_OF_VARIABLES), events.field("name").in_(sorted(variables))))
    if calling:
        wanted = or_(wanted, and_(events.name == _ENTERED, entry.chain.in_(sorted(calling))))
    columns = entry.chain, entry.seq, entry.at, entry.actor, entry.actor_kind
    of_event = events.position.label("position"), events.name.label("name"), events.text.label("text")
    query = select(*columns, *of_event).select_from(events.rows).where(entry.chain.in_(sorted(roots)), wanted)
    return query.order_by(entry.chain, entry.seq, events.position).limit(MOST_EVENTS + 1)


def _fields(chain: str, name: str, text: str) -> dict[str, Any]:
    fields: dict[str, Any] = canonical.loads(text, integer=int)[1]
    implied = IMPLIED.get(name)
    if implied is not None:
        fields.setdefault(implied, chain)
    return fields


def _instance_of(fields: Mapping[str, Any], instances: Collection[str], tasks: Mapping[str, str], holders: Mapping[str, str]) -> str | None:
    """In which process instance an event happened, as far as it can be told; variables of subprocesses are told of the root."""
    where = fields.get("instance") or fields.get("scope")
    if where is not None:
        return where if where in instances else holders.get(where)
    task = str(fields.get("task"))
    return tasks.get(task) or holders.get(task)


def _tasks(conn: Connection, instances: Collection[str]) -> dict[str, str]:
    """User task to process instance, open and done."""
    if not instances:
        return {}
    root = select(case_instance.c.root_id).where(case_instance.c.id.in_(sorted(instances)))
    now = select(user_task.c.id, user_task.c.instance_id).where(user_task.c.root_id.in_(root))
    done = select(finished_task.c.id, finished_task.c.instance_id).where(finished_task.c.instance_id.in_(sorted(instances)))
    return dict(conn.execute(union_all(now, done)).all())
