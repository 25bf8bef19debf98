"""Values as text: the builtin `string`, and templates (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel import temporal
from engine.feel.errors import FeelLimitExceeded
from engine.feel.values import FeelFunction, FeelValue, Range, YearsMonthsDuration
from engine.feel.wide import DATES, DURATIONS, MOMENTS, TIMES

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation


def format_number(value: Decimal) -> str:
    """Plain digits without an exponent; equal numbers are written alike, so that zeros behind the point are left out."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def show(value: FeelValue) -> str:
    """A value as FEEL writes it, for people: strings in quotes. What is too large to write is said so."""
    from engine.feel.runtime import Environment, Evaluation  # noqa: PLC0415 - they are made of values

    try:
        return _literal(value, Evaluation(Environment()))
    except FeelLimitExceeded:
        return "…"


def brief(value: FeelValue, most: int = 80) -> str:
    """A value for a message, at most so many characters of it."""
    text = show(value) if type(value) in _FORMATS or isinstance(value, str | list | dict | Range) else str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def to_text(value: FeelValue, evaluation: Evaluation) -> str:
    """A value as text: strings as they are, everything else as FEEL writes it."""
    return value if type(value) is str else _literal(value, evaluation)


def _literal(value: FeelValue, evaluation: Evaluation) -> str:
    kind = type(value)
    if kind is str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return evaluation.text(f'"{escaped}"')
    if kind is list:
        evaluation.charge(len(value))
        return evaluation.text(f"[{', '.join(_literal(item, evaluation) for item in value)}]")
    if kind is dict:
        evaluation.charge(len(value))
        inside = ", ".join(f"{_key(key)}: {_literal(item, evaluation)}" for key, item in value.items())
        return evaluation.text(f"{{{inside}}}")
    if kind is Range:
        return _range(value, evaluation)
    return _FORMATS[kind](value)


def _key(key: str) -> str:
    plain = key.replace(" ", "").replace("_", "").isalnum()
    return key if plain else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _range(value: Range, evaluation: Evaluation) -> str:
    if value.operator:
        end = value.start if value.start is not None else value.end
        return f"({value.operator} {_literal(end, evaluation)})"
    left, right = ("[" if value.start_included else "("), ("]" if value.end_included else ")")
    return f"{left}{_literal(value.start, evaluation)}..{_literal(value.end, evaluation)}{right}"


_FORMATS: dict[type, Callable[[FeelValue], str]] = {
    Decimal: format_number,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    **dict.fromkeys(DATES, temporal.format_date),
    **dict.fromkeys(TIMES, temporal.format_time),
    **dict.fromkeys(MOMENTS, temporal.format_date_time),
    **dict.fromkeys(DURATIONS, temporal.format_days_time),
    YearsMonthsDuration: str,
    FeelFunction: lambda value: f"function({', '.join(p.name for p in value.parameters)})",
}
