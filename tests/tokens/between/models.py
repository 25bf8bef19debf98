"""Random files of two or three processes that wait for the same few messages and signals, throw them, and begin by them."""

from __future__ import annotations

from tests.tokens.generator import Maker
from tests.tokens.plain import Event, Graph, Model, Node

SENDS = 0.25


class MakerOfMany(Maker):
    """Grows such a file. Nothing in it can fail for want of a condition that is true, and nothing is called."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.prefix = f"s{seed}"
        self.may_call = False
        self.odd_ids = False

    def make(self) -> Model:
        """The processes are called by letters, behind the seed."""
        keys = [f"{self.prefix}{letter}" for letter in "abc"[: self.rng.randint(2, 3)]]
        self.model.processes = {key: self.scope(self.rng.choice([0, 1, 1, 2]), top=True) for key in keys}
        for key in keys[1:]:
            if self.chance(0.9):
                self._begins_by_event(self.model.processes[key])
        for graph in self._graphs():
            self._catches_once(graph)
        for node in self.model.every_node():
            self._always_goes_on(node)
        return self.model

    def activity(self, depth: int) -> Node:
        """As often as not something that has to do with the other cases."""
        if self.chance(SENDS):
            return self.rng.choice([self.signal_throw, self.catch_event, self.receive_task])()
        return super().activity(depth)

    def awaited(self, kind: str | None = None) -> Event:
        """Messages and signals more often than timers, and of few names."""
        kind = kind or self.rng.choice(["message", "message", "signal", "signal", "signal", "timer"])
        return Event("message", f"{self.prefix}m{self.rng.randint(1, 2)}") if kind == "message" else super().awaited(kind)

    def receive_task(self) -> Node:
        """A task that waits for a message; one that anybody completes is not asked for over the services."""
        return self.add("receiveTask", event=self.awaited("message"))

    def _begins_by_event(self, graph: Graph) -> None:
        """One more start event; a task follows it, so that processes that begin each other come to rest."""
        outer, self.graph = self.graph, graph
        start, task = self.add("startEvent", event=self.awaited(self.rng.choice(["message", "signal", "signal"]))), self.user_task()
        behind_gateways = {flow.target for flow in graph.flows if graph.nodes[flow.source].kind == "eventBasedGateway"}
        targets = [it for it in graph.nodes.values() if not it.begun_otherwise and it.id not in behind_gateways and it is not task]
        self.flow(start, task)
        self.flow(task, self.rng.choice(targets))
        self.graph = outer

    def _catches_once(self, graph: Graph) -> None:
        """No two events of one place catch the same error: a deployment is told of that."""
        caught: set[tuple[str | None, str | None]] = set()
        starts = [start for _, start in graph.handlers()]
        for node in [*graph.nodes.values(), *starts]:
            if node.event is None or node.event.kind != "error" or node.kind not in {"boundaryEvent", "startEvent"}:
                continue
            if (node.host, node.event.name) in caught:
                node.event = Event("timer")
            caught.add((node.host, node.event.name))

    def _always_goes_on(self, node: Node) -> None:
        """Where no default flow was drawn the last one becomes it; a gateway that nothing leaves gets an end."""
        graph = next(it for it in self._graphs() if it.nodes.get(node.id) is node)
        flows = graph.outgoing(node.id)
        if node.kind.endswith("Gateway") and not flows:
            self.graph = graph
            self.flow(node, self.add("endEvent"))
        if flows and node.default is None and all(flow.condition is not None for flow in flows):
            last = flows[-1]
            graph.flows[graph.flows.index(last)] = type(last)(last.id, last.source, last.target)
            node.default = last.id

    def _graphs(self) -> list[Graph]:
        inside = [node.content() for node in self.model.every_node() if node.inside is not None]
        return [*self.model.processes.values(), *inside]


def make_models(seed: int) -> Model:
    """The file of a seed."""
    return MakerOfMany(seed).make()
