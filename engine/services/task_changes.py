"""How an open user task is changed: its case is locked, the rules are asked, and whoever may know is told what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine import access
from engine.errors import Forbidden, InvalidRequest, Rejection
from engine.model import Actor, UserTask
from engine.phrases import Phrase
from engine.services.rivals import no_task, task_changed, task_gone, was_asked
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.task_reading import TaskReading
from engine.store.game import lock_root_of_task

if TYPE_CHECKING:
    from engine.store.rows import TaskRow

Change = Callable[[Step, "TaskRow", UserTask], None]
"""What is done with an open task, in the step of its case."""


class TaskChanges:
    """The mechanics that all changes of user tasks share."""

    def __init__(self, runtime: Runtime, reading: TaskReading) -> None:
        self._runtime = runtime
        self._reading = reading

    def change(self, actor: Actor, task_id: str, version: int | None, change: Change) -> UserTask:
        """Change the row of a task; its token stays where it is."""

        def work(connection: Connection) -> tuple[UserTask, Changed]:
            step = self.do(connection, actor, task_id, version, change)
            changed = step.finish()
            ended = (it.task for it in step.work.ended if it.task.id == task_id)  # a condition saw what a listener wrote
            return self._reading.to_task(step, step.work.open.get(task_id) or next(ended)), changed

        return self._runtime.commit(work)

    def do(self, connection: Connection, actor: Actor, task_id: str, version: int | None, change: Change) -> Step:
        """Lock the case of a task, and do something with the task.

        Whatever is refused, whoever has nothing to do with the case reads that there is no such task: who did it, who has it and what is
        wrong with the input is not for them. That is asked only then, so that the usual way costs nothing.
        """
        found: tuple[Step, TaskRow, UserTask] | None = None
        try:
            step = self._step(connection, actor, task_id)
            row, task = self._open(step, task_id)
            found = step, row, task
            if version is not None and version != row.version:
                raise task_changed(step.connection, step.root_id, row)
            step.check_active(row.instance_id)
            change(step, row, task)
        except Rejection as refused:
            seen = self._reading.seen_case(connection, actor, task_id)
            if (found and _may_reassign(*found)) or seen or was_asked(connection, actor, task_id):
                raise
            raise no_task(task_id) from refused
        return step

    def _step(self, connection: Connection, actor: Actor, task_id: str) -> Step:
        """Lock the case of a task. Raises what became of it when it is not open any more."""
        lock = lock_root_of_task(connection, task_id)
        if lock is None:
            raise task_gone(connection, task_id)
        return Step.on(self._runtime, connection, actor, lock)

    def _open(self, step: Step, task_id: str) -> tuple[TaskRow, UserTask]:
        """The task as it is after the lock; somebody may have been faster."""
        row = step.work.open.get(task_id)
        if row is None:
            raise task_gone(step.connection, task_id)
        return row, self._reading.to_task(step, row)


def check_assignable(step: Step, person: str) -> None:
    """Any name may have a task, but nobody who is disabled: `InvalidRequest`."""
    if person in step.directory.people and not step.directory.is_active(person):
        raise InvalidRequest(Phrase("{person} is disabled", person=person))


def _may_reassign(step: Step, row: TaskRow, task: UserTask) -> bool:
    """Whether the actor may give the task to somebody else: heads may, also where they would not see the case."""
    try:
        access.may_reassign(step.actor, task, step.directory, step.process(row.instance_id).owner)
    except Forbidden:
        return False
    return True
