"""Functions that make dates, times and durations (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

from datetime import UTC, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel import temporal
from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import FeelNull
from engine.feel.values import NUMBERS, FeelValue, YearsMonthsDuration
from engine.feel.wide import (
    DATES,
    DURATIONS,
    MOMENTS,
    SECOND,
    AnyDate,
    AnyDateTime,
    AnyTime,
    civil,
    instant_of,
    make_date,
    make_moment,
    make_time,
    moment_in,
    nanos_of,
    ordinal,
    ordinal_of,
)
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_HOURS, _MINUTES, _SECONDS = 24, 60, 60


@builtin("date", "from: date")
@builtin("date", "from: string")
def date_from(_: Evaluation, value: FeelValue) -> AnyDate:
    """The date of a text, or of a date and time."""
    return temporal.parse_date(value) if type(value) is str else make_date(ordinal_of(value))


@builtin("date", "year: number", "month: number", "day: number")
def date_of(_: Evaluation, year: Decimal, month: Decimal, day: Decimal) -> AnyDate:
    """The date of its parts."""
    return make_date(ordinal(whole(year, "year"), whole(month, "month"), whole(day, "day")))


@builtin("time", "from: date")
@builtin("time", "from: time")
@builtin("time", "from: string")
def time_from(_: Evaluation, value: FeelValue) -> AnyTime:
    """The time of a text, or of a date and time; a date's is midnight in UTC."""
    if type(value) is str:
        return temporal.parse_time(value)
    return make_time(0, UTC) if type(value) in DATES else make_time(nanos_of(value), value.tzinfo)


def _clock(hour: Decimal, minute: Decimal, second: Decimal) -> int:
    """The nanoseconds since midnight. Raises `FeelNull` for what is no time."""
    hours, minutes = whole(hour, "hour"), whole(minute, "minute")
    if not (0 <= hours < _HOURS and 0 <= minutes < _MINUTES and 0 <= second < _SECONDS):
        raise FeelNull(Phrase("there is no such time"))
    return (hours * 60 + minutes) * 60 * SECOND + int(NUMBERS.multiply(second, Decimal(SECOND)))


def _zone(offset: FeelValue, *, by_name: bool) -> tzinfo | None:
    if offset is None:
        return None
    if type(offset) in DURATIONS:
        return temporal.offset_zone(offset)
    if by_name and type(offset) is str:
        return temporal.zone(offset)
    only = Phrase("'offset' must be a days and time duration")
    raise FeelNull(Phrase("'offset' must be a days and time duration or the name of a zone") if by_name else only)


@builtin("time", "hour: number", "minute: number", "second: number", "offset?: any")
def time_of(_: Evaluation, hour: Decimal, minute: Decimal, second: Decimal, offset: FeelValue = None) -> AnyTime:
    """The time of its parts, local without an offset."""
    return make_time(_clock(hour, minute, second), _zone(offset, by_name=False))


@builtin("date and time", "from: date")
@builtin("date and time", "from: string")
def date_and_time_from(_: Evaluation, value: FeelValue) -> AnyDateTime:
    """The date and time of a text; a date's is its midnight."""
    if type(value) is str:
        return temporal.parse_date_time(value)
    return make_moment(ordinal_of(value), 0, None) if type(value) in DATES else value


@builtin("date and time", "date: date", "time: time")
def date_and_time(_: Evaluation, day: AnyDate, clock: AnyTime | AnyDateTime) -> AnyDateTime:
    """A date with a time."""
    return make_moment(ordinal_of(day), nanos_of(clock), clock.tzinfo)


@builtin("date and time", "date: date", "timezone: string")
def date_and_time_in_zone(_: Evaluation, moment: FeelValue, name: str) -> AnyDateTime:
    """The same moment by the clocks of another zone."""
    if type(moment) not in MOMENTS:
        raise FeelNull(Phrase("'date' must be a date and time"))
    zone = temporal.zone(name)
    return make_moment(ordinal_of(moment), nanos_of(moment), zone) if moment.tzinfo is None else moment_in(instant_of(moment), zone)


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
def date_and_time_of(evaluation: Evaluation, year: Decimal, month: Decimal, day: Decimal, *clock: FeelValue) -> AnyDateTime:
    """The date and time of its parts; the offset may be the name of a zone."""
    zone = _zone(clock[3] if len(clock) > 3 else None, by_name=True)  # noqa: PLR2004 - hour, minute, second, offset
    return make_moment(ordinal_of(date_of(evaluation, year, month, day)), _clock(clock[0], clock[1], clock[2]), zone)


@builtin("duration", "from: duration")
@builtin("duration", "from: string")
def duration(_: Evaluation, value: FeelValue) -> FeelValue:
    """The duration of a text, of either kind."""
    return temporal.parse_duration(value) if type(value) is str else value


@builtin("years and months duration", "from: date", "to: date")
def years_and_months_duration(_: Evaluation, start: AnyDate, end: AnyDate) -> YearsMonthsDuration:
    """The whole months from one date to another."""
    first, last = civil(ordinal_of(start)), civil(ordinal_of(end))
    months = (last[0] - first[0]) * 12 + last[1] - first[1]
    if months > 0 and last[2] < first[2]:
        months -= 1
    elif months < 0 and last[2] > first[2]:
        months += 1
    return YearsMonthsDuration(months)
