"""People's work: who is asked, outcomes, deadlines, forms and field permissions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from engine.bpmn.checks.catalogue import Catalogue
from engine.bpmn.checks.events import is_duration, is_moment
from engine.bpmn.checks.findings import Findings
from engine.bpmn.model import FieldAccess, FlowNode, OutcomeKind, Process, Text, UserTask
from engine.bpmn.names import CROSSDESK, Element, elements, extensions, is_bpmn, is_computed, local_name, namespace_of

DEADLINE: Final = re.compile(r"[1-9]\d{0,3} (wd|wh)")
PRIORITY: Final = re.compile(r"-?[0-9]{1,9}")
NAME: Final = re.compile(r"[^\W\d]\w*")


def is_literal(text: Text) -> bool:
    """Whether a text is meant as it stands: neither FEEL nor a template."""
    return not is_computed(text.source)


def names_in(text: Text | None) -> list[str]:
    """The names of a literal list, `fozzie, gonzo`; none where the list is computed."""
    if text is None or not is_literal(text):
        return []
    return [name.strip() for name in text.source.split(",") if name.strip()]


def check_people(findings: Findings, process: Process, catalogue: Catalogue) -> None:
    """The user tasks, lanes and starters of one process."""
    for lane in process.lanes.values():
        if lane.group is not None:
            _check_known(findings, (lane.id, lane.line), "unknown-group", [lane.group], catalogue.has_group, catalogue)
    for text, code, has in (
        (process.candidate_starter_users, "unknown-person", catalogue.has_person),
        (process.candidate_starter_groups, "unknown-group", catalogue.has_group),
    ):
        _check_known(findings, process, code, names_in(text), has, catalogue)
        if text is not None and not is_literal(text):
            findings.error("starters-computed", process, text=text.source)
    for node in process.nodes.values():
        if node.user_task is not None:
            _check_user_task(findings, process, node, node.user_task, catalogue)
        form_key, fields = node.form_key, node.fields
        if node.user_task is not None:
            form_key, fields = node.user_task.form_key, node.user_task.fields
        _check_form(findings, node, form_key, fields, catalogue)
        if node.event is not None and node.event.role is not None:
            _check_known(findings, node, "unknown-group", [node.event.role], catalogue.has_group, catalogue)
    _check_words(findings)


def _check_user_task(findings: Findings, process: Process, node: FlowNode, task: UserTask, catalogue: Catalogue) -> None:
    _check_known(findings, node, "unknown-person", names_in(task.assignee)[:1], catalogue.has_person, catalogue)
    _check_known(findings, node, "unknown-person", names_in(task.candidate_users), catalogue.has_person, catalogue)
    _check_known(findings, node, "unknown-group", names_in(task.candidate_groups), catalogue.has_group, catalogue)
    lane = process.lanes.get(node.lane or "")
    if not (task.assignee or task.candidate_users or task.candidate_groups or (lane and lane.group)):
        findings.warn("nobody-asked", node)
    if task.deadline is not None and not DEADLINE.fullmatch(task.deadline):
        findings.error("deadline", node, text=task.deadline)
    for text, name in ((task.due_date, "dueDate"), (task.follow_up_date, "followUpDate")):
        if text is not None and is_literal(text) and not (is_moment(text.source) or is_duration(text.source)):
            findings.error("due-date", node, text=text.source, name=name)
    if task.priority is not None and is_literal(task.priority) and not PRIORITY.fullmatch(task.priority.source):
        findings.error("priority", node, text=task.priority.source)
    _check_outcomes(findings, node, task)


def _check_outcomes(findings: Findings, node: FlowNode, task: UserTask) -> None:
    seen: set[str] = set()
    for outcome in task.outcomes:
        if outcome.id in seen:
            findings.error("outcome-twice", node, id=outcome.id)
        seen.add(outcome.id)
    if task.outcomes and not NAME.fullmatch(node.id):
        findings.warn("outcome-variable", node, id=node.id)


def _check_form(
    findings: Findings,
    node: FlowNode,
    form_key: Text | None,
    fields: tuple[tuple[str, FieldAccess], ...],
    catalogue: Catalogue,
) -> None:
    if form_key is None:
        if fields:
            findings.error("fields-without-form", node)
        return
    if not is_literal(form_key):
        return
    known = frozenset(field.id for field in node.form_fields) or catalogue.form_fields(form_key.source)
    if known is None:
        findings.unknown("unknown-form", node, strict=catalogue.strict, form=form_key.source)
        return
    seen: set[str] = set()
    for name, _ in fields:
        if name not in known:
            findings.error("unknown-field", node, field=name, form=form_key.source)
        if name in seen:
            findings.error("field-twice", node, field=name)
        seen.add(name)


def _check_known(
    findings: Findings,
    where: FlowNode | Process | tuple[str, int],
    code: str,
    names: list[str],
    has: Callable[[str], bool],
    catalogue: Catalogue,
) -> None:
    for name in names:
        if not has(name):
            findings.unknown(code, where, strict=catalogue.strict, name=name)


def _check_words(findings: Findings) -> None:
    """Words that the reader reads mildly: kinds of outcomes and accesses of fields."""
    for item in findings.elements():
        if not is_bpmn(item, "userTask", "startEvent"):
            continue
        for outcome in extensions(item, CROSSDESK, "outcome"):
            _check_word(findings, outcome, "kind", set(OutcomeKind))
            if not NAME.fullmatch(outcome.get("id", "").replace("-", "_")):
                findings.error("outcome-id", outcome, id=outcome.get("id", ""))
        for fields in extensions(item, CROSSDESK, "fields"):
            _check_word(findings, fields, "default", set(FieldAccess))
            for field in elements(fields):
                if namespace_of(field) == CROSSDESK and local_name(field) == "field":
                    _check_word(findings, field, "access", set(FieldAccess))


def _check_word(findings: Findings, item: Element, attribute: str, words: set[str]) -> None:
    word = item.get(attribute)
    if word is not None and word not in words:
        findings.error("unknown-word", item, attribute=attribute, word=word, allowed=", ".join(sorted(words)))
