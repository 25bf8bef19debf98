"""The specs that SpiffWorkflow executes: one class for each way a flow node behaves, on one mixin.

`Task.run` calls `_run_hook`: True completes the token, None leaves it waiting. `Task.complete` calls `_on_complete_hook`, which makes a
token on each flow to take; SpiffWorkflow then updates these children and marks them ready, and ready tokens go on the game's agenda.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventDefinition, EventKind, FlowNode, SequenceFlow
from engine.errors import BpmnError, ModelFault
from engine.phrases import Phrase
from engine.tokens import ad_hoc, compensation, events, loops, subscriptions, throwing
from engine.tokens.state import AFTER, BEFORE, ScopeKind

if TYPE_CHECKING:
    from engine.tokens.task import FlowScope, TokenTask


class TokenSpec(BpmnTaskSpec):  # type: ignore[misc]  # SpiffWorkflow has no type information
    """What flow nodes and sequence flows have in common."""

    is_node = False
    joins = False
    subscribes = False
    flow_id: str | None = None

    def test(self) -> None:
        """Nothing: the deployment checks have looked at the model."""

    def _predict(self, my_task: TokenTask, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing: there is no predicted future."""

    def _update_hook(self, my_task: TokenTask) -> bool:
        """Every token that arrives may run; there is no data to inherit."""
        return True

    def _on_ready_hook(self, my_task: TokenTask) -> None:
        my_task.workflow.game.is_ready(my_task)

    def _on_cancel(self, my_task: TokenTask) -> None:
        """Nothing: `scopes.cancel` has told everybody."""

    def _run_hook(self, my_task: TokenTask) -> bool | None:
        return True


class SequenceFlowSpec(TokenSpec):
    """A sequence flow as an automatic node, so that two flows between the same nodes differ."""

    def __init__(self, wf_spec: Any, flow: SequenceFlow, target: FlowNodeSpec) -> None:
        """Named by the flow's id, with a prefix of its own."""
        super().__init__(wf_spec, f"flow:{flow.id}")
        self.flow = flow
        self.flow_id = flow.id
        self.target = [target]

    def _run_hook(self, my_task: TokenTask) -> bool | None:
        if self.flow.listeners:
            my_task.workflow.game.host.takes(my_task, self.flow)
        return True

    def _on_complete_hook(self, my_task: TokenTask) -> None:
        my_task._sync_children(self.target, TaskState.FUTURE)


class FlowNodeSpec(TokenSpec):
    """A flow node that is passed at once: none events, manual and abstract tasks, boundary events."""

    is_node = True

    def __init__(self, wf_spec: Any, node: FlowNode) -> None:
        """The name has a prefix: elements may be called `Start` or `End`, which SpiffWorkflow uses itself."""
        super().__init__(wf_spec, f"node:{node.id}", lane=node.lane, bpmn_name=node.name)
        self.node = node
        self.bpmn_id = node.id
        self.flows: tuple[SequenceFlowSpec, ...] = ()
        self.boundary: tuple[FlowNode, ...] = ()

    @property
    def subscribes(self) -> bool:  # type: ignore[override]  # a class attribute elsewhere: here it depends on the node
        """Whether a token here may have subscriptions of its own or of its boundary events."""
        node = self.node
        later = node.async_before or node.async_after or (node.loop is not None and node.loop.async_before)
        return bool(self.boundary) or node.event is not None or node.type == "eventBasedGateway" or later

    def tells(self, my_task: TokenTask) -> bool:
        """Whether mappings or listeners want to know of this token: not of the body of several instances, but of each of them."""
        return self.node.is_told and (self.node.loop is None or loops.is_iteration(my_task))

    def remembers(self, my_task: TokenTask) -> bool:
        """Whether what completes is one activity, and not the body of several instances."""
        return bool(self.boundary) and (self.node.loop is None or loops.is_iteration(my_task))

    def _run_hook(self, my_task: TokenTask) -> bool | None:
        my_task.workflow.game.passed(my_task)
        return True

    def _on_complete_hook(self, my_task: TokenTask) -> None:
        """Leave the node and go on along its flows."""
        scope, game = my_task.workflow, my_task.workflow.game
        if my_task.resumed == AFTER:
            my_task._sync_children(self.outgoing(my_task), TaskState.FUTURE)
            return
        if self.tells(my_task):
            game.host.ends(my_task, self.node)
        if self.remembers(my_task):
            compensation.remember(my_task)
        game.leave(my_task)
        if loops.is_iteration(my_task):
            loops.iteration_done(my_task)
            return
        if scope.row.kind is ScopeKind.COMPENSATION:
            return  # what undoes, or is undone, leads nowhere
        if self.node.async_after:
            subscriptions.defer(scope.hold(self, my_task.flow_id), AFTER)
            return
        my_task._sync_children(self.outgoing(my_task), TaskState.FUTURE)

    def outgoing(self, my_task: TokenTask) -> list[SequenceFlowSpec]:
        """All flows whose condition holds, at once; the default flow where no condition does (BPMN 2.0, 13.3.1, 13.4.4)."""
        if not self.flows:
            return []
        chosen = [f for f in self.flows if f.flow.id != self.node.default and my_task.workflow.game.holds(my_task, f.flow)]
        return chosen or self.default_flow(my_task)

    def default_flow(self, my_task: TokenTask) -> list[SequenceFlowSpec]:
        """The default flow, or the fault that there is none."""
        for flow in self.flows:
            if flow.flow.id == self.node.default:
                return [flow]
        undecided = my_task.workflow.game.host.undecided(my_task)
        message = Phrase("no condition of {node} is true and it has no default flow", node=self.node.id)
        message = Phrase("{first}: {second}", first=message, second=undecided) if undecided else message
        raise ModelFault(message, element=self.node.id, line=self.node.line, instance=my_task.instance_id)


