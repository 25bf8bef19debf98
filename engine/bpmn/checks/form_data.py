"""Forms inside of a model (`camunda:formData`): which fields and constraints can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.bpmn.date_patterns import date_pattern
from engine.bpmn.form_data import LIMITS, READONLY, REQUIRED, TYPES, FormField, default_of, is_number
from engine.bpmn.names import CAMUNDA, camunda, extension, is_bpmn

if TYPE_CHECKING:
    from engine.bpmn.checks.findings import Findings
    from engine.bpmn.model import FlowNode, Process

CONSTRAINTS: Final = (REQUIRED, READONLY, *LIMITS)


def check_form_data(findings: Findings, process: Process) -> None:
    """The fields of all forms inside of one process."""
    for node in process.nodes.values():
        seen: set[str] = set()
        for field in node.form_fields:
            _check_field(findings, node, field)
            if field.id in seen:
                findings.error("field-twice", (node.id, field.line), field=field.id)
            seen.add(field.id)


def check_unused_forms(findings: Findings) -> None:
    """A form inside of the model beside a form key, which is shown instead; and what of such a form says nothing here."""
    for item in findings.elements():
        data = extension(item, CAMUNDA, "formData") if is_bpmn(item, "userTask", "startEvent") else None
        if data is None:
            continue
        if camunda(item, "formKey") or camunda(item, "formRef"):
            findings.warn("camunda-ignored", data, name="formData")
        if data.get("businessKey"):
            findings.warn("camunda-ignored", data, name="formData businessKey")


def _check_field(findings: Findings, node: FlowNode, field: FormField) -> None:
    where = (node.id, field.line)
    if not field.id:
        findings.error("missing-id", where, name="camunda:formField")
    if field.type not in TYPES:
        findings.error("form-field-type", where, field=field.id, type=field.type or "–", allowed=", ".join(TYPES))
        return
    if field.type == "enum" and not field.choices:
        findings.error("form-field-choices", where, field=field.id)
    if field.type == "date":
        _check_pattern(findings, where, field)
    if field.default is not None and not field.is_computed and default_of(field) is None:
        findings.warn("form-field-default", where, field=field.id, text=field.default)
    for constraint in field.constraints:
        limits = constraint.name in LIMITS
        if constraint.name not in CONSTRAINTS or (limits and not is_number(constraint.config)):
            findings.error(
                "form-field-constraint",
                where,
                field=field.id,
                constraint=f"{constraint.name}={constraint.config or ''}",
                allowed=", ".join(CONSTRAINTS),
            )


def _check_pattern(findings: Findings, where: tuple[str, int], field: FormField) -> None:
    try:
        date_pattern(field.pattern)
    except ValueError:
        findings.error("form-field-pattern", where, field=field.id, text=field.pattern)
