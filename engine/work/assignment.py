"""Whom a user task asks when it is created.

The rules, in order: what the task itself names; where it names nothing, its lane. Nobody approves their own request. Who is not known
or not active is asked by nobody; a task is never passed silently, never everybody's and never nobody's: in the end the administrators
have it, and the timeline says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.bpmn.model import OutcomeKind, UserTask
from engine.errors import ModelFault
from engine.feel import brief
from engine.organisation.directory import Directory
from engine.organisation.model import ADMINISTRATOR
from engine.phrases import Phrase


class Detour(StrEnum):
    """Why the routing had to step aside. A reason is one of these, with the names it is about after a colon."""

    UNKNOWN_NAME = "unknown-name"  # of a person or group: the administrators may take the task, too
    NOBODY_NAMED = "nobody-named"  # neither the task nor its lane says who: administrators
    NOBODY_ACTIVE = "nobody-active"  # all who are named are disabled, or the group is empty: administrators
    OWN_REQUEST_SUPERIOR = "own-request-superior"  # only the initiator was left: the initiator's superior
    OWN_REQUEST_OWNER = "own-request-owner"  # … who has none: the process owner
    OWN_REQUEST_ADMINISTRATOR = "own-request-administrator"  # … and no process owner: the administrators


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a model names: the evaluated texts of a task. `named` is false where it has none of the three texts."""

    assignee: str | None = None
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    named: bool = True


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whom a task asks. `added_groups` may take it besides the others; `excluded_person` may neither claim nor complete it."""

    assignee: str | None = None
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    added_groups: tuple[str, ...] = ()
    excluded_person: str | None = None
    reason: str | None = None

    def can_be_done(self, directory: Directory) -> bool:
        """Whether any active person may do it: false only where the one administrator is the excluded person."""
        users = (*self.users, self.assignee) if self.assignee else self.users
        return bool(_others(directory, users, (*self.groups, *self.added_groups), self.excluded_person))


def wanted(task: UserTask, *, assignee: object, users: object, groups: object, element: str) -> Wanted:
    """The names that the evaluated texts of a task give. Raises `ModelFault` for values that are not names."""
    single = names_of(assignee, element)
    if len(single) > 1:
        raise ModelFault(
            Phrase("the assignee of {element} is one person, not {single}", element=element, single=", ".join(single)), element=element
        )
    says = task.assignee is not None or task.candidate_users is not None or task.candidate_groups is not None
    return Wanted(single[0] if single else None, names_of(users, element), names_of(groups, element), named=says)


def names_of(value: object, element: str = "") -> tuple[str, ...]:
    """`fozzie, gonzo` or a list as names, each once, in their order; null and blanks are none."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(name for item in value for name in names_of(item, element)))
    raise ModelFault(Phrase("{value} is not the name of a person or group", value=brief(value)), element=element)


def excluded_person(task: UserTask, initiator: str | None) -> str | None:
    """Who may neither claim nor complete a task: the initiator of the case, where one of its outcomes approves."""
    return initiator if any(outcome.kind is OutcomeKind.APPROVE for outcome in task.outcomes) else None


def assign(
    want: Wanted, directory: Directory, *, lane: str | None = None, excluded: str | None = None, owner: str | None = None
) -> Assignment:
    """Whom the task asks. `lane` is the group of its lane, `excluded` from `excluded_person`, `owner` the process owner."""
    if not want.named:
        want = Wanted(groups=(lane,) if lane else (), named=bool(lane))
    if not want.named or not (want.assignee or want.users or want.groups):
        found = Assignment(groups=(ADMINISTRATOR,), excluded_person=excluded, reason=_reason(Detour.NOBODY_NAMED))
        # Where the model says nothing it is only offered, as clients of Camunda expect, also to one administrator alone.
        return _settled(found, directory) if want.named else found
    asked = Assignment(
        assignee=want.assignee if want.assignee != excluded else None,
        users=tuple(user for user in want.users if user != excluded),
        groups=want.groups,
        excluded_person=excluded,
    )
    asked = _without_disabled(asked, directory)
    unknown = _unknown(want, directory, excluded)
    if unknown:
        # Camunda's names are plain strings: they stay, so that its clients find the task by them.
        return replace(asked, added_groups=(ADMINISTRATOR,), reason=_reason(Detour.UNKNOWN_NAME, unknown))
    if not asked.can_be_done(directory):
        asked = _somebody_else(want, excluded, owner, directory)
    return _settled(asked, directory)


def _without_disabled(asked: Assignment, directory: Directory) -> Assignment:
    users = tuple(user for user in asked.users if not _is_disabled(user, directory))
    assignee = asked.assignee if asked.assignee and not _is_disabled(asked.assignee, directory) else None
    return replace(asked, assignee=assignee, users=users)


def _is_disabled(person: str, directory: Directory) -> bool:
    return person in directory.people and not directory.is_active(person)


def _unknown(want: Wanted, directory: Directory, excluded: str | None) -> list[str]:
    people = [name for name in (want.assignee, *want.users) if name]
    unknown = [name for name in people if name not in directory.people and name != excluded]
    return [*unknown, *(group for group in want.groups if not directory.knows_group(group))]


def _somebody_else(want: Wanted, excluded: str | None, owner: str | None, directory: Directory) -> Assignment:
    """Nobody of those who are named is left."""
    asked = Assignment(excluded_person=excluded)
    names = dict.fromkeys(name for name in (want.assignee, *want.users, *want.groups) if name)
    if excluded is None or not (excluded in names or directory.groups_of(excluded) & names.keys()):
        return replace(asked, groups=(ADMINISTRATOR,), reason=_reason(Detour.NOBODY_ACTIVE, names))
    superior = next((it for it in directory.superiors_of(excluded) if it != excluded), None)
    if superior:
        return replace(asked, users=(superior,), reason=_reason(Detour.OWN_REQUEST_SUPERIOR, [superior]))
    if owner and _others(directory, (owner,), (owner,), excluded):
        by_name = replace(asked, users=(owner,)) if directory.is_active(owner) else replace(asked, groups=(owner,))
        return replace(by_name, reason=_reason(Detour.OWN_REQUEST_OWNER, [owner]))
    return replace(asked, groups=(ADMINISTRATOR,), reason=_reason(Detour.OWN_REQUEST_ADMINISTRATOR))


def _settled(asked: Assignment, directory: Directory) -> Assignment:
    """Where one person alone is left, that person has the task at once: nobody should have to claim what only they can do."""
    if asked.assignee is not None:
        return asked
    left = _others(directory, asked.users, asked.groups, asked.excluded_person)
    return replace(asked, assignee=left[0]) if len(left) == 1 else asked


def _others(directory: Directory, users: Iterable[str], groups: Iterable[str], excluded: str | None) -> tuple[str, ...]:
    return tuple(person for person in directory.people_of(users, groups) if person != excluded)


def _reason(detour: Detour, names: Iterable[str] = ()) -> str:
    about = ",".join(names)
    return f"{detour}:{about}" if about else str(detour)


def read_reason(reason: str) -> tuple[Detour, tuple[str, ...]]:
    """The reason of an assignment in its parts, for the timeline's words. Raises `ValueError` for a text that is none."""
    code, _, about = reason.partition(":")
    return Detour(code), tuple(about.split(",")) if about else ()
