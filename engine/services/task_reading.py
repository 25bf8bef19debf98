"""Looking at user tasks: one by its id, the lists of the inbox. What an actor may not see is not found."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.access import sight
from engine.errors import Conflict, CrossdeskError, NotFound
from engine.model import Actor, UserTask
from engine.services.runtime import Runtime
from engine.services.step import Step
from engine.store.game import read_tasks
from engine.store.queries.visible import visible_cases
from engine.store.rows import TaskRow
from engine.store.tables import case_instance, finished_task, user_task


class TaskReading:
    """The part of `Tasks` that changes nothing."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def get(self, actor: Actor, task_id: str) -> UserTask:
        """An open task of a case that the actor may see. Raises `Conflict` when it was done, `NotFound` for all others."""
        with self._runtime.database.read() as connection:
            return self.visible_task(connection, actor, task_id)

    def visible_task(self, connection: Connection, actor: Actor, task_id: str) -> UserTask:
        """As `get`, within a transaction."""
        row = read_tasks(connection, user_task.c.id == task_id).get(task_id)
        who = sight(actor, self._runtime.directory(connection))
        table = user_task if row is not None else finished_task
        instance = select(table.c.instance_id).where(table.c.id == task_id).scalar_subquery()
        query = select(case_instance.c.root_id, case_instance.c.definition_id).where(case_instance.c.id == instance, visible_cases(who))
        found = connection.execute(query).one_or_none()
        if found is None:
            raise NotFound(f"there is no task {task_id!r}", task=task_id)
        if row is None:
            raise gone(connection, task_id)
        return task_of(row, found.root_id, found.definition_id)

    def to_task(self, step: Step, row: TaskRow) -> UserTask:
        """The public value of a row of a step."""
        return to_task(step, row)


def to_task(step: Step, row: TaskRow) -> UserTask:
    """The public value of a row of a step."""
    instance = step.instances[row.instance_id]
    return task_of(row, step.root_id, instance.definition_id)


def task_of(row: TaskRow, root_id: str, definition_id: str) -> UserTask:
    """The public value of a row of `user_task`."""
    names = (
        "id", "instance_id", "element_id", "name", "assignee", "owner", "created_at", "due_at", "follow_up_at", "priority", "form_key", "version",
        "candidate_users", "candidate_groups", "added_users", "added_groups", "excluded_person",
    )  # fmt: skip
    return UserTask(root_id=root_id, definition_id=definition_id, **{name: getattr(row, name) for name in names})


def gone(connection: Connection, task_id: str) -> CrossdeskError:
    """Why a task is not open: done by somebody, taken away, or never there."""
    row = connection.execute(select(finished_task).where(finished_task.c.id == task_id)).one_or_none()
    if row is None:
        return NotFound(f"there is no task {task_id!r}", task=task_id)
    if row.delete_reason is not None:
        return Conflict("the task was taken away: the case went another way", task=task_id, delete_reason=row.delete_reason)
    return Conflict(f"already done by {row.person}", task=task_id, by=row.person, outcome=row.outcome, at=row.ended_at)
