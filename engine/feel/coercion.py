"""How `${…}` reads its operands, as JUEL does (JSR 245, 1.8).

A text beside a number is read as one, null in a sum is 0, the text `true` is true. What cannot be read so is an error, as in Camunda 7, and
not null as in FEEL: a model that adds a word to a number is wrong.
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.feel.arithmetic import calculate, negate
from engine.feel.compare import equal, order
from engine.feel.errors import FeelNull, Unsuited
from engine.feel.types import type_name
from engine.feel.values import NUMBERS, FeelValue, new_number
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ZERO: Final = Decimal(0)


def _common(left: FeelValue, right: FeelValue) -> tuple[FeelValue, FeelValue]:
    """A number or truth value beside a text: the text is read as one."""
    if type(left) is str and type(right) in {Decimal, bool}:
        return _read(left, type(right)), right
    if type(right) is str and type(left) in {Decimal, bool}:
        return left, _read(right, type(left))
    return left, right


def _read(text: str, kind: type) -> FeelValue:
    return text.lower() == "true" if kind is bool else _number(text)


def _number(value: FeelValue) -> FeelValue:
    """An operand of a sum: null and the empty text are 0, a text is the number that it writes; moments and durations stay what they are."""
    if type(value) is Decimal:
        return value
    if value is None or value == "":
        return _ZERO
    if type(value) is str:
        if not _NUMBER.fullmatch(value.strip()):
            raise Unsuited(Phrase("'{text}' is not a number", text=value[:40]))
        return new_number(value.strip())
    return value


def _equals(evaluation: Evaluation, left: FeelValue, right: FeelValue) -> bool:
    try:
        left, right = _common(left, right)
    except Unsuited:
        return False
    return equal(left, right, evaluation.charge) is True


def _ordered(symbol: str) -> Callable[..., FeelValue]:
    """Nothing is before or after null."""

    def run(_: Evaluation, left: FeelValue, right: FeelValue) -> bool:
        if left is None or right is None:
            return "=" in symbol and left is right
        return order(symbol, *_common(left, right))

    return _or_unsuited(run)


def _or_unsuited(operation: Callable[..., FeelValue]) -> Callable[..., FeelValue]:
    """An operation of FEEL: what has no value there is an error here."""

    def run(evaluation: Evaluation, *values: FeelValue) -> FeelValue:
        try:
            return operation(evaluation, *values)
        except FeelNull as reason:
            raise Unsuited(reason.args[0]) from reason

    return run


def _truth(_: Evaluation, value: FeelValue) -> bool:
    """Null is false, a text is true where it says so."""
    if type(value) is bool or value is None:
        return value is True
    if type(value) is str:
        return value.lower() == "true"
    raise Unsuited(Phrase("{value} is neither true nor false", value=type_name(value)))


def _calculated(symbol: str) -> Callable[..., FeelValue]:
    return _or_unsuited(lambda _, left, right: calculate(symbol, _number(left), _number(right)))


def _remainder(_: Evaluation, left: FeelValue, right: FeelValue) -> Decimal:
    """With the sign of the dividend, as Java has it."""
    left, right = _number(left), _number(right)
    if type(left) is not Decimal or type(right) is not Decimal:
        raise Unsuited(Phrase("{left} % {right} is not defined", left=type_name(left), right=type_name(right)))
    try:
        return NUMBERS.remainder(left, right)
    except decimal.InvalidOperation as error:
        raise Unsuited(Phrase("division by zero")) from error


OPERATIONS: Final[dict[str, Callable[..., FeelValue]]] = {
    "equals": _equals,
    "differs": lambda evaluation, left, right: not _equals(evaluation, left, right),
    **{symbol: _ordered(symbol) for symbol in ("<", "<=", ">", ">=")},
    **{symbol: _calculated(symbol) for symbol in ("+", "-", "*", "/")},
    "negative": _or_unsuited(lambda _, value: negate(_number(value))),
    "truth": _truth,
    "not": lambda evaluation, value: not _truth(evaluation, value),
    "%": _remainder,
}
TRUTHS: Final = frozenset({"equals", "differs", "<", "<=", ">", ">=", "truth", "not"})
"""Those that are true or false."""
