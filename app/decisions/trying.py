"""Trying a decision: the fields that it asks for, and what the draft and the published version come to with the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, jsonify, render_template

from app.auth.views import actor
from app.cases.decided import words_of
from app.decisions import words
from app.decisions.editing import require_analyst
from app.decisions.views import blueprint
from app.processes import words as problem_words
from app.services import services
from app.studio.drafting import sent, sent_model
from app.words import gettext, phrase
from engine import DeploymentRefused, InvalidRequest, InvalidSubmission, read_outline

if TYPE_CHECKING:
    from engine import AskedValue, DecisionTrace, DecisionWords, Tried

MOST_VALUES = 200
TEXT = "string"
_EXACT = frozenset({"number", "boolean", "date", "time", "dateTime", "date and time"})  # a text is none of them: it is told as a mistake
_TEMPORAL = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "date and time": re.compile(r"\d{4}-\d{2}-\d{2}T[\w:.+@/-]+"),
    "time": re.compile(r"\d{2}:\d{2}:\d{2}[\w:.+@/-]*"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a decision asks for; `choices` are those that the table allows."""

    name: str
    label: str
    type: str
    hint: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A decision on the way."""

    name: str
    inputs: tuple[tuple[str, str], ...]
    rules: tuple[tuple[int, str], ...]  # number, and why it matched
    result: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What one version comes to."""

    title: str
    result: str
    fault: str
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]


@blueprint.post("/<key>/try")
def try_out(key: str) -> Response | tuple[Response, int]:
    """Fields for what is drawn; with `try`, what it and the published version come to. 422 names the values that are no FEEL."""
    require_analyst()
    xml, base = sent_model()
    given = _given()
    decisions = services().engine.decisions
    try:
        asked = decisions.asks(actor(), key, xml, base)
    except DeploymentRefused:
        return jsonify(tried=render_template("decisions/tried.html", both=(), cannot=True))  # the findings say why
    fields = [_field(value) for value in asked]
    page = render_template("decisions/fields.html", fields=fields, given=given)
    answer: dict[str, object] = {"fields": page, "asks": json.dumps([(it.name, it.type, it.choices) for it in fields])}
    if not sent().get("try"):
        return jsonify(answer)
    types = {value.name: value.type_ref for value in asked}
    try:
        both = decisions.try_out(actor(), key, xml, base, {name: to_feel(given.get(name, ""), types[name]) for name in types})
    except InvalidSubmission as refused:
        return jsonify(
            **answer, mistakes={it.path: gettext("This is no FEEL: %(reason)s", reason=it.message) for it in refused.problems}
        ), 422
    called = _Called.of(xml, words_of(decisions.versions(actor(), key)[0].id))
    shown = [_shown(both.drawn, gettext("As it is drawn"), called)]
    if both.published is not None:
        published = _shown(both.published, gettext("As it is published"), called)
        shown += [published] if (published.result, published.fault) != (shown[0].result, shown[0].fault) else []
    return jsonify(**answer, tried=render_template("decisions/tried.html", both=shown), rules=_rules(both.drawn))


def to_feel(text: str, type_ref: str) -> str:
    """What somebody typed, as FEEL: JSON and numbers as they are, FEEL itself after `=`, days as days, anything else is a text."""
    text = text.strip()
    if not text or text.startswith("="):
        return text.removeprefix("=")
    if type_ref != TEXT:
        function = next((name for name, pattern in _TEMPORAL.items() if pattern.fullmatch(text)), "")
        if function:
            return f'{function}("{text}")'
        if type_ref in _EXACT or _is_json(text):
            return text
    return text if text.startswith('"') and _is_json(text) else json.dumps(text, ensure_ascii=False)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _given() -> dict[str, str]:
    """The values that were typed, by name."""
    values = sent().get("values", {})
    if not isinstance(values, Mapping) or len(values) > MOST_VALUES or not all(isinstance(it, str) for it in values.values()):
        raise InvalidRequest("the values are texts by name")
    return {str(name): str(text) for name, text in values.items()}


def _field(value: AskedValue) -> Field:
    label = words.column_name(value.column) if value.column else value.name
    kind = words.type_name(value.type_ref)
    allowed = value.column.values if value.column and not value.allowed else ""
    hint = gettext("%(type)s, one of %(values)s", type=kind, values=allowed) if allowed else kind
    return Field(value.name, label, value.type_ref, hint, tuple(_plain(it) for it in value.allowed))


def _plain(feel: str) -> str:
    """A literal as it is typed: a text without its quotes."""
    try:
        found = json.loads(feel)
    except ValueError:
        return feel
    return found if isinstance(found, str) else feel


@dataclass(frozen=True, slots=True)
class _Called:
    """What decisions, columns and values are called in the language of the page."""

    decisions: Mapping[str, str]  # by id
    columns: Mapping[str, str]  # by the label that a trace has
    values: DecisionWords | None

    @classmethod
    def of(cls, xml: bytes, values: DecisionWords | None) -> _Called:
        outline = read_outline(xml, "draft.dmn")
        columns = [column for it in outline if it.table for column in it.table.inputs]
        return cls({it.id: words.text_name(it) for it in outline}, {it.label: words.column_name(it) for it in columns}, values)


def _shown(it: Tried, title: str, called: _Called) -> Shown:
    if it.problems:
        return Shown(title, "", " ".join(problem_words.told(problem) for problem in it.problems), (), ())
    if it.result is None:
        return Shown(title, "", phrase(it.fault), (), ())
    steps = tuple(_step(trace, called) for trace in it.result.trace)
    warnings = tuple(phrase(warning.message) for warning in it.result.warnings)
    rows = gettext("; ").join(
        gettext(", ").join(words.named_value(called.values, name, value) for name, value in row.items()) for row in it.result.rows
    )
    is_plain = len(it.result.rows) == 1
    return Shown(title, rows if is_plain else words.named_value(None, "", it.result.result), "", steps, warnings)


def _step(trace: DecisionTrace, called: _Called) -> Step:
    inputs = tuple((called.columns.get(label, label), words.named_value(None, "", value)) for label, value in trace.inputs)
    reasons = trace.reasons or ((),) * len(trace.rules)
    rules = tuple(
        (
            number,
            gettext("; ").join(
                gettext("%(first)s: %(second)s", first=called.columns.get(label, label), second=test) for label, test in tests
            ),
        )
        for number, tests in zip(trace.rules, reasons, strict=True)
    )
    return Step(called.decisions.get(trace.decision_id, trace.name), inputs, rules, words.named_value(None, "", trace.result))


def _rules(it: Tried) -> dict[str, list[int]]:
    """The rules that matched, by the decision."""
    return {trace.decision_id: list(trace.rules) for trace in it.result.trace} if it.result else {}
