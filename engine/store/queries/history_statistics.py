"""How often each flow node of a version was entered and left (`GET /history/process-definition/{id}/statistics`), told by the chains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, select, true

from engine.errors import InvalidRequest
from engine.store.queries.event_rows import event_rows
from engine.store.tables import case_instance

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_CASES = 10_000
"""Of so many cases the chains are read."""
_PASSED, _LEFT, _CANCELLED = "ElementPassed", "ElementLeft", "ElementCancelled"


@dataclass(frozen=True, slots=True)
class PastFilter:
    """Which cases of a version are counted; everything is optional."""

    started_after: datetime | None = None
    started_before: datetime | None = None
    finished_after: datetime | None = None
    finished_before: datetime | None = None
    instance_ids: tuple[str, ...] = ()

    def condition(self) -> ColumnElement[bool]:
        """The condition on `case_instance`."""
        case, ids = case_instance.c, self.instance_ids
        bounds = (
            None if self.started_after is None else case.started_at > self.started_after,
            None if self.started_before is None else case.started_at < self.started_before,
            None if self.finished_after is None else case.ended_at > self.finished_after,
            None if self.finished_before is None else case.ended_at < self.finished_before,
            case.id.in_(ids) if ids else None,
        )
        return and_(true(), *(it for it in bounds if it is not None))


@dataclass(slots=True)
class Passages:
    """How often a flow node has ended, and how often of these by being cancelled."""

    finished: int = 0
    cancelled: int = 0


def passages(conn: Connection, definition_id: str, wanted: PastFilter, seen: ColumnElement[bool]) -> Mapping[str, Passages]:
    """By flow node, in the cases of a version that are `seen`. Raises `InvalidRequest` where there are more than `MOST_CASES`."""
    fitting = and_(case_instance.c.definition_id == definition_id, wanted.condition(), seen)
    few = select(case_instance.c.id).where(fitting).limit(MOST_CASES + 1).subquery()
    if conn.execute(select(func.count()).select_from(few)).scalar_one() > MOST_CASES:
        raise InvalidRequest(f"more than {MOST_CASES} cases would have to be read: narrow them by startedAfter or processInstanceIdIn")
    events = event_rows(conn.dialect.name)
    element, chain = events.field("element"), events.entry.c.chain
    query = select(element, events.name, func.count()).select_from(events.rows)
    query = query.where(chain.in_(select(case_instance.c.root_id).where(fitting)), events.name.in_((_PASSED, _LEFT, _CANCELLED)))
    query = query.where(func.coalesce(events.field("instance"), chain).in_(select(case_instance.c.id).where(fitting)))
    found: dict[str, Passages] = {}
    for name, event, count in conn.execute(query.group_by(element, events.name)):
        one = found.setdefault(name, Passages())
        one.finished += count
        one.cancelled += count if event == _CANCELLED else 0
    return found
