"""What the history keeps of a decision: its result and how it came about, as text and of limited size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from engine.dmn import DecisionResult, DecisionTrace
from engine.errors import InvalidRequest
from engine.events import DecisionEvaluated
from engine.feel import FeelValue, show
from engine.store import canonical
from engine.store.values import StoredValue, number_as, to_stored

LONGEST_VALUE: Final = 200  # characters of one value or test
LONGEST_RESULT: Final = 4_000  # characters of the result, as JSON
LONGEST_TRACE: Final = 8_000  # characters of all of the trace
MOST_WARNINGS: Final = 20


def decided(element: str, decision_id: str, result: DecisionResult, instance: str | None = None) -> DecisionEvaluated:
    """The event of a decision that was made at an element."""
    rules = list(result.trace[-1].rules) if result.trace else []
    rows: object = [dict(row) for row in result.rows]
    if not _fits(rows):
        rows = _short(show(result.result))
    warnings = [_short(str(warning)) for warning in result.warnings[:MOST_WARNINGS]]
    return DecisionEvaluated(element, decision_id, rules, rows, trace_of(result.trace) or None, warnings or None, instance)


def stored_rows(result: DecisionResult) -> list[dict[str, StoredValue]]:
    """The rows of a result as variables, numbers with the types of their columns. Raises `InvalidRequest` for what no variable can hold."""
    return [{name: to_stored(number_as(value, result.kinds.get(name))) for name, value in row.items()} for row in result.rows]


def trace_of(traces: Sequence[DecisionTrace]) -> list[Mapping[str, object]]:
    """The last decisions of a trace, as many as there is room for; the first entry then says how many were left out."""
    kept: list[Mapping[str, object]] = []
    room = LONGEST_TRACE
    for trace in reversed(traces):
        entry = _entry(trace)
        room -= len(canonical.dumps(entry))
        if room < 0:
            kept.append({"omitted": len(traces) - len(kept)})
            break
        kept.append(entry)
    return kept[::-1]


def _fits(rows: object) -> bool:
    """Whether the result can be written as it is; functions and ranges cannot."""
    try:
        return len(canonical.dumps(rows)) <= LONGEST_RESULT
    except InvalidRequest:
        return False


def _entry(trace: DecisionTrace) -> Mapping[str, object]:
    entry: dict[str, object] = {"decision": trace.decision_id, "name": trace.name, "result": _value(trace.result)}
    if trace.inputs:
        entry["inputs"] = [[_short(label), _value(value)] for label, value in trace.inputs]
    if trace.rules:
        because = trace.reasons or ((),) * len(trace.rules)
        entry["rules"] = [
            {"rule": rule, "tests": [[_short(label), _short(test)] for label, test in tests]}
            for rule, tests in zip(trace.rules, because, strict=True)
        ]
    return entry


def _value(value: FeelValue) -> str:
    return _short(show(value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
