"""What a process says about its cases: number, key fields, owner, who may see them."""

from __future__ import annotations

import re
from typing import Final

from engine.bpmn.checks.catalogue import Catalogue
from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.people import NAME
from engine.bpmn.model import FieldAccess, FlowNode, Process

NUMBER_PREFIX: Final = re.compile(r"[A-Z][A-Z0-9]{0,7}")
KEY_FIELD_TYPES: Final = frozenset({"text", "money", "number", "date"})
VARIABLE_TYPES: Final = KEY_FIELD_TYPES | {"person"}
VISIBILITY: Final = frozenset({"participants", "lanes", "department", "everyone"})


def check_case(findings: Findings, process: Process, catalogue: Catalogue) -> None:
    """The `crossdesk:case` of one process."""
    if process.number_prefix is not None and not NUMBER_PREFIX.fullmatch(process.number_prefix):
        findings.error("number-prefix", process, text=process.number_prefix)
    for word in process.visibility:
        if word not in VISIBILITY:
            findings.error("unknown-word", process, attribute="visibility", word=word, allowed=", ".join(sorted(VISIBILITY)))
    owner = process.owner
    if owner is not None and not (catalogue.has_group(owner) or catalogue.has_person(owner)):
        findings.unknown("unknown-owner", process, strict=catalogue.strict, name=owner)
    _check_key_fields(findings, process)
    for variable in process.variables:
        if variable.type not in VARIABLE_TYPES:
            findings.error("unknown-word", process, attribute="type", word=variable.type, allowed=", ".join(sorted(VARIABLE_TYPES)))


def _check_key_fields(findings: Findings, process: Process) -> None:
    seen: set[str] = set()
    for field in process.key_fields:
        if field.name in seen:
            findings.error("key-field-twice", process, name=field.name)
        seen.add(field.name)
        if not NAME.fullmatch(field.name):
            findings.error("key-field-name", process, name=field.name)
        for node in process.nodes.values():
            if _hides(node, field.name):
                findings.error("key-field-hidden", node, name=field.name)
        if field.type not in KEY_FIELD_TYPES:
            findings.error("unknown-word", process, attribute="type", word=field.type, allowed=", ".join(sorted(KEY_FIELD_TYPES)))


def _hides(node: FlowNode, name: str) -> bool:
    """Whether a step hides a variable from those who work at it."""
    fields, default = node.fields, node.default_field_access
    if node.user_task is not None:
        fields, default = node.user_task.fields, node.user_task.default_field_access
    return dict(fields).get(name, default) is FieldAccess.HIDDEN
