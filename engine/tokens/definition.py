"""A compiled process: SpiffWorkflow's specification graph with our specs, and what the game looks up in it. Never changed by running."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.bpmn.model import EventKind, FlowNode, Process
from engine.errors import ModelFault
from engine.phrases import Phrase

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from engine.tokens.specs import FlowNodeSpec


AWAITED = frozenset({EventKind.MESSAGE, EventKind.TIMER, EventKind.SIGNAL, EventKind.CONDITIONAL})
"""Kinds of events that come from outside; the others are thrown inside."""


@dataclass(frozen=True, slots=True)
class CompiledProcess:
    """One process, ready to run.

    `scopes` has the spec of the process itself under None and of each embedded subprocess under its element id. `nodes` and `flows` are
    the specs by element id. `handlers` are the event subprocesses by the scope in which they stand.
    """

    process: Process
    scopes: dict[str | None, BpmnProcessSpec]
    nodes: dict[str, FlowNodeSpec]
    handlers: dict[str | None, tuple[EventHandler, ...]] = field(default_factory=dict)
    reachable: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)

    def start_events(self, scope: str | None) -> list[FlowNode]:
        """The start events of a scope, in document order."""
        return [node for node in self.process.children(scope) if node.type == "startEvent"]

    def first_nodes(self, scope: str | None) -> list[FlowNodeSpec]:
        """Where a scope begins when nothing else is said: its none start event, or every node that nothing leads to (10.3.5, 13.3.4)."""
        starts = [node for node in self.start_events(scope) if node.event is None]
        if not starts:
            starts = [node for node in self.process.children(scope) if _begins_by_itself(node)]
        return [self.nodes[node.id] for node in starts]

    def default_start(self) -> FlowNode | None:
        """The start event of a process that nothing else has begun: the none or the timer one, else the only one, as in Camunda 7."""
        starts = self.start_events(None)
        for kind in (None, EventKind.TIMER):
            found = next((it for it in starts if (it.event.kind if it.event else None) is kind), None)
            if found is not None:
                return found
        return starts[0] if len(starts) == 1 else None

    def beginning(self) -> list[FlowNodeSpec]:
        """Where a process begins that nothing else has begun. Raises `ModelFault` where it does so by its events alone."""
        if self.nodes and not self.begins_by_hand:
            why = Phrase("{process} begins by one of its events alone: send that", process=self.process.id)
            raise ModelFault(why, element=self.process.id)
        start = self.default_start()
        return self.first_nodes(None) if start is None or start.event is None else [self.nodes[start.id]]

    @property
    def begins_by_hand(self) -> bool:
        """Whether somebody can start the process, and not only one of its events."""
        return self.default_start() is not None or bool(self.first_nodes(None))

    def first_node(self, event: str) -> FlowNodeSpec:
        """Where a case begins by an event: there, or at the event-based gateway in front of it (13.2)."""
        node = self.process.nodes[event]
        if node.type == "startEvent" or node.instantiates:
            return self.nodes[event]
        return self.nodes[self.process.flows[node.incoming[0]].source]

    def fingerprint(self) -> str:
        """A digest of everything a run could change by mistake: specs, their links and their data."""
        parts: list[str] = []
        for name, spec in sorted(self.scopes.items(), key=lambda item: item[0] or ""):
            parts.append(f"scope {name} {sorted(spec.task_specs)}")
            for task_spec in spec.task_specs.values():
                values = {k: v for k, v in vars(task_spec).items() if isinstance(v, str | int | float | bool | list | dict | None)}
                events = [k for k, v in vars(task_spec).items() if getattr(v, "hard_subscribers", None)]
                parts.append(f"{task_spec.name} {sorted(values)} {sorted(map(repr, values.values()))} {events}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class EventHandler:
    """An event subprocess with the start event that triggers it."""

    subprocess: FlowNode
    start: FlowNode


def _begins_by_itself(node: FlowNode) -> bool:
    """A node without incoming flow that is not started by something else."""
    started_otherwise = node.attached_to is not None or node.triggered_by_event or node.for_compensation or node.type == "startEvent"
    return not node.incoming and not started_otherwise and not node.instantiates


def event_handlers(process: Process) -> dict[str | None, tuple[EventHandler, ...]]:
    """The event subprocesses of each scope, in document order."""
    found: dict[str | None, list[EventHandler]] = defaultdict(list)
    for node in process.nodes.values():
        if node.triggered_by_event:
            found[node.scope].extend(EventHandler(node, child) for child in process.children(node.id) if child.type == "startEvent")
    return {scope: tuple(handlers) for scope, handlers in found.items()}


def reachability(process: Process) -> dict[str, dict[str, frozenset[str]]]:
    """For each inclusive join: for each incoming flow, the nodes from which a token can still reach it without passing the join.

    BPMN 2.0, 13.4.3. A path goes along sequence flows and from an activity to its boundary events.
    """
    back: dict[str, set[str]] = defaultdict(set)
    for flow in process.flows.values():
        back[flow.target].add(flow.source)
    for node in process.nodes.values():
        if node.attached_to is not None:
            back[node.id].add(node.attached_to)
    joins = [n for n in process.nodes.values() if n.type == "inclusiveGateway" and len(n.incoming) > 1]
    return {join.id: {flow: _leading_to(process.flows[flow].source, join.id, back) for flow in join.incoming} for join in joins}


def _leading_to(node: str, join: str, back: dict[str, set[str]]) -> frozenset[str]:
    """Every node from which `node` can be reached without passing `join`; `node` itself included."""
    if node == join:
        return frozenset()
    seen, todo = {node}, [node]
    while todo:
        for source in back[todo.pop()] - seen:
            if source != join:
                seen.add(source)
                todo.append(source)
    return frozenset(seen)
