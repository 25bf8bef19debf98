"""`+ - * / **` and negation (DMN 1.5, 10.3.2.5 and tables 45 to 52), by the types of both operands."""

from __future__ import annotations

import calendar
import decimal
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal

from engine.feel.errors import FeelNull
from engine.feel.temporal import instant, seconds_of_day
from engine.feel.types import type_name
from engine.feel.values import MONTHS_A_YEAR, NUMBERS, FeelValue, YearsMonthsDuration

_DAY = timedelta(days=1)
_MICRO = timedelta(microseconds=1)


def calculate(symbol: str, left: FeelValue, right: FeelValue) -> FeelValue:
    """The value of `left symbol right`. Raises `FeelNull` where it has none."""
    operation = _OPERATIONS.get((symbol, type(left), type(right)))
    if operation is None:
        raise FeelNull(f"{type_name(left)} {symbol} {type_name(right)} is not defined")
    try:
        return operation(left, right)
    except FeelNull:
        raise
    except decimal.DivisionByZero as error:
        raise FeelNull("division by zero") from error
    except decimal.InvalidOperation as error:
        raise FeelNull("division by zero" if symbol == "/" else "the result is not a number") from error
    except decimal.Overflow as error:
        raise FeelNull("the number is too large") from error
    except (OverflowError, ValueError) as error:
        raise FeelNull("the result lies outside what can be represented") from error


def negate(value: FeelValue) -> FeelValue:
    """`-value`. Raises `FeelNull` where it has none."""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if type(value) is YearsMonthsDuration:
        return YearsMonthsDuration(-value.total_months)
    if type(value) is timedelta:
        try:
            return -value
        except OverflowError as error:
            raise FeelNull("the duration is too long") from error
    raise FeelNull(f"-{type_name(value)} is not defined")


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """`base ** exponent`."""
    if not base and exponent < 0:
        raise FeelNull("division by zero")
    if not base and not exponent:
        return Decimal(1)
    return NUMBERS.power(base, exponent)


def add_months(day: date, months: int) -> date:
    """A date some months on: the day of the month, or the last one of a shorter month."""
    total = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(total, MONTHS_A_YEAR)
    if not 1 <= year <= 9999:  # noqa: PLR2004 - the years of `datetime`
        raise FeelNull("the date lies outside the years 1 to 9999")
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def micros(value: timedelta) -> Decimal:
    """The length in whole microseconds."""
    return Decimal(value // _MICRO)


def duration_of(length: Decimal) -> timedelta:
    """A duration of so many microseconds, cut to whole ones."""
    return int(length.to_integral_value(ROUND_DOWN)) * _MICRO


def _moment_plus(value: datetime, length: timedelta) -> datetime:
    if value.tzinfo is None:
        return value + length
    return (instant(value) + length).astimezone(value.tzinfo)


def _time_plus(value: time, length: timedelta) -> time:
    since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    turned = (since + length) % _DAY
    return (datetime.min + turned).time().replace(tzinfo=value.tzinfo)  # noqa: DTZ901 - a clock face, not a moment


def _date_plus(value: date, length: timedelta) -> date:
    return (datetime.combine(value, time(), UTC) + length).date()


def _moment_minus(left: datetime, right: datetime) -> timedelta:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise FeelNull("a date and time with a zone and one without have no difference")
    return left - right if left.tzinfo is None else instant(left) - instant(right)


def _midnight(value: date) -> datetime:
    return datetime.combine(value, time(), UTC)


def _time_minus(left: time, right: time) -> timedelta:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise FeelNull("a time with a zone and one without have no difference")
    return seconds_of_day(left) - seconds_of_day(right)


def _months(value: Decimal) -> YearsMonthsDuration:
    whole = value.to_integral_value(ROUND_DOWN)
    if whole.adjusted() > 18:  # noqa: PLR2004 - years beyond any calendar
        raise FeelNull("the duration is too long")
    return YearsMonthsDuration(int(whole))


def _times_months(left: YearsMonthsDuration, right: Decimal) -> YearsMonthsDuration:
    return _months(NUMBERS.multiply(Decimal(left.total_months), right))


def _times_length(left: timedelta, right: Decimal) -> timedelta:
    return duration_of(NUMBERS.multiply(micros(left), right))


def floor_remainder(left: Decimal, right: Decimal) -> Decimal:
    """`modulo`: the remainder with the sign of the divisor."""
    if not right:
        raise FeelNull("division by zero")
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
    ("+", _L, _L): lambda a, b: a + b,
    ("-", _L, _L): lambda a, b: a - b,
    ("*", _L, _N): _times_length,
    ("*", _N, _L): lambda a, b: _times_length(b, a),
    ("/", _L, _N): lambda a, b: duration_of(NUMBERS.divide(micros(a), b)),
    ("/", _L, _L): lambda a, b: NUMBERS.divide(micros(a), micros(b)),
    ("+", _Y, _Y): lambda a, b: _Y(a.total_months + b.total_months),
    ("-", _Y, _Y): lambda a, b: _Y(a.total_months - b.total_months),
    ("*", _Y, _N): _times_months,
    ("*", _N, _Y): lambda a, b: _times_months(b, a),
    ("/", _Y, _N): lambda a, b: _months(NUMBERS.divide(Decimal(a.total_months), b)),
    ("/", _Y, _Y): lambda a, b: NUMBERS.divide(Decimal(a.total_months), Decimal(b.total_months)),
    ("+", _D, _Y): lambda a, b: add_months(a, b.total_months),
    ("+", _Y, _D): lambda a, b: add_months(b, a.total_months),
    ("-", _D, _Y): lambda a, b: add_months(a, -b.total_months),
    ("+", _D, _L): _date_plus,
    ("+", _L, _D): lambda a, b: _date_plus(b, a),
    ("-", _D, _L): lambda a, b: _date_plus(a, -b),
    ("-", _D, _D): lambda a, b: a - b,
    ("-", _D, _M): lambda a, b: _moment_minus(_midnight(a), b),
    ("-", _M, _D): lambda a, b: _moment_minus(a, _midnight(b)),
    ("+", _M, _Y): lambda a, b: add_months(a, b.total_months),
    ("+", _Y, _M): lambda a, b: add_months(b, a.total_months),
    ("-", _M, _Y): lambda a, b: add_months(a, -b.total_months),
    ("+", _M, _L): _moment_plus,
    ("+", _L, _M): lambda a, b: _moment_plus(b, a),
    ("-", _M, _L): lambda a, b: _moment_plus(a, -b),
    ("-", _M, _M): _moment_minus,
    ("+", _T, _L): _time_plus,
    ("+", _L, _T): lambda a, b: _time_plus(b, a),
    ("-", _T, _L): lambda a, b: _time_plus(a, -b),
    ("-", _T, _T): _time_minus,
}
