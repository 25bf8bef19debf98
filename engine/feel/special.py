"""Operations that `${…}` has and FEEL has not: `empty`, a few methods of Java's types, and what coercion.py and spin.py add."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from engine.feel import coercion, spin
from engine.feel.arithmetic import calculate
from engine.feel.builtins import strings
from engine.feel.compare import equal, order
from engine.feel.errors import FeelNull, Unsuited
from engine.feel.temporal import nanos_in_utc, parse_duration
from engine.feel.types import type_name
from engine.feel.values import FeelValue, is_whole
from engine.feel.wide import MOMENTS
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_MOST_DIGITS = 9  # of an index or a count
_LONGEST = 1_000_000  # characters


def _empty(_: Evaluation, value: FeelValue) -> bool:
    return value is None or (type(value) in {str, list, dict} and not value)


def _same(evaluation: Evaluation, left: FeelValue, right: FeelValue) -> bool:
    """The method `equals`: without reading texts as anything else."""
    return equal(left, right, evaluation.charge) is True


def _size(_: Evaluation, value: FeelValue) -> Decimal:
    if type(value) not in {str, list, dict}:
        raise FeelNull(Phrase("{value} has no size", value=type_name(value)))
    return Decimal(len(value))


def _contains(evaluation: Evaluation, value: FeelValue, wanted: FeelValue) -> bool:
    if type(value) is str and type(wanted) is str:
        return wanted in value
    if type(value) is list:
        evaluation.charge(len(value))
        return any(equal(item, wanted, evaluation.charge) is True for item in value)
    raise FeelNull(Phrase("{value} cannot contain {wanted}", value=type_name(value), wanted=type_name(wanted)))


def _contains_key(_: Evaluation, value: FeelValue, key: FeelValue) -> bool:
    if type(value) is not dict:
        raise FeelNull(Phrase("{value} has no keys", value=type_name(value)))
    return type(key) is str and key in value


def _strings(operation: Callable[..., FeelValue]) -> Callable[..., FeelValue]:
    def run(evaluation: Evaluation, *values: FeelValue) -> FeelValue:
        if not all(type(value) is str for value in values):
            raise FeelNull(Phrase("a string is wanted, not {values}", values=type_name(values[0])))
        result = operation(*values)
        return evaluation.text(result) if type(result) is str else result

    return run


def _strings_of(operation: Callable[..., FeelValue]) -> Callable[..., FeelValue]:
    """One of FEEL's functions of texts."""
    return lambda evaluation, *values: _strings(lambda *texts: operation(evaluation, *texts))(evaluation, *values)


def _replaced(value: str, old: str, new: str) -> str:
    """Every place of a text; refused where the result would be too long before it is made."""
    places = value.count(old) if old else len(value) + 1
    if len(value) + places * len(new) > _LONGEST:
        raise FeelNull(Phrase("the result is too long"))
    return value.replace(old, new)


def _whole(value: FeelValue) -> int:
    if type(value) is not Decimal or not is_whole(value) or value.adjusted() > _MOST_DIGITS:
        raise FeelNull(Phrase("a whole number is wanted"))
    return int(value)


def _substring(_: Evaluation, value: FeelValue, begin: FeelValue, end: FeelValue = None) -> str:
    """From `begin`, counted from 0, to before `end`."""
    if type(value) is not str:
        raise FeelNull(Phrase("a string is wanted, not {value}", value=type_name(value)))
    first, last = _whole(begin), len(value) if end is None else _whole(end)
    if not 0 <= first <= last <= len(value):
        raise FeelNull(Phrase("the index lies outside the string"))
    return value[first:last]


def _compared(_: Evaluation, value: FeelValue, other: FeelValue) -> Decimal:
    """`compareTo` of texts: the distance of the first signs that differ, else of the lengths."""
    if type(value) is not str or type(other) is not str:
        raise Unsuited(Phrase("{left} and {right} cannot be compared", left=type_name(value), right=type_name(other)))
    differing = next((ord(one) - ord(two) for one, two in zip(value, other, strict=False) if one != two), None)
    return Decimal(len(value) - len(other) if differing is None else differing)


