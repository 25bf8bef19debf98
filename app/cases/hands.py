"""In whose hands the user tasks of a case were, entry by entry: whom each asked, who had it, and for whom somebody acted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.cases.naming import asked

if TYPE_CHECKING:
    from engine import HistoryEntry


@dataclass(slots=True)
class Hand:
    """Whom a task asks, who has it, and whose it is where somebody else works on it."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    assignee: str | None = None
    owner: str | None = None

    def asks(self, user: str | None, group: str | None, *, still: bool) -> None:
        """The task asks one more person or group, or one less."""
        self.users = (*(it for it in self.users if it != user), *([user] if still and user else []))
        self.groups = (*(it for it in self.groups if it != group), *([group] if still and group else []))

    @property
    def text(self) -> str:
        """Who has it, or whom it asks."""
        return asked(self.assignee, self.users, self.groups)


@dataclass(slots=True)
class Hands:
    """Follows the tasks of a case. Of a task whose beginning was not read nothing is known, and nothing is said."""

    tasks: dict[str, Hand] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)  # tasks that changed hands in the last entry

    def take(self, entry: HistoryEntry) -> str | None:
        """Follow one entry; the person in whose place its actor acted, if there is one."""
        self.moved.clear()
        whom = None
        for name, fields in entry.events:
            if name.startswith("UserTask"):
                whom = self._take(name, fields, entry.actor) or whom
        return whom

    def _take(self, name: str, fields: Mapping[str, Any], actor: str) -> str | None:
        task = str(fields["task"])
        if name == "UserTaskCreated":
            self.tasks[task] = Hand(tuple(fields.get("users") or ()), tuple(fields.get("groups") or ()), fields.get("assignee"))
            self.moved.add(task)
            return None
        hand = self.tasks.get(task)
        if hand is None:
            return _other(fields.get("owner") if name == "UserTaskDelegated" else None, actor)
        if name == "UserTaskCompleted":
            return _other(hand.owner, actor) or _other(hand.assignee, actor)
        if name == "UserTaskResolved":
            hand.assignee, whom = fields.get("assignee"), _other(fields.get("assignee"), actor)
        elif name == "UserTaskReleased":
            hand.assignee, whom = None, _other(fields.get("assignee"), actor)
        elif name in {"UserTaskCandidateAdded", "UserTaskCandidateRemoved"}:
            whom = None
            hand.asks(fields.get("user"), fields.get("group"), still=name == "UserTaskCandidateAdded")
        elif name in {"UserTaskClaimed", "UserTaskReassigned", "UserTaskDelegated"}:
            hand.assignee, whom = str(fields["assignee"]), None
            if name == "UserTaskDelegated":
                hand.owner, whom = fields.get("owner"), _other(fields.get("owner"), actor)
        else:
            return None
        self.moved.add(task)
        return whom


def _other(person: object, actor: str) -> str | None:
    return str(person) if person and person != actor else None
