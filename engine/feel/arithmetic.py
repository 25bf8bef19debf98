"""`+ - * / **` and negation (DMN 1.5, 10.3.2.15, tables 56 to 62), by the types of both operands."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal

from engine.feel.errors import FeelNull
from engine.feel.temporal import nanos_in_utc
from engine.feel.types import type_name
from engine.feel.values import NUMBERS, FeelValue, YearsMonthsDuration
from engine.feel.wide import (
    DAY,
    DURATIONS,
    AnyDate,
    AnyDateTime,
    AnyDuration,
    AnyTime,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    add_months,
    instant_of,
    length_of,
    make_date,
    make_length,
    make_moment,
    make_time,
    moment_in,
    nanos_of,
    ordinal_of,
)
from engine.phrases import Phrase

_MOST_DIGITS = 40  # of a duration in nanoseconds


def calculate(symbol: str, left: FeelValue, right: FeelValue) -> FeelValue:
    """The value of `left symbol right`. Raises `FeelNull` where it has none."""
    operation = _OPERATIONS.get((symbol, _BASE.get(type(left), type(left)), _BASE.get(type(right), type(right))))
    if operation is None:
        raise FeelNull(Phrase("{left} {symbol} {right} is not defined", left=type_name(left), symbol=symbol, right=type_name(right)))
    try:
        return operation(left, right)
    except FeelNull:
        raise
    except decimal.DivisionByZero as error:
        raise FeelNull(Phrase("division by zero")) from error
    except decimal.InvalidOperation as error:
        raise FeelNull("division by zero" if symbol == "/" else "the result is not a number") from error
    except decimal.Overflow as error:
        raise FeelNull(Phrase("the number is too large")) from error


_BASE: dict[type, type] = {WideDate: date, WideTime: time, WideDateTime: datetime, WideDuration: timedelta}
"""The operations are declared once: they take Python's types and the wide ones alike."""


def negate(value: FeelValue) -> FeelValue:
    """`-value`. Raises `FeelNull` where it has none."""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if type(value) is YearsMonthsDuration:
        return YearsMonthsDuration(-value.total_months)
    if type(value) in DURATIONS:
        return make_length(-length_of(value))
    raise FeelNull(Phrase("-{value} is not defined", value=type_name(value)))


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """`base ** exponent`."""
    if not base and exponent < 0:
        raise FeelNull(Phrase("division by zero"))
    if not base and not exponent:
        return Decimal(1)
    return NUMBERS.power(base, exponent)


def duration_of(length: Decimal) -> AnyDuration:
    """A duration of so many nanoseconds, cut to whole ones."""
    whole = length.to_integral_value(ROUND_DOWN)
    if whole.adjusted() > _MOST_DIGITS:
        raise FeelNull(Phrase("the duration is too long"))
    return make_length(int(whole))


def nanos(value: AnyDuration) -> Decimal:
    """The length of a duration in nanoseconds."""
    return Decimal(length_of(value))


def _moment_plus(value: AnyDateTime, length: int) -> AnyDateTime:
    return moment_in(instant_of(value) + length, value.tzinfo)


def _time_plus(value: AnyTime, length: int) -> AnyTime:
    return make_time((nanos_of(value) + length) % DAY, value.tzinfo)


