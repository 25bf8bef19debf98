"""Receive tasks and event-based gateways by which a process begins (BPMN 2.0, 10.3.3, 10.6.6 and 13.2)."""

from __future__ import annotations

from engine.bpmn.checks.findings import Findings
from engine.bpmn.model import EventKind, FlowNode, Process


def check_beginning(findings: Findings, process: Process) -> None:
    """Those of one process: nothing leads to them, and what has happened when a case begins is not waited for again."""
    for node in process.nodes.values():
        if not node.instantiates:
            continue
        if node.scope is not None or node.incoming or node.for_compensation:
            findings.error("instantiate-place", node)
        if node.type == "receiveTask" and node.event is None:
            findings.error("instantiate-without-message", node)
        if node.loop is not None or node.async_before or _has_waiting_boundary(process, node):
            findings.error("instantiate-plain", node)


def _has_waiting_boundary(process: Process, node: FlowNode) -> bool:
    return any(not event.has_event(EventKind.COMPENSATION) for event in process.boundary_events(node.id))
