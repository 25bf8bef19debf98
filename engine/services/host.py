"""What surrounds the token game in a step: variables, conditions, handlers, decisions, called processes, timers, user tasks.

The game calls these methods as its tokens move; everything is gathered here in memory, and the step writes it at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.bpmn.model import Call, FlowNode, Service
from engine.bpmn.model import Mapping as VariableMapping
from engine.bpmn.names import is_computed
from engine.dmn import DecisionResult
from engine.errors import ModelFault, NotFound
from engine.phrases import Phrase
from engine.services.catalogue import DecisionBinding
from engine.services.decided import decided
from engine.services.handling import Spot, handled, rehearsed
from engine.services.host_events import EventHost
from engine.services.host_loops import LoopHost
from engine.services.host_mappings import MappingHost
from engine.store.values import number_as
from engine.tokens import TokenTask


class GameHost(LoopHost, EventHost, MappingHost):
    """The host of one step."""

    # ---- work ------------------------------------------------------------------------------------------------------------

    def entered(self, token: TokenTask, node: FlowNode) -> None:
        """A user task, or work for others, begins where its token does."""
        if node.loop is not None and token.loop_index is None:
            return
        if node.user_task is not None:
            self._step.work.create(token, node, node.user_task)
            self.task_created(token, node)
        elif node.service is not None and node.service.waits:
            self._step.external.create(token, node, node.service)

    def left(self, token: TokenTask, node: FlowNode, *, cancelled: bool) -> None:
        """A user task, or work for others, ends with its token; the body of a multi-instance activity has none of its own."""
        if token.id in self._step.work.open:
            self._step.work.end(token.id, cancelled=cancelled)
        elif node.service is not None and node.service.waits and (node.loop is None or token.loop_index is not None):
            self._step.external.end(token.id)

    def perform(self, token: TokenTask, node: FlowNode) -> bool:
        """Run a handler, an expression or a decision; an external task waits for its worker, a connector for the background."""
        service = node.service
        if service is None:
            return True
        if service.waits:
            if self.forecast is not None:  # nobody knows what its worker or connector will answer
                self.forecast.stopped_at = Spot(token.workflow.row.definition_id, node.id)
            return False
        if service.handler is not None:
            self._run_handler(token, node, service)
        elif service.decision is not None:
            self._decide(token, node)
        elif service.script is not None and not is_computed(service.script.source):
            self._result(token, service, self._step.expressions.feel(service.script, self.place(token)))
        elif (action := service.expression or service.script) is not None:
            self._result(token, service, self.act(action, token))
        return True

    def _result(self, token: TokenTask, service: Service, value: object) -> None:
        """Keep what an expression or a script came to, where the model wants it."""
        if service.result_variable:
            self._variables.write(token.variable_scopes(), service.result_variable, value)

    def _run_handler(self, token: TokenTask, node: FlowNode, service: Service) -> None:
        """Call a handler of the application, in this transaction, and write what it answers; in a forecast what it would answer."""
        parameters = {name: self.evaluate(text, token) for name, text in service.parameters}
        if self.forecast is None:
            answered = handled(self._step, node, service, self.view(token), parameters, token.instance_id).variables
        else:
            spot = Spot(token.workflow.row.definition_id, node.id)
            answered = rehearsed(self._step, node, service, self.view(token), parameters, self.forecast, spot)
        self._variables.write_all(token.variable_scopes(), answered)
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
        scopes = [it for it in token.variable_scopes() if it != token.instance_id and self._variables.stored(it)]
        made = decided(node.id, decision_id, result, token.instance_id)
        step.record(replace(made, seen=len(self._variables.events), scopes=scopes or None))
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
            raise ModelFault(
                Phrase("{id} calls {key}, which is not deployed", id=node.id, key=repr(key)), element=node.id, line=node.line
            ) from error

    def called(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        """Map variables into a called instance."""
        business_key: str | None = None
        for mapping in _call_of(node).ins:
            if mapping.business_key is not None:
                business_key = str(self.evaluate(mapping.business_key, token))
            else:
                self._map(mapping, token.variable_scopes(), token, [instance_id])
        self._step.cases.called(token, instance_id, business_key)

    def returned(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        """Map variables out of a called instance that has ended."""
        for mapping in _call_of(node).outs:
            self._map(mapping, [instance_id], token, token.variable_scopes())

    def _map(self, mapping: VariableMapping, source: Sequence[str], token: TokenTask, target: Sequence[str]) -> None:
        """One `camunda:in` or `camunda:out`."""
        self._variables.write_all(target, self.carried(mapping, source, token))


def _call_of(node: FlowNode) -> Call:
    """What a call activity calls."""
    if node.call is None:
        raise ModelFault(Phrase("{id} calls nothing", id=node.id), element=node.id, line=node.line)
    return node.call


def _mapped(result: DecisionResult, mapping: str | None, node: FlowNode) -> object:
    """The result of a decision as `camunda:mapDecisionResult` wants it; a list of rows where it says nothing, as in Camunda."""
    rows = [dict(row) for row in result.rows]
    if mapping in {"singleEntry", "singleResult"} and len(rows) > 1:
        raise ModelFault(
            Phrase("{id} expects one rule to match, and {rows} did", id=node.id, rows=len(rows)), element=node.id, line=node.line
        )
    if mapping == "singleEntry":
        name, value = next(iter(rows[0].items()), ("", None)) if rows else ("", None)
        return number_as(value, result.kinds.get(name))
    if mapping == "singleResult":
        return rows[0] if rows else None
    if mapping == "collectEntries":
        return [value for row in rows for value in row.values() if value is not None or len(row) == 1]
    return rows
