"""Who was faster: what became of a task, or of a message that a case waited for, as the history tells it.

Only asked when something is refused, so it may read. The details of a `Conflict` name in `by` who was faster, where that was a person, and
in `event` how (`UserTaskCompleted`, `UserTaskClaimed`, …); `ended` stands there where nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from engine.errors import Conflict, CrossdeskError, NotFound
from engine.model import Actor, ActorKind, HistoryEntry
from engine.store.history import entries
from engine.store.rows import TaskRow
from engine.store.tables import case_instance, finished_task

_MOST = 200  # entries of a case that are looked through, the newest first
_HANDS = {"UserTaskClaimed": "already taken by {to}", "UserTaskReleased": "{by} gave it back", "UserTaskReassigned": "{by} gave it to {to}"}
_OFFERS = {"UserTaskCreated", "UserTaskEscalated"}
_CAUGHT = {"EventCaught", "ElementLeft", "ElementCancelled"}
_Fields = Mapping[str, Any]


def no_task(task_id: str) -> NotFound:
    """There is no such task, or none that the actor may know of: the same answer for both."""
    return NotFound(f"there is no task {task_id!r}", task=task_id)


def task_gone(connection: Connection, task_id: str) -> CrossdeskError:
    """Why a task is not open: done by somebody, taken away, or never there."""
    query = (
        select(finished_task, case_instance.c.definition_id)
        .join(case_instance, case_instance.c.id == finished_task.c.instance_id)
        .where(finished_task.c.id == task_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return no_task(task_id)
    about = {"task": task_id, "ended": True, "case": row.root_id, "definition": row.definition_id, "element": row.element_id}
    if row.delete_reason is None:
        said = f"already done by {row.person}"
        return Conflict(said, **about, event="UserTaskCompleted", by=row.person, outcome=row.outcome, at=row.ended_at)
    entry, _, _ = _newest(connection, row.root_id, lambda name, fields: name == "ElementCancelled" and fields["token"] == task_id)
    by = _person(entry)
    said = f"{by} was faster: the case went another way" if by else "the task was taken away: the case went another way"
    return Conflict(said, **about, event="ElementCancelled", by=by, delete_reason=row.delete_reason)


def was_asked(connection: Connection, actor: Actor, task_id: str) -> bool:
    """Whether a task that is not open any more was offered to somebody: who wanted it may know who was faster, and nothing else."""
    root_id = connection.execute(select(finished_task.c.root_id).where(finished_task.c.id == task_id)).scalar_one_or_none()
    if root_id is None:
        return False

    def asks(name: str, fields: _Fields) -> bool:
        offered = name in _OFFERS and fields["task"] == task_id
        return offered and (actor.id in fields.get("users", ()) or not actor.groups.isdisjoint(fields.get("groups", ())))

    return _newest(connection, root_id, asks)[0] is not None


def task_changed(connection: Connection, root_id: str, row: TaskRow) -> Conflict:
    """The task has changed hands since it was read."""
    entry, name, fields = _newest(connection, root_id, lambda name, fields: name in _HANDS and fields["task"] == row.id)
    to = fields.get("assignee")
    by = to if name == "UserTaskClaimed" else _person(entry)
    said = _HANDS.get(name, "the task was changed meanwhile").format(by=by, to=to)
    return Conflict(said, task=row.id, case=root_id, event=name, by=by, to=to, version=row.version)


def wait_gone(connection: Connection, root_id: str, element: str | None) -> Conflict:
    """The case does not wait at `element` any more: the message was given already, or the case went another way."""
    entry, _, _ = _newest(connection, root_id, lambda name, fields: name in _CAUGHT and fields["element"] == element)
    given = entry is not None and any(name == "MessageReceived" for name, _ in entry.events)
    by = _person(entry)
    said = f"already given by {by}" if given and by else "the case does not wait for this any more"
    return Conflict(said, case=root_id, event="MessageReceived" if given else "ElementCancelled", by=by)


def _newest(connection: Connection, root_id: str, fits: Callable[[str, _Fields], bool]) -> tuple[HistoryEntry | None, str, _Fields]:
    """The newest event of a case that fits, after the entry that it stands in."""
    for entry in entries(connection, root_id, None, _MOST):
        for name, fields in reversed(entry.events):
            if fits(name, fields):
                return entry, name, fields
    return None, "", {}


def _person(entry: HistoryEntry | None) -> str | None:
    """Who wrote an entry, if it was not the system."""
    return entry.actor if entry is not None and entry.actor_kind is ActorKind.PERSON else None
