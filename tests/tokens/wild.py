"""Random processes without structure: nodes in a row, flows from anywhere forward, and back to tasks that wait."""

from __future__ import annotations

from tests.tokens.parts import Parts
from tests.tokens.plain import Node

GATEWAYS = ["exclusiveGateway", "parallelGateway", "parallelGateway", "inclusiveGateway", "inclusiveGateway", "inclusiveGateway"]


class Wild(Parts):
    """Makes such a graph in the current graph."""

    def wild(self, depth: int) -> None:
        """A start event, a row of nodes, one or two ends."""
        row = [self.add("startEvent")]
        for _ in range(self.rng.randint(4, 11 if depth > 1 else 7)):
            row += self._nodes(depth)
        row += [self.end_event(top=depth > 1) for _ in range(self.rng.randint(1, 2))]
        self._lead_to_each(row)
        self._lead_on_from_each(row)
        for _ in range(self.rng.randint(0, len(row) // 2)):
            self._extra_flow(row)
        for node in row:
            self._conditions(node)

    def _nodes(self, depth: int) -> list[Node]:
        """The next node of the row, with the boundary events or awaited events that belong to it."""
        roll = self.rng.random()
        if roll < 0.4:
            return [self.add(self.rng.choice(GATEWAYS))]
        if roll < 0.46:
            gateway = self.add("eventBasedGateway")
            events = [self.catch_event() for _ in range(2)]
            for event in events:
                self.flow(gateway, event)
            return [gateway, *events]
        node = self.activity(depth - 1)
        return [node, *self.boundary_events(node)]

    def _fixed(self, node: Node) -> bool:
        """Whether the node is begun by something other than a flow, or has its one incoming flow already."""
        if node.kind in {"startEvent", "boundaryEvent"}:
            return True
        return any(self.graph.nodes[flow.source].kind == "eventBasedGateway" for flow in self.graph.incoming(node.id))

    def _may_lead_on(self, node: Node) -> bool:
        return node.kind not in {"endEvent", "eventBasedGateway"}

    def _lead_to_each(self, row: list[Node]) -> None:
        for index, node in enumerate(row):
            if not self._fixed(node):
                sources = [one for one in row[max(0, index - 5) : index] if self._may_lead_on(one)] or [row[0]]
                self._insert(self.rng.choice(sources), node)

    def _lead_on_from_each(self, row: list[Node]) -> None:
        for index, node in enumerate(row):
            if self._may_lead_on(node) and not self.graph.outgoing(node.id) and not self.chance(0.04):
                self._insert(node, self.rng.choice([one for one in row[index + 1 :] if not self._fixed(one)]))

    def _extra_flow(self, row: list[Node]) -> None:
        """One more flow: forward (again between the same nodes, perhaps), or back to a task that waits."""
        source = self.rng.choice([node for node in row if self._may_lead_on(node) and node.kind != "startEvent"])
        at = row.index(source)
        forward = [node for node in row[at + 1 :] if not self._fixed(node)]
        back = [node for node in row[: at + 1] if node.kind in {"userTask", "receiveTask"} and node.loop is None and not self._fixed(node)]
        targets = back if back and self.chance(0.4) else forward
        self._insert(source, self.rng.choice(targets))

    def _insert(self, source: Node, target: Node) -> None:
        """A flow at a random place of the document."""
        self.flow(source, target, at=self.rng.randint(0, len(self.graph.flows)))

    def _conditions(self, node: Node) -> None:
        """Conditions on the flows out of a gateway, or on some of those out of a task; the default is any of them."""
        flows = self.graph.outgoing(node.id)
        if len(flows) < 2 or not (node.is_activity or node.kind in {"exclusiveGateway", "inclusiveGateway"}):
            return
        often = {"exclusiveGateway": 1.0, "inclusiveGateway": 0.85}.get(node.kind, 0.4)
        chosen = [flow for flow in flows if self.chance(often)]
        default = self.rng.choice(chosen) if chosen and not self.chance(0.05) else None
        for flow in chosen:
            if flow is default:
                node.default = flow.id
            else:
                self.graph.flows[self.graph.flows.index(flow)] = type(flow)(flow.id, flow.source, flow.target, self.condition())
