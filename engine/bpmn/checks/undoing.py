"""Links, compensation and transactions: what leads somewhere without a sequence flow must lead somewhere (BPMN 2.0, 10.5.5 and 10.7)."""

from __future__ import annotations

from typing import Final

from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.words import REFERRED
from engine.bpmn.links import link_of
from engine.bpmn.model import EventKind, FlowNode, Process
from engine.bpmn.names import ACTIVITIES

THROWS: Final = frozenset({"intermediateThrowEvent", "endEvent"})


def check_undoing(findings: Findings, process: Process) -> None:
    """The links, compensation and transactions of one process."""
    _check_links(findings, process)
    for node in process.nodes.values():
        if node.has_event(EventKind.COMPENSATION):
            _check_compensation(findings, process, node)
        if node.for_compensation:
            _check_handler(findings, process, node)
        if node.has_event(EventKind.CANCEL):
            _check_cancel(findings, process, node)


def _check_links(findings: Findings, process: Process) -> None:
    targets: dict[tuple[str | None, str], str] = {}
    linked = [(node, link.name.source if link.name else "") for node in process.nodes.values() if (link := link_of(node)) is not None]
    for node, name in linked:
        if node.type == "intermediateCatchEvent":
            first = targets.setdefault((node.scope, name), node.id)
            if first != node.id:
                findings.error("link-twice", node, name=name, first=first)
    for node, name in linked:
        if node.type == "intermediateThrowEvent" and (node.scope, name) not in targets:
            findings.error("link-to-nowhere", node, name=name)
        drawn = node.outgoing if node.type == "intermediateThrowEvent" else node.incoming
        if any(flow for flow in drawn if not flow.startswith("link:")):
            findings.error("link-with-flow", node)


def _check_compensation(findings: Findings, process: Process, node: FlowNode) -> None:
    if node.type == "boundaryEvent":
        handler = process.nodes.get(node.compensated_by or "")
        if handler is None or not handler.for_compensation:
            findings.error("compensation-without-handler", node)
        if node.outgoing:
            findings.error("compensation-with-flow", node)
    for event in node.events if node.type in THROWS else ():
        target = process.nodes.get(event.activity or "")
        if event.activity is not None and (target is None or target.type not in ACTIVITIES):
            findings.error("dangling-reference", node, attribute="activityRef", id=event.activity, kind=REFERRED["activity"])


def _check_handler(findings: Findings, process: Process, node: FlowNode) -> None:
    if node.incoming or node.outgoing:
        findings.error("compensation-with-flow", node)
    if not any(other.compensated_by == node.id for other in process.nodes.values()):
        findings.warn("never-compensates", node)
    for event in process.boundary_events(node.id):
        findings.error("boundary-of-handler", event, host=node.id)


def _check_cancel(findings: Findings, process: Process, node: FlowNode) -> None:
    around = process.nodes.get((node.attached_to if node.type == "boundaryEvent" else node.scope) or "")
    if around is None or around.type != "transaction":
        findings.error("cancel-elsewhere", node)
    elif not any(event.has_event(EventKind.CANCEL) for event in process.boundary_events(around.id)):
        findings.error("cancel-without-boundary", node, transaction=around.id)
