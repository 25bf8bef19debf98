"""Expressions: every one of a model is compiled at deployment, so that what cannot be compiled is found with its line and reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.words import place_word
from engine.bpmn.mappings import texts_in
from engine.bpmn.model import EventKind, FlowNode, Process, Text
from engine.bpmn.names import is_computed
from engine.feel import Expression, FeelSyntaxError, compile_condition, compile_expression, compile_text
from engine.feel import Text as FeelText
from engine.phrases import Phrase

ENGINE_FUNCTIONS: Final = ("now", "today", "working time", "department of", "head of", "superior of")
"""The functions that the engine gives to the expressions of a model, beside those of FEEL."""


class Language(Enum):
    """How a text is meant: as it stands unless it is marked, as a condition, always as FEEL, or as a text that may set a variable."""

    TEXT = "text"
    CONDITION = "condition"
    FEEL = "FEEL"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the model: of which element, and as what."""

    element: str
    place: str
    text: Text
    language: Language = Language.TEXT


def check_expressions(findings: Findings, process: Process) -> None:
    """Compile every expression of a process. A warning tells where one is null whatever the variables are."""
    names = known_names(process)
    for said in texts(process):
        where = (said.element, said.text.line)
        try:
            compiled = _compile(said, names)
        except FeelSyntaxError as error:
            findings.error("expression", where, **_told(said, error.line, error.column, error.reason))
            continue
        for warning in compiled.diagnostics:
            findings.warn("expression", where, **_told(said, warning.line, warning.column, warning.message))


def _compile(said: Said, names: list[str]) -> Expression | FeelText:
    source = said.text.source
    if said.language is Language.CONDITION:
        return compile_condition(source, names, functions=ENGINE_FUNCTIONS)
    if said.language is Language.FEEL:
        return compile_expression(source, names, functions=ENGINE_FUNCTIONS, start=1 if source.startswith("=") else 0)
    return compile_text(source, names, functions=ENGINE_FUNCTIONS, assigns=said.language is Language.ACTION)


def texts(process: Process) -> Iterator[Said]:
    """Every text of a process that is literal or computed, with the place where it stands."""
    if process.subject is not None:
        yield Said(process.id, "subject", process.subject, Language.FEEL)
    for place, text in (
        ("candidateStarterUsers", process.candidate_starter_users),
        ("candidateStarterGroups", process.candidate_starter_groups),
        ("taskPriority", process.task_priority),
        ("jobPriority", process.job_priority),
    ):
        if text is not None:
            yield Said(process.id, place, text)
    for flow in process.flows.values():
        if flow.condition is not None:
            yield Said(flow.id, "condition", flow.condition, Language.CONDITION)
        yield from (Said(flow.id, "expression", it.expression, Language.ACTION) for it in flow.listeners)
    yield from (Said(process.id, "expression", it.expression, Language.ACTION) for it in process.listeners)
    for node in process.nodes.values():
        for place, text in _of_node(node):
            if text is not None:
                yield Said(node.id, place, text, _language(place, text))


def known_names(process: Process) -> list[str]:
    """Variables that the model itself names: they may be read where FEEL would else see an operator, such as `re-check_outcome`."""
    names = {field.name for field in process.key_fields}
    for node in process.nodes.values():
        names |= {name for name in (node.initiator, *_written_by(node)) if name}
    return sorted(names)


def _written_by(node: FlowNode) -> Iterator[str | None]:
    if node.user_task is not None and node.user_task.outcomes:
        yield f"{node.id}_outcome"
        yield f"{node.id}_reason"
    if node.service is not None:
        yield node.service.result_variable
    if node.loop is not None:
        yield node.loop.element_variable
        yield node.loop.output_collection
    for event in node.events:
        yield event.error_code_variable
        yield event.error_message_variable
    yield from (parameter.name for parameter in (*node.inputs, *node.outputs))
    if node.call is not None:
        yield from (mapping.target for mapping in node.call.outs)


def _of_node(node: FlowNode) -> Iterator[tuple[str, Text | None]]:
    yield "formKey", node.form_key
    yield "jobPriority", node.job_priority
    for event in node.events:
        yield event.kind.value, event.name if event.kind is not EventKind.LINK else None
        yield "timer", event.timer_text
        yield "condition", event.condition
        yield "errorMessage", event.message
        for mapping in event.ins:
            yield Phrase("mapping to {name}", name=mapping.target), mapping.source
            yield "business key", mapping.business_key
    for field in node.form_fields:
        yield "defaultValue", Text(field.default or "", field.line) if field.is_computed else None
    task = node.user_task
    if task is not None:
        if is_computed(node.documentation):
            yield "documentation", Text(node.documentation, node.line)
        yield "assignee", task.assignee
        yield "candidateUsers", task.candidate_users
        yield "candidateGroups", task.candidate_groups
        yield "dueDate", task.due_date
        yield "followUpDate", task.follow_up_date
        yield "priority", task.priority
        yield "formKey", task.form_key
    if node.ad_hoc is not None:
        yield "completion condition", node.ad_hoc.completion
    if node.loop is not None:
        yield "cardinality", node.loop.cardinality
        yield "completion condition", node.loop.completion_condition
        yield "collection", node.loop.collection
    yield from _of_work(node)


def _of_work(node: FlowNode) -> Iterator[tuple[str, Text | None]]:
    if node.service is not None:
        yield "expression", node.service.expression
        yield "topic", node.service.topic
        yield "taskPriority", node.service.priority
        yield from (("condition", error.expression) for error in node.service.errors)
        yield "script", node.service.script
        yield "decisionRef", node.service.decision
        yield "decisionRefVersion", node.service.decision_version
        for name, text in node.service.parameters:
            yield Phrase("parameter {name}", name=name), text
    for parameter in (*node.inputs, *node.outputs):
        for text in texts_in(parameter.value):
            yield Phrase("parameter {name}", name=parameter.name), text
    for listener in node.listeners:
        yield "expression", listener.expression
        yield "timer", None if listener.timer is None else listener.timer.timer_text
    if node.call is not None:
        yield "calledElement", node.call.called_element
        yield "version", node.call.version
        for mapping in (*node.call.ins, *node.call.outs):
            yield Phrase("mapping to {name}", name=mapping.target), mapping.source
            yield "business key", mapping.business_key


def _language(place: str, text: Text) -> Language:
    """How a text is meant at its place."""
    if place == "script":
        return Language.ACTION if is_computed(text.source) else Language.FEEL
    return {"expression": Language.ACTION, "condition": Language.CONDITION, "completion condition": Language.CONDITION}.get(
        place, Language.TEXT
    )


def _told(said: Said, line: int, column: int, reason: str) -> dict[str, object]:
    """What is said of an expression that is wrong; its line is counted within it."""
    return {"place": place_word(said.place), "line": line, "column": column, "reason": reason, "source": said.text.source}
