"""Multi-instance activities and standard loops: how often, their counters and results, when they are done (BPMN 2.0, 13.3.6, 13.3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.bpmn.loop_model import Loop
from engine.bpmn.model import FlowNode
from engine.errors import ModelFault
from engine.feel import brief
from engine.phrases import Phrase
from engine.services.host_base import HostBase
from engine.tokens import TokenTask

_ENDLESS: Final = 2**31 - 1
_GATHERED: Final = "loopDataOutput"  # the results of a multi-instance so far, in its body


class LoopHost(HostBase):
    """The loops of one step."""

    def loop_begins(self, token: TokenTask, node: FlowNode, body_id: str) -> int:
        """The number of instances, by cardinality or collection; the counters become variables of the body."""
        loop = node.loop
        if loop is None:
            raise AssertionError(node)
        if loop.standard:
            return self._standard(token, node, loop)
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

    def _standard(self, token: TokenTask, node: FlowNode, loop: Loop) -> int:
        """How often a standard loop goes round at most."""
        goes_on = loop.completion_condition
        if loop.test_before and goes_on is not None and not self._step.expressions.condition(goes_on, self.place(token)):
            return 0
        if loop.cardinality is None:
            return _ENDLESS
        return _cardinality(self.evaluate(loop.cardinality, token), node, self._step.expressions.because())

    def iteration_begins(self, token: TokenTask, node: FlowNode, index: int) -> None:
        """The counter and the item of one instance."""
        self._variables.write_local(token.id, "loopCounter", index)
        if node.loop is not None and node.loop.collection is not None and node.loop.element_variable:
            items = self._collections.get(token.workflow.row.id) or self._collection(token, node)
            self._variables.write_local(token.id, node.loop.element_variable, items[index] if index < len(items) else None)

    def iteration_added(self, token: TokenTask, node: FlowNode, body_id: str) -> None:
        """Count an instance that somebody has added by hand."""
        index = token.loop_index or 0
        self._variables.write_local(token.id, "loopCounter", index)
        if node.loop is None or node.loop.standard:
            return
        counters = self._variables.local(body_id)
        self._variables.write_local(body_id, "nrOfInstances", index + 1)
        self._variables.write_local(body_id, "nrOfCompletedInstances", counters.get("nrOfCompletedInstances", 0))
        self._variables.write_local(body_id, "nrOfActiveInstances", int(str(counters.get("nrOfActiveInstances", 0))) + 1)

    def iteration_ends(self, token: TokenTask, node: FlowNode, body_id: str, left: int) -> None:
        """Count one instance as completed."""
        if node.loop is None or node.loop.standard:
            return
        total = self._variables.local(body_id).get("nrOfInstances")
        done = int(str(total)) - left
        self._variables.write_local(body_id, "nrOfCompletedInstances", done)
        self._variables.write_local(body_id, "nrOfActiveInstances", min(1, left) if node.loop.sequential else left)
        if node.loop.output_collection is not None:
            self._gather(token, node.loop, body_id)

    def _gather(self, token: TokenTask, loop: Loop, body_id: str) -> None:
        """Put the result of one instance into the list of all; the list is there for others once the last one has completed."""
        view, scopes = self.view(token), token.variable_scopes()
        known = self._variables.local(body_id).get(_GATHERED)
        results = list(known) if isinstance(known, Sequence) else []
        results += [None] * ((token.loop_index or 0) + 1 - len(results))
        results[token.loop_index or 0] = view.get(loop.output_element or "")
        self._variables.write_local(body_id, _GATHERED, results)
        self._variables.write(scopes[scopes.index(body_id) + 1 :], loop.output_collection or "", results)

    def loop_is_done(self, token: TokenTask, node: FlowNode) -> bool:
        """Whether the completion condition holds, or the condition of a standard loop does no longer."""
        loop = node.loop
        if loop is None or loop.completion_condition is None:
            return False
        holds = self._step.expressions.condition(loop.completion_condition, self.place(token))
        return holds is not loop.standard

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
            raise ModelFault(
                Phrase("the collection {plain} of {id} is not a list{because}", plain=repr(plain), id=node.id, because=because),
                element=node.id,
                line=source.line,
            )
        return list(value)


def _cardinality(value: object, node: FlowNode, because: str) -> int:
    """How many instances: a whole number from 0."""
    try:
        count = int(str(value))
    except ValueError:
        count = -1
    if count < 0:
        told = {"node": node.id, "value": brief(value), "because": because}
        message = Phrase("the cardinality of {node} is {value}, not a whole number from 0{because}", **told)
        raise ModelFault(message, element=node.id, line=node.line)
    return count
