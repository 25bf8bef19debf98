"""Mappings of variables in and out of an element, and listeners: what Camunda does when an element begins and completes."""

from __future__ import annotations

from engine.bpmn.mapping_model import ParameterValue, Variable
from engine.bpmn.model import FlowNode, Text
from engine.services.host_base import HostBase
from engine.tokens import TokenTask


class MappingHost(HostBase):
    """The mappings and listeners of one step."""

    def begins(self, token: TokenTask, node: FlowNode) -> None:
        """Make the local variables of an element, then call its start listeners."""
        for parameter in node.inputs:
            if self._is_there(parameter.value, token):
                self._variables.write_local(token.id, parameter.name, self._mapped_value(parameter.value, token))
        self.listen(token, node, "start")

    def ends(self, token: TokenTask, node: FlowNode) -> None:
        """Map results into the scope around an element, then call its end listeners."""
        for parameter in node.outputs:
            if self._is_there(parameter.value, token):
                value = self._mapped_value(parameter.value, token)
                self._variables.write(token.variable_scopes()[1:], parameter.name, value)
        if node.user_task is not None:
            self.listen(token, node, "complete", of_task=True)
        self.listen(token, node, "end")

    def listen(self, token: TokenTask, node: FlowNode, event: str, *, of_task: bool = False) -> None:
        """Call the listeners of an event."""
        for listener in node.listeners:
            if (listener.event, listener.of_task) == (event, of_task):
                self.act(listener.expression, token)

    def act(self, action: Text, token: TokenTask) -> object:
        """Evaluate an expression that may set a variable."""
        scopes = token.variable_scopes()
        return self._step.expressions.perform(action, self.place(token), lambda name, to: self._variables.write(scopes, name, to))

    def _is_there(self, value: ParameterValue, token: TokenTask) -> bool:
        return not isinstance(value, Variable) or value.name in self.view(token)

    def _mapped_value(self, value: ParameterValue, token: TokenTask) -> object:
        if isinstance(value, Text):
            return self.evaluate(value, token)
        if isinstance(value, Variable):
            return self.view(token)[value.name]
        if isinstance(value, dict):
            return {name: self._mapped_value(part, token) for name, part in value.items()}
        return None if value is None else [self._mapped_value(part, token) for part in value]
