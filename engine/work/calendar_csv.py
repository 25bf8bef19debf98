"""The calendar as CSV, out and in: one line per hours of the day and per special day.

```
kind,date,value,name,name_zh
hours,,09:00-12:00,,
day,2027-02-06,off,Spring Festival,春节
day,2027-02-20,work,Spring Festival,春节
```
A file that says anything about the days of a year says everything about it: a day of the source that the file leaves out becomes
an ordinary weekday again. So that what was exported, edited and imported holds exactly.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from engine.work.calendar import WorkingCalendar
from engine.work.hours import CalendarDay, WorkingHours, check_hours, parse_hours

COLUMNS = ("kind", "date", "value", "name", "name_zh")
_WORDS = {"work": True, "off": False}


def calendar_to_csv(calendar: WorkingCalendar, years: Iterable[int]) -> str:
    """The hours, and the special days of some years, as text with a heading line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(("hours", "", str(hours), "", "") for hours in calendar.hours)
    for year in years:
        for special in calendar.special_days(year).values():
            writer.writerow(("day", special.day.isoformat(), "work" if special.working else "off", special.name, special.name_zh))
    return out.getvalue()


def calendar_from_csv(calendar: WorkingCalendar, text: str) -> WorkingCalendar:
    """The calendar with what the file says. Raises `ValueError`, naming the line, and changes nothing then."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if reader.fieldnames is None or not {"kind", "date", "value"} <= set(reader.fieldnames):
        raise ValueError(f"line 1: the heading is {','.join(COLUMNS)}")
    hours: list[WorkingHours] = []
    days: dict[date, CalendarDay] = {}
    for line in reader:
        try:
            _read(line, hours, days)
        except ValueError as error:
            raise ValueError(f"line {reader.line_num}: {error}") from error
    return replace(
        calendar,
        hours=check_hours(hours) if hours else calendar.hours,
        days=_with_whole_years(calendar, days),
    )


def _read(line: Mapping[str, str | None], hours: list[WorkingHours], days: dict[date, CalendarDay]) -> None:
    kind, value = (line["kind"] or "").strip(), (line["value"] or "").strip()
    if kind == "hours":
        hours.append(parse_hours(value))
        return
    if kind != "day":
        raise ValueError(f"the kind is hours or day, not {kind!r}")
    if value not in _WORDS:
        raise ValueError(f"a day is work or off, not {value!r}")
    day = date.fromisoformat((line["date"] or "").strip())
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
                kept[day] = CalendarDay(day, day.weekday() in calendar.weekdays)
    return dict(sorted({**kept, **days}.items()))
