"""Activity instances, told by the history: each flow node that a token entered or passed, as Camunda 7 counts them.

There are no rows for them: the chain of a case says it all. So a count reads the entries of the cases that are asked for, and its cost
grows with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, select, true

from engine.store.history import events_of
from engine.store.tables import case_instance, history_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 500
_ENTERED, _PASSED, _LEFT, _CANCELLED = "ElementEntered", "ElementPassed", "ElementLeft", "ElementCancelled"


@dataclass(slots=True)
class Activity:
    """A flow node that was entered or passed; `ended_at` is None while a token waits there."""

    instance_id: str
    element_id: str
    started_at: datetime
    ended_at: datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What activities are narrowed to; everything is optional."""

    instance_id: str | None = None
    definition_id: str | None = None
    element_ids: frozenset[str] = frozenset()
    finished: bool = False
    unfinished: bool = False
    cancelled: bool = False

    def fits(self, activity: Activity) -> bool:
        """Whether an activity of a fitting case fits."""
        return (
            (not self.element_ids or activity.element_id in self.element_ids)
            and (not self.finished or activity.ended_at is not None)
            and (not self.unfinished or activity.ended_at is None)
            and (not self.cancelled or activity.cancelled)
        )

    def cases(self) -> ColumnElement[bool]:
        """The condition on the cases."""
        conditions: list[ColumnElement[bool]] = [true()]
        if self.instance_id is not None:
            conditions.append(case_instance.c.id == self.instance_id)
        if self.definition_id is not None:
            conditions.append(case_instance.c.definition_id == self.definition_id)
        return and_(*conditions)


def count_activities(conn: Connection, wanted: ActivityFilter, seen: ColumnElement[bool]) -> int:
    """How many activities fit, of the cases that are `seen`."""
    fitting = and_(seen, wanted.cases())
    instances = set(conn.execute(select(case_instance.c.id).where(fitting)).scalars())
    roots = select(case_instance.c.root_id).where(fitting)
    query = select(history_entry.c.chain, history_entry.c.at, history_entry.c.body).where(history_entry.c.chain.in_(roots))
    rows = conn.execute(query.order_by(history_entry.c.chain, history_entry.c.seq), execution_options={"yield_per": _BATCH})
    found = 0
    chain: list[Any] = []
    for row in rows:
        if chain and chain[0].chain != row.chain:
            found += _count(chain, instances, wanted)
            chain = []
        chain.append(row)
    return found + (_count(chain, instances, wanted) if chain else 0)


def _count(chain: list[Any], instances: set[str], wanted: ActivityFilter) -> int:
    return sum(1 for it in _activities(chain) if it.instance_id in instances and wanted.fits(it))


def _activities(chain: list[Any]) -> Iterator[Activity]:
    """The activities of one chain, its entries in order."""
    waiting: dict[str, Activity] = {}
    done: list[Activity] = []
    for row in chain:
        for name, fields in events_of(row.chain, row.body):
            if name == _ENTERED:
                waiting[fields["token"]] = Activity(fields["instance"], fields["element"], row.at)
            elif name == _PASSED:
                done.append(Activity(fields["instance"], fields["element"], row.at, row.at))
            elif name in {_LEFT, _CANCELLED}:
                done += _end(waiting, fields, row.at, cancelled=name == _CANCELLED)
    yield from done
    yield from waiting.values()


def _end(waiting: dict[str, Activity], fields: Mapping[str, str], at: datetime, *, cancelled: bool) -> list[Activity]:
    activity = waiting.pop(fields["token"], None)
    if activity is None:
        return []
    activity.ended_at, activity.cancelled = at, cancelled
    return [activity]
