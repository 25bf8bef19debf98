"""Timer cycles: `R3/PT1H` (ISO 8601) and cron with seconds (`0 0/5 * * * ?`), as Camunda 7 writes them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MACROS: Final = {
    "@yearly": "0 0 0 1 1 ?",
    "@annually": "0 0 0 1 1 ?",
    "@monthly": "0 0 0 1 * ?",
    "@weekly": "0 0 0 ? * SUN",
    "@daily": "0 0 0 * * ?",
    "@midnight": "0 0 0 * * ?",
    "@hourly": "0 0 * * * ?",
}
MONTHS: Final = {
    name: number for number, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
DAYS: Final = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
RANGES: Final = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2099))
LAST_YEAR: Final = 2099
_PART: Final = re.compile(r"(?P<from>\w+|\*|\?)(?:-(?P<to>\w+))?(?:/(?P<step>\d+))?")
_REPEAT: Final = re.compile(r"R(?P<times>\d*)/(?:(?P<start>[^/]+)/)?(?P<every>P[^/]+)")


@dataclass(frozen=True, slots=True)
class Repeat:
    """An ISO 8601 repeating interval. `times`: how often it fires, None for ever; `start` and `every` are texts of ISO 8601."""

    times: int | None
    start: str | None
    every: str


def read_repeat(text: str) -> Repeat | None:
    """An interval such as `R3/PT1H`, `R/P1D` or `R2/2026-01-31T09:00:00Z/PT1H`; None for anything else."""
    found = _REPEAT.fullmatch(text.strip())
    if found is None:
        return None
    return Repeat(int(found["times"]) if found["times"] else None, found["start"], found["every"])


@dataclass(frozen=True, slots=True)
class Cron:
    """When a cron expression fires: allowed seconds, minutes, hours, days, months, days of the week (Sunday is 1) and years.

    `last_day`: the last day of the month. A day fits if both kinds of days do; a `?` or `*` lets every day fit.
    """

    fields: tuple[frozenset[int], ...]
    last_day: bool

    def after(self, moment: datetime) -> datetime:
        """The next time after a moment, on the clock of the moment's zone. Raises `ValueError` where there is none."""
        at = moment.replace(microsecond=0) + timedelta(seconds=1)
        seconds, minutes, hours, _, months, _, years = self.fields
        while at.year <= LAST_YEAR:
            if at.year not in years or at.month not in months:
                at = _midnight(at.replace(day=1) + timedelta(days=calendar.monthrange(at.year, at.month)[1]))
            elif not self._fits(at):
                at = _midnight(at + timedelta(days=1))
            elif at.hour not in hours:
                at = at.replace(minute=0, second=0) + timedelta(hours=1)
            elif at.minute not in minutes:
                at = at.replace(second=0) + timedelta(minutes=1)
            elif at.second not in seconds:
                at += timedelta(seconds=1)
            else:
                return at
        raise ValueError("the cron expression does not fire any more")

    def _fits(self, at: datetime) -> bool:
        """Whether a day is meant."""
        days, week = self.fields[3], self.fields[5]
        last = calendar.monthrange(at.year, at.month)[1]
        return (at.day == last if self.last_day else at.day in days) and at.isoweekday() % 7 + 1 in week


def read_cron(text: str) -> Cron | None:
    """A cron expression of six or seven fields, or a macro such as `@daily`; None for anything else.

    `L` as the day is the last of the month. `W` and `#`, and `L` after a number, are not known.
    """
    words = MACROS.get(text.strip().lower(), text).upper().split()
    if len(words) not in {len(RANGES) - 1, len(RANGES)}:
        return None
    words += ["*"] * (len(RANGES) - len(words))
    last_day = words[3] == "L"
    if last_day:
        words[3] = "*"
    names: tuple[dict[str, int], ...] = ({}, {}, {}, {}, MONTHS, DAYS, {})
    fields = [_field(word, low, high, known) for word, (low, high), known in zip(words, RANGES, names, strict=True)]
    if any(field is None for field in fields):
        return None
    return Cron(tuple(field for field in fields if field is not None), last_day)


def _field(word: str, low: int, high: int, names: dict[str, int]) -> frozenset[int] | None:
    allowed: set[int] = set()
    for part in word.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            return None
        whole = found["from"] in {"*", "?"}
        first = low if whole else _number(found["from"], names)
        open_end = whole or found["step"] is not None
        last = _number(found["to"], names) if found["to"] else (high if open_end else first)
        step = int(found["step"] or 1)
        if first is None or last is None or step == 0 or not low <= first <= high or not low <= last <= high:
            return None
        if first <= last:
            allowed.update(range(first, last + 1, step))
        else:  # FRI-MON
            allowed.update((it - low) % (high - low + 1) + low for it in range(first, last + high - low + 2, step))
    return frozenset(allowed)


def _number(word: str, names: dict[str, int]) -> int | None:
    return names[word] if word in names else int(word) if word.isdecimal() else None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0)
