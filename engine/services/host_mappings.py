"""Mappings of variables in and out of an element: what Camunda does when an element begins and completes."""

from __future__ import annotations

from engine.bpmn.mapping_model import Parameter, ParameterValue, Variable
from engine.bpmn.model import FlowNode, Text
from engine.errors import ModelFault
from engine.services.host_listeners import ListenerHost
from engine.tokens import TokenTask


class MappingHost(ListenerHost):
    """The mappings of one step, and when its listeners are called for."""

    def begins(self, token: TokenTask, node: FlowNode) -> None:
        """Make the local variables of an element, then call its start listeners."""
        for parameter in () if self.unmapped else node.inputs:
            if self._is_there(parameter.value, token):
                self._variables.write_local(token.id, parameter.name, self._mapped_value(parameter.value, token))
        self.listen(token, node, "start")

    def ends(self, token: TokenTask, node: FlowNode) -> None:
        """Call the end listeners of an element, then map results into the scope around it."""
        if node.user_task is not None:
            self.listen_to_task(token, node, "complete")
        self.listen(token, node, "end")
        for parameter in () if self.unmapped else node.outputs:
            if self._is_there(parameter.value, token):
                value = self._mapped_value(parameter.value, token)
                self._variables.write(token.variable_scopes()[1:], parameter.name, value)

    def interrupted(self, token: TokenTask, node: FlowNode) -> None:
        """An element is ended before its time: its end is told, what it has come to is mapped out, and its user task is taken away.

        Camunda 7 maps out then too. There an output that lacks its result stops what interrupts; here it is left out, and so is what a data
        object would get of an activity that has not completed (BPMN 2.0, 10.4.2). What runs in a loop has nothing to tell for the others.
        """
        self.listen(token, node, "end")
        for parameter in () if self.unmapped or node.loop is not None else node.outputs:
            if not isinstance(parameter.value, Variable):
                self._map_what_is_there(parameter, token)
        if token.id in self._step.work.open:
            self.listen_to_task(token, node, "delete")

    def _map_what_is_there(self, parameter: Parameter, token: TokenTask) -> None:
        try:
            value = self._mapped_value(parameter.value, token)
        except ModelFault:
            return
        if value is not None:
            self._variables.write(token.variable_scopes()[1:], parameter.name, value)

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
