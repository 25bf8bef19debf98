"""The user tasks of a step: created where their tokens arrive, ended where they leave, with deadlines and notices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.bpmn.model import EventDefinition, FlowNode, OutcomeKind, Text, TimerKind, UserTask
from engine.bpmn.names import is_computed
from engine.errors import ModelFault
from engine.events import UserTaskCreated
from engine.feel import brief
from engine.model import JobKind
from engine.phrases import Phrase
from engine.store.rows import JOB_RETRIES, JobRow, TaskRow
from engine.tokens import TokenTask, one_less
from engine.work.assignment import Assignment, assign, excluded_person, wanted
from engine.work.deadlines import read_deadline, stages
from engine.work.outcomes import find_outcome

if TYPE_CHECKING:
    from engine.services.step import Step

PRIORITIES = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class EndedTask:
    """A task that ended in this step. `person`: who completed it, or who had it when it was taken away."""

    task: TaskRow
    person: str | None
    outcome: str | None
    delete_reason: str | None


class UserTasks:
    """The open user tasks of a root instance during a step, and those that ended in it."""

    def __init__(self, step: Step, open_tasks: dict[str, TaskRow]) -> None:
        self._step = step
        self.open = dict(open_tasks)
        self.ended: list[EndedTask] = []
        self.outcome_kinds: dict[str, OutcomeKind] = {}  # of the outcomes given in this step, by task
        self._completing: dict[str, str | None] = {}  # task id to outcome

    def create(self, token: TokenTask, node: FlowNode, model: UserTask) -> None:
        """Create the task of a token: whom it asks, until when, with which form."""
        step = self._step
        assignment = self._assign(token, node, model)
        text = step.host.evaluate
        row = TaskRow(
            id=token.id,
            instance_id=token.instance_id,
            element_id=node.id,
            name=_name(step, token, node),
            created_at=step.at,
            assignee=assignment.assignee,
            excluded_person=assignment.excluded_person,
            due_at=_moment(step, text(model.due_date, token), node) if model.due_date else None,
            follow_up_at=_moment(step, text(model.follow_up_date, token), node) if model.follow_up_date else None,
            priority=_priority(text(model.priority, token), node) if model.priority else 50,
            form_key=_form_key(text(model.form_key, token), node) if model.form_key else None,
            description=_described(step, token, node),
            candidate_users=tuple(sorted(assignment.users)),
            candidate_groups=tuple(sorted(assignment.groups)),
            added_groups=tuple(sorted(assignment.added_groups)),
        )
        row = self._with_deadline(row, model)
        self.open[row.id] = row
        step.record(
            UserTaskCreated(
                task=row.id,
                element=node.id,
                assignee=row.assignee,
                users=list(row.candidate_users) or None,
                groups=[*row.candidate_groups, *row.added_groups] or None,
                due=row.due_at.isoformat() if row.due_at else None,
                reason=assignment.reason,
            )
        )

    def completing(self, task_id: str, model: UserTask, outcome: str | None) -> None:
        """Note that a task is about to end because somebody completes it."""
        self._completing[task_id] = outcome
        declared = find_outcome(model, outcome)
        if declared is not None:
            self.outcome_kinds[task_id] = declared.kind

    def end(self, task_id: str, *, cancelled: bool) -> None:
        """A task ends with its token; its deadline goes with it."""
        task = self.open.pop(task_id)
        completed = task_id in self._completing and not cancelled
        person = self._step.actor.id if completed else task.assignee
        self.ended.append(EndedTask(task, person, self._completing.get(task_id), None if completed else "cancelled"))
        for job in [job for job in self._step.jobs.values() if job.token_id == task_id and job.kind != "timer"]:
            del self._step.jobs[job.id]

    def change(self, task: TaskRow) -> None:
        """Put a changed row in the place of the one before, and tell the listeners.

        Its version counts in how many hands it was: a page that was opened before a reminder or an escalation is still true.
        """
        before = self.open[task.id]
        self.open[task.id] = replace(task, version=before.version + (task.assignee != before.assignee), updated_at=self._step.at)
        if task != before:
            self._step.host.task_changed(before, task)

    def arm_timeout(self, token: TokenTask, place: int, timer: EventDefinition) -> None:
        """Let the listener at this place of an element be called when its time comes."""
        where = self._step.host.place(token)
        times = self._step.expressions.repetitions(timer, where) if timer.timer is TimerKind.CYCLE else ""
        self._await_timeout(token, timer, place, times)

    def timed_out(self, job: JobRow) -> None:
        """Call the listener of a job whose time has come; a cycle is armed for its next time."""
        del self._step.jobs[job.id]
        if job.token_id not in self.open:
            return
        token = self._step.game.token(job.token_id)
        place, _, times = job.data.partition(" ")
        timer = token.task_spec.node.listeners[int(place)].timer
        if times:
            self._await_timeout(token, timer, int(place), one_less(times))
        self._step.host.task_timed_out(token, int(place))
        self._step.game.run()  # a condition may look at what was written

    def _await_timeout(self, token: TokenTask, timer: EventDefinition, place: int, times: str) -> None:
        step = self._step
        job_id, due = step.runtime.new_id(), step.expressions.due(timer, step.host.place(token))
        row = JobRow(job_id, token.instance_id, JobKind.TIMEOUT.value, token.element_id, step.at, due, JOB_RETRIES, token_id=token.id)
        priority = step.host.job_priority(token.variable_scopes(), token.element_id)
        step.jobs[job_id] = replace(row, data=f"{place} {times}", priority=priority)

    def _assign(self, token: TokenTask, node: FlowNode, model: UserTask) -> Assignment:
        """Whom the task asks, by its own texts or its lane."""
        step = self._step
        process = token.workflow.compiled.process

        def value(text: Text | None) -> object:
            return step.host.evaluate(text, token) if text is not None else None

        asked = wanted(
            model,
            assignee=value(model.assignee),
            users=value(model.candidate_users),
            groups=value(model.candidate_groups),
            element=node.id,
        )
        lane = process.lanes.get(node.lane) if node.lane else None
        return assign(
            asked,
            step.directory,
            lane=lane.group if lane else None,
            excluded=excluded_person(model, step.case().started_by),
            owner=process.owner,
        )

    def _with_deadline(self, row: TaskRow, model: UserTask) -> TaskRow:
        """Add the deadline of a task: one job for each of its stages."""
        if model.deadline is None:
            return row
        step = self._step
        duration = read_deadline(model.deadline, row.element_id)
        priority = step.host.job_priority(step.game.token(row.id).variable_scopes(), row.element_id)
        for stage in stages(row.created_at, duration, step.calendar):
            job_id = step.runtime.new_id()
            step.jobs[job_id] = JobRow(
                id=job_id,
                instance_id=row.instance_id,
                kind=stage.kind.value,
                element_id=row.element_id,
                created_at=step.at,
                due_at=stage.due_at,
                retries=JOB_RETRIES,
                token_id=row.id,
                priority=priority,
            )
        deadline_at = duration.after(row.created_at, step.calendar)
        return replace(row, deadline=model.deadline, deadline_at=deadline_at, due_at=row.due_at or deadline_at)


def _moment(step: Step, value: object, node: FlowNode) -> datetime | None:
    """A due or follow-up date; null is none."""
    try:
        return step.expressions.moment(value) if value is not None else None
    except (ValueError, OverflowError) as error:
        raise ModelFault(
            Phrase("{value} at {id} is not a moment", value=brief(value), id=node.id), element=node.id, line=node.line
        ) from error


def _priority(value: object, node: FlowNode) -> int:
    """The priority of a task, a whole number."""
    try:
        number = int(str(value))
    except ValueError as error:
        raise ModelFault(
            Phrase("the priority of {id} is {value}, not a whole number", id=node.id, value=brief(value)), element=node.id, line=node.line
        ) from error
    if number not in PRIORITIES:
        raise ModelFault(
            Phrase("the priority of {id} is {number}, which is too large", id=node.id, number=number), element=node.id, line=node.line
        )
    return number


def _form_key(value: object, node: FlowNode) -> str:
    """The form of a task, a text."""
    if not isinstance(value, str) or not value:
        raise ModelFault(
            Phrase("the form of {id} is {value}, not the name of a form", id=node.id, value=brief(value)), element=node.id, line=node.line
        )
    return value


def _described(step: Step, token: TokenTask, node: FlowNode) -> str | None:
    """What a task says of itself: its documentation, which may be computed."""
    if not is_computed(node.documentation):
        return node.documentation or None
    found = step.host.evaluate(Text(node.documentation, node.line), token)
    return None if found is None else str(found)


def _name(step: Step, token: TokenTask, node: FlowNode) -> str:
    """The name of a task, which may be computed; without one its id."""
    if not is_computed(node.name):
        return node.name or node.id
    return str(step.host.evaluate(Text(node.name, node.line), token))
