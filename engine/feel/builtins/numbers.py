"""Numeric functions (DMN 1.5, 10.3.4.5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    InvalidOperation,
    Overflow,
)
from typing import TYPE_CHECKING

from engine.feel.arithmetic import floor_remainder
from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import FeelNull
from engine.feel.values import NUMBERS, FeelValue, YearsMonthsDuration, is_whole
from engine.feel.wide import DURATIONS, length_of, make_length
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_MIN_SCALE, _MAX_SCALE = -6111, 6176
_WIDE = NUMBERS.copy()
_WIDE.prec = 50


def rounded(value: Decimal, scale: Decimal | None, mode: str) -> Decimal:
    """The number with so many digits after the point; a negative scale rounds to tens and hundreds."""
    digits = whole(scale, "scale") if scale is not None else 0
    if not _MIN_SCALE <= digits <= _MAX_SCALE:
        raise FeelNull(Phrase("'scale' must lie between {least} and {most}", least=_MIN_SCALE, most=_MAX_SCALE))
    quantum = Decimal((0, (1,), -digits))
    try:
        return NUMBERS.plus(value.quantize(quantum, rounding=mode, context=_WIDE))
    except InvalidOperation as error:
        if digits > 0:
            return value  # it has fewer digits than that, and no room for the zeros
        raise FeelNull(Phrase("the number cannot be rounded so")) from error


def _declare(name: str, mode: str, second: str) -> None:
    def run(_: Evaluation, number: Decimal, scale: Decimal | None = None) -> Decimal:
        return rounded(number, scale, mode)

    builtin(name, "n: number", second)(run)


_declare("decimal", ROUND_HALF_EVEN, "scale: number")
_declare("floor", ROUND_FLOOR, "scale?: number")
_declare("ceiling", ROUND_CEILING, "scale?: number")
_declare("round up", ROUND_UP, "scale: number")
_declare("round down", ROUND_DOWN, "scale: number")
_declare("round half up", ROUND_HALF_UP, "scale: number")
_declare("round half down", ROUND_HALF_DOWN, "scale: number")


@builtin("abs", "n: any")
def absolute(_: Evaluation, number: FeelValue) -> FeelValue:
    """The number or duration without its sign."""
    if type(number) is Decimal:
        return number.copy_abs()
    if type(number) in DURATIONS:
        return make_length(abs(length_of(number)))
    if type(number) is YearsMonthsDuration:
        return YearsMonthsDuration(abs(number.total_months))
    raise FeelNull(Phrase("'n' must be a number or a duration"))


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(_: Evaluation, dividend: Decimal, divisor: Decimal) -> Decimal:
    """The remainder, with the sign of the divisor."""
    try:
        return floor_remainder(dividend, divisor)
    except InvalidOperation as error:
        raise FeelNull(Phrase("the remainder cannot be told exactly")) from error


def _function(name: str, operation: Callable[[Decimal], Decimal], allowed: Callable[[Decimal], bool], rule: str) -> None:
    def run(_: Evaluation, number: Decimal) -> Decimal:
        if not allowed(number):
            raise FeelNull(Phrase("'number' must be {rule}", rule=rule))
        try:
            return operation(number)
        except (InvalidOperation, Overflow) as error:
            raise FeelNull(Phrase("the number is too large")) from error

    builtin(name, "number: number")(run)


_function("sqrt", NUMBERS.sqrt, lambda n: n >= 0, Phrase("at least 0"))
_function("log", NUMBERS.ln, lambda n: n > 0, Phrase("greater than 0"))
_function("exp", NUMBERS.exp, lambda _: True, Phrase("a number"))


def _parity(value: Decimal) -> int | None:
    if not is_whole(value):
        return None
    if value.as_tuple().exponent > 0:  # type: ignore[operator]  # always an integer: the number is finite
        return 0
    return int(str(value.to_integral_value())[-1]) % 2


@builtin("odd", "number: number")
def odd(_: Evaluation, number: Decimal) -> bool:
    """Whether it is an odd integer."""
    return _parity(number) == 1


@builtin("even", "number: number")
def even(_: Evaluation, number: Decimal) -> bool:
    """Whether it is an even integer."""
    return _parity(number) == 0
