"""Validation against the XML schema of BPMN 2.0: unknown elements and attributes, wrong order, missing attributes, wrong values.

The schema ships with SpiffWorkflow; it is found by the metadata of that distribution, which imports none of its code. Extension elements
and attributes pass it: they are checked by `vocabulary` and `camunda`.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib import metadata
from threading import Lock
from typing import Final

from lxml import etree

from engine.bpmn.checks.findings import Findings
from engine.bpmn.names import FLOW_NODES, Element, is_bpmn, is_computed, local_name
from engine.bpmn.xml_phrases import schema
from engine.phrases import Phrase

SCHEMA_PATH: Final = "SpiffWorkflow/bpmn/parser/schema/BPMN20.xsd"
SUBJECT: Final = re.compile(r"Element '(?P<tag>[^']+)'(?:, attribute '(?P<attribute>[^']+)')?")
NEED_AN_ID: Final = FLOW_NODES | {"process", "message", "error", "signal", "escalation"}
LONGEST_ID: Final = 255
LONGEST_NAME: Final = 1_000
LOCK: Final = Lock()  # a compiled schema keeps the errors of its last validation


def check_schema(findings: Findings) -> None:
    """Every place where the file breaks the schema."""
    root = findings.model.tree
    duplicates = {name for name, count in Counter(_ids(root)).items() if count > 1}
    for line, kind, text in _violations(root):
        found = SUBJECT.match(text)
        element = _element(root, line, found["tag"]) if found else None
        where = ("", line) if element is None else element
        if "xs:ID'" in text and any(f"'{name}'" in text for name in duplicates):
            continue  # said better by the check of ids
        if found and found["attribute"] == "calledElement" and element is not None and is_computed(element.get("calledElement", "")):
            continue  # the schema knows no expressions here
        if element is not None and kind == "SCHEMAV_ELEMENT_CONTENT" and "not expected" in text:
            parent = element.getparent()
            findings.error("unknown-element", where, name=local_name(element), parent="" if parent is None else local_name(parent))
        elif element is not None and found and found["attribute"] and "not allowed" in text:
            findings.error("unknown-attribute", where, name=local_name(element), attribute=found["attribute"])
        else:
            findings.error("schema", where, reason=schema(text))


def check_ids(findings: Findings) -> None:
    """Every id once in the file; every process, flow node and declared message with one."""
    seen: dict[str, int] = {}
    for item in findings.model.tree.iter(etree.Element):
        if _inside_extension(item):
            continue
        if len(item.get("name", "")) > LONGEST_NAME:
            findings.error("too-long", item, what=Phrase("name"), length=len(item.get("name", "")), most=LONGEST_NAME)
        name = item.get("id")
        if not name and is_bpmn(item, *NEED_AN_ID):
            findings.error("missing-id", item, name=local_name(item))
        elif name and len(name) > LONGEST_ID:
            findings.error("too-long", item, what=Phrase("id"), length=len(name), most=LONGEST_ID)
        elif name in seen:
            findings.error("duplicate-id", item, id=name, first=seen[name])
        elif name:
            seen[name] = item.sourceline or 0


@cache
def bpmn_schema() -> etree.XMLSchema:
    """The compiled schema, read once."""
    path = metadata.distribution("SpiffWorkflow").locate_file(SCHEMA_PATH)
    return etree.XMLSchema(etree.parse(str(path)))


def _violations(root: Element) -> list[tuple[int, str, str]]:
    with LOCK:
        schema = bpmn_schema()
        if schema.validate(root):
            return []
        return [(entry.line, entry.type_name, entry.message) for entry in schema.error_log]


def _ids(root: Element) -> list[str]:
    return [value for item in root.iter(etree.Element) if (value := item.get("id"))]


def _element(root: Element, line: int, name: str) -> Element | None:
    """The element that an error of the schema is about: known by its line and tag."""
    return next((item for item in root.iter(name) if item.sourceline == line), None)


def _inside_extension(item: Element) -> bool:
    return any(is_bpmn(around, "extensionElements") for around in item.iterancestors())
