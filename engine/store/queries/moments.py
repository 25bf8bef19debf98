"""What had happened in a process instance before an entry of its chain, gathered by the database: the answer is as small as the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, cast, func, select

from engine.model import ActorKind, Case, HistoryEntry
from engine.store import canonical
from engine.store.history import read_entry
from engine.store.queries.event_rows import event_rows
from engine.store.tables import history_entry, history_head
from engine.store.values import StoredValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from engine.store.queries.event_rows import EventRows

_CAME = ("ElementEntered", "ElementPassed")
_WENT = ("ElementLeft", "ElementCancelled")
_LOOK = '[["CaseRead",'
_LAST = 2**31 - 1
_EVENTS = 1_000_000  # more than an entry holds: entry and event as one number that rises


@dataclass(frozen=True, slots=True)
class Visit:
    """How often a flow node was reached by a flow, or without one."""

    element: str
    flow: str | None
    times: int


def bounds(conn: Connection, of: Case) -> tuple[int, int]:
    """The first and the last entry of a case in the chain of its root; those of a called one by the time in which it was open."""
    if of.parent_id is None:
        query = select(history_head.c.seq).where(history_head.c.chain == of.root_id)
        return 1, conn.execute(query).scalar_one()
    entry = history_entry.c
    within = [entry.chain == of.root_id, entry.at >= of.started_at]
    if of.ended_at is not None:
        within.append(entry.at <= of.ended_at)
    first, last = conn.execute(select(func.min(entry.seq), func.max(entry.seq)).where(*within)).one()
    return first, last


def window(conn: Connection, chain: str, first: int, last: int, *, with_looks: bool) -> list[HistoryEntry]:
    """The entries from one to another, oldest first; with those that are an auditor's look and nothing else where they are wanted."""
    entry = history_entry.c
    query = select(history_entry).where(entry.chain == chain, entry.seq.between(first, last))
    if not with_looks:
        query = query.where(~entry.body.startswith(_LOOK, autoescape=True))
    return [read_entry(row) for row in conn.execute(query.order_by(entry.seq))]


def visits(conn: Connection, chain: str, instance: str, before: int = _LAST) -> list[Visit]:
    """The flow nodes that were reached before an entry, and by which flows; in the order in which that happened first."""
    events = event_rows(conn.dialect.name)
    element, flow = events.field("element"), events.field("flow")
    first = func.min(cast(events.entry.c.seq, BigInteger) * _EVENTS + events.position)
    query = _of(events, chain, instance, before).with_only_columns(element, flow, func.count())
    query = query.where(events.name.in_(_CAME)).group_by(element, flow).order_by(first)
    return [Visit(*row) for row in conn.execute(query)]


def tokens(conn: Connection, chain: str, instance: str, before: int) -> dict[str, str]:
    """The tokens that waited before an entry, each with its flow node."""
    events = event_rows(conn.dialect.name)
    token, element = events.field("token"), events.field("element")
    left = func.sum(case((events.name == _CAME[0], 1), else_=-1))
    query = _of(events, chain, instance, before).with_only_columns(token, element)
    query = query.where(events.name.in_((_CAME[0], *_WENT))).group_by(token, element).having(left > 0)
    return {row[0]: row[1] for row in conn.execute(query)}


def told_of_tasks(conn: Connection, chain: str, tasks: Iterable[str], before: int) -> list[HistoryEntry]:
    """What was told of these user tasks before an entry, oldest first: whom they asked and who had them."""
    events = event_rows(conn.dialect.name)
    entry = events.entry.c
    names = sorted(tasks)
    if not names:
        return []
    query = (
        select(entry.seq, entry.at, entry.actor, entry.actor_kind, events.text)
        .select_from(events.rows)
        .where(entry.chain == chain, entry.seq < before, events.name.startswith("UserTask"), events.field("task").in_(names))
        .order_by(entry.seq, events.position)
    )
    return [
        HistoryEntry(chain, seq, at, actor, ActorKind(kind), (tuple(canonical.loads(text, integer=int)),), "")
        for seq, at, actor, kind, text in conn.execute(query)
    ]


def last_values(conn: Connection, chain: str, scope: str, before: int = _LAST) -> Mapping[str, StoredValue]:
    """The last values that the variables of a scope had before an entry; what was removed has none."""
    events = event_rows(conn.dialect.name)
    name = events.field("name")
    kind, text = events.value("after")
    newest: Any = func.row_number().over(partition_by=name, order_by=(events.entry.c.seq.desc(), events.position.desc()))
    changes = (
        select(name.label("name"), kind.label("kind"), text.label("text"), newest.label("newest"))
        .select_from(events.rows)
        .where(events.entry.c.chain == chain, events.entry.c.seq < before, events.name.in_(("VariableChanged", "VariableRemoved")))
        .where(func.coalesce(events.field("scope"), events.entry.c.chain) == scope)
        .subquery()
    )
    query = select(changes.c.name, changes.c.kind, changes.c.text).where(changes.c.newest == 1, changes.c.kind.is_not(None))
    return {row[0]: StoredValue(row[1], row[2]) for row in conn.execute(query)}


def _of(events: EventRows, chain: str, instance: str, before: int) -> Any:  # noqa: ANN401 - a query without columns
    of_instance: ColumnElement[bool] = func.coalesce(events.field("instance"), events.entry.c.chain) == instance
    return select().select_from(events.rows).where(events.entry.c.chain == chain, events.entry.c.seq < before, of_instance)
