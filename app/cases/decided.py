"""Decisions in the words of their tables: results and inputs with the names of columns and values, in the language of the page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.cases.values import show_field, show_time, value_name
from app.i18n import language, show_number
from app.services import services
from app.words import gettext
from engine import NotFound

if TYPE_CHECKING:
    from engine import ColumnWords, DecisionWords, Definition

_LONGEST_REASON = 160  # characters that the timeline tells of why a rule matched
_BRACKETS = ("(", "[", "]")
_NUMBER = re.compile(r"(?<!\w)\d+(?:\.\d+)?(?!\w)")
_PLAIN = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=500)
def words_of(decision_id: str) -> DecisionWords | None:
    """The words of a version of a decision, read once; None where it was deleted, and for a decision of another file."""
    try:
        return services().engine.definitions.decision(decision_id).words
    except NotFound:
        return None


def show_result(definition: Definition, words: DecisionWords | None, value: object) -> str:
    """What was decided, without the names of its outputs: rows of outputs, one of them, or one value alone."""
    if isinstance(value, list):
        return gettext(", ").join(show_result(definition, words, it) for it in value)
    columns = words.outputs if words else ()
    if isinstance(value, Mapping):
        known = {column.key: column for column in columns}
        return gettext(", ").join(_show(definition, known.get(str(name)), it) for name, it in value.items())
    return _show(definition, columns[0] if len(columns) == 1 else None, value)


def decision_label(words: DecisionWords) -> str:
    """The name of a decision."""
    return words.translations.get(language(), words.label)


def because(definition: Definition, words: DecisionWords | None, last: Mapping[str, Any]) -> str:
    """Why the rules of a decision matched: each input with its value and the test that held. Nothing where that is long."""
    values = dict(last.get("inputs") or ())
    columns = {column.key: column for column in words.inputs} if words else {}
    told = []
    for label, test in (pair for rule in last.get("rules") or () for pair in rule["tests"]):
        column = columns.get(label)
        shown = _written(definition, column, values[label]) if label in values else ""
        said = column.translations.get(language(), column.label) if column else label
        figures = {"label": said, "value": shown, "test": _separated(test)}
        is_range = test.startswith(_BRACKETS)  # which has brackets of its own
        with_brackets = gettext("%(label)s %(value)s (%(test)s)", **figures)
        told.append(gettext("%(label)s %(value)s %(test)s", **figures) if is_range else with_brackets)
    text = gettext(", ").join(told)
    return text if len(text) <= _LONGEST_REASON else ""


def _show(definition: Definition, column: ColumnWords | None, value: object) -> str:
    """A value of a column: what the table calls it, else as the case shows the variable that the column reads or is named like."""
    named = value_name(column.values, value) if column else ""
    return named or show_field(definition, column.expression or column.key if column else "", value)


def _separated(test: str) -> str:
    """A test of a rule with its numbers as people read them; one of texts or days stays as it is written."""
    return test if '"' in test else _NUMBER.sub(lambda found: show_number(found[0]), test)


def _written(definition: Definition, column: ColumnWords | None, text: str) -> str:
    """A value that FEEL has written down."""
    if text in _PLAIN:
        return _show(definition, column, _PLAIN[text])
    try:
        return _show(definition, column, json.loads(text) if text.startswith('"') else Decimal(text))
    except (ValueError, InvalidOperation):
        inside = text.partition('("')[2].removesuffix('")')  # date("2026-03-04")
        return show_time(inside) or text