class ExclusiveGatewaySpec(FlowNodeSpec):
    """The first flow whose condition holds, in document order (BPMN 2.0, 13.4.2)."""

    def outgoing(self, my_task: TokenTask) -> list[SequenceFlowSpec]:
        """One flow, or none where the gateway has no way out."""
        for flow in self.flows:
            if flow.flow.id != self.node.default and my_task.workflow.game.holds(my_task, flow.flow):
                return [flow]
        return self.default_flow(my_task) if self.flows else []


class ParallelGatewaySpec(FlowNodeSpec):
    """Takes one token of each incoming flow, or one put there by hand for it; what is more stays (BPMN 2.0, 13.4.1)."""

    @property
    def joins(self) -> bool:  # type: ignore[override]  # a class attribute elsewhere: here it depends on the node
        """Whether tokens wait here for others."""
        return len(self.node.incoming) > 1

    def _run_hook(self, my_task: TokenTask) -> bool | None:
        my_task.workflow.game.passed(my_task)
        if not self.joins:
            return True
        partners: dict[str, TokenTask] = {}
        by_hand: list[TokenTask] = []  # tokens that came along no flow: each stands for one that is missing
        for token in my_task.workflow.tasks.values():
            if token.task_spec is self and token is not my_task and token.state == TaskState.STARTED and not token.deferred:
                if token.flow_id is None:
                    by_hand.append(token)
                else:
                    partners.setdefault(token.flow_id, token)
        partners.pop(my_task.flow_id or "", None)
        missing = [flow for flow in self.node.incoming if flow not in partners and flow != my_task.flow_id]
        wanted = max(len(missing) - (my_task.flow_id is None), 0)
        if wanted > len(by_hand):
            return None
        for token in [*(partners[flow] for flow in self.node.incoming if flow in partners), *by_hand[:wanted]]:
            my_task.workflow.remove(token)
        return True

    def outgoing(self, my_task: TokenTask) -> list[SequenceFlowSpec]:
        """All flows; a parallel gateway looks at no condition."""
        return list(self.flows)


class InclusiveGatewaySpec(FlowNodeSpec):
    """As a join it waits for every token that may still come (BPMN 2.0, 13.4.3); decided when nothing automatic is left."""

    @property
    def joins(self) -> bool:  # type: ignore[override]  # a class attribute elsewhere: here it depends on the node
        """Whether tokens wait here for others."""
        return len(self.node.incoming) > 1

    def _run_hook(self, my_task: TokenTask) -> bool | None:
        my_task.workflow.game.passed(my_task)
        return None if self.joins else True

    def try_to_join(self, scope: FlowScope) -> bool:
        """Let the oldest token of each incoming flow go on as one, if no other token may still arrive on an empty flow."""
        waiting: dict[str | None, TokenTask] = {}
        elsewhere: set[str] = set()
        for token in scope.tasks.values():
            if token.task_spec is self and token.deferred == BEFORE:
                return False  # it is about to arrive
            if token.task_spec is self and not token.deferred:
                waiting.setdefault(token.flow_id, token)
            else:
                elsewhere.add(token.element_id)
        leads_to = scope.compiled.reachable[self.node.id]
        may_still_come = set().union(*(leads_to[flow] for flow in self.node.incoming if flow not in waiting))
        comes_anyway = set().union(*(leads_to[flow] for flow in waiting if flow is not None))
        if elsewhere & (may_still_come - comes_anyway):
            return False
        first, *others = waiting.values()
        for token in others:
            scope.remove(token)
        first.complete()
        return True


class EventBasedGatewaySpec(FlowNodeSpec):
    """Waits for the first of the events behind it (BPMN 2.0, 13.4.4)."""

    def _run_hook(self, my_task: TokenTask) -> bool | None:
        my_task.workflow.game.enter(my_task)
        if my_task.begun_by:
            events.choose_event(my_task, my_task.workflow.compiled.process.nodes[my_task.begun_by])
            return None
        for flow in self.flows:
            subscriptions.subscribe(my_task.workflow, flow.target[0].node, my_task, my_task.variable_scopes())
        return None


