"""The nodes that random processes are made of."""

from __future__ import annotations

import random
from itertools import count

from tests.tokens.plain import Event, Flow, Graph, Loop, Node

CONDITIONS = ("pick = 0", "pick = 1", "pick = 2", "b0", "b1", "b2", "not(b1)", "not(b2)", "again")


class Parts:
    """Adds nodes and flows to the current graph. `scope` is given by the class that puts everything together."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.graph = Graph()
        self.numbers = count(1)
        self.wants_called = False
        self.may_call = True

    def scope(self, depth: int, *, top: bool = False) -> Graph:
        """The content of a process or subprocess."""
        raise NotImplementedError

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

    def condition(self) -> str:
        """A random condition."""
        return self.rng.choice(CONDITIONS)

    def awaited(self, kind: str | None = None) -> Event:
        """A message or a timer. Some messages share their name."""
        kind = kind or self.rng.choice(["message", "timer"])
        return Event(kind, f"m{self.rng.randint(1, 4)}" if kind == "message" else None)

    def loop(self, most: int = 3) -> Loop:
        """Multi-instance characteristics."""
        count_ = self.rng.randint(1, most) if self.chance(0.9) else 0
        return Loop(count_, self.chance(0.5), "pick" if self.chance(0.1) else None)

    # ---- activities ------------------------------------------------------------------------------------------------------

    def user_task(self) -> Node:
        """A task that waits for a person."""
        return self.add("userTask")

    def receive_task(self) -> Node:
        """A task that waits for a message, or for anybody who completes it."""
        return self.add("receiveTask", event=self.awaited("message") if self.chance(0.8) else None)

    def catch_event(self) -> Node:
        """An intermediate event that waits."""
        return self.add("intermediateCatchEvent", event=self.awaited())

    def automatic(self) -> Node:
        """A task that is over at once, perhaps with an error."""
        if self.chance(0.6):
            throws = (self.rng.choice(["b0", "b2"]), self.rng.choice(["E1", "E2"]))
            return self.add("serviceTask", throws=throws if self.chance(0.7) else None)
        return self.add(self.rng.choice(["manualTask", "task", "intermediateThrowEvent"]))

    def loop_task(self) -> Node:
        """A multi-instance task."""
        task = self.rng.choice([self.user_task, self.user_task, self.user_task, self.receive_task, self.automatic])()
        if task.kind in {"userTask", "receiveTask", "serviceTask"}:
            task.loop = self.loop()
        return task

    def subprocess(self, depth: int) -> Node:
        """An embedded subprocess, now and then multi-instance."""
        inside = self.scope(depth - 1)
        return self.add("subProcess", inside=inside, loop=self.loop(2) if self.chance(0.4) else None)

    def call(self) -> Node:
        """A call activity, now and then multi-instance."""
        if not self.may_call:
            return self.user_task()
        self.wants_called = True
        return self.add("callActivity", calls="called", loop=self.loop(2) if self.chance(0.3) else None)

    def activity(self, depth: int) -> Node:
        """Any activity."""
        kinds = [self.user_task] * 5 + [self.receive_task, self.catch_event, self.automatic, self.loop_task, self.loop_task, self.call]
        if depth > 0:
            kinds += [lambda: self.subprocess(depth)] * 4
        return self.rng.choice(kinds)()

    def boundary_events(self, host: Node) -> list[Node]:
        """Some boundary events on an activity, without what follows them."""
        found = []
        busy = host.kind in {"subProcess", "callActivity", "serviceTask"}
        for _ in range(2):
            if self.chance(0.4 if busy else 0.25):
                error = self.chance(0.55 if busy else 0.35)
                event = Event("error", self.rng.choice(["E1", "E2", None, None])) if error else self.awaited()
                found.append(self.add("boundaryEvent", host=host.id, event=event, interrupting=error or self.chance(0.5)))
        return found if host.is_activity else self._forget(found)

    def _forget(self, nodes: list[Node]) -> list[Node]:
        for node in nodes:
            del self.graph.nodes[node.id]
        return []

    # ---- ways to end -----------------------------------------------------------------------------------------------------

    def end_event(self, *, top: bool) -> Node:
        """An end event: mostly a plain one."""
        roll = self.rng.random()
        if roll < (0.05 if top else 0.2):
            return self.add("endEvent", event=Event("error", self.rng.choice(["E1", "E2", "E3"])))
        if roll < (0.1 if top else 0.3):
            return self.add("endEvent", event=Event("terminate"))
        return self.add("endEvent")

    def end(self, node: Node, *, top: bool) -> None:
        """What comes after `node`: an end event, or nothing at all."""
        if not self.chance(0.1):
            self.flow(node, self.end_event(top=top))
