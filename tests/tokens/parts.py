"""The nodes that random processes are made of."""

from __future__ import annotations

import random

from tests.tokens.plain import Event, Graph, Loop, Node
from tests.tokens.undo import Undo

SIGNALS = ("x1", "x2")
DONE = (
    "nrOfCompletedInstances >= 1",
    "nrOfCompletedInstances >= 2",
    "nrOfActiveInstances = 1",
    "loopCounter = 1",
    "nrOfInstances = 2",
    "b1",
)
CONDITIONS = ("pick = 0", "pick = 1", "pick = 2", "b0", "b1", "b2", "not(b1)", "not(b2)", "again")


class Parts(Undo):
    """Adds nodes and flows to the current graph. `scope` is given by the class that puts everything together."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.wants_called = False
        self.may_call = True
        self.prefix = ""  # of the names of messages and signals

    def scope(self, depth: int, *, top: bool = False) -> Graph:
        """The content of a process or subprocess."""
        raise NotImplementedError

    def condition(self) -> str:
        """A random condition."""
        return self.rng.choice(CONDITIONS)

    def awaited(self, kind: str | None = None) -> Event:
        """A message, a timer or a signal. Some messages share their name, and there are few signals."""
        kind = kind or self.rng.choice(["message", "message", "timer", "timer", "signal"])
        named = {"message": f"{self.prefix}m{self.rng.randint(1, 4)}", "signal": self.prefix + self.rng.choice(SIGNALS)}
        return Event(kind, named.get(kind))

    def loop(self, most: int = 3) -> Loop:
        """Multi-instance characteristics."""
        count_ = self.rng.randint(1, most) if self.chance(0.9) else 0
        done = self.rng.choice(DONE) if self.chance(0.35) else None
        return Loop(count_, self.chance(0.5), "pick" if self.chance(0.1) else None, done)

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
        """An embedded subprocess or a transaction, now and then multi-instance."""
        inside = self.scope(depth - 1)
        loop = self.loop(2) if self.chance(0.6) else None
        return self.transaction(inside, loop) if self.chance(0.3 * self.zeal) else self.add("subProcess", inside=inside, loop=loop)

    def call(self) -> Node:
        """A call activity, now and then multi-instance."""
        if not self.may_call:
            return self.user_task()
        self.wants_called = True
        return self.add("callActivity", calls="called", loop=self.loop(2) if self.chance(0.3) else None)

    def activity(self, depth: int) -> Node:
        """Any activity."""
        kinds = [self.user_task] * 5 + [self.receive_task, self.catch_event, self.automatic, self.loop_task, self.loop_task, self.call]
        kinds += [self.undo_throw] * int(2 * self.zeal) + [self.signal_throw]
        if depth > 0:
            kinds += [lambda: self.subprocess(depth)] * 4
        return self.rng.choice(kinds)()

    def signal_throw(self, kind: str = "intermediateThrowEvent") -> Node:
        """An event that throws a signal."""
        return self.add(kind, event=Event("signal", self.prefix + self.rng.choice(SIGNALS)))

    def boundary_events(self, host: Node) -> list[Node]:
        """Some boundary events on an activity, without what follows them."""
        self.make_undoable(host)
        found = []
        busy = host.kind in {"subProcess", "transaction", "callActivity", "serviceTask"}
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
        """An end event: mostly a plain one; where something can be undone, often one that undoes it."""
        if any(node.undone_by is not None for node in self.graph.nodes.values()) and self.chance(0.35 * self.zeal):
            return self.undo_throw("endEvent")
        roll = self.rng.random()
        if roll < (0.05 if top else 0.2):
            return self.add("endEvent", event=Event("error", self.rng.choice(["E1", "E2", "E3"])))
        if roll < (0.1 if top else 0.3):
            return self.add("endEvent", event=Event("terminate"))
        if roll < (0.2 if top else 0.4):
            return self.undo_throw("endEvent") if self.chance(0.6) else self.signal_throw("endEvent")
        return self.add("endEvent")

    def end(self, node: Node, *, top: bool) -> None:
        """What comes after `node`: an end event, or nothing at all."""
        if not self.chance(0.1):
            self.flow(node, self.end_event(top=top))
