"""Working hours and single days of a calendar: the plain values that `engine.work.calendar` counts with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from itertools import pairwise

from engine.phrases import Phrase

MINUTES_OF_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class WorkingHours:
    """One stretch of work within a day. Both ends are local times; an `end` of 00:00 is the midnight at the end of the day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        """Raise `ValueError` for hours that end before they start."""
        if self.first_minute >= self.last_minute:
            raise ValueError(f"working hours end before they start: {self}")

    @property
    def first_minute(self) -> int:
        """The minute of the day at which work begins, 0 to 1439."""
        return self.start.hour * 60 + self.start.minute

    @property
    def last_minute(self) -> int:
        """The minute of the day before which work ends, 1 to 1440."""
        return (self.end.hour * 60 + self.end.minute) or MINUTES_OF_A_DAY

    def __str__(self) -> str:
        """As people write it: `09:00-12:00`."""
        end = "24:00" if self.last_minute == MINUTES_OF_A_DAY else f"{self.end:%H:%M}"
        return f"{self.start:%H:%M}-{end}"


def parse_hours(text: str) -> WorkingHours:
    """`09:00-12:00` as a value; `24:00` may stand at the end. Raises `ValueError`."""
    start, _, end = (part.strip() for part in text.partition("-"))
    try:
        return WorkingHours(_time(start), time.min if end == "24:00" else _time(end))
    except ValueError as error:
        raise ValueError(f"working hours are written 09:00-12:00, not {text!r}") from error


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


Week = tuple[tuple[WorkingHours, ...], ...]  # the hours of each weekday, Monday first; none on a day off

_DAYS_OF_A_WEEK = 7


def same_hours(hours: Iterable[WorkingHours], weekdays: Iterable[int] = range(5)) -> Week:
    """A week with the same hours on some weekdays, 0 being Monday."""
    worked, every = frozenset(weekdays), tuple(hours)
    return tuple(every if weekday in worked else () for weekday in range(_DAYS_OF_A_WEEK))


def check_week(week: Week) -> Week:
    """The week with the hours of each day in order. Raises `ValueError` where there are none at all, or two overlap."""
    ordered = tuple(tuple(sorted(hours)) for hours in week)
    if len(ordered) != _DAYS_OF_A_WEEK or not any(ordered):
        raise ValueError("a calendar needs the hours of seven days, and some on at least one of them")
    for hours in ordered:
        for before, after in pairwise(hours):
            if before.last_minute > after.first_minute:
                raise ValueError(f"working hours overlap: {before} and {after}")
    return ordered


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that differs from its weekday: a holiday, or a weekend day that is worked (调休). The names are for people."""

    day: date
    working: bool
    name: str = ""
    name_zh: str = ""


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """What is known about a year. `official` is false where a future year is only estimated: `warning` says so."""

    year: int
    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    official: bool = True

    @property
    def warning(self) -> str | None:
        """A sentence for people where the days of the year are not official."""
        if self.official:
            return None
        return Phrase("{year}: the official working days are not published; weekends and estimated holidays are used", year=self.year)


YearSource = Callable[[int], YearOfDays]


def no_holidays(year: int) -> YearOfDays:
    """A source that knows no holidays: weekdays alone decide."""
    return YearOfDays(year)
