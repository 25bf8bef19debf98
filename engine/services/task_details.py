"""What an open user task says, whom it is offered to, and the remarks on it: changed by programs for the people they serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, union_all

from engine import access
from engine.access import sight
from engine.errors import InvalidRequest
from engine.events import UserTaskReassigned, UserTaskReleased
from engine.model import Actor, UserTask
from engine.program_events import UserTaskCandidateAdded, UserTaskCandidateRemoved, UserTaskChanged, UserTaskCommented
from engine.services.limits import check_name, check_optional
from engine.services.rivals import no_task
from engine.services.runtime import Runtime
from engine.services.task_changes import TaskChanges, check_assignable
from engine.services.tasks import PENDING, RESOLVED, Tasks
from engine.services.user_tasks import PRIORITIES
from engine.store.canonical import check_text
from engine.store.queries.comments import Comment, comments_on
from engine.store.queries.task_groups import GroupCount, open_by_group
from engine.store.queries.tasks import seen_tasks
from engine.store.tables import finished_task, user_task

if TYPE_CHECKING:
    from engine.services.step import Step
    from engine.store.rows import TaskRow

LONGEST_TEXT = 4000
"""Characters of a description or remark."""


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """What a task is to say, as a whole: what is None is taken away, but for the priority, which stays.

    `delegation`: PENDING, RESOLVED or None.
    """

    name: str | None = None
    description: str | None = None
    assignee: str | None = None
    owner: str | None = None
    delegation: str | None = None
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int | None = None


class TaskDetails:
    """The properties, candidates and remarks of user tasks."""

    def __init__(self, runtime: Runtime, tasks: Tasks) -> None:
        self._runtime = runtime
        self._tasks = tasks
        self._changes = TaskChanges(runtime, tasks)

    def update(self, actor: Actor, task_id: str, wanted: TaskUpdate) -> UserTask:
        """Let a task say something else: for who acts for others. Raises `InvalidRequest`, `Forbidden`, `NotFound`."""
        _check(wanted)

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_edit_task(actor)
            if wanted.assignee is not None and wanted.assignee != row.assignee:
                _check_gets(step, actor, task, wanted.assignee)
            new = replace(
                row,
                name=wanted.name or "",
                description=wanted.description or "",
                assignee=wanted.assignee,
                owner=wanted.owner,
                delegation=wanted.delegation,
                due_at=wanted.due_at,
                follow_up_at=wanted.follow_up_at,
                priority=row.priority if wanted.priority is None else wanted.priority,
            )
            _record(step, row, new)

        return self._changes.change(actor, task_id, None, change)

    def set_owner(self, actor: Actor, task_id: str, person: str | None) -> UserTask:
        """Say whose a task is, or that it is nobody's: for who acts for others."""
        check_optional("the owner", person)

        def change(step: Step, row: TaskRow, _task: UserTask) -> None:
            access.may_edit_task(actor)
            _record(step, row, replace(row, owner=person))

        return self._changes.change(actor, task_id, None, change)

    def add_candidate(self, actor: Actor, task_id: str, *, user: str | None = None, group: str | None = None) -> UserTask:
        """Offer a task to one more person or group, any name: for who acts for others."""
        check_name("the candidate", user if user is not None else group)

        def change(step: Step, row: TaskRow, _task: UserTask) -> None:
            access.may_edit_task(actor)
            users, groups = _with(row.candidate_users, user), _with(row.candidate_groups, group)
            if (users, groups) != (row.candidate_users, row.candidate_groups):
                step.record(UserTaskCandidateAdded(row.id, row.element_id, user, group))
                step.work.change(replace(row, candidate_users=users, candidate_groups=groups))

        return self._changes.change(actor, task_id, None, change)

    def remove_candidate(self, actor: Actor, task_id: str, *, user: str | None = None, group: str | None = None) -> UserTask:
        """Offer a task to a person or group no more, whoever offered it: for who acts for others."""

        def change(step: Step, row: TaskRow, _task: UserTask) -> None:
            access.may_edit_task(actor)
            new = replace(
                row,
                candidate_users=_without(row.candidate_users, user),
                candidate_groups=_without(row.candidate_groups, group),
                added_users=_without(row.added_users, user),
                added_groups=_without(row.added_groups, group),
            )
            if new != row:
                step.record(UserTaskCandidateRemoved(row.id, row.element_id, user, group))
                step.work.change(new)

        return self._changes.change(actor, task_id, None, change)

    # ---- remarks ---------------------------------------------------------------------------------------------------------

    def comment(self, actor: Actor, task_id: str, message: str) -> Comment:
        """Remark on an open task: whom it asks, who has it, and who acts for others. It stands in the history of the case."""
        if not message.strip():
            raise InvalidRequest("the message is empty")
        _check_text("the message", message)
        made: list[Comment] = []

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_comment(actor, task)
            found = Comment(self._runtime.new_id(), row.id, step.root_id, row.instance_id, actor.id, step.at, message)
            step.record(UserTaskCommented(row.id, row.element_id, found.id, message))
            step.work.change(row)
            made.append(found)

        self._changes.change(actor, task_id, None, change)
        return made[-1]

    def comments(self, actor: Actor, task_id: str) -> list[Comment]:
        """The remarks on a task, open or ended, the newest first, for who sees its case. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            if self._tasks.seen_case(connection, actor, task_id) is None:
                raise no_task(task_id)
            columns = (select(table.c.root_id, table.c.instance_id).where(table.c.id == task_id) for table in (user_task, finished_task))
            root_id, instance_id = connection.execute(union_all(*columns)).one()
            return comments_on(connection, task_id, root_id, instance_id)

    # ---- reports -----------------------------------------------------------------------------------------------------------

    def count_by_group(self, actor: Actor) -> list[GroupCount]:
        """How many tasks that nobody has each group is offered, of those that the actor sees; those of no group under None."""
        with self._runtime.database.read() as connection:
            return open_by_group(connection, seen_tasks(sight(actor, self._runtime.directory(connection))))


# ---- what is checked -------------------------------------------------------------------------------------------------------


def _check(wanted: TaskUpdate) -> None:
    check_optional("the name", wanted.name)
    _check_text("the description", wanted.description or "")
    check_optional("the assignee", wanted.assignee)
    check_optional("the owner", wanted.owner)
    if wanted.delegation not in {None, PENDING, RESOLVED}:
        raise InvalidRequest(f"Valid values for property 'delegationState' are '{PENDING}' or '{RESOLVED}', but was '{wanted.delegation}'")
    if wanted.priority is not None and wanted.priority not in PRIORITIES:
        raise InvalidRequest(f"the priority is not between {PRIORITIES.start} and {PRIORITIES.stop - 1}")


def _check_text(what: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidRequest(f"{what} has {len(text)} characters; at most {LONGEST_TEXT} are kept")
    check_text(text)


def _check_gets(step: Step, actor: Actor, task: UserTask, person: str) -> None:
    access.may_claim_for(actor, task, person)
    check_assignable(step, person)
    step.takes_part(person)


# ---- what is written -------------------------------------------------------------------------------------------------------

_PROPERTIES: Mapping[str, Callable[[TaskRow], object]] = {  # by the names of Camunda's user operation log
    "name": lambda row: row.name,
    "description": lambda row: row.description or None,
    "owner": lambda row: row.owner,
    "delegation": lambda row: row.delegation,
    "dueDate": lambda row: row.due_at and row.due_at.isoformat(),
    "followUpDate": lambda row: row.follow_up_at and row.follow_up_at.isoformat(),
    "priority": lambda row: row.priority,
}


def _record(step: Step, before: TaskRow, after: TaskRow) -> None:
    """Write what is new of a task: who has it, and what it says."""
    if before.assignee != after.assignee and after.assignee is None:
        step.record(UserTaskReleased(before.id, before.assignee or ""))
    elif before.assignee != after.assignee:
        step.record(UserTaskReassigned(before.id, before.assignee, str(after.assignee), ""))
    changes = {name: [read(before), read(after)] for name, read in _PROPERTIES.items() if read(before) != read(after)}
    if changes:
        step.record(UserTaskChanged(before.id, before.element_id, changes))
    if before != after:
        step.work.change(after)


def _with(names: tuple[str, ...], name: str | None) -> tuple[str, ...]:
    return names if name is None else tuple(sorted({*names, name}))


def _without(names: tuple[str, ...], name: str | None) -> tuple[str, ...]:
    return tuple(it for it in names if it != name)
