"""Mappings and listeners: what of them runs, and what is refused because it would be skipped."""

from __future__ import annotations

from typing import Final

from lxml import etree

from engine.bpmn.checks.findings import Findings
from engine.bpmn.names import ACTIVITIES, EVENTS, GATEWAYS, Element, is_bpmn, local_name

LISTENED: Final = {"executionListener": ("start", "end"), "taskListener": ("create", "complete")}
JAVA: Final = ("class", "delegateExpression")
SCRIPTS: Final = ("feel", "text/feel", "application/feel")


def check_mapping(findings: Findings, item: Element, around: Element) -> None:
    """A `camunda:inputOutput` or a listener on the BPMN element `around`."""
    name = local_name(item)
    if name == "inputOutput":
        _check_parameters(findings, item, around)
        return
    event = item.get("event", "")
    java = next((way for way in JAVA if item.get(way)), None)
    on_node = is_bpmn(around, "userTask") if name == "taskListener" else is_bpmn(around, *ACTIVITIES, *EVENTS, *GATEWAYS)
    if java is not None:
        findings.error("unsupported-java", item, name=java)
    elif not on_node or event not in LISTENED[name] or not item.get("expression"):
        findings.error("unsupported-listener", item, name=name, event=event or "–", allowed=", ".join(LISTENED[name]))


def _check_parameters(findings: Findings, item: Element, around: Element) -> None:
    if not is_bpmn(around, *ACTIVITIES, *EVENTS) or is_bpmn(around, "boundaryEvent", "startEvent"):
        findings.error("unsupported-input-output", item)
    for inner in item.iter(etree.Element):
        if local_name(inner) == "script" and (inner.get("scriptFormat") or "").lower() not in SCRIPTS:
            findings.error("unsupported-script-task", inner, language=inner.get("scriptFormat") or "–")
