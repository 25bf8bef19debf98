"""Durations in working time, as models write them: `2 wd` (working days) and `6 wh` (working hours)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from engine.work.calendar import WorkingCalendar

# At most four digits: a model cannot make the calendar count through thousands of years.
_DURATION = re.compile(r"\s*([1-9][0-9]{0,3})\s+(wd|wh)\s*", re.ASCII)
_MINUTES_OF_AN_HOUR = 60


class WorkingUnit(StrEnum):
    """In what a working duration is counted."""

    DAYS = "wd"
    HOURS = "wh"


@dataclass(frozen=True, slots=True)
class WorkingDuration:
    """A span of working time. `2 wd` ends at the same local time two working days on, `6 wh` after six hours of work."""

    amount: int
    unit: WorkingUnit

    def after(self, at: datetime, calendar: WorkingCalendar) -> datetime:
        """The moment this long after `at`, in UTC."""
        if self.unit is WorkingUnit.DAYS:
            return calendar.add_working_days(at, self.amount)
        return calendar.add_working_minutes(at, self.amount * _MINUTES_OF_AN_HOUR)

    def __str__(self) -> str:
        """As a model writes it."""
        return f"{self.amount} {self.unit}"


def parse_working_duration(text: str) -> WorkingDuration:
    """`2 wd` or `6 wh` as a value. Raises `ValueError` for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f'working time is written like "2 wd" or "6 wh" (1 to 9999), not {text!r}')
    return WorkingDuration(int(match[1]), WorkingUnit(match[2]))


def working_time_function(calendar: WorkingCalendar) -> Callable[[object, object], datetime | None]:
    """The FEEL function `working time(from, duration)`: null for anything that is not a moment and a working duration.

    The result has the zone of `from`. A date begins at midnight, and a time without a zone stands, on the company's clock.
    """

    def working_time(start: object, duration: object) -> datetime | None:
        at = _moment(start, calendar)
        if at is None or not isinstance(duration, str):
            return None
        try:
            return parse_working_duration(duration).after(at, calendar).astimezone(at.tzinfo)
        except (ValueError, OverflowError):
            return None

    return working_time


def _moment(value: object, calendar: WorkingCalendar) -> datetime | None:
    if isinstance(value, datetime):
        return calendar.local(value) if value.tzinfo is None else value
    if isinstance(value, date):
        return calendar.local(datetime.combine(value, time.min))
    return None
