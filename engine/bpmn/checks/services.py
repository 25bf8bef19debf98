"""Work that the engine does itself: handlers, decisions, called processes, multi-instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.bpmn.checks.catalogue import Catalogue
from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.people import is_literal
from engine.bpmn.loop_model import Loop
from engine.bpmn.mapping_model import ExternalError
from engine.bpmn.model import Call, FlowNode, Mapping, Process, Service, Text
from engine.bpmn.names import CONNECTORS
from engine.ports import ConnectorInput

BINDINGS: Final = frozenset({"latest", "deployment", "version", "versionTag"})
RESULTS: Final = frozenset({"singleEntry", "singleResult", "collectEntries", "resultList"})


def check_services(findings: Findings, process: Process, catalogue: Catalogue) -> None:
    """The service, business rule and call activities of one process, and the loops of all activities."""
    for node in process.nodes.values():
        if node.service is not None:
            _check_service(findings, node, node.service, catalogue)
        for event in node.events:
            _check_mappings(findings, node, event.ins)
        if node.call is not None:
            _check_call(findings, node, node.call, catalogue)
        if node.loop is not None:
            _check_loop(findings, node, node.loop)


def _check_service(findings: Findings, node: FlowNode, service: Service, catalogue: Catalogue) -> None:
    _check_ways(findings, node, service)
    if service.waits and len(node.events) > 1:
        findings.error("external-among-others", node)
    if service.topic is not None:
        _check_topic(findings, node, service.topic)
        _check_errors(findings, node, service.errors)
    elif node.type == "businessRuleTask" and service.decision is None:
        findings.error("rule-without-decision", node)
    if service.decision is not None and node.type != "businessRuleTask":
        findings.error("decision-elsewhere", node)
    if service.handler is not None and not catalogue.has_handler(service.handler):
        findings.error("unknown-handler", node, name=service.handler)
    if service.connector is not None:
        _check_connector(findings, node, service, catalogue.connector_inputs(service.connector))
    _check_decision(findings, node, service, catalogue)
    names = [name for name, _ in service.parameters]
    for name in sorted({name for name in names if names.count(name) > 1}):
        findings.error("parameter-twice", node, name=name)


def _check_ways(findings: Findings, node: FlowNode, service: Service) -> None:
    """It says one thing to do, and not several or none."""
    named = (service.handler, service.connector, service.expression, service.decision, service.topic)
    ways: list[object] = [way for way in named if way is not None]
    if len(ways) > 1:
        findings.error("service-says-too-much", node)
    if not ways and service.script is None and node.type in {"serviceTask", "scriptTask"}:
        findings.error("service-says-nothing", node)


def _check_topic(findings: Findings, node: FlowNode, topic: Text) -> None:
    """Workers ask for a topic; those of connectors are not for them."""
    if not topic.source.strip():
        findings.error("external-without-topic", node)
    if topic.source.strip().startswith(CONNECTORS):
        findings.error("external-topic", node, topic=topic.source.strip())


def _check_connector(findings: Findings, node: FlowNode, service: Service, known: Sequence[ConnectorInput] | None) -> None:
    """A connector that nobody has registered, and what it is told and does not know, or needs and is not told."""
    if known is None:
        findings.error("unknown-connector", node, name=service.connector)
        return
    inputs, told = {it.name: it for it in known}, dict(service.parameters)
    for name, text in service.parameters:
        if name not in inputs:
            findings.error("connector-input", (node.id, text.line), connector=service.connector, name=name, allowed=", ".join(inputs))
            continue
        wanted = inputs[name]
        if wanted.fixed and not is_literal(text):
            findings.error("connector-fixed", (node.id, text.line), name=name)
        elif wanted.choices and is_literal(text) and text.source.strip() not in wanted.choices:
            allowed = ", ".join(wanted.choices)
            findings.error("unknown-word", (node.id, text.line), attribute=name, word=text.source.strip(), allowed=allowed)
    for name in (it.name for it in known if it.required and it.name not in told):
        findings.error("connector-without-input", node, connector=service.connector, name=name)


def _check_errors(findings: Findings, node: FlowNode, errors: tuple[ExternalError, ...]) -> None:
    """What is to be thrown, and when."""
    for error in errors:
        if error.code is None or error.expression is None:
            findings.error("external-error", (node.id, error.line))


def _check_decision(findings: Findings, node: FlowNode, service: Service, catalogue: Catalogue) -> None:
    decision = service.decision
    if decision is not None and is_literal(decision) and not catalogue.has_decision(decision.source):
        findings.unknown("unknown-decision", node, strict=catalogue.strict, name=decision.source)
    if service.decision_binding not in BINDINGS:
        allowed = ", ".join(sorted(BINDINGS))
        findings.error("unknown-word", node, attribute="decisionRefBinding", word=service.decision_binding, allowed=allowed)
    if service.decision_binding in {"version", "versionTag"} and service.decision_version is None:
        findings.error("call-without-version", node, binding=service.decision_binding)
    mapping = service.map_decision_result
    if mapping is not None and mapping not in RESULTS:
        findings.error("unknown-word", node, attribute="mapDecisionResult", word=mapping, allowed=", ".join(sorted(RESULTS)))


def _check_call(findings: Findings, node: FlowNode, call: Call, catalogue: Catalogue) -> None:
    called = call.called_element
    if not called.source:
        findings.error("call-of-nothing", node)
    elif is_literal(called) and not catalogue.has_process(called.source):
        findings.unknown("unknown-process", node, strict=catalogue.strict, name=called.source)
    if call.binding not in BINDINGS:
        findings.error("unknown-word", node, attribute="calledElementBinding", word=call.binding, allowed=", ".join(sorted(BINDINGS)))
    if call.binding in {"version", "versionTag"} and call.version is None:
        findings.error("call-without-version", node, binding=call.binding)
    _check_mappings(findings, node, (*call.ins, *call.outs))


def _check_mappings(findings: Findings, node: FlowNode, mappings: Sequence[Mapping]) -> None:
    for mapping in mappings:
        says_source = mapping.source is not None or mapping.variable is not None
        whole = mapping.all_variables or mapping.business_key is not None
        if whole == says_source or (says_source and mapping.target is None):
            findings.error("mapping", node)


def _check_loop(findings: Findings, node: FlowNode, loop: Loop) -> None:
    if loop.standard:
        if loop.cardinality is None and loop.completion_condition is None:
            findings.error("loop-without-number", node)
    elif loop.cardinality is None and loop.collection is None:
        findings.error("loop-without-number", node)
    if loop.cardinality is not None and loop.collection is not None:
        findings.error("loop-with-two-numbers", node)
    if loop.cardinality is not None and is_literal(loop.cardinality) and not loop.cardinality.source.isdecimal():
        findings.error("loop-number", node, text=loop.cardinality.source)
    if loop.element_variable is not None and loop.collection is None:
        findings.error("loop-variable-without-collection", node, name=loop.element_variable)
