"""Events of one process instance out of the chain of its root: what the logs of Camunda 7's history are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, union_all

from engine.errors import InvalidRequest
from engine.model import ActorKind, Case
from engine.program_events import IMPLIED
from engine.store import canonical
from engine.store.queries.event_rows import event_rows
from engine.store.tables import case_instance, finished_task, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_EVENTS = 50_000
"""So many events of a case are read for a log."""
_ENTERED = "ElementEntered"


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


def logged(conn: Connection, case: Case, names: Collection[str]) -> list[LoggedEvent]:
    """The events of these names that happened in a case, not in those that it calls, oldest first.

    Raises `InvalidRequest` where there are more than `MOST_EVENTS`.
    """
    instances = set(conn.execute(select(case_instance.c.id).where(case_instance.c.root_id == case.root_id)).scalars())
    alone = len(instances) == 1
    events = event_rows(conn.dialect.name)
    entry = events.entry.c
    wanted = set(names) if alone else {*names, _ENTERED}
    query = (
        select(
            entry.seq,
            entry.at,
            entry.actor,
            entry.actor_kind,
            events.position.label("position"),
            events.name.label("name"),
            events.text.label("text"),
        )
        .select_from(events.rows)
        .where(entry.chain == case.root_id, events.name.in_(sorted(wanted)))
        .order_by(entry.seq, events.position)
        .limit(MOST_EVENTS + 1)
    )
    rows = conn.execute(query).all()
    if len(rows) > MOST_EVENTS:
        raise InvalidRequest(f"the history of this case has more than {MOST_EVENTS} such events: its entries are read one by one")
    first = 1 if conn.dialect.name == "sqlite" else 0  # SQLite counts the events of an entry from 0
    tasks = {} if alone else _tasks(conn, case.root_id)
    holders: dict[str, str] = {}  # token to process instance
    found: list[LoggedEvent] = []
    for row in rows:
        fields = _fields(case.root_id, row.name, row.text)
        if row.name == _ENTERED:
            holders[fields["token"]] = fields["instance"]
        of = case.root_id if alone else _instance_of(fields, instances, tasks, holders) or case.root_id
        if of == case.id and row.name in names:
            kind = ActorKind(row.actor_kind)
            found.append(LoggedEvent(case.root_id, row.seq, row.position + first, row.at, row.actor, kind, row.name, fields, of))
    return found


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


def _tasks(conn: Connection, root_id: str) -> dict[str, str]:
    """User task to process instance, open and done."""
    both = (select(table.c.id, table.c.instance_id).where(table.c.root_id == root_id) for table in (user_task, finished_task))
    return dict(conn.execute(union_all(*both)).all())


def instance_of_task(conn: Connection, task_id: str) -> str | None:
    """The process instance of a user task, open or done."""
    both = (select(table.c.instance_id).where(table.c.id == task_id) for table in (user_task, finished_task))
    return conn.execute(union_all(*both)).scalars().first()
