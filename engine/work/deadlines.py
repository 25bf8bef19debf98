"""The deadline of a user task: when each of its stages is due, and who is told and may take the task over then.

At half time the assignee is reminded, else the candidates. At the deadline the superior of the assignee (of an unclaimed task: the
head of the department) becomes an additional candidate, and both are told. After half the period again the process owner likewise.
Everything is counted from the creation of the task, so a step that is entered again has its stages again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from engine.errors import ModelFault
from engine.events import Event, UserTaskEscalated, UserTaskReminded
from engine.model import JobKind
from engine.organisation.directory import Directory
from engine.organisation.model import ADMINISTRATOR, HEAD
from engine.work.asked import AskedTask
from engine.work.calendar import WorkingCalendar
from engine.work.durations import WorkingDuration, parse_working_duration

STAGES = (JobKind.REMINDER, JobKind.ESCALATION, JobKind.OWNER_ESCALATION)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a deadline and the moment at which it is due."""

    kind: JobKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """What a stage does: `told` are people; `users` and `groups` may now take the task, also from its assignee."""

    told: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def read_deadline(text: str, element: str = "") -> WorkingDuration:
    """The deadline of a task as its model writes it. Raises `ModelFault`."""
    try:
        return parse_working_duration(text)
    except ValueError as error:
        raise ModelFault(str(error), element=element) from error


def stages(created: datetime, deadline: WorkingDuration, calendar: WorkingCalendar) -> list[Stage]:
    """The stages of a task in order; the second one is the deadline itself."""
    due = deadline.after(created, calendar)
    half = calendar.half(created, due)
    if half:
        reminder, owner = calendar.add_working_time(created, half), calendar.add_working_time(due, half)
    else:
        # From a night before a day off to the morning after it nobody works: half of the plain time is all there is.
        reminder, owner = created + (due - created) / 2, due + (due - created) / 2
    return [Stage(kind, at) for kind, at in zip(STAGES, (reminder, due, owner), strict=True)]


def who(stage: JobKind, task: AskedTask, directory: Directory, owner: str | None = None) -> Escalation:
    """Who is told at a stage, and who may take the task over from then on. `owner` is the process owner, a person or a group."""
    holders = _holders(task, directory)
    if stage is JobKind.REMINDER:
        return Escalation(told=holders)
    if stage is JobKind.OWNER_ESCALATION:
        return _to_the_owner(task, directory, owner, holders)
    superiors = tuple(dict.fromkeys(_superiors(task, directory)))
    return Escalation(told=_each_once(holders, superiors), users=superiors)


def event_of(stage: JobKind, task: AskedTask, escalation: Escalation) -> Event:
    """What the history says about a stage; its actor is the system."""
    told = list(escalation.told)
    if stage is JobKind.REMINDER:
        return UserTaskReminded(task.id, task.element_id, told)
    groups, users = list(escalation.groups) or None, list(escalation.users) or None
    return UserTaskEscalated(task.id, task.element_id, STAGES.index(stage), told, groups=groups, users=users)


def _holders(task: AskedTask, directory: Directory) -> tuple[str, ...]:
    """The assignee, else all who could claim the task."""
    if task.assignee is not None:
        return (task.assignee,) if directory.is_active(task.assignee) else ()
    users, groups = (*task.candidate_users, *task.added_users), (*task.candidate_groups, *task.added_groups)
    return _allowed(task, directory.people_of(users, groups))


def _superiors(task: AskedTask, directory: Directory) -> Iterator[str]:
    """The superior of the assignee; of an unclaimed task the heads of its candidates' departments. Never who may not do it."""
    if task.assignee is not None:
        yield from _first(it for it in directory.superiors_of(task.assignee) if it != task.excluded_person)
        return
    but_not = frozenset({task.excluded_person} if task.excluded_person else ())
    for group in task.candidate_groups:
        for department in _departments(group, directory):
            # Heads who were asked themselves and did not answer have a head above them.
            asked = directory.members_of(group) if group.endswith(f":{HEAD}") or group == HEAD else ()
            yield from _first([directory.nearest_head(department, but_not.union(asked))])
    for user in task.candidate_users:
        home = directory.department_of(user)
        yield from _first([directory.nearest_head(home, but_not | {user}) if home else None])


def _departments(group: str, directory: Directory) -> list[str]:
    """The departments that a group stands for: of a role, those of its members."""
    department = group.partition(":")[0]
    if department in directory.departments:
        return [department]
    homes = (directory.department_of(person) for person in directory.members_of(group))
    return list(dict.fromkeys(home for home in homes if home))


def _to_the_owner(task: AskedTask, directory: Directory, owner: str | None, holders: tuple[str, ...]) -> Escalation:
    users, groups = ((owner,), ()) if owner and directory.is_active(owner) else ((), (owner,) if owner else ())
    if not _allowed(task, directory.people_of(users, groups)):
        users, groups = (), (ADMINISTRATOR,)
    owners = _allowed(task, directory.people_of(users, groups))
    return Escalation(told=_each_once(holders, owners), users=users, groups=groups)


def _allowed(task: AskedTask, people: Iterable[str]) -> tuple[str, ...]:
    return tuple(person for person in people if person != task.excluded_person)


def _each_once(*people: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(people)))


def _first(people: Iterable[str | None]) -> Iterator[str]:
    yield from islice((person for person in people if person is not None), 1)
