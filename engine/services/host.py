"""What surrounds the token game in a step: variables, conditions, handlers, decisions, called processes, timers, user tasks.

The game calls these methods as its tokens move; everything is gathered here in memory, and the step writes it at its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.bpmn.model import Call, EventDefinition, EventKind, FlowNode, SequenceFlow, Service, Text
from engine.bpmn.model import Mapping as VariableMapping
from engine.dmn import DecisionResult
from engine.errors import ModelFault, NotFound
from engine.feel import brief
from engine.services.catalogue import DecisionBinding
from engine.services.decided import decided
from engine.services.expressions import Place
from engine.services.handling import Forecast, Spot, handled, rehearsed
from engine.tokens import CompiledProcess, Subscription, TokenTask

if TYPE_CHECKING:
    from engine.services.catalogue import Definition
    from engine.services.step import Step


class GameHost:
    """The host of one step."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._variables = step.variables
        self.forecast: Forecast | None = None  # in a forecast handlers are not called: each is asked what it would answer
        self._collections: dict[str, list[object]] = {}  # of multi-instance bodies that began in this step
        self._undecided: dict[str, list[str]] = {}  # conditions that are null and why, by token id
        self.due: dict[str, datetime] = {}  # of timers that were armed in this step, by subscription id

    def definition(self, definition_id: str) -> CompiledProcess:
        """The compiled process of a definition id."""
        return self._definition(definition_id).compiled

    def new_id(self) -> str:
        """An id for a token, scope or subscription."""
        return self._step.runtime.new_id()

    def _definition(self, definition_id: str) -> Definition:
        return self._step.runtime.catalogue.definition(self._step.connection, definition_id)

    # ---- expressions and variables ---------------------------------------------------------------------------------------

    def view(self, token: TokenTask) -> Mapping[str, object]:
        """The variables that are visible at a token."""
        return self._variables.view(token.variable_scopes())

    def evaluate(self, text: Text, token: TokenTask) -> object:
        """The value of a text at a token."""
        return self._step.expressions.text(text, self.place(token))

    def place(self, token: TokenTask, variables: Mapping[str, object] | None = None) -> Place:
        """Where an expression is evaluated: at a token, with its variables or others."""
        definition = self._definition(token.workflow.row.definition_id)
        return Place(token.element_id, self.view(token) if variables is None else variables, definition.names, self._camunda_names(token))

    def _camunda_names(self, token: TokenTask) -> Mapping[str, object]:
        """The read-only names of Camunda that a template may use."""
        return {
            "execution.processInstanceId": token.instance_id,
            "execution.processBusinessKey": self._step.business_key(token.instance_id),
            "execution.processDefinitionId": token.workflow.row.definition_id,
            "execution.currentActivityId": token.element_id,
            "execution.id": token.id,
        }

    def condition(self, token: TokenTask, flow: SequenceFlow) -> bool:
        """Whether the condition of a flow is true."""
        if flow.condition is None:
            return True
        holds = self._step.expressions.condition(flow.condition, replace(self.place(token), element=flow.id))
        because = "" if holds else self._step.expressions.because()
        if because:
            self._undecided.setdefault(token.id, []).append(f"{flow.condition.source.strip()!r} is null{because}")
        return holds

    def undecided(self, token: TokenTask) -> str:
        """The conditions that are neither true nor false at a token, and why."""
        return "; ".join(self._undecided.pop(token.id, []))

    # ---- work ------------------------------------------------------------------------------------------------------------

    def entered(self, token: TokenTask, node: FlowNode) -> None:
        """A user task begins where its token does."""
        if node.user_task is not None and (node.loop is None or token.loop_index is not None):
            self._step.work.create(token, node, node.user_task)

    def left(self, token: TokenTask, node: FlowNode, *, cancelled: bool) -> None:
        """A user task ends with its token; the body of a multi-instance activity has none of its own."""
        del node
        if token.id in self._step.work.open:
            self._step.work.end(token.id, cancelled=cancelled)

    def perform(self, token: TokenTask, node: FlowNode) -> bool:
        """Run a handler, an expression or a decision."""
        service = node.service
        if service is None:
            return True
        if service.handler is not None:
            self._run_handler(token, node, service)
        elif service.decision is not None:
            self._decide(token, node)
        elif service.expression is not None:
            scopes = token.variable_scopes()
            value = self._step.expressions.perform(
                service.expression, self.place(token), lambda name, to: self._variables.write(scopes, name, to)
            )
            if service.result_variable:
                self._variables.write(token.variable_scopes(), service.result_variable, value)
        return True

    def _run_handler(self, token: TokenTask, node: FlowNode, service: Service) -> None:
        """Call a handler of the application, in this transaction, and write what it answers; in a forecast what it would answer."""
        parameters = {name: self.evaluate(text, token) for name, text in service.parameters}
        if self.forecast is None:
            answered = handled(self._step, node, service, self.view(token), parameters).variables
        else:
            spot = Spot(token.workflow.row.definition_id, node.id)
            answered = rehearsed(self._step, node, service, self.view(token), parameters, self.forecast, spot)
        for name, value in answered.items():
            self._variables.write(token.variable_scopes(), name, value)
        if service.result_variable:
            self._variables.write(token.variable_scopes(), service.result_variable, dict(answered))

    def _decide(self, token: TokenTask, node: FlowNode) -> None:
        """Evaluate a decision and write its result as the model wants it."""
        service, step = node.service, self._step
        if service is None or service.decision is None:
            return
        key = str(self.evaluate(service.decision, token))
        version = None if service.decision_version is None else self.evaluate(service.decision_version, token)
        definition = self._definition(token.workflow.row.definition_id)
        try:
            binding = DecisionBinding(service.decision_binding, version)
            model, decision_id = step.runtime.catalogue.decision(step.connection, definition, key, binding)
        except (NotFound, ValueError) as error:
            raise ModelFault(str(error), element=node.id, line=node.line) from error
        result = model.decide(key, self.view(token), step.expressions.environment())
        step.record(decided(node.id, decision_id, result))
        if service.result_variable:
            value = _mapped(result, service.map_decision_result, node)
            self._variables.write(token.variable_scopes(), service.result_variable, value)

    # ---- called processes ------------------------------------------------------------------------------------------------

    def call(self, token: TokenTask, node: FlowNode) -> str:
        """The definition that a call activity calls, by its binding."""
        call, catalogue, connection = _call_of(node), self._step.runtime.catalogue, self._step.connection
        key = str(self.evaluate(call.called_element, token))
        try:
            if call.binding == "deployment":
                return catalogue.in_deployment(connection, key, self._definition(token.workflow.row.definition_id).row.deployment_id)
            if call.binding == "version" and call.version is not None:
                return catalogue.versioned_id(connection, key, version=int(str(self.evaluate(call.version, token))))
            if call.binding == "versionTag" and call.version is not None:
                return catalogue.versioned_id(connection, key, tag=str(self.evaluate(call.version, token)))
            return catalogue.latest_id(connection, key)
        except NotFound as error:
            raise ModelFault(f"{node.id} calls {key!r}, which is not deployed", element=node.id, line=node.line) from error

    def called(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        """Map variables into a called instance."""
        business_key: str | None = None
        for mapping in _call_of(node).ins:
            if mapping.business_key is not None:
                business_key = str(self.evaluate(mapping.business_key, token))
            else:
                self._map(mapping, token.variable_scopes(), token, [instance_id])
        self._step.instance_called(token, instance_id, business_key)

    def returned(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        """Map variables out of a called instance that has ended."""
        for mapping in _call_of(node).outs:
            self._map(mapping, [instance_id], token, token.variable_scopes())

    def _map(self, mapping: VariableMapping, source: Sequence[str], token: TokenTask, target: Sequence[str]) -> None:
        """One `camunda:in` or `camunda:out`."""
        if mapping.all_variables:
            for name in self._variables.names(source):
                self._variables.write(target, name, self._variables.get(source, name))
        elif mapping.target:
            if mapping.source is not None:
                value = self._step.expressions.text(mapping.source, self.place(token, self._variables.view(source)))
            else:
                value = self._variables.view(source).get(mapping.variable or "")
            self._variables.write(target, mapping.target, value)

    # ---- multi-instance --------------------------------------------------------------------------------------------------

    def loop_begins(self, token: TokenTask, node: FlowNode, body_id: str) -> int:
        """The number of instances, by cardinality or collection; the counters become variables of the body."""
        loop = node.loop
        if loop is None:
            raise AssertionError(node)
        if loop.collection is not None:
            items = self._collections[body_id] = self._collection(token, node)
            count = len(items)
        else:
            value = self.evaluate(loop.cardinality, token) if loop.cardinality else None
            count = _cardinality(value, node, self._step.expressions.because())
        for name, number in (
            ("nrOfInstances", count),
            ("nrOfCompletedInstances", 0),
            ("nrOfActiveInstances", 1 if loop.sequential else count),
        ):
            self._variables.write_local(body_id, name, number)
        return count

    def iteration_begins(self, token: TokenTask, node: FlowNode, index: int) -> None:
        """The counter and the item of one instance."""
        self._variables.write_local(token.id, "loopCounter", index)
        if node.loop is not None and node.loop.collection is not None and node.loop.element_variable:
            items = self._collections.get(token.workflow.row.id) or self._collection(token, node)
            self._variables.write_local(token.id, node.loop.element_variable, items[index] if index < len(items) else None)

    def iteration_ends(self, token: TokenTask, node: FlowNode, body_id: str, left: int) -> None:
        """Count one instance as completed."""
        del token
        total = self._variables.local(body_id).get("nrOfInstances")
        done = int(str(total)) - left
        self._variables.write_local(body_id, "nrOfCompletedInstances", done)
        self._variables.write_local(body_id, "nrOfActiveInstances", min(1, left) if node.loop and node.loop.sequential else left)

    def _collection(self, token: TokenTask, node: FlowNode) -> list[object]:
        """The items of a multi-instance activity: the name of a variable, or an expression."""
        source = node.loop.collection if node.loop else None
        if source is None:
            return []
        plain = source.source.strip()
        view = self.view(token)
        value = view[plain] if plain in view else self.evaluate(source, token)
        if isinstance(value, str) or not isinstance(value, Sequence):
            because = "" if plain in view else self._step.expressions.because()
            raise ModelFault(f"the collection {plain!r} of {node.id} is not a list{because}", element=node.id, line=source.line)
        return list(value)

    # ---- events ----------------------------------------------------------------------------------------------------------

    def event_name(self, scopes: Sequence[str], node: FlowNode) -> str:
        """The name of a message."""
        wanted = node.event.name if node.event is not None else None
        if wanted is None:
            return ""
        name = self._step.expressions.string(wanted, self._place_of(scopes, node.id))
        if not name:
            message = f"the message of {node.id} has no name: {wanted.source!r} comes to nothing{self._step.expressions.because()}"
            raise ModelFault(message, element=node.id, line=wanted.line)
        return name

    def subscribed(self, subscription: Subscription, event: EventDefinition, scopes: Sequence[str]) -> None:
        """The due date of a timer."""
        if event.kind is EventKind.TIMER:
            self.due[subscription.id] = self._step.expressions.due(event, self._place_of(scopes, subscription.element_id))

    def _place_of(self, scopes: Sequence[str], element: str) -> Place:
        """A place that is a scope and not a token; the last of the scopes is the process instance."""
        instance = self._step.game.scopes[scopes[-1]].row
        return Place(element, self._variables.view(scopes), self._definition(instance.definition_id).names)

    def error_caught(self, scopes: Sequence[str], event: EventDefinition, code: str, message: str) -> None:
        """The variables that an error event asks for."""
        if event.error_code_variable:
            self._variables.write(scopes, event.error_code_variable, code)
        if event.error_message_variable:
            self._variables.write(scopes, event.error_message_variable, message)


def _cardinality(value: object, node: FlowNode, because: str) -> int:
    """How many instances: a whole number from 0."""
    try:
        count = int(str(value))
    except ValueError:
        count = -1
    if count < 0:
        message = f"the cardinality of {node.id} is {brief(value)}, not a whole number from 0{because}"
        raise ModelFault(message, element=node.id, line=node.line)
    return count


def _call_of(node: FlowNode) -> Call:
    """What a call activity calls."""
    if node.call is None:
        raise ModelFault(f"{node.id} calls nothing", element=node.id, line=node.line)
    return node.call


def _mapped(result: DecisionResult, mapping: str | None, node: FlowNode) -> object:
    """The result of a decision as `camunda:mapDecisionResult` wants it; a list of rows where it says nothing, as in Camunda."""
    rows = [dict(row) for row in result.rows]
    if mapping in {"singleEntry", "singleResult"} and len(rows) > 1:
        raise ModelFault(f"{node.id} expects one rule to match, and {len(rows)} did", element=node.id, line=node.line)
    if mapping == "singleEntry":
        return next(iter(rows[0].values()), None) if rows else None
    if mapping == "singleResult":
        return rows[0] if rows else None
    if mapping == "collectEntries":
        return [value for row in rows for value in row.values()]
    return rows