def _date_plus(value: AnyDate, length: int) -> AnyDate:
    return make_date(ordinal_of(value) + length // DAY)


def _date_plus_months(value: AnyDate, months: int) -> AnyDate:
    return make_date(add_months(ordinal_of(value), months))


def _moment_plus_months(value: AnyDateTime, months: int) -> AnyDateTime:
    return make_moment(add_months(ordinal_of(value), months), nanos_of(value), value.tzinfo)


def _moment_minus(left: AnyDateTime, right: AnyDateTime) -> AnyDuration:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise FeelNull(Phrase("a date and time with a zone and one without have no difference"))
    return make_length(instant_of(left) - instant_of(right))


def _midnight(value: AnyDate) -> AnyDateTime:
    return make_moment(ordinal_of(value), 0, UTC)


def _time_minus(left: AnyTime, right: AnyTime) -> AnyDuration:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise FeelNull(Phrase("a time with a zone and one without have no difference"))
    return make_length(nanos_in_utc(left) - nanos_in_utc(right))


def _months(value: Decimal) -> YearsMonthsDuration:
    whole = value.to_integral_value(ROUND_DOWN)
    if whole.adjusted() > 18:  # noqa: PLR2004 - years beyond any calendar
        raise FeelNull(Phrase("the duration is too long"))
    return YearsMonthsDuration(int(whole))


def _times_months(left: YearsMonthsDuration, right: Decimal) -> YearsMonthsDuration:
    return _months(NUMBERS.multiply(Decimal(left.total_months), right))


def _times_length(left: AnyDuration, right: Decimal) -> AnyDuration:
    return duration_of(NUMBERS.multiply(nanos(left), right))


def floor_remainder(left: Decimal, right: Decimal) -> Decimal:
    """`modulo`: the remainder with the sign of the divisor."""
    if not right:
        raise FeelNull(Phrase("division by zero"))
    remainder = NUMBERS.remainder(left, right)
    if remainder and (remainder < 0) != (right < 0):
        return NUMBERS.add(remainder, right)
    return remainder


_N, _S, _D, _T, _M, _L, _Y = Decimal, str, date, time, datetime, timedelta, YearsMonthsDuration

_OPERATIONS: dict[tuple[str, type, type], Callable[[FeelValue, FeelValue], FeelValue]] = {
    ("+", _N, _N): NUMBERS.add,
    ("-", _N, _N): NUMBERS.subtract,
    ("*", _N, _N): NUMBERS.multiply,
    ("/", _N, _N): NUMBERS.divide,
    ("**", _N, _N): power,
    ("+", _S, _S): lambda a, b: a + b,
    ("+", _L, _L): lambda a, b: make_length(length_of(a) + length_of(b)),
    ("-", _L, _L): lambda a, b: make_length(length_of(a) - length_of(b)),
    ("*", _L, _N): _times_length,
    ("*", _N, _L): lambda a, b: _times_length(b, a),
    ("/", _L, _N): lambda a, b: duration_of(NUMBERS.divide(nanos(a), b)),
    ("/", _L, _L): lambda a, b: NUMBERS.divide(nanos(a), nanos(b)),
    ("+", _Y, _Y): lambda a, b: _Y(a.total_months + b.total_months),
    ("-", _Y, _Y): lambda a, b: _Y(a.total_months - b.total_months),
    ("*", _Y, _N): _times_months,
    ("*", _N, _Y): lambda a, b: _times_months(b, a),
    ("/", _Y, _N): lambda a, b: _months(NUMBERS.divide(Decimal(a.total_months), b)),
    ("/", _Y, _Y): lambda a, b: NUMBERS.divide(Decimal(a.total_months), Decimal(b.total_months)),
    ("+", _D, _Y): lambda a, b: _date_plus_months(a, b.total_months),
    ("+", _Y, _D): lambda a, b: _date_plus_months(b, a.total_months),
    ("-", _D, _Y): lambda a, b: _date_plus_months(a, -b.total_months),
    ("+", _D, _L): lambda a, b: _date_plus(a, length_of(b)),
    ("+", _L, _D): lambda a, b: _date_plus(b, length_of(a)),
    ("-", _D, _L): lambda a, b: _date_plus(a, -length_of(b)),
    ("-", _D, _D): lambda a, b: make_length((ordinal_of(a) - ordinal_of(b)) * DAY),
    ("-", _D, _M): lambda a, b: _moment_minus(_midnight(a), b),
    ("-", _M, _D): lambda a, b: _moment_minus(a, _midnight(b)),
    ("+", _M, _Y): lambda a, b: _moment_plus_months(a, b.total_months),
    ("+", _Y, _M): lambda a, b: _moment_plus_months(b, a.total_months),
    ("-", _M, _Y): lambda a, b: _moment_plus_months(a, -b.total_months),
    ("+", _M, _L): lambda a, b: _moment_plus(a, length_of(b)),
    ("+", _L, _M): lambda a, b: _moment_plus(b, length_of(a)),
    ("-", _M, _L): lambda a, b: _moment_plus(a, -length_of(b)),
    ("-", _M, _M): _moment_minus,
    ("+", _T, _L): lambda a, b: _time_plus(a, length_of(b)),
    ("+", _L, _T): lambda a, b: _time_plus(b, length_of(a)),
    ("-", _T, _L): lambda a, b: _time_plus(a, -length_of(b)),
    ("-", _T, _T): _time_minus,
}
