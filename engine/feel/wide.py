"""Dates, times and durations beyond those of Python: years to ±999,999,999, and nanoseconds (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.7).

A value that Python's `date`, `time`, `datetime` or `timedelta` can hold is always one of these; only the others are of the types here.
The `make_` functions see to that. Days count from 1 for 0001-01-01, as `date.toordinal` does; years before 1 are 0 and negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeAlias

from engine.feel.errors import FeelNull
from engine.phrases import Phrase

MOST_YEARS = 999_999_999
DAY = 86_400 * 10**9  # in nanoseconds
SECOND = 10**9
MICRO = 1000
MONTHS_A_YEAR = 12

_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()
_ERA = 146_097  # days of 400 years
_BEFORE_YEAR_ONE = 306  # days from March 1 of the year 0 to 0001-01-01
_ONE_MICRO = timedelta(microseconds=1)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class WideDate:
    """A date outside the years 1 to 9999."""

    ordinal: int


@dataclass(frozen=True, slots=True)
class WideTime:
    """A time with nanoseconds."""

    nanos: int  # since midnight, by the clock
    tzinfo: tzinfo | None


@dataclass(frozen=True, slots=True)
class WideDateTime:
    """A date and time outside the years 1 to 9999, or with nanoseconds."""

    ordinal: int
    nanos: int  # since midnight, by the clock
    tzinfo: tzinfo | None


@dataclass(frozen=True, slots=True)
class WideDuration:
    """A days and time duration with nanoseconds, or of more than 999,999,999 days."""

    nanos: int


AnyDate: TypeAlias = date | WideDate
AnyTime: TypeAlias = time | WideTime
AnyDateTime: TypeAlias = datetime | WideDateTime
AnyDuration: TypeAlias = timedelta | WideDuration

DATES = frozenset({date, WideDate})
TIMES = frozenset({time, WideTime})
MOMENTS = frozenset({datetime, WideDateTime})
DURATIONS = frozenset({timedelta, WideDuration})
WIDE = frozenset({WideDate, WideTime, WideDateTime, WideDuration})


def ordinal_of(value: AnyDate | AnyDateTime) -> int:
    """The day of a date, or of a date and time."""
    return value.ordinal if isinstance(value, WideDate | WideDateTime) else value.toordinal()


def nanos_of(value: AnyTime | AnyDateTime) -> int:
    """The nanoseconds since midnight, by the clock."""
    if isinstance(value, WideTime | WideDateTime):
        return value.nanos
    return ((value.hour * 60 + value.minute) * 60 + value.second) * SECOND + value.microsecond * MICRO


def length_of(value: AnyDuration) -> int:
    """The nanoseconds of a duration."""
    return value.nanos if isinstance(value, WideDuration) else value // _ONE_MICRO * MICRO


def is_leap(year: int) -> bool:
    """Whether the year has a 29th of February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """The days of a month."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]  # noqa: PLR2004 - February


def civil(ordinal: int) -> tuple[int, int, int]:
    """Year, month and day of an ordinal, in the Gregorian calendar before and after all known dates."""
    era, day = divmod(ordinal - 1 + _BEFORE_YEAR_ONE, _ERA)
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153  # counted from March
    return era * 400 + year + (month >= 10), (month + 2) % 12 + 1, day - (153 * month + 2) // 5 + 1  # noqa: PLR2004 - January


def ordinal(year: int, month: int, day: int) -> int:
    """The ordinal of a date. Raises `FeelNull` if there is none."""
    if abs(year) > MOST_YEARS or not 1 <= month <= MONTHS_A_YEAR or not 1 <= day <= month_length(year, month):
        raise FeelNull(Phrase("there is no such date"))
    shifted = year - (month <= 2)  # noqa: PLR2004 - years that begin in March
    era, of_era = divmod(shifted, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * _ERA + of_era * 365 + of_era // 4 - of_era // 100 + of_year - _BEFORE_YEAR_ONE + 1


def make_date(days: int) -> AnyDate:
    """The date of an ordinal. Raises `FeelNull` beyond all years."""
    if _FIRST <= days <= _LAST:
        return date.fromordinal(days)
    if abs(civil(days)[0]) > MOST_YEARS:
        raise FeelNull(Phrase("the date lies beyond all years"))
    return WideDate(days)


def make_time(nanos: int, zone: tzinfo | None) -> AnyTime:
    """The time of the nanoseconds since midnight."""
    if nanos % MICRO:
        return WideTime(nanos, zone)
    seconds, rest = divmod(nanos, SECOND)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest // MICRO, tzinfo=zone)


def make_moment(days: int, nanos: int, zone: tzinfo | None) -> AnyDateTime:
    """The date and time of an ordinal and the nanoseconds since midnight, which may go over."""
    more, nanos = divmod(nanos, DAY)
    day, clock = make_date(days + more), make_time(nanos, zone)
    if isinstance(day, date) and isinstance(clock, time):
        return datetime.combine(day, clock)
    return WideDateTime(days + more, nanos, zone)


def make_length(nanos: int) -> AnyDuration:
    """The duration of so many nanoseconds."""
    if nanos % MICRO == 0:
        try:
            return timedelta(microseconds=nanos // MICRO)
        except OverflowError:
            pass  # longer than Python's
    return WideDuration(nanos)


def offset_nanos(days: int, nanos: int, zone: tzinfo) -> int:
    """The offset from UTC at a date and time by the clock of a zone. Years beyond Python's have the rules of its last and first."""
    year, month, day = civil(days)
    if not 1 < year < 9999:  # noqa: PLR2004 - the edges would overflow
        year = 9600 + year % 400 if year > 1 else 4 + year % 4
        if year == 9999:  # noqa: PLR2004 - its last hours have no UTC
            year = 9599
    seconds = nanos // SECOND
    clock = datetime(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, tzinfo=zone)
    return length_of(clock.utcoffset() or timedelta())


def instant_of(value: AnyDateTime) -> int:
    """The nanoseconds in UTC of a date and time; a local one counts as it stands."""
    days, nanos = ordinal_of(value), nanos_of(value)
    local = days * DAY + nanos
    return local if value.tzinfo is None else local - offset_nanos(days, nanos, value.tzinfo)


def moment_in(instant: int, zone: tzinfo | None) -> AnyDateTime:
    """The date and time by the clock of a zone at an instant."""
    days, nanos = divmod(instant, DAY)
    if zone is None or zone is UTC:
        return make_moment(days, nanos, zone)
    make_date(days)  # within all years
    here = instant + offset_nanos(days, nanos, zone)
    for _ in range(2):  # the offset depends on the clock that it gives
        here = instant + offset_nanos(*divmod(here, DAY), zone)
    return make_moment(*divmod(here, DAY), zone)


def add_months(days: int, months: int) -> int:
    """An ordinal some months on: the day of the month, or the last one of a shorter month."""
    year, month, day = civil(days)
    year, month = divmod(year * MONTHS_A_YEAR + month - 1 + months, MONTHS_A_YEAR)
    if abs(year) > MOST_YEARS:
        raise FeelNull(Phrase("the date lies beyond all years"))
    return ordinal(year, month + 1, min(day, month_length(year, month + 1)))
