"""Conversion functions and `not` (DMN 1.5, 10.3.4.1 and 10.3.4.2)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel import temporal
from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import FeelNull
from engine.feel.formatting import to_text
from engine.feel.values import FeelValue, YearsMonthsDuration, new_number

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)
_SEPARATORS = {None, " ", ",", "."}
_POINTS = {None, ",", "."}


@builtin("not", "negand: any")
def negation(_: Evaluation, value: FeelValue) -> bool | None:
    """True for false, false for true, null for anything else."""
    if type(value) is bool:
        return not value
    raise FeelNull("'negand' must be true or false")


@builtin("string", "from: any")
def string(evaluation: Evaluation, value: FeelValue) -> str | None:
    """The value as text; null stays null."""
    if value is None:
        raise FeelNull("'from' is null")
    return evaluation.text(to_text(value, evaluation))


@builtin("number", "from: any", "grouping separator?: any", "decimal separator?: any")
def number(_: Evaluation, value: FeelValue, grouping: FeelValue = None, point: FeelValue = None) -> Decimal:
    """The number that a text stands for; the separators are blank, comma, point or null."""
    known = all(part is None or type(part) is str for part in (grouping, point))
    if not known or grouping not in _SEPARATORS or point not in _POINTS or (grouping and grouping == point):
        raise FeelNull("the separators must be a blank, ',' or '.', and differ")
    if type(value) is Decimal:
        return value
    if type(value) is not str:
        raise FeelNull("'from' must be a string")
    text = value.replace(grouping, "") if grouping else value
    if point == ",":
        if "." in text:
            raise FeelNull("'from' is not a number")
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise FeelNull("'from' is not a number")
    try:
        return new_number(text)
    except ArithmeticError as error:
        raise FeelNull("the number is too large") from error


@builtin("date", "from: any")
def date_from(_: Evaluation, value: FeelValue) -> date:
    """The date of a text, or of a date and time."""
    if type(value) is str:
        return temporal.parse_date(value)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    raise FeelNull("'from' must be a string or a date and time")


@builtin("date", "year: number", "month: number", "day: number")
def date_of(_: Evaluation, year: Decimal, month: Decimal, day: Decimal) -> date:
    """The date of its parts."""
    try:
        return date(whole(year, "year"), whole(month, "month"), whole(day, "day"))
    except (ValueError, OverflowError) as error:
        raise FeelNull("there is no such date") from error


@builtin("time", "from: any")
def time_from(_: Evaluation, value: FeelValue) -> time:
    """The time of a text, or of a date and time; a date's is midnight in UTC."""
    if type(value) is str:
        return temporal.parse_time(value)
    if type(value) is datetime:
        return value.timetz()
    if type(value) is time:
        return value
    if type(value) is date:
        return time(tzinfo=temporal.offset_zone(timedelta()))
    raise FeelNull("'from' must be a string or a date and time")


def _clock(hour: Decimal, minute: Decimal, second: Decimal, zone: FeelValue) -> time:
    if not 0 <= second < 60:  # noqa: PLR2004 - seconds of a minute
        raise FeelNull("there is no such time")
    seconds, micros = divmod(int(second * 1_000_000), 1_000_000)
    try:
        return time(whole(hour, "hour"), whole(minute, "minute"), seconds, micros, tzinfo=zone)
    except (ValueError, OverflowError) as error:
        raise FeelNull("there is no such time") from error


@builtin("time", "hour: number", "minute: number", "second: number", "offset?: any")
def time_of(_: Evaluation, hour: Decimal, minute: Decimal, second: Decimal, offset: FeelValue = None) -> time:
    """The time of its parts, local without an offset."""
    if offset is not None and type(offset) is not timedelta:
        raise FeelNull("'offset' must be a days and time duration")
    return _clock(hour, minute, second, None if offset is None else temporal.offset_zone(offset))


@builtin("date and time", "from: any")
def date_and_time_from(_: Evaluation, value: FeelValue) -> datetime:
    """The date and time of a text; a date's is its midnight."""
    if type(value) is str:
        return temporal.parse_date_time(value)
    if type(value) is datetime:
        return value
    if type(value) is date:
        return datetime.combine(value, time())
    raise FeelNull("'from' must be a string or a date")


@builtin("date and time", "date: date", "time: time")
def date_and_time(_: Evaluation, day: date, clock: time | datetime) -> datetime:
    """A date with a time."""
    clock = clock.timetz() if isinstance(clock, datetime) else clock
    return datetime.combine(date(day.year, day.month, day.day), clock)


@builtin("date and time", "date: date", "timezone: string")
def date_and_time_in_zone(_: Evaluation, moment: date, name: str) -> datetime:
    """The same moment by the clocks of another zone."""
    if not isinstance(moment, datetime):
        raise FeelNull("'date' must be a date and time")
    zone = temporal.zone(name)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else temporal.instant(moment).astimezone(zone)


@builtin(
    "date and time",
    "year: number",
    "month: number",
    "day: number",
    "hour: number",
    "minute: number",
    "second: number",
    "offset?: any",
)
def date_and_time_of(evaluation: Evaluation, year: Decimal, month: Decimal, day: Decimal, *clock: FeelValue) -> datetime:
    """The date and time of its parts; the offset may be the name of a zone."""
    zone = clock[3] if len(clock) > 3 else None  # noqa: PLR2004 - hour, minute, second, offset
    local = datetime.combine(date_of(evaluation, year, month, day), _clock(clock[0], clock[1], clock[2], None))
    if zone is None:
        return local
    if type(zone) is timedelta:
        return local.replace(tzinfo=temporal.offset_zone(zone))
    if type(zone) is str:
        return local.replace(tzinfo=temporal.zone(zone))
    raise FeelNull("'offset' must be a days and time duration or the name of a zone")


@builtin("duration", "from: any")
def duration(_: Evaluation, value: FeelValue) -> FeelValue:
    """The duration of a text, of either kind."""
    if type(value) in {timedelta, YearsMonthsDuration}:
        return value
    if type(value) is str:
        return temporal.parse_duration(value)
    raise FeelNull("'from' must be a string")


@builtin("years and months duration", "from: date", "to: date")
def years_and_months_duration(_: Evaluation, start: date, end: date) -> YearsMonthsDuration:
    """The whole months from one date to another."""
    first, last = date(start.year, start.month, start.day), date(end.year, end.month, end.day)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonthsDuration(months)
