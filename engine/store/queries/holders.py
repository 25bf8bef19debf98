"""Where an open case is now: its open user tasks, and whom they wait for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.store.game import read_tasks
from engine.store.tables import process_instance, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Holder:
    """An open user task of a case: who has it, or to whom it is offered, since when."""

    task_id: str
    definition_id: str  # of the task's own case, for the translations of its name
    element_id: str
    name: str
    since: datetime
    due_at: datetime | None
    assignee: str | None
    users: tuple[str, ...]  # to whom it is offered while nobody has it
    groups: tuple[str, ...]
    instance_id: str = ""  # the task's own case: the root, or one that it calls


def holders(conn: Connection, root_ids: Iterable[str]) -> dict[str, tuple[Holder, ...]]:
    """The open user tasks of cases and of the cases that they call, by root, the oldest first."""
    roots = sorted(set(root_ids))
    query = select(process_instance.c.id, process_instance.c.root_id, process_instance.c.definition_id).where(
        process_instance.c.root_id.in_(roots)
    )
    instances = {row.id: row for row in conn.execute(query)}
    found: dict[str, tuple[Holder, ...]] = {}
    for task in read_tasks(conn, user_task.c.root_id.in_(roots)).values():
        instance = instances[task.instance_id]
        holder = Holder(
            task.id,
            instance.definition_id,
            task.element_id,
            task.name,
            task.created_at,
            task.due_at,
            task.assignee,
            task.candidate_users,
            task.candidate_groups,
            task.instance_id,
        )
        found[instance.root_id] = (*found.get(instance.root_id, ()), holder)
    return found
