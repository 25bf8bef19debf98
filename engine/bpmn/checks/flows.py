"""How flow nodes are connected: gateways, conditions, what nothing leads to (BPMN 2.0, 8.3.13, 10.6, 13.3 and 13.4)."""

from __future__ import annotations

from typing import Final

from engine.bpmn.checks.events import STARTING
from engine.bpmn.checks.findings import Findings
from engine.bpmn.model import FlowNode, Process
from engine.bpmn.names import SUBPROCESSES

UNCONDITIONAL: Final = frozenset({"parallelGateway", "eventBasedGateway"})
"""Nodes that look at no condition."""

CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})


DEEPEST: Final = 50
"""Subprocesses inside subprocesses; calls may be as deep."""

MOST_REACHED: Final = 2_000_000
"""Ways into inclusive joins times flow nodes: for each way it is known which nodes lead to it."""


def check_flows(findings: Findings, process: Process) -> None:
    """The flows of one process."""
    if not process.nodes:
        findings.error("empty-process", process)
    for node in process.nodes.values():
        if node.type in CHOOSING and not node.outgoing:
            findings.error("gateway-without-way-out", node)
        if node.type == "exclusiveGateway":
            _check_exclusive(findings, process, node)
        if node.type == "eventBasedGateway":
            _check_event_based(findings, process, node)
        _check_conditions(findings, process, node)
        if node.type in SUBPROCESSES and not process.children(node.id):
            findings.error("empty-process", node)
        if node.ad_hoc is not None:
            for inner in process.children(node.id):
                if inner.type in {"startEvent", "endEvent"}:
                    findings.error("ad-hoc-begins", inner, subprocess=node.id)
    _check_reached(findings, process)
    _check_size(findings, process)


def _check_exclusive(findings: Findings, process: Process, node: FlowNode) -> None:
    if len(node.outgoing) < 2:  # noqa: PLR2004  one way out needs no condition
        return
    for name in node.outgoing:
        if name != node.default and process.flows[name].condition is None:
            findings.error("flow-without-condition", process.flows[name], gateway=node.id)
    if node.default is None:
        findings.warn("gateway-without-default", node)


def _check_event_based(findings: Findings, process: Process, node: FlowNode) -> None:
    for name in node.outgoing:
        if process.flows[name].listeners:
            findings.warn("listener-never-called", process.flows[name])
        target = process.nodes.get(process.flows[name].target)
        if target is None:
            continue
        waits = bool(target.events) and all(event.kind in STARTING for event in target.events)
        if target.type not in {"intermediateCatchEvent", "receiveTask"} or not waits:
            findings.error("event-gateway-target", target, gateway=node.id)
        elif len(target.incoming) > 1:
            findings.error("event-gateway-target-shared", target, gateway=node.id)
        elif process.boundary_events(target.id):
            findings.error("event-gateway-target-boundary", target, gateway=node.id)


def _check_conditions(findings: Findings, process: Process, node: FlowNode) -> None:
    if node.type not in UNCONDITIONAL:
        return
    for name in node.outgoing:
        if process.flows[name].condition is not None:
            findings.error("condition-not-evaluated", process.flows[name], node=node.id, type=node.type)
    if node.default is not None:
        findings.error("condition-not-evaluated", node, node=node.id, type=node.type)


def _check_reached(findings: Findings, process: Process) -> None:
    """Warn of the outermost nodes that no token can reach."""
    started = {node.scope for node in process.nodes.values() if node.type == "startEvent"}
    reached = {node.id for node in process.children(None) if _begins(node, started)}
    waiting = list(reached)
    while waiting:
        node = process.nodes[waiting.pop()]
        onward = {process.flows[name].target for name in node.outgoing}
        onward |= {event.id for event in process.boundary_events(node.id)}
        onward |= {node.compensated_by} if node.compensated_by is not None else set()
        onward |= {child.id for child in process.children(node.id) if _begins(child, started)}
        fresh = (onward & process.nodes.keys()) - reached
        reached |= fresh
        waiting.extend(fresh)
    for node in process.nodes.values():
        if node.id not in reached and (node.scope is None or node.scope in reached):
            findings.warn("never-reached", node)


def _check_size(findings: Findings, process: Process) -> None:
    """What would cost too much to run: subprocesses in subprocesses without end, and more inclusive joins than can be looked through."""
    for node in process.nodes.values():
        depth = _depth(process, node)
        if node.type in SUBPROCESSES and depth > DEEPEST:
            findings.error("nested-too-deep", node, most=DEEPEST)
            break
    joins = [node for node in process.nodes.values() if node.type == "inclusiveGateway" and len(node.incoming) > 1]
    if sum(len(join.incoming) for join in joins) * len(process.nodes) > MOST_REACHED:
        findings.error("too-many-inclusive-joins", joins[-1], joins=len(joins), nodes=len(process.nodes))


def _depth(process: Process, node: FlowNode) -> int:
    """How many subprocesses stand around a node, itself included; counting ends behind the limit."""
    around: FlowNode | None = node
    depth = 0
    while around is not None and depth <= DEEPEST:
        depth += 1
        around = process.nodes.get(around.scope or "")
    return depth


def _begins(node: FlowNode, started: set[str | None]) -> bool:
    """Whether a node may be the first in its scope: a node without incoming flow is, where there is no start event (BPMN 2.0, 10.5.2)."""
    if node.attached_to is not None:
        return False
    by_itself = not node.incoming and node.scope not in started and not node.for_compensation
    return node.type == "startEvent" or node.triggered_by_event or node.instantiates or by_itself
