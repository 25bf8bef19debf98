"""Date functions and `is` (DMN 1.5, 10.3.4.6 and 10.3.4.8). `now` and `today` are the host's: the engine reads no clock here."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import builtin
from engine.feel.compare import equal
from engine.feel.temporal import offset_of
from engine.feel.values import FeelValue
from engine.feel.wide import MOMENTS, TIMES, AnyDate, civil, make_date, month_length, nanos_of, ordinal, ordinal_of

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("day of year", "date: date")
def day_of_year(_: Evaluation, day: AnyDate) -> Decimal:
    """From 1 to 366."""
    days = ordinal_of(day)
    return Decimal(days - ordinal(civil(days)[0], 1, 1) + 1)


@builtin("day of week", "date: date")
def day_of_week(_: Evaluation, day: AnyDate) -> str:
    """The English name."""
    return _DAYS[(ordinal_of(day) - 1) % 7]


@builtin("month of year", "date: date")
def month_of_year(_: Evaluation, day: AnyDate) -> str:
    """The English name."""
    return _MONTHS[civil(ordinal_of(day))[1] - 1]


@builtin("week of year", "date: date")
def week_of_year(_: Evaluation, day: AnyDate) -> Decimal:
    """The week of ISO 8601: that of the Thursday of the same week, counted in the Thursday's year."""
    days = ordinal_of(day)
    thursday = days - (days - 1) % 7 + 3
    return Decimal((thursday - ordinal(civil(thursday)[0], 1, 1)) // 7 + 1)


@builtin("last day of month", "date: date")
def last_day_of_month(_: Evaluation, day: AnyDate) -> AnyDate:
    """The last day of the date's month."""
    year, month, _day = civil(ordinal_of(day))
    return make_date(ordinal(year, month, month_length(year, month)))


@builtin("is", "value1: any", "value2: any")
def is_same(evaluation: Evaluation, left: FeelValue, right: FeelValue) -> bool:
    """Whether both are the same value: of one type and, for times, at one offset."""
    if type(left) is not type(right):
        return False
    if type(left) in TIMES | MOMENTS:
        same_day = type(left) in TIMES or ordinal_of(left) == ordinal_of(right)
        return same_day and nanos_of(left) == nanos_of(right) and offset_of(left) == offset_of(right)
    return equal(left, right, evaluation.charge) is True