def _time(_: Evaluation, value: FeelValue) -> FeelValue:
    """`.time` of a moment: the milliseconds since 1970; of a context its entry."""
    if type(value) in MOMENTS:
        return Decimal(nanos_in_utc(value) // _NANOS - _EPOCH)
    return value.get("time") if type(value) is dict else None


_NANOS = 1_000_000  # in a millisecond
_EPOCH = 62_135_683_200_000  # milliseconds


def _number(digits: str) -> Callable[..., FeelValue]:
    def run(_: Evaluation, value: FeelValue) -> FeelValue:
        if type(value) is not Decimal:
            raise Unsuited(Phrase("a number is wanted, not {value}", value=type_name(value)))
        return value.quantize(Decimal(1), ROUND_DOWN) if digits == "whole" else value

    return run


def _split(evaluation: Evaluation, value: FeelValue, pattern: FeelValue) -> FeelValue:
    """The parts between the matches; empty ones at the end are left out, as in Java."""
    parts = _strings(lambda text, delimiter: strings.split(evaluation, text, delimiter))(evaluation, value, pattern)
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


MOVES = {
    f"{way}{unit}": f"{sign}{before}{{}}{letter}"
    for way, sign in (("plus", ""), ("minus", "-"))
    for unit, before, letter in (
        ("Years", "P", "Y"), ("Months", "P", "M"), ("Days", "P", "D"), ("Hours", "PT", "H"), ("Minutes", "PT", "M"), ("Seconds", "PT", "S"),
    )
}  # fmt: skip
"""The methods that move a moment, such as `plusDays`, with the duration that they add."""


def _move(pattern: str) -> Callable[..., FeelValue]:
    def run(_: Evaluation, moment: FeelValue, count: FeelValue) -> FeelValue:
        number = _whole(count)
        length = parse_duration(pattern.removeprefix("-").format(abs(number)))
        return calculate("-" if (number < 0) != pattern.startswith("-") else "+", moment, length)

    return run


def _weeks(sign: str) -> Callable[..., FeelValue]:
    days = _move(f"{sign}P{{}}D")
    return lambda evaluation, moment, count: days(evaluation, moment, Decimal(7 * _whole(count)))


SPECIALS: dict[str, Callable[..., FeelValue]] = {
    **coercion.OPERATIONS,
    **spin.OPERATIONS,
    "empty": _empty,
    "same": _same,
    "size": _size,
    "contains": _contains,
    "containsKey": _contains_key,
    "startsWith": _strings(lambda value, prefix: value.startswith(prefix)),
    "endsWith": _strings(lambda value, suffix: value.endswith(suffix)),
    "toLowerCase": _strings(lambda value: value.lower()),
    "toUpperCase": _strings(lambda value: value.upper()),
    "trim": _strings(lambda value: value.strip()),
    "equalsIgnoreCase": _strings(lambda value, other: value.lower() == other.lower()),
    "concat": _strings(lambda value, other: value + other),
    "replace": _strings(_replaced),
    "indexOf": _strings(lambda value, wanted: Decimal(value.find(wanted))),
    "substring": _substring,
    "lastIndexOf": _strings(lambda value, wanted: Decimal(value.rfind(wanted))),
    "charAt": lambda evaluation, value, index: _substring(evaluation, value, index, Decimal(_whole(index) + 1)),
    "isBlank": _strings(lambda value: not value.strip()),
    "matches": _strings_of(strings.matches_whole),
    "replaceAll": _strings_of(strings.replace),
    "split": _split,
    "compareTo": _compared,
    "time": _time,
    "intValue": _number("whole"),
    "doubleValue": _number(""),
    "before": lambda _, left, right: order("<", left, right),
    "after": lambda _, left, right: order(">", left, right),
    "toString": lambda evaluation, value: evaluation.text(spin.as_text(value, evaluation)),
    "toDate": lambda _, value: value,
    **{name: _move(pattern) for name, pattern in MOVES.items()},
    "plusWeeks": _weeks(""),
    "minusWeeks": _weeks("-"),
}
"""By the name that the tree gives them."""

MOVES.update(plusWeeks="", minusWeeks="")
TRUTHS = coercion.TRUTHS | spin.TRUTHS | {"empty", "same", "isBlank", "matches", "before", "after"}
"""Those that are true or false, or null with a warning."""