class ActivitySpec(FlowNodeSpec):
    """An activity: boundary events hang on it, and it may be multi-instance (BPMN 2.0, 13.3)."""

    def _run_hook(self, my_task: TokenTask) -> bool | None:
        if self.node.loop is not None and not loops.is_iteration(my_task):
            return loops.begin(my_task)
        return self.begin(my_task)

    def begin(self, my_task: TokenTask) -> bool | None:
        """Begin the activity, or one instance of it. A plain activity waits until somebody completes it."""
        my_task.workflow.game.enter(my_task)
        if my_task.begun_by:  # its message has come
            return True
        if self.node.event is not None:  # a receive task
            subscriptions.subscribe(my_task.workflow, self.node, my_task, my_task.variable_scopes())
        if not loops.is_iteration(my_task):
            subscriptions.subscribe_boundary(my_task)
        return None


class CatchEventSpec(ActivitySpec):
    """An intermediate catch event: it waits for what it catches. A link is passed: its throwing side leads here."""

    def begin(self, my_task: TokenTask) -> bool | None:
        """Wait, unless there is nothing to wait for."""
        if self.node.has_event(EventKind.LINK):
            my_task.workflow.game.passed(my_task)
            return True
        return super().begin(my_task)


class ServiceSpec(ActivitySpec):
    """A service, send, script or business rule task: the host does the work, now or later."""

    def begin(self, my_task: TokenTask) -> bool | None:
        """Perform the work; boundary events are needed only where the token has to wait."""
        game = my_task.workflow.game
        try:
            done = game.host.perform(my_task, self.node)
        except BpmnError as error:
            game.passed(my_task)
            throwing.throw_error(my_task, error.error_code, str(error))
            if my_task.is_live:
                game.drop(my_task)
            return None
        if not done:
            return super().begin(my_task)
        game.passed(my_task)
        return True


class ThrowEventSpec(ServiceSpec):
    """Intermediate throw events and end events (BPMN 2.0, 10.5.4 and 13.5.6). A message is a service: the host sends it."""

    def begin(self, my_task: TokenTask) -> bool | None:
        """Throw all that the event throws, until the token is ended by it. Compensation comes last: the token waits for it."""
        game = my_task.workflow.game
        if not self.node.events:
            game.passed(my_task)
            return True
        if self.node.has_event(EventKind.MESSAGE) and not super().begin(my_task):
            return None
        if not self.node.has_event(EventKind.MESSAGE, EventKind.COMPENSATION, EventKind.CANCEL):
            game.passed(my_task)
        for event in self.node.events:
            with game.throwing():
                self._throw(my_task, event)
            if not my_task.is_live:
                return None
        waits = [self._undoes(my_task, event) for event in self.node.events]
        return None if any(waits) else True

    def _throw(self, my_task: TokenTask, event: EventDefinition) -> None:
        game = my_task.workflow.game
        if event.kind is EventKind.ERROR:
            throwing.throw_error(my_task, event.code or "", game.host.error_message(my_task, event))
        elif event.kind is EventKind.ESCALATION:
            throwing.throw_escalation(my_task, event.code or "")
        elif event.kind is EventKind.SIGNAL:
            throwing.throw_signal(my_task, event, game.host.event_name(my_task.variable_scopes(), self.node, event))
        elif event.kind is EventKind.TERMINATE:
            game.terminate(my_task)

    def _undoes(self, my_task: TokenTask, event: EventDefinition) -> bool:
        """Whether the token has to wait for what is undone. A cancelled transaction ends everything else first."""
        game = my_task.workflow.game
        if event.kind is EventKind.CANCEL:
            game.terminate(my_task)
            subscriptions.unsubscribe_scope(my_task.workflow)
        elif event.kind is not EventKind.COMPENSATION:
            return False
        waits = compensation.compensate(my_task, event.activity)
        if not waits:
            game.passed(my_task)
        return waits

    def _on_complete_hook(self, my_task: TokenTask) -> None:
        super()._on_complete_hook(my_task)
        if self.node.has_event(EventKind.CANCEL):
            throwing.cancel_transaction(my_task)


class SubprocessSpec(ActivitySpec):
    """An embedded subprocess or a transaction: a scope that the token owns."""

    def begin(self, my_task: TokenTask) -> bool | None:
        """Open the scope and start what stands first in it."""
        super().begin(my_task)
        my_task.workflow.game.open_subprocess(my_task)
        return None


class AdHocSpec(ActivitySpec):
    """An ad-hoc subprocess: a scope that the token owns, in which people begin what they choose."""

    def begin(self, my_task: TokenTask) -> bool | None:
        """Open the scope."""
        super().begin(my_task)
        ad_hoc.open_inside(my_task)
        return None


class CallActivitySpec(ActivitySpec):
    """A call activity: a process instance that the token owns (BPMN 2.0, 13.3.4)."""

    def begin(self, my_task: TokenTask) -> bool | None:
        """Open the called instance."""
        super().begin(my_task)
        my_task.workflow.game.open_called_instance(my_task)
        return None
