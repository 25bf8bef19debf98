"""Random processes made of blocks: each has one way in and one way out, and blocks stand inside blocks."""

from __future__ import annotations

from tests.tokens.parts import Parts
from tests.tokens.plain import Node

Block = tuple[Node, Node]

INNER = ["seq"] * 6 + ["xor", "or", "or", "and", "and", "fork", "loop", "loop", "events", "one", "one"]
SPLITS = {"xor": "exclusiveGateway", "or": "inclusiveGateway", "and": "parallelGateway"}


class Blocks(Parts):
    """Makes blocks in the current graph."""

    def structured(self, depth: int, *, top: bool) -> None:
        """Start, block, end; sometimes the start event or the end event is left out."""
        first, last = self.block(depth)
        if top or self.chance(0.8) or self.graph.incoming(first.id):
            self.flow(self.add("startEvent"), first)
        self.end(last, top=top)

    def block(self, depth: int) -> Block:
        """Any block."""
        kind = self.rng.choice(INNER) if depth > 0 else "one"
        make = {"seq": self._seq, "fork": self._fork, "loop": self._loop, "events": self._events, "one": self._one}
        return make[kind](depth) if kind in make else self._gateways(kind, depth)

    def _one(self, depth: int) -> Block:
        """An activity with its boundary events; what follows an event ends by itself or comes back in."""
        node = self.activity(depth)
        events = self.boundary_events(node)
        if not events:
            return node, node
        out = self.add("exclusiveGateway") if self.chance(0.4) else None
        for event in events:
            first, last = self.block(0) if self.chance(0.3) else (task := self.user_task(), task)
            self.flow(event, first)
            if out is not None:
                self.flow(last, out)
            else:
                self.end(last, top=False)
        if out is not None:
            self.flow(node, out)
        return node, out or node

    def _seq(self, depth: int) -> Block:
        first, middle = self.block(depth - 1)
        following, last = self.block(depth - 1)
        self.flow(middle, following)
        return first, last

    def _gateways(self, kind: str, depth: int) -> Block:
        """A split and a join: usually of the same kind. Some branches are a bare flow, so several flows join the same two nodes."""
        split = self.add(SPLITS[kind])
        join = self.add(SPLITS[kind] if self.chance(0.8) else self.rng.choice(list(SPLITS.values())))
        flows = []
        for _ in range(self.rng.randint(2, 3)):
            condition = self.condition() if kind != "and" and not (kind == "or" and self.chance(0.15)) else None
            if self.chance(0.15):
                flows.append(self.flow(split, join, condition))
                continue
            first, last = self.block(depth - 1)
            flows.append(self.flow(split, first, condition))
            if not self.chance(0.07):
                self.flow(last, join)
            else:
                self.end(last, top=False)
        if not self.graph.incoming(join.id):
            flows.append(self.flow(split, join))
        if kind != "and":
            self._make_default(split)
        return split, join

    def _make_default(self, node: Node) -> None:
        """The last flow becomes the default; rarely there is none, and the model may come to a fault."""
        if self.chance(0.92):
            flow = self.graph.outgoing(node.id)[-1]
            self.graph.flows[self.graph.flows.index(flow)] = type(flow)(flow.id, flow.source, flow.target)
            node.default = flow.id

    def _fork(self, depth: int) -> Block:
        """An implicit fork: several flows out of a task; joined, merged or left apart."""
        task = self.user_task()
        join = self.add(self.rng.choice(["parallelGateway", "inclusiveGateway", "exclusiveGateway"]))
        self.flow(task, join)
        for _ in range(self.rng.randint(1, 2)):
            first, last = self.block(depth - 1)
            self.flow(task, first, self.condition() if self.chance(0.3) else None)
            self.flow(last, join)
        return task, join

    def _loop(self, depth: int) -> Block:
        """A loop with a task that waits in every round; its entry and its exit may be joins."""
        entry = self.add("exclusiveGateway")
        task = self.user_task()
        first, last = self.block(depth - 1)
        test = self.add("exclusiveGateway" if self.chance(0.85) else "inclusiveGateway")
        leave = self.add("exclusiveGateway")
        self.flow(entry, task)
        self.flow(task, first)
        self.flow(last, test)
        self.flow(test, entry, "again")
        test.default = self.flow(test, leave).id
        return entry, leave

    def _events(self, depth: int) -> Block:
        """An event-based gateway with two or three events."""
        gateway, join = self.add("eventBasedGateway"), self.add("exclusiveGateway")
        for _ in range(self.rng.randint(2, 3)):
            event = self.catch_event() if self.chance(0.7) else self.add("receiveTask", event=self.awaited("message"))
            self.flow(gateway, event)
            first, last = self.block(depth - 1)
            self.flow(event, first)
            self.flow(last, join)
        return gateway, join
