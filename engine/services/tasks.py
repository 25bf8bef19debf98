"""What people do with user tasks: claim, release, complete, reassign, keep a draft. One method, one transaction each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine import access
from engine.bpmn.model import FlowNode
from engine.bpmn.model import UserTask as UserTaskModel
from engine.errors import Conflict, Forbidden, InvalidRequest
from engine.events import (
    UserTaskClaimed,
    UserTaskCompleted,
    UserTaskDelegated,
    UserTaskReassigned,
    UserTaskReleased,
    UserTaskResolved,
)
from engine.model import Actor, UserTask
from engine.phrases import Phrase
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.services.submission import GivenBy, validated, write
from engine.services.task_changes import TaskChanges, check_assignable
from engine.services.task_reading import TaskReading
from engine.store.queries import drafts
from engine.tokens import TokenTask
from engine.work.outcomes import check_outcome, refuse_foreign_outcomes, take_outcome

if TYPE_CHECKING:
    from engine.store.rows import TaskRow

PENDING, RESOLVED = "PENDING", "RESOLVED"
"""Of a task that was delegated: somebody works on it for its owner; it came back. The names are Camunda's."""


class Tasks(TaskReading):
    """The user tasks of all cases."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self._changes = TaskChanges(runtime, self)

    def claim(self, actor: Actor, task_id: str, version: int | None = None) -> UserTask:
        """Take a task that is offered to the actor; an escalated one also from whoever has it."""

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            if row.assignee == actor.id:
                raise Conflict("you have this task already", task=row.id, by=actor.id, event="UserTaskClaimed")
            if row.assignee is None:
                access.may_claim(actor, task)
            else:
                _may_take_over(actor, task)
            step.record(UserTaskClaimed(row.id, actor.id, row.assignee))
            step.takes_part(actor.id)
            step.work.change(replace(row, assignee=actor.id))

        return self._changes.change(actor, task_id, version, change)

    def claim_for(self, actor: Actor, task_id: str, person: str) -> UserTask:
        """Give a task that nobody has to any name, as clients of the API do for the people they serve. Who has it keeps it."""

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_claim_for(actor, task, person)
            if row.assignee == person:
                return
            if row.assignee is not None:
                raise Conflict(f"already taken by {row.assignee}", task=row.id, by=row.assignee, event="UserTaskClaimed")
            check_assignable(step, person)
            step.record(UserTaskClaimed(row.id, person))
            step.takes_part(person)
            step.work.change(replace(row, assignee=person))

        return self._changes.change(actor, task_id, None, change)

    def assign(self, actor: Actor, task_id: str, person: str | None) -> UserTask:
        """Give a task to any name, whoever has it, or to nobody: for who acts for others. Its assignee may give it back."""

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            if person is None:
                access.may_take_away(actor, task)
            else:
                access.may_claim_for(actor, task, person)
                check_assignable(step, person)
            if row.assignee == person:
                return
            if person is None:
                step.record(UserTaskReleased(row.id, row.assignee or ""))
            else:
                step.record(UserTaskReassigned(row.id, row.assignee, person, ""))
                step.takes_part(person)
            step.work.change(replace(row, assignee=person))

        return self._changes.change(actor, task_id, None, change)

    def release(self, actor: Actor, task_id: str, version: int | None = None) -> UserTask:
        """Give a task back to those to whom it was offered."""

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_release(actor, task)
            step.record(UserTaskReleased(row.id, row.assignee or ""))
            step.work.change(replace(row, assignee=None))

        return self._changes.change(actor, task_id, version, change)

    def delegate(self, actor: Actor, task_id: str, person: str) -> UserTask:
        """Let somebody else work on a task for its owner, who gets it back: who has it, and who acts for others."""

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_delegate(actor, task, person)
            check_assignable(step, person)
            owner = row.owner or row.assignee
            step.record(UserTaskDelegated(row.id, owner, person))
            step.takes_part(person)
            step.work.change(replace(row, owner=owner, assignee=person, delegation=PENDING))

        return self._changes.change(actor, task_id, None, change)

    def resolve(
        self,
        actor: Actor,
        task_id: str,
        variables: Mapping[str, object] | None = None,
        *,
        version: int | None = None,
        by: GivenBy = "program",
    ) -> UserTask:
        """Give a task back to its owner, with what was found out: who has it, and who acts for others.

        Its form checks that, unless a program says it, where the model says what the step may do with its fields.
        """

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_resolve(actor, task)
            node, model = _node(step, row)
            token = step.game.token(task_id)
            form_key = row.form_key if by != "program" and model.declares_fields else None
            write(step, token, node, validated(self._runtime, step, token, form_key, model, variables or {}, by), by)
            step.record(UserTaskResolved(row.id, row.assignee, row.owner))
            step.work.change(replace(row, assignee=row.owner, delegation=RESOLVED))
            step.game.run()  # a condition may look at what was written

        return self._changes.change(actor, task_id, version, change)

    def reassign(self, actor: Actor, task_id: str, to: str, reason: str, version: int | None = None) -> UserTask:
        """Give a task to somebody else, with a reason: heads of the department, the process owner, administrators."""

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            process = step.process(row.instance_id)
            access.may_reassign(actor, task, step.directory, process.owner)
            access.check_reassignment(task, to, reason, step.directory)
            step.record(UserTaskReassigned(row.id, row.assignee, to, reason.strip()))
            step.takes_part(to)
            step.work.change(replace(row, assignee=to))

        return self._changes.change(actor, task_id, version, change)

    def complete(
        self,
        actor: Actor,
        task_id: str,
        variables: Mapping[str, object] | None = None,
        *,
        outcome: str | None = None,
        reason: str | None = None,
        version: int | None = None,
        by: GivenBy = "form",
    ) -> frozenset[str]:
        """Complete a task with its outcome and what its form may write; the case goes on in the same transaction.

        Returns what came of it, by the ids of the tokens that wait since then: of the tasks and waits that `Standing` tells, those are new.

        Raises `InvalidSubmission` for every field that is wrong, `Conflict` when somebody was faster, `Forbidden`, and `ModelFault` when
        the model cannot go on: then nothing has changed.
        """

        def change(step: Step, row: TaskRow, task: UserTask) -> None:
            access.may_complete(actor, task)
            node, model = _node(step, row)
            said, why, rest = take_outcome(node.id, variables or {})
            chosen, because = outcome or said, reason or why
            answers = check_outcome(model, node.id, chosen, because)
            refuse_foreign_outcomes(node.id, _deciding(step, row), rest)
            token = step.game.token(task_id)
            form_key = row.form_key if by == "form" or model.declares_fields else None
            values = validated(self._runtime, step, token, form_key, model, rest, by)
            step.record(UserTaskCompleted(task_id, node.id, chosen, answers.get(f"{node.id}_reason")))
            write(step, token, node, values, by)
            for name, value in answers.items():
                step.variables.write_local(_scope_of(token), name, value)
            step.work.completing(task_id, model, chosen)
            step.takes_part(actor.id)
            step.game.complete(task_id)
            if step.has_draft:
                drafts.delete(step.connection, actor.id, task_id)

        def work(connection: Connection) -> tuple[frozenset[str], Changed]:
            step = self._changes.do(connection, actor, task_id, version, change)
            return step.came(), step.finish()

        return self._runtime.commit(work)

    def fail(self, actor: Actor, task_id: str, code: str, message: str = "", variables: Mapping[str, object] | None = None) -> None:
        """A task fails with a business error, which the process may catch: for who acts for others. Its path ends where nobody does."""

        def change(step: Step, row: TaskRow, _task: UserTask) -> None:
            _write_for(step, actor, row, variables)
            step.game.throw_error(task_id, code, message)

        self._runtime.commit(lambda connection: (None, self._changes.do(connection, actor, task_id, None, change).finish()))

    def escalate(self, actor: Actor, task_id: str, code: str, variables: Mapping[str, object] | None = None) -> None:
        """A task escalates, for who acts for others; it stays open unless the handler interrupts. `InvalidRequest` where there is none."""

        def change(step: Step, row: TaskRow, _task: UserTask) -> None:
            _write_for(step, actor, row, variables)
            if not step.game.throw_escalation(task_id, code):
                raise InvalidRequest(
                    Phrase("The task '{task_id}' escalates with the code '{code}', and nothing catches that.", task_id=task_id, code=code)
                )

        self._runtime.commit(lambda connection: (None, self._changes.do(connection, actor, task_id, None, change).finish()))

    def save_draft(self, actor: Actor, task_id: str, data: Mapping[str, object]) -> None:
        """Keep what somebody has typed and not sent. Raises `Forbidden` for auditors, who send nothing."""
        access.may_keep_draft(actor)

        def work(connection: Connection) -> tuple[None, Changed]:
            drafts.save(connection, actor.id, task_id, data, self._runtime.clock.now())
            return None, Changed()

        self._runtime.commit(work)

    def draft(self, actor: Actor, task_id: str) -> Mapping[str, object] | None:
        """What the actor has typed and not sent."""
        with self._runtime.database.read() as connection:
            return drafts.load(connection, actor.id, task_id)


def _may_take_over(actor: Actor, task: UserTask) -> None:
    """Who was added by an escalation takes a task over; for everybody else somebody was faster."""
    if not access.may_claim_by_name(actor, task):
        access.may_claim(actor, task)
    try:
        access.may_take_over(actor, task)
    except Forbidden as refused:
        raise Conflict(f"already taken by {task.assignee}", task=task.id, by=task.assignee, event="UserTaskClaimed") from refused


def _node(step: Step, row: TaskRow) -> tuple[FlowNode, UserTaskModel]:
    """The user task in the model."""
    node = step.process(row.instance_id).nodes[row.element_id]
    if node.user_task is None:
        raise InvalidRequest(Phrase("{element_id} is not a user task", element_id=row.element_id))
    return node, node.user_task


def _deciding(step: Step, row: TaskRow) -> list[str]:
    """The user tasks of the process that declare outcomes."""
    nodes = step.process(row.instance_id).nodes.values()
    return [node.id for node in nodes if node.user_task is not None and node.user_task.outcomes]


def _scope_of(token: TokenTask) -> str:
    """Where outcome and reason are written: the scope of the task, or its own item of a multi-instance."""
    return token.id if token.loop_index is not None else token.workflow.row.id


def _write_for(step: Step, actor: Actor, row: TaskRow, variables: Mapping[str, object] | None) -> None:
    """Write what a program gives with an error or escalation of a task."""
    access.may_correlate(actor)
    write(step, step.game.token(row.id), _node(step, row)[0], variables or {}, "program")
