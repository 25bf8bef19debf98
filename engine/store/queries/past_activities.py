"""In which cases something was done, and when: flow nodes that ended, what the engine did by itself. Told by their chains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from engine.errors import InvalidRequest
from engine.model import SYSTEM
from engine.store.queries.among import among
from engine.store.queries.event_rows import EventRows, event_rows
from engine.store.queries.told import Question, Row, roots_of
from engine.tokens.state import BODY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Connection, Select

MOST_EVENTS = 1_000_000
"""So many passages of tokens are read for one list."""
_BATCH = 500
_ENTERED, _PASSED, _LEFT, _CANCELLED = "ElementEntered", "ElementPassed", "ElementLeft", "ElementCancelled"


class Passage(NamedTuple):
    """A flow node that a token came to. `is_whole`: by a flow, as to the whole of a multi-instance activity. `end`: None while it waits."""

    instance_id: str
    element_id: str
    is_whole: bool
    start: datetime
    end: datetime | None


def ended_at_one_of(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    """The process instances in which one of some flow nodes has ended, however it did."""
    asked = set(question.value)
    ended = [it for it in _passages(conn, rows, {it.removesuffix(BODY) for it in asked}) if it.end is not None]
    each = {(it.instance_id, it.element_id) for it in ended if not it.is_whole}  # instances of a multi-instance activity come by no flow
    return {
        it.instance_id
        for it in ended
        if it.element_id in asked or (it.element_id + BODY in asked and it.is_whole and (it.instance_id, it.element_id) in each)
    }


def active_within(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    """The process instances in which a flow node began or ended within `executedActivityAfter` and `executedActivityBefore`."""
    after, before = _bounds(question.asked.wanted, "executedActivity")
    return {
        it.instance_id
        for it in _passages(conn, rows)
        if (after is None or (it.end or it.start) >= after) and (before is None or it.start <= before)
    }


def by_itself_within(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    """The process instances in which the engine did something by itself, a job, within `executedJobAfter` and `executedJobBefore`."""
    after, before = _bounds(question.asked.wanted, "executedJob")
    events = event_rows(conn.dialect.name)
    entry = events.entry.c
    query = _of(conn, events, rows, select(_instance_of(events)).distinct())
    query = query.where(entry.actor == SYSTEM.id, entry.actor_kind == SYSTEM.kind.value, entry.seq > 1)  # the first began the case
    if after is not None:
        query = query.where(entry.at >= after)
    if before is not None:
        query = query.where(entry.at <= before)
    return set(conn.execute(query).scalars())


def _bounds(wanted: Mapping[str, Any], name: str) -> tuple[datetime | None, datetime | None]:
    return wanted.get(f"{name}After"), wanted.get(f"{name}Before")


def _instance_of(events: EventRows) -> Any:  # noqa: ANN401 - a column
    return func.coalesce(events.field("instance"), events.entry.c.chain)


def _of(conn: Connection, events: EventRows, rows: Sequence[Row], query: Select[Any]) -> Select[Any]:
    return query.select_from(events.rows).where(among(events.entry.c.chain, roots_of(rows), conn.dialect.name))


def _passages(conn: Connection, rows: Sequence[Row], elements: set[str] | None = None) -> Iterator[Passage]:
    """Where the tokens of the cases came to. Raises `InvalidRequest` where that is too much to read."""
    events = event_rows(conn.dialect.name)
    entry = events.entry.c
    columns = (entry.at, events.name, _instance_of(events), events.field("element"), events.field("token"), events.field("flow"))
    query = _of(conn, events, rows, select(*columns)).where(events.name.in_((_ENTERED, _PASSED, _LEFT, _CANCELLED)))
    if elements is not None:
        query = query.where(events.field("element").in_(sorted(elements)))
    query = query.order_by(entry.chain, entry.seq, events.position)
    waiting: dict[str, Passage] = {}
    for count, (at, name, instance, element, token, flow) in enumerate(conn.execute(query, execution_options={"yield_per": _BATCH})):
        if count >= MOST_EVENTS:
            raise InvalidRequest(f"these cases have more than {MOST_EVENTS} activities, which are read one by one: narrow the list")
        if name == _PASSED:
            yield Passage(instance, element, flow is not None, at, at)
        elif name == _ENTERED:
            waiting[token] = Passage(instance, element, flow is not None, at, None)
        elif token in waiting:
            yield waiting.pop(token)._replace(end=at)
    yield from waiting.values()
