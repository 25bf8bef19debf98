"""Which buttons a task has for somebody. The engine decides again when one is pressed; this only spares people refusals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine import Actor, Directory, UserTask


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with a task."""

    complete: bool
    resolve: bool
    claim: bool
    release: bool
    reassign: bool


def rights(actor: Actor, task: UserTask, directory: Directory, owner: str | None) -> Rights:
    """What `actor` may do with an open task."""
    mine = task.assignee == actor.id
    excluded = task.excluded_person == actor.id or actor.may_audit
    added = _is_any(actor, task.added_users, task.added_groups)
    offered = _is_any(actor, task.candidate_users, task.candidate_groups) or added
    has_candidates = bool(task.candidate_users or task.candidate_groups)
    return Rights(
        complete=mine and not excluded and task.delegation != "PENDING",
        resolve=mine and not excluded and task.delegation == "PENDING",
        claim=not excluded and not mine and (offered if task.assignee is None else added),
        release=mine and has_candidates,
        reassign=not actor.may_audit and (actor.may_administer or actor.owns(owner) or _heads(actor, task, directory)),
    )


def _is_any(actor: Actor, users: Iterable[str], groups: Iterable[str]) -> bool:
    return actor.id in users or not actor.groups.isdisjoint(groups)


def _heads(actor: Actor, task: UserTask, directory: Directory) -> bool:
    """Whether the actor heads a department that the task concerns."""
    departments = {group.partition(":")[0] for group in task.candidate_groups}
    known = directory.people.get(task.assignee or "")  # also who was disabled: the task still has to go to somebody
    departments |= {it.department for it in known.memberships} if known else set()
    return any(f"{upper}:head" in actor.groups for department in departments for upper in directory.above(department))
