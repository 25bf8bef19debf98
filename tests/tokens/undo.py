"""What random processes are made of: nodes and flows, and all that has to do with compensation."""

from __future__ import annotations

import random
from itertools import count

from tests.tokens.plain import Event, Flow, Graph, Loop, Node


class Undo:
    """Adds nodes and flows to the current graph, and handlers to activities."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.graph = Graph()
        self.numbers = count(1)
        self.zeal = 1.0  # how much the process has to do with compensation

    def chance(self, probability: float) -> bool:
        """True as often as `probability` says."""
        return self.rng.random() < probability

    def add(self, kind: str, **values: object) -> Node:
        """A new node in the current graph."""
        node = Node(f"{kind[0]}{next(self.numbers)}", kind, **values)  # type: ignore[arg-type]
        self.graph.nodes[node.id] = node
        return node

    def flow(self, source: Node, target: Node, condition: str | None = None, at: int | None = None) -> Flow:
        """A new flow, last in document order or at the given place."""
        flow = Flow(f"f{next(self.numbers)}", source.id, target.id, condition)
        self.graph.flows.insert(len(self.graph.flows) if at is None else at, flow)
        return flow

    # ---- compensation ----------------------------------------------------------------------------------------------------

    def make_undoable(self, host: Node) -> None:
        """Now and then an activity gets a compensation boundary event, and an activity that undoes it."""
        if not host.is_activity or not self.chance((0.35 if host.loop is None else 0.55) * self.zeal):
            return
        handler = self._handler()
        handler.undoes = True
        self.add("boundaryEvent", host=host.id, event=Event("compensate"), undone_by=handler.id)

    def _handler(self) -> Node:
        """Mostly a task for somebody; also several instances, what may fail, and a subprocess with an undoable task inside."""
        roll = self.rng.random()
        if roll < 0.6:
            return self.add("userTask")
        if roll < 0.7:
            return self.add("userTask", loop=Loop(2, self.chance(0.5)))
        if roll < 0.85:
            return self.add(
                "serviceTask", throws=(self.rng.choice(["b0", "b2"]), self.rng.choice(["E1", "E2"])) if self.chance(0.5) else None
            )
        outer, self.graph = self.graph, Graph()
        task = self.add("userTask")
        self.add("boundaryEvent", host=task.id, event=Event("compensate"), undone_by=self.add("userTask", undoes=True).id)
        self.flow(task, self.undo_throw("endEvent") if self.chance(0.5) else self.add("endEvent"))
        inside, self.graph = self.graph, outer
        return self.add("subProcess", inside=inside)

    def undo_throw(self, kind: str = "intermediateThrowEvent") -> Node:
        """An event that undoes everything in its scope, or one activity there."""
        undoable = [node.host for node in self.graph.nodes.values() if node.undone_by is not None]
        undoable += [node.id for node in self.graph.nodes.values() if node.kind == "subProcess" and node.is_activity and not node.undoes]
        return self.add(kind, event=Event("compensate", self.rng.choice(undoable) if undoable and self.chance(0.3) else None))

    def transaction(self, inside: Graph, loop: Loop | None) -> Node:
        """A transaction: one or two of its ends cancel it, and something follows its cancel boundary event."""
        ends = [node for node in inside.nodes.values() if node.kind == "endEvent" and (node.event is None or self.chance(0.5))]
        for end in self.rng.sample(ends, min(len(ends), self.rng.randint(1, 2))):
            end.event = Event("cancel")
        transaction = self.add("transaction", inside=inside, loop=loop)
        boundary = self.add("boundaryEvent", host=transaction.id, event=Event("cancel"))
        self.flow(boundary, self.add("userTask"))
        return transaction
