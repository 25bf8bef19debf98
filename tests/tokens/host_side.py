"""What surrounds the token game in these tests: ids, conditions and work, answered by hand."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping, Sequence

from engine.bpmn.model import EventDefinition, FlowNode, SequenceFlow
from engine.bpmn.reader import read_model
from engine.errors import BpmnError
from engine.tokens import Change, CompiledProcess, Subscription, TokenTask, compile_process
from engine.tokens.task import FlowScope
from tests.tokens.bpmn_xml import to_xml
from tests.tokens.plain import Model, Values, is_true


class Definitions:
    """The compiled processes of one file."""

    def __init__(self, model: Model) -> None:
        self.plain = model
        self.xml = to_xml(model)
        read = read_model(self.xml.encode(), "test.bpmn")
        self.compiled: dict[str, CompiledProcess] = {key: compile_process(read, key) for key in model.processes}

    def fingerprints(self) -> list[str]:
        """Digests of everything that running must not change."""
        return [compiled.fingerprint() for compiled in self.compiled.values()]


class TestHost:
    """What surrounds the game: ids, conditions, counters, the work of service tasks, what is kept for a compensation.

    Ids rise, since subscriptions are read in the order in which they were made; how far, nothing may depend on.
    """

    __test__ = False

    def __init__(self, definitions: Definitions, values: Values, rng: random.Random) -> None:
        self.definitions = definitions
        self.values = values
        self.rng = rng
        self.nodes = {node.id: node for node in definitions.plain.every_node()}
        self.conditions = {flow.id: flow.condition for flow in definitions.plain.every_flow()}
        self.waiting: set[str] = set()
        self.caught: list[tuple[str, str]] = []
        self.thrown: list[str] = []  # signals for other cases
        self.last_id = 0
        self.counters: dict[str, Values] = {}  # by multi-instance body
        self.kept: dict[str, Values] = {}  # for a compensation, by record
        self.recalls: dict[str, Values] = {}  # by the token or scope that undoes

    def snapshot(self) -> list[object]:
        """What a step that fails has to give back, as a transaction that is rolled back does."""
        return copy.deepcopy([self.waiting, self.caught, self.thrown, self.counters, self.kept, self.recalls])

    def restore(self, before: list[object]) -> None:
        """Put everything back."""
        self.waiting, self.caught, self.thrown, self.counters, self.kept, self.recalls = before  # type: ignore[assignment]

    def definition(self, definition_id: str) -> CompiledProcess:
        return self.definitions.compiled[definition_id]

    def new_id(self) -> str:
        self.last_id += self.rng.randint(1, 1000)
        return f"{self.last_id:016x}"

    def condition(self, token: TokenTask, flow: SequenceFlow) -> bool:
        return is_true(self.conditions[flow.id] or "", self.values)

    def undecided(self, token: TokenTask) -> str:
        del token
        return ""

    def perform(self, token: TokenTask, node: FlowNode) -> bool:
        throws = self.nodes[node.id].throws
        if throws is not None and self.values.get(throws[0]) is True:
            raise BpmnError(throws[1])
        return True

    def entered(self, token: TokenTask, node: FlowNode) -> None:
        assert token.id not in self.waiting
        self.waiting.add(token.id)

    def left(self, token: TokenTask, node: FlowNode, *, cancelled: bool) -> None:
        self.waiting.remove(token.id)

    def call(self, token: TokenTask, node: FlowNode) -> str:
        return self.nodes[node.id].calls or ""

    def called(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        pass

    def returned(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        pass

    def loop_begins(self, token: TokenTask, node: FlowNode, body_id: str) -> int:
        loop = self.nodes[node.id].loop
        assert loop is not None
        total = int(self.values[loop.variable]) if loop.variable else loop.count
        self.counters[body_id] = {"nrOfInstances": total, "nrOfCompletedInstances": 0}
        return total

    def iteration_begins(self, token: TokenTask, node: FlowNode, index: int) -> None:
        assert token.loop_index == index

    def iteration_added(self, token: TokenTask, node: FlowNode, body_id: str) -> None:
        pass

    def iteration_ends(self, token: TokenTask, node: FlowNode, body_id: str, left: int) -> None:
        counters, loop = self.counters[body_id], self.nodes[node.id].loop
        assert loop is not None
        assert counters["nrOfInstances"] - counters["nrOfCompletedInstances"] - 1 == left >= 0
        counters["nrOfCompletedInstances"] += 1
        counters["nrOfActiveInstances"] = min(1, left) if loop.sequential else left

    def loop_is_done(self, token: TokenTask, node: FlowNode) -> bool:
        loop = self.nodes[node.id].loop
        assert loop is not None
        assert token.loop_index is not None
        seen = {**self.values, **self.counters[token.workflow.row.id], "loopCounter": token.loop_index}
        return loop.done is not None and is_true(loop.done, seen)

    def repetitions(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        return ""

    def signal_thrown(self, token: TokenTask, event: EventDefinition, name: str) -> Mapping[str, object]:
        self.thrown.append(name)
        return {}

    def signal_comes(self, scopes: Sequence[str], variables: Mapping[str, object]) -> None:
        pass

    def changes(self) -> Sequence[Change]:
        return ()

    def holds(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> bool:
        return False

    def ad_hoc_is_done(self, scopes: Sequence[str], node: FlowNode) -> bool:
        return False

    def deferred(self, subscription: Subscription) -> None:
        pass

    def begins(self, token: TokenTask, node: FlowNode) -> None:
        pass

    def ends(self, token: TokenTask, node: FlowNode) -> None:
        pass

    def takes(self, token: TokenTask, flow: SequenceFlow) -> None:
        pass

    def interrupted(self, token: TokenTask, node: FlowNode) -> None:
        pass

    def instance_begins(self, scope: FlowScope) -> None:
        pass

    def instance_ends(self, scope: FlowScope) -> None:
        pass

    def remembered(self, record: str, scopes: Sequence[str]) -> None:
        self.kept[record] = dict(self.values)

    def recalled(self, record: str, scope: str) -> None:
        self.recalls[scope] = self.kept.pop(record)

    def event_name(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        return node.event.name.source if node.event is not None and node.event.name is not None else ""

    def subscribed(self, subscription: Subscription, event: EventDefinition, scopes: Sequence[str]) -> None:
        pass

    def error_message(self, token: TokenTask, event: EventDefinition) -> str:
        return ""

    def error_caught(self, scopes: Sequence[str], event: EventDefinition, code: str, message: str) -> None:
        self.caught.append((event.code or "", code))
