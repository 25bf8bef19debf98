"""Random processes from a seed: half of them made of blocks, half of them graphs without any structure.

Every cycle that tokens can run round by themselves contains a task that waits, so no process runs for ever in one step. Everything else is
allowed: splits joined by the wrong gateway, excess tokens, joins in loops, several flows between the same two nodes, ends inside branches.
"""

from __future__ import annotations

import random

from tests.tokens.blocks import Blocks
from tests.tokens.plain import Event, Graph, Model, Node
from tests.tokens.wild import Wild

CODES = ("E1", "E2")


class Maker(Blocks, Wild):
    """Grows one model."""

    def __init__(self, seed: int) -> None:
        super().__init__(random.Random(seed))
        self.is_wild = seed % 2 == 1
        self.zeal = 1.7 if seed % 3 == 0 else 1.0
        self.odd_ids = self.chance(0.1)
        self.model = Model()

    def make(self) -> Model:
        """The whole file: the main process, and the process that it may call."""
        depth = self.rng.choice([1, 2, 2, 3, 3])
        graph = self.scope(depth, top=True)
        self.model.processes = {"main": graph}
        if self.chance(0.15):
            self._start_otherwise(graph)
        if self.wants_called:
            self.may_call = False
            self.model.processes["called"] = self.scope(1, top=True)
        if self.odd_ids:
            self._rename()
        return self.model

    def scope(self, depth: int, *, top: bool = False) -> Graph:
        """The content of a process or subprocess, with event subprocesses now and then."""
        outer, self.graph = self.graph, Graph()
        if self.is_wild and (top or self.chance(0.6)):
            self.wild(depth)
        else:
            self.structured(depth, top=top)
        for _ in range(2):
            if self.chance(0.15 if top else 0.3):
                self.event_subprocess(depth)
        has_handlers = any(node.undone_by is not None for node in self.graph.nodes.values())
        if not top and self.chance(0.4 if has_handlers else 0.05):
            self.event_subprocess(1, undoes=True)
        made, self.graph = self.graph, outer
        return made

    def event_subprocess(self, depth: int, *, undoes: bool = False) -> None:
        """An event subprocess, `undoes`: for a compensation. It waits after its start, so that errors thrown to and fro come to rest."""
        outer, self.graph = self.graph, Graph()
        kind = self.rng.choice(["message", "message", "timer", "timer", "signal", "error", "error"])
        event = Event("error", self.rng.choice([*CODES, None])) if kind == "error" else self.awaited(kind)
        if undoes:
            event = Event("compensate")
        start = self.add("startEvent", event=event, interrupting=undoes or kind == "error" or self.chance(0.5))
        task = self.add("userTask")
        self.flow(start, task)
        if self.chance(0.4):
            first, last = self.block(min(depth - 1, 1))
            self.flow(task, first)
            task = last
        self.end(task, top=False)
        if self.chance(0.15) and depth > 1:
            self.event_subprocess(depth - 1)
        inner, self.graph = self.graph, outer
        self.add("subProcess", inside=inner, by_event=True)

    def _start_otherwise(self, graph: Graph) -> None:
        """A message or timer start event of the process, which leads to any node."""
        outer, self.graph = self.graph, graph
        behind_gateways = {flow.target for flow in graph.flows if graph.nodes[flow.source].kind == "eventBasedGateway"}
        targets = [node for node in graph.nodes.values() if not node.begun_otherwise and node.id not in behind_gateways]
        self.flow(self.add("startEvent", event=self.awaited()), self.rng.choice(targets))
        self.graph = outer

    def _rename(self) -> None:
        """Ids that SpiffWorkflow uses itself, and flows that the file gives no id."""
        graph = self.model.processes["main"]
        starts = [node.id for node in graph.starts() if node.event is None]
        swaps = {starts[0]: "Start"} if starts else {}
        tasks = [node.id for node in graph.nodes.values() if node.kind in {"userTask", "endEvent"}]
        if tasks:
            swaps[self.rng.choice(tasks)] = "End"
        rename(graph, swaps)
        defaults = {node.default for node in self.model.every_node()}
        for part in [graph, *(node.content() for node in graph.every_node() if node.inside is not None)]:
            for index, flow in enumerate(part.flows):
                if flow.condition is None and flow.id not in defaults and self.chance(0.5):
                    part.flows[index] = type(flow)(flow.id, flow.source, flow.target, None, written=False)


def rename(graph: Graph, swaps: dict[str, str]) -> None:
    """Give nodes that stand directly in `graph` other ids."""
    nodes: dict[str, Node] = {}
    for node in graph.nodes.values():
        node.id = swaps.get(node.id, node.id)
        node.host = swaps.get(node.host, node.host) if node.host else None
        node.undone_by = swaps.get(node.undone_by, node.undone_by) if node.undone_by else None
        if node.event is not None and node.event.kind == "compensate" and node.event.name in swaps:
            node.event = Event("compensate", swaps[node.event.name])
        nodes[node.id] = node
    graph.nodes = nodes
    graph.flows = [type(f)(f.id, swaps.get(f.source, f.source), swaps.get(f.target, f.target), f.condition, f.written) for f in graph.flows]


def make_model(seed: int) -> Model:
    """The model of a seed; always the same."""
    return Maker(seed).make()
