"""How many open user tasks each group is offered (`GET /task/report/candidate-group-count`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from engine.store.queries.visible import GROUP_KINDS
from engine.store.tables import task_candidate, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection


class GroupCount(NamedTuple):
    """A group, None for tasks that are offered to none, and how many tasks."""

    group: str | None
    tasks: int


def open_by_group(conn: Connection, seen: ColumnElement[bool]) -> list[GroupCount]:
    """Of the tasks that nobody has and that are `seen`: how many each group is offered, by the names of the groups."""
    offered = and_(task_candidate.c.task_id == user_task.c.id, task_candidate.c.kind.in_(GROUP_KINDS))
    group = task_candidate.c.value
    query = (
        select(group, func.count(user_task.c.id.distinct()))
        .select_from(user_task.outerjoin(task_candidate, offered))
        .where(user_task.c.assignee.is_(None), seen)
        .group_by(group)
        .order_by(group.asc().nulls_first())
    )
    return [GroupCount(*row) for row in conn.execute(query)]
