"""Activity instances, told by the history: each flow node that a token entered or passed, as Camunda 7 counts them.

There are no rows for them: the chain of a case says it all. So a list or a count reads the entries of the cases that are asked for, and
its cost grows with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, select, union_all

from engine.errors import InvalidRequest
from engine.store.history import events_of
from engine.store.tables import case_instance, finished_task, history_entry, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from engine.store.queries.log_cases import CasesAsked

MOST_CASES = 10_000
"""Of so many cases the activities are told at once."""
_BATCH = 500
Outline = Mapping[str, tuple[str | None, bool]]
"""Of each flow node of a version the subprocess around it, and whether it is a multi-instance activity."""
_ENTERED, _PASSED, _LEFT, _CANCELLED = "ElementEntered", "ElementPassed", "ElementLeft", "ElementCancelled"


@dataclass(slots=True)
class Activity:
    """A flow node that was entered or passed; `ended_at` is None while a token waits there."""

    id: str
    root_id: str
    instance_id: str
    element_id: str
    started_at: datetime
    ended_at: datetime | None = None
    cancelled: bool = False
    definition_id: str = ""
    assignee: str | None = None  # of a user task: who has it, or had it in the end
    called_id: str | None = None  # the process instance that a call activity has called
    flow_id: str | None = None  # by which a token came; the instances of a multi-instance activity come by none
    order: tuple[int, int] = (0, 0)  # where it begins in its chain
    parent: Activity | None = None  # the subprocess or multi-instance body in which it began; None: the process instance


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What activities are narrowed to; everything but the cases is optional."""

    of: CasesAsked
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


def activities(
    conn: Connection, wanted: ActivityFilter, seen: ColumnElement[bool], outlines: Callable[[str], Outline]
) -> Iterator[Activity]:
    """The activities that fit, of the cases that are `seen`: case by case, those that ended first. `outlines` knows versions by their ids.

    Raises `InvalidRequest` where these are more than `MOST_CASES`.
    """
    fitting = and_(seen, wanted.of.condition())
    cases = select(case_instance.c.id, case_instance.c.definition_id).where(fitting)
    definition_of = dict(conn.execute(cases.limit(MOST_CASES + 1)).all())
    if len(definition_of) > MOST_CASES:
        raise InvalidRequest(f"the histories of more than {MOST_CASES} cases would have to be read: ask for fewer, by processInstanceIdIn")
    roots = select(case_instance.c.root_id).where(fitting)
    people = _people(conn, roots, select(case_instance.c.id).where(fitting))
    query = select(history_entry.c.chain, history_entry.c.seq, history_entry.c.at, history_entry.c.body).where(
        history_entry.c.chain.in_(roots)
    )
    rows = conn.execute(query.order_by(history_entry.c.chain, history_entry.c.seq), execution_options={"yield_per": _BATCH})
    for _chain, entries in groupby(rows, key=lambda row: row.chain):
        for activity in _of_chain(
            entries, lambda instance_id: outlines(definition_of[instance_id]) if instance_id in definition_of else {}
        ):
            if activity.instance_id in definition_of and wanted.fits(activity):
                activity.definition_id = definition_of[activity.instance_id]
                activity.assignee = people.get(activity.id)
                yield activity


def _people(conn: Connection, roots: Select[Any], instances: Select[Any]) -> dict[str, str | None]:
    """Who has each user task, or had it in the end."""
    now = select(user_task.c.id, user_task.c.assignee).where(user_task.c.root_id.in_(roots))
    done = select(finished_task.c.id, finished_task.c.person).where(finished_task.c.instance_id.in_(instances))
    return dict(conn.execute(union_all(now, done)).all())


def _of_chain(entries: Iterable[Any], outline_of: Callable[[str], Outline]) -> Iterator[Activity]:
    """The activities of one chain, its entries in order. A node that a token passed has no token: it is named by its place in the chain."""
    waiting: dict[str, Activity] = {}
    around = _Around(outline_of)
    for row in entries:
        for place, (name, fields) in enumerate(events_of(row.chain, row.body)):
            if name == _ENTERED:
                waiting[fields["token"]] = around.enter(_activity(fields["token"], row, fields, place))
            elif name == "InstanceStarted" and fields.get("caller") in waiting:
                waiting[fields["caller"]].called_id = fields["instance"]
            elif name == _PASSED:
                passed = _activity(f"{row.chain}-{row.seq}-{place}", row, fields, place)
                passed.ended_at, passed.parent = row.at, around.parent(passed)
                yield passed
            elif name in {_LEFT, _CANCELLED} and (left := waiting.pop(fields["token"], None)) is not None:
                around.leave(left)
                left.ended_at, left.cancelled = row.at, name == _CANCELLED
                yield left
    yield from waiting.values()


class _Around:
    """What is open around the activities of a chain, while it is read."""

    def __init__(self, outline_of: Callable[[str], Outline]) -> None:
        self._outline_of = outline_of
        self._open: dict[tuple[str, str], dict[str, Activity]] = {}

    def enter(self, activity: Activity) -> Activity:
        """It begins."""
        activity.parent = self.parent(activity)
        self._open.setdefault((activity.instance_id, activity.element_id), {})[activity.id] = activity
        return activity

    def leave(self, activity: Activity) -> None:
        """It ends."""
        self._open[activity.instance_id, activity.element_id].pop(activity.id, None)

    def parent(self, activity: Activity) -> Activity | None:
        """What it begins in. The chain does not say in which of several that run at once: then it is what is around all of them."""
        outline, place = self._outline_of(activity.instance_id), activity.element_id
        scope, is_many = outline.get(place, (None, False))
        found = self._only(activity.instance_id, place, bodies=True) if is_many and activity.flow_id is None else None
        while found is None and scope is not None:
            place, (scope, is_many) = scope, outline.get(scope, (None, False))
            found = self._only(activity.instance_id, place, bodies=False if is_many else None)
            if found is None and is_many:
                found = self._only(activity.instance_id, place, bodies=True)
        return found

    def _only(self, instance_id: str, element: str, *, bodies: bool | None) -> Activity | None:
        """The only open one of an element; of a multi-instance activity the bodies, or the instances."""
        found = [it for it in self._open.get((instance_id, element), {}).values() if bodies is None or (it.flow_id is not None) is bodies]
        return found[0] if len(found) == 1 else None


def _activity(key: str, row: Any, fields: Any, place: int) -> Activity:  # noqa: ANN401 - a row, and the fields of one of its events
    order = (row.seq, place)
    return Activity(key, row.chain, fields["instance"], fields["element"], row.at, flow_id=fields.get("flow"), order=order)
