"""Operations that `${…}` has and FEEL has not: `empty`, remainder, equality across types, a few methods of Java's types."""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.arithmetic import calculate
from engine.feel.compare import equal, order
from engine.feel.errors import FeelNull
from engine.feel.formatting import to_text
from engine.feel.temporal import parse_duration
from engine.feel.types import type_name
from engine.feel.values import NUMBERS, FeelValue, is_whole, new_number
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MOST_DIGITS = 9  # of an index or a count
_LONGEST = 1_000_000  # characters


def _empty(_: Evaluation, value: FeelValue) -> bool:
    return value is None or (type(value) in {str, list, dict} and not value)


def _common(left: FeelValue, right: FeelValue) -> tuple[FeelValue, FeelValue]:
    """A number or truth value beside a text: the text is read as one, as JUEL does."""
    if type(left) is str and type(right) in {Decimal, bool}:
        return _read(left, type(right)), right
    if type(right) is str and type(left) in {Decimal, bool}:
        return left, _read(right, type(left))
    return left, right


def _read(text: str, kind: type) -> FeelValue:
    if kind is bool:
        return text.lower() == "true"
    if not _NUMBER.fullmatch(text.strip()):
        raise FeelNull(Phrase("'{text}' is not a number", text=text[:40]))
    return new_number(text.strip())


def _equals(evaluation: Evaluation, left: FeelValue, right: FeelValue) -> bool:
    try:
        left, right = _common(left, right)
    except FeelNull:
        return False
    return equal(left, right, evaluation.charge) is True


def _same(evaluation: Evaluation, left: FeelValue, right: FeelValue) -> bool:
    """The method `equals`: without reading texts as anything else."""
    return equal(left, right, evaluation.charge) is True


def _ordered(symbol: str) -> Callable[..., bool]:
    def run(_: Evaluation, left: FeelValue, right: FeelValue) -> bool:
        return order(symbol, *_common(left, right))

    return run


def _truth(_: Evaluation, value: FeelValue) -> bool:
    """Null is false, a text is true where it says so."""
    if type(value) is bool or value is None:
        return value is True
    if type(value) is str:
        return value.lower() == "true"
    raise FeelNull(Phrase("{value} is neither true nor false", value=type_name(value)))


def _remainder(_: Evaluation, left: FeelValue, right: FeelValue) -> Decimal:
    """With the sign of the dividend, as Java has it."""
    if type(left) is not Decimal or type(right) is not Decimal:
        raise FeelNull(Phrase("{left} % {right} is not defined", left=type_name(left), right=type_name(right)))
    try:
        return NUMBERS.remainder(left, right)
    except decimal.InvalidOperation as error:
        raise FeelNull(Phrase("division by zero")) from error


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


def _text(evaluation: Evaluation, value: FeelValue) -> str:
    return evaluation.text(to_text(value, evaluation))


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
    "empty": _empty,
    "equals": _equals,
    "differs": lambda evaluation, left, right: not _equals(evaluation, left, right),
    "same": _same,
    "<": _ordered("<"),
    "<=": _ordered("<="),
    ">": _ordered(">"),
    ">=": _ordered(">="),
    "truth": _truth,
    "not": lambda evaluation, value: not _truth(evaluation, value),
    "remainder": _remainder,
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
    "toString": _text,
    "toDate": lambda _, value: value,
    **{name: _move(pattern) for name, pattern in MOVES.items()},
    "plusWeeks": _weeks(""),
    "minusWeeks": _weeks("-"),
}
"""By the name that the tree gives them."""

MOVES.update(plusWeeks="", minusWeeks="")
TRUTHS = frozenset({"empty", "equals", "differs", "same", "<", "<=", ">", ">=", "truth", "not"})
"""Those that are true or false, or null with a warning."""
