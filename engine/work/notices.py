"""Who is told what about a step: pure, from the events of its transaction to notices for people.

A notice carries the id of its event, `chain:entry:position`, so that delivering twice shows once. Nobody is told of what they did
themselves, of what they may not do, or when they were disabled; and each of an event once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from engine.bpmn.model import OutcomeKind
from engine.events import (
    CaseCancelled,
    ElementCancelled,
    Event,
    InstanceEnded,
    JobFailed,
    UserTaskClaimed,
    UserTaskCompleted,
    UserTaskCreated,
    UserTaskDelegated,
    UserTaskEscalated,
    UserTaskReassigned,
    UserTaskReminded,
    UserTaskResolved,
)
from engine.model import Actor, Case
from engine.organisation.directory import Directory
from engine.program_events import ExternalTaskFailed, UserTaskCandidateAdded
from engine.work.asked import AskedTask


class NoticeKind(StrEnum):
    """What a notice says; the application has a sentence for each in every language."""

    TASK_ASSIGNED = "task-assigned"  # a task is yours
    TASK_OFFERED = "task-offered"  # you may claim a task
    TASK_RETURNED = "task-returned"  # your request came back: by, reason
    TASK_REASSIGNED = "task-reassigned"  # a task is yours now: by, reason
    TASK_TAKEN_AWAY = "task-taken-away"  # your task was given to somebody else: to, by, reason
    TASK_TAKEN_OVER = "task-taken-over"  # your task was taken over: by
    TASK_REMINDED = "task-reminded"  # half of the time has passed
    TASK_OVERDUE = "task-overdue"  # the deadline of a task of yours has passed: stage
    TASK_ESCALATED = "task-escalated"  # an overdue task that you may take over: stage, assignee
    CASE_FINISHED = "case-finished"  # the case says how; by, reason where it was rejected
    CASE_CANCELLED = "case-cancelled"  # by, reason
    INCIDENT = "incident"  # element, message; definition, where a case could not begin
    CREDENTIALS_RENEWED = "credentials-renewed"  # by, where it was somebody else; of no case
    TOKEN_MADE = "token-made"  # noqa: S105 - name; of no case, as the one below
    TOKEN_REVOKED = "token-revoked"  # noqa: S105 - name, by


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one person is told, of a case unless it concerns the person alone. `args` are what the sentence needs besides."""

    event_id: str
    kind: NoticeKind
    person: str
    case: str | None = None
    task: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        """The notice as the outbox stores it."""
        names = {"event": self.event_id, "kind": str(self.kind), "person": self.person}
        about = {name: it for name, it in (("case", self.case), ("task", self.task)) if it is not None}
        return {**names, **about, "args": dict(self.args)}

    @classmethod
    def read(cls, record: Mapping[str, object]) -> Notice:
        """The notice of a record. Raises `KeyError`, `TypeError` or `ValueError` for a record that is none."""
        args = record["args"]
        if not isinstance(args, Mapping):
            raise TypeError(f"the args of a notice are an object, not {args!r}")
        event, kind, person = (str(record[name]) for name in ("event", "kind", "person"))
        case, task = (None if record.get(name) is None else str(record[name]) for name in ("case", "task"))
        return cls(event, NoticeKind(kind), person, case, task, args)


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is known about a step besides its events.

    `entry` is the history entry, `chain:seq`. `tasks` are the user tasks that were open before the step or are open after it, by id;
    `outcomes` the kinds of the outcomes given in it, by task. `owner` is the process owner, a person or a group.
    """

    case: Case
    actor: Actor
    entry: str
    tasks: Mapping[str, AskedTask] = field(default_factory=dict)
    outcomes: Mapping[str, OutcomeKind] = field(default_factory=dict)
    owner: str | None = None


def notices_of(events: Sequence[Event], facts: StepFacts, directory: Directory) -> list[Notice]:
    """Who is told of the events of one transaction, in order."""
    return list(_Telling(events, facts, directory).all())


def notices_of_start(failed: JobFailed, entry: str, definition_id: str, owner: str | None, directory: Directory) -> list[Notice]:
    """Who is told that a case could not begin, and that nobody tries it any more: of no case, but of a version (`definition`)."""
    if failed.retries:
        return []
    args = {"definition": definition_id, "element": failed.element, "message": failed.message}
    people = dict.fromkeys(_repairers(owner, directory))
    return [Notice(f"{entry}:1", NoticeKind.INCIDENT, it, args=args) for it in people if directory.is_active(it)]


def _repairers(owner: str | None, directory: Directory) -> tuple[str, ...]:
    """Who is told of incidents: administrators and the process owner."""
    owners = [owner] if owner else []
    return (*directory.administrators(), *directory.people_of(owners, owners))


@dataclass(frozen=True)
class _Told:
    """A notice before it has an id: for people who may turn out not to be told."""

    kind: NoticeKind
    people: Iterable[str]
    task: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)


class _Telling:
    """The events of one step, each with what is told of it."""

    def __init__(self, events: Sequence[Event], facts: StepFacts, directory: Directory) -> None:
        self._events = events
        self._facts = facts
        self._directory = directory
        self._gone = {event.token for event in events if isinstance(event, ElementCancelled)}
        self._returned = self._last(OutcomeKind.RETURN)

    def all(self) -> Iterator[Notice]:
        for position, event in enumerate(self._events, 1):
            told: set[str] = {self._facts.actor.id}
            for it in self._of(event):
                for person in it.people:
                    if person not in told and self._directory.is_active(person):
                        told.add(person)
                        yield Notice(f"{self._facts.entry}:{position}", it.kind, person, self._facts.case.id, it.task, it.args)

    def _of(self, event: Event) -> Iterator[_Told]:
        match event:
            case UserTaskCreated() if event.task not in self._gone:
                yield from self._created(event)
            case UserTaskClaimed(before=str() as before):
                yield _Told(NoticeKind.TASK_TAKEN_OVER, [before], event.task, {"by": event.assignee})
            case UserTaskReassigned():
                yield from self._reassigned(event)
            case UserTaskDelegated() | UserTaskResolved(assignee=str()):
                yield _Told(NoticeKind.TASK_ASSIGNED, [str(event.assignee)], event.task)
            case UserTaskCandidateAdded():
                yield from self._offered(event)
            case UserTaskReminded():
                yield _Told(NoticeKind.TASK_REMINDED, event.told, event.task)
            case UserTaskEscalated():
                yield from self._escalated(event)
            case _:
                yield from self._of_case(event)

    def _of_case(self, event: Event) -> Iterator[_Told]:
        match event:
            case JobFailed(retries=0) | ExternalTaskFailed(retries=0):
                yield _Told(
                    NoticeKind.INCIDENT,
                    _repairers(self._facts.owner, self._directory),
                    args={"element": event.element, "message": event.message},
                )
            case CaseCancelled():
                args = {"by": self._facts.actor.id, "reason": event.reason}
                yield _Told(NoticeKind.CASE_CANCELLED, [self._facts.case.started_by, *self._assignees()], args=args)
            case InstanceEnded(instance=self._facts.case.id) if not self._cancelled():
                yield _Told(NoticeKind.CASE_FINISHED, [self._facts.case.started_by], args=self._rejected())
            case _:
                return

    def _created(self, event: UserTaskCreated) -> Iterator[_Told]:
        """A task that comes back to the initiator says why instead of only that it is there."""
        if event.assignee is None:
            people = self._directory.people_of(event.users or (), event.groups or ())
            yield _Told(NoticeKind.TASK_OFFERED, self._but_excluded(event.task, people), event.task, _about(event.reason))
        elif self._returned is not None and event.assignee == self._facts.case.started_by:
            args = {"by": self._facts.actor.id, **_about(self._returned.reason)}
            yield _Told(NoticeKind.TASK_RETURNED, [event.assignee], event.task, args)
        else:
            yield _Told(NoticeKind.TASK_ASSIGNED, [event.assignee], event.task, _about(event.reason))

    def _offered(self, event: UserTaskCandidateAdded) -> Iterator[_Told]:
        """One more may take a task that nobody has."""
        task = self._facts.tasks.get(event.task)
        if task is not None and task.assignee is None:
            people = self._directory.people_of([event.user] if event.user else (), [event.group] if event.group else ())
            yield _Told(NoticeKind.TASK_OFFERED, self._but_excluded(event.task, people), event.task)

    def _reassigned(self, event: UserTaskReassigned) -> Iterator[_Told]:
        args = {"by": self._facts.actor.id, "reason": event.reason}
        yield _Told(NoticeKind.TASK_REASSIGNED, [event.assignee], event.task, args)
        if event.before is not None:
            yield _Told(NoticeKind.TASK_TAKEN_AWAY, [event.before], event.task, {**args, "to": event.assignee})

    def _escalated(self, event: UserTaskEscalated) -> Iterator[_Told]:
        """Who may take the task over now is told that; the others that it is late."""
        task = self._facts.tasks.get(event.task)
        added = self._directory.people_of(event.users or (), event.groups or ())
        args = {"stage": event.stage, "assignee": task.assignee if task else None}
        yield _Told(NoticeKind.TASK_ESCALATED, self._but_excluded(event.task, added), event.task, args)
        yield _Told(NoticeKind.TASK_OVERDUE, event.told, event.task, {"stage": event.stage})

    def _but_excluded(self, task_id: str, people: Iterable[str]) -> list[str]:
        task = self._facts.tasks.get(task_id)
        return [person for person in people if task is None or person != task.excluded_person]

    def _assignees(self) -> list[str]:
        return [task.assignee for task in self._facts.tasks.values() if task.assignee is not None]

    def _cancelled(self) -> bool:
        return any(isinstance(event, CaseCancelled) for event in self._events)

    def _rejected(self) -> dict[str, object]:
        """By whom and why, where a rejection ended the case."""
        found = self._last(OutcomeKind.REJECT)
        return {} if found is None else {"by": self._facts.actor.id, **_about(found.reason)}

    def _last(self, kind: OutcomeKind) -> UserTaskCompleted | None:
        completions = [event for event in self._events if isinstance(event, UserTaskCompleted)]
        return next((event for event in reversed(completions) if self._facts.outcomes.get(event.task) is kind), None)


def _about(reason: str | None) -> dict[str, object]:
    return {} if reason is None else {"reason": reason}
