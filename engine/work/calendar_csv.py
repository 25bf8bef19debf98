"""The calendar as CSV, out and in: one line for each stretch of hours of a weekday and for each special day.

```
kind,on,value,name,name_zh
hours,monday,09:00-12:00,,
day,2027-02-06,off,Spring Festival,春节
day,2027-02-20,work,Spring Festival,春节
```
A file that says anything about the days of a year says everything about it: a day of the source that the file leaves out becomes
an ordinary weekday again. So what was exported, edited and imported holds exactly. The same goes for the hours of the week.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from engine.work.calendar import WorkingCalendar
from engine.work.hours import CalendarDay, WorkingHours, parse_hours

COLUMNS = ("kind", "on", "value", "name", "name_zh")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORDS = {"work": True, "off": False}


def calendar_to_csv(calendar: WorkingCalendar, years: Iterable[int]) -> str:
    """The hours, and the special days of some years, as text with a heading line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for weekday, stretches in zip(WEEKDAYS, calendar.week, strict=True):
        writer.writerows(("hours", weekday, str(hours), "", "") for hours in stretches)
    for year in years:
        for special in calendar.special_days(year).values():
            writer.writerow(("day", special.day.isoformat(), "work" if special.working else "off", special.name, special.name_zh))
    return out.getvalue()


def calendar_from_csv(calendar: WorkingCalendar, text: str) -> WorkingCalendar:
    """The calendar with what the file says. Raises `ValueError`, naming the line, and changes nothing then."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if reader.fieldnames is None or not {"kind", "on", "value"} <= set(reader.fieldnames):
        raise ValueError(f"line 1: the heading is {','.join(COLUMNS)}")
    week: tuple[list[WorkingHours], ...] = tuple([] for _ in WEEKDAYS)
    days: dict[date, CalendarDay] = {}
    for line in reader:
        try:
            _read(line, week, days)
        except ValueError as error:
            raise ValueError(f"line {reader.line_num}: {error}") from error
    return replace(
        calendar,
        week=tuple(map(tuple, week)) if any(week) else calendar.week,
        days=_with_whole_years(calendar, days),
    )


def _read(line: Mapping[str, str | None], week: Sequence[list[WorkingHours]], days: dict[date, CalendarDay]) -> None:
    kind, on, value = (" ".join((line[column] or "").split()) for column in ("kind", "on", "value"))
    if kind == "hours":
        if on.lower() not in WEEKDAYS:
            raise ValueError(f"a weekday is one of {', '.join(WEEKDAYS)}, not {on!r}")
        week[WEEKDAYS.index(on.lower())].append(parse_hours(value))
        return
    if kind != "day":
        raise ValueError(f"the kind is hours or day, not {kind!r}")
    if value not in _WORDS:
        raise ValueError(f"a day is work or off, not {value!r}")
    day = date.fromisoformat(on)
    if day in days:
        raise ValueError(f"{day} stands twice in the file")
    days[day] = CalendarDay(day, _WORDS[value], (line.get("name") or "").strip(), (line.get("name_zh") or "").strip())


def _with_whole_years(calendar: WorkingCalendar, days: dict[date, CalendarDay]) -> dict[date, CalendarDay]:
    """The company's own days with the years of the file replaced."""
    years = {day.year for day in days}
    kept = {day: own for day, own in calendar.days.items() if day.year not in years}
    for year in years:
        for day in calendar.source(year).days:
            if day not in days:
                kept[day] = CalendarDay(day, working=calendar.is_working_weekday(day))
    return dict(sorted({**kept, **days}.items()))
