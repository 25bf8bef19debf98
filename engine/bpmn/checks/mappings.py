"""Mappings and listeners: what of them runs, and what is refused because it would be skipped."""

from __future__ import annotations

from typing import Final

from lxml import etree

from engine.bpmn.checks.findings import Findings
from engine.bpmn.events import definitions_of
from engine.bpmn.mappings import TAKE
from engine.bpmn.names import ACTIVITIES, EVENTS, GATEWAYS, Element, is_bpmn, local_name

OF_TASK: Final = ("create", "assignment", "update", "complete", "delete", "timeout")
TIMEOUT: Final = "timeout"
JAVA: Final = ("class", "delegateExpression")
SCRIPTS: Final = ("feel", "text/feel", "application/feel")


def check_mapping(findings: Findings, item: Element, around: Element) -> None:
    """A `camunda:inputOutput` or a listener on the BPMN element `around`."""
    name = local_name(item)
    if name == "inputOutput":
        _check_parameters(findings, item, around)
        return
    allowed = _events(name, around)
    event = TAKE if allowed == (TAKE,) else item.get("event", "")
    java = next((way for way in JAVA if item.get(way)), None)
    if java is not None:
        findings.error("unsupported-java", item, name=java)
    elif event not in allowed or not item.get("expression"):
        findings.error("unsupported-listener", item, name=name, event=event or "–", allowed=", ".join(allowed) or "–")
    elif (event == TIMEOUT) is not (len(definitions_of(item)) == 1):
        findings.error("timeout-listener", item)


def _events(name: str, around: Element) -> tuple[str, ...]:
    """What a listener may listen to on an element."""
    if name == "taskListener":
        return OF_TASK if is_bpmn(around, "userTask") else ()
    if is_bpmn(around, "sequenceFlow"):
        return (TAKE,)
    return ("start", "end") if is_bpmn(around, "process", *ACTIVITIES, *EVENTS, *GATEWAYS) else ()


def _check_parameters(findings: Findings, item: Element, around: Element) -> None:
    if not is_bpmn(around, *ACTIVITIES, *EVENTS) or is_bpmn(around, "boundaryEvent", "startEvent"):
        findings.error("unsupported-input-output", item)
    for inner in item.iter(etree.Element):
        if local_name(inner) == "script" and (inner.get("scriptFormat") or "").lower() not in SCRIPTS:
            findings.error("unsupported-script-task", inner, language=inner.get("scriptFormat") or "–")
