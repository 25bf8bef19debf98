"""References: what an id names must be there, and be of the right kind."""

from __future__ import annotations

from typing import Final

from lxml import etree

from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.words import REFERRED
from engine.bpmn.model import EventKind, FlowNode, Process
from engine.bpmn.names import ACTIVITIES, BPMNDI, FLOW_NODES, Element, children, is_bpmn, local_name, reference, tag, text_of

DECLARED: Final = {
    "messageRef": "message",
    "errorRef": "error",
    "signalRef": "signal",
    "escalationRef": "escalation",
    "processRef": "process",
    "categoryValueRef": "categoryValue",
}
"""Attributes that name an element anywhere in the file, with its kind."""

PASSED_AT_ONCE: Final = frozenset({"task", "manualTask"})


def check_references(findings: Findings) -> None:
    """The references of the whole file, then the flows of each executable process."""
    root = findings.model.tree
    known = {value: local_name(item) for item in root.iter(etree.Element) if (value := item.get("id"))}
    for item in root.iter(etree.Element):
        if is_bpmn(item):
            _check_declared(findings, item, known)
            _check_shared(findings, item, known)
    _check_drawings(findings, root, known)
    for process in findings.model.processes.values():
        for node in process.nodes.values():
            _check_default(findings, process, node)
            _check_host(findings, process, node)
        _check_flows(findings, process)


def _check_declared(findings: Findings, item: Element, known: dict[str, str]) -> None:
    for attribute, kind in DECLARED.items():
        ref = reference(item.get(attribute))
        if ref is not None and ref not in known and attribute == "errorRef":
            findings.warn("error-by-id", item, id=ref)
        elif ref is not None and known.get(ref) != kind:
            findings.error("dangling-reference", item, attribute=attribute, id=ref, kind=REFERRED[kind])
    holder = item.getparent()
    thrown = holder is not None and is_bpmn(holder, "intermediateThrowEvent", "endEvent")
    if is_bpmn(item, "messageEventDefinition") and not item.get("messageRef") and not thrown:
        findings.error("message-without-name", item)
    for entry in children(item, "flowNodeRef"):
        if known.get(reference(text_of(entry)) or "") not in FLOW_NODES:
            findings.warn("lane-names-nothing", entry, id=text_of(entry))
    for entry in children(item, "incoming", "outgoing"):
        if known.get(reference(text_of(entry)) or "") != "sequenceFlow":
            findings.warn("flow-reference-ignored", entry, id=text_of(entry))


def _check_shared(findings: Findings, item: Element, known: dict[str, str]) -> None:
    """What `eventDefinitionRef` names."""
    for entry in children(item, "eventDefinitionRef"):
        if not known.get(reference(text_of(entry)) or "", "").endswith("EventDefinition"):
            findings.error("dangling-reference", entry, attribute="eventDefinitionRef", id=text_of(entry), kind=REFERRED["eventDefinition"])


def _check_drawings(findings: Findings, root: Element, known: dict[str, str]) -> None:
    for item in root.iter(tag(BPMNDI, "BPMNShape"), tag(BPMNDI, "BPMNEdge")):
        ref = reference(item.get("bpmnElement"))
        if ref is not None and ref not in known:
            findings.warn("drawing-of-nothing", item, id=ref)


def _check_default(findings: Findings, process: Process, node: FlowNode) -> None:
    if node.default is None:
        return
    if node.default not in node.outgoing:
        findings.error("default-leads-elsewhere", node, id=node.default)
    elif process.flows[node.default].condition is not None:
        findings.error("default-with-condition", process.flows[node.default], node=node.id)


def _check_host(findings: Findings, process: Process, node: FlowNode) -> None:
    if node.type != "boundaryEvent":
        return
    host = process.nodes.get(node.attached_to or "")
    if host is None or host.type not in ACTIVITIES:
        findings.error("boundary-without-host", node, id=node.attached_to or "")
    elif host.scope != node.scope:
        findings.error("boundary-elsewhere", node, id=host.id)
    elif host.type in PASSED_AT_ONCE and not node.has_event(EventKind.COMPENSATION):
        findings.warn("boundary-of-nothing", node, id=host.id, type=host.type)


def _check_flows(findings: Findings, process: Process) -> None:
    for flow in process.flows.values():
        ends = [("sourceRef", flow.source), ("targetRef", flow.target)]
        found = [process.nodes.get(name) for _, name in ends]
        for (attribute, name), node in zip(ends, found, strict=True):
            if node is None:
                findings.error("flow-to-nowhere", flow, attribute=attribute, id=name)
        source, target = found
        if source is not None and target is not None and source.scope != target.scope:
            findings.error("flow-across-scopes", flow, source=source.id, target=target.id)
