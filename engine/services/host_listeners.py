"""Listeners: expressions that are evaluated when an element, a flow, a process or a user task comes to something, as in Camunda 7.

What a listener asks for with `execution.setVariable` happens at once; an expression that cannot be evaluated stops the step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from engine.bpmn.mapping_model import Listener
from engine.bpmn.model import FlowNode, SequenceFlow, Text
from engine.services.expressions import Place
from engine.services.host_base import HostBase
from engine.tokens import TokenTask

if TYPE_CHECKING:
    from engine.store.rows import TaskRow
    from engine.tokens.task import FlowScope

TIMEOUT: Final = "timeout"


class ListenerHost(HostBase):
    """The listeners of one step."""

    def act(self, action: Text, token: TokenTask, names: Mapping[str, object] | None = None) -> object:
        """Evaluate an expression that may set a variable. `names`: what it may read besides."""
        place = self.place(token)
        return self._act(
            action, Place(place.element, place.variables, place.names, {**place.host, **(names or {})}), token.variable_scopes()
        )

    def listen(self, token: TokenTask, node: FlowNode, event: str) -> None:
        """Call the execution listeners of an element."""
        for listener in self._to(node.listeners, event):
            self.act(listener.expression, token, {"execution.eventName": event})

    def takes(self, token: TokenTask, flow: SequenceFlow) -> None:
        """A token is on a flow: the element that it left counts as the current one."""
        self._listen_in(token.workflow, flow.listeners, "take", token.variable_scopes(), (flow.id, token.id, flow.source))

    def instance_begins(self, scope: FlowScope) -> None:
        """A process begins: its variables are there, and nothing in it has begun."""
        self._of_process(scope, "start")

    def instance_ends(self, scope: FlowScope) -> None:
        """A process ends, by itself or from outside."""
        self._of_process(scope, "end")

    def _of_process(self, scope: FlowScope, event: str) -> None:
        process = scope.compiled.process
        self._listen_in(scope, process.listeners, event, [scope.row.id], (process.id, scope.row.id, None))

    def _listen_in(
        self, scope: FlowScope, listeners: Sequence[Listener], event: str, scopes: Sequence[str], where: tuple[str, str, str | None]
    ) -> None:
        """Call listeners where no element is. `where`: of what they are, the id of the execution, the current element."""
        called = self._to(listeners, event)
        if not called:
            return
        element, execution, current = where
        definition = self._definition(scope.row.definition_id)
        names = {**self.camunda_names(definition, scope.row, execution, current), "execution.eventName": event}
        for listener in called:
            self._act(listener.expression, Place(element, self._variables.view(scopes), definition.names, names), scopes)

    def _act(self, action: Text, place: Place, scopes: Sequence[str]) -> object:
        return self._step.expressions.perform(action, place, lambda name, to: self._variables.write(scopes, name, to))

    # ---- user tasks ------------------------------------------------------------------------------------------------------

    def listen_to_task(self, token: TokenTask, node: FlowNode, event: str) -> None:
        """Call the task listeners of an open user task."""
        for listener in self._to(node.listeners, event, of_task=True):
            self._tell_of_task(token, listener)

    def task_created(self, token: TokenTask, node: FlowNode) -> None:
        """A user task was created; if somebody has it already, it was assigned as well. Its timeouts are counted from now."""
        self.listen_to_task(token, node, "create")
        if self._step.work.open[token.id].assignee is not None:
            self.listen_to_task(token, node, "assignment")
        for place, listener in enumerate(node.listeners):
            if listener.timer is not None:
                self._step.work.arm_timeout(token, place, listener.timer)

    def task_changed(self, before: TaskRow, after: TaskRow) -> None:
        """What is said of a user task has changed, or who has it. Conditions may look at what the listeners write."""
        token = self._step.game.token(after.id)
        node: FlowNode = token.task_spec.node
        if node.listeners:
            self.listen_to_task(token, node, "update")
            if before.assignee != after.assignee:
                self.listen_to_task(token, node, "assignment")
            self._step.game.run()

    def task_timed_out(self, token: TokenTask, place: int) -> None:
        """The time of one of its listeners has come."""
        self._tell_of_task(token, token.task_spec.node.listeners[place])

    def _tell_of_task(self, token: TokenTask, listener: Listener) -> None:
        """Call one listener of a user task, with what it may read of that."""
        self.act(listener.expression, token, {**self.task_names(token), "execution.eventName": None, "task.eventName": listener.event})

    def task_names(self, token: TokenTask) -> dict[str, object]:
        """The read-only names of Camunda for an open user task."""
        row = self._step.work.open[token.id]
        local = self._step.calendar.local
        return {
            "task.id": row.id,
            "task.name": row.name,
            "task.assignee": row.assignee,
            "task.owner": row.owner,
            "task.priority": row.priority,
            "task.dueDate": None if row.due_at is None else local(row.due_at),
            "task.followUpDate": None if row.follow_up_at is None else local(row.follow_up_at),
            "task.createTime": local(row.created_at),
            "task.description": row.description or None,
            "task.taskDefinitionKey": row.element_id,
            "task.processInstanceId": row.instance_id,
            "task.processDefinitionId": token.workflow.row.definition_id,
            "task.executionId": token.id,
            "task.tenantId": None,
        }

    def _to(self, listeners: Sequence[Listener], event: str, *, of_task: bool = False) -> list[Listener]:
        """Those that listen to an event, in the order of the file."""
        return [] if self.silent else [it for it in listeners if it.event == event and it.of_task is of_task]
