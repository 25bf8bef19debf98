"""Date functions and `is` (DMN 1.5, 10.3.4.6, 10.3.4.8). `now` and `today` are the host's: the engine reads no clock here."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import builtin
from engine.feel.compare import equal
from engine.feel.temporal import offset_of
from engine.feel.values import FeelValue

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("day of year", "date: date")
def day_of_year(_: Evaluation, day: date) -> Decimal:
    """From 1 to 366."""
    return Decimal(day.timetuple().tm_yday)


@builtin("day of week", "date: date")
def day_of_week(_: Evaluation, day: date) -> str:
    """The English name."""
    return _DAYS[day.weekday()]


@builtin("month of year", "date: date")
def month_of_year(_: Evaluation, day: date) -> str:
    """The English name."""
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: date")
def week_of_year(_: Evaluation, day: date) -> Decimal:
    """The week of ISO 8601."""
    return Decimal(day.isocalendar().week)


@builtin("last day of month", "date: date")
def last_day_of_month(_: Evaluation, day: date) -> date:
    """The last day of the date's month."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


@builtin("is", "value1: any", "value2: any")
def is_same(evaluation: Evaluation, left: FeelValue, right: FeelValue) -> bool:
    """Whether both are the same value: of one type and, for times, at one offset."""
    if type(left) is not type(right):
        return False
    if isinstance(left, time | datetime):
        return left.replace(tzinfo=None) == right.replace(tzinfo=None) and _same_zone(left, right)
    return equal(left, right, evaluation.charge) is True


def _same_zone(left: time | datetime, right: time | datetime) -> bool:
    return offset_of(left) == offset_of(right)
