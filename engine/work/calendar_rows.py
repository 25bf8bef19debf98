"""The working calendar in the database: the hours of the week, and the days on which the company differs from its country.

Where no hours are stored, the usual ones hold. The zone is a setting, and the holidays of a year come from its source.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from engine.store.tables import calendar_day, calendar_hours
from engine.work.calendar import WorkingCalendar
from engine.work.holidays import chinese_name
from engine.work.hours import MINUTES_OF_A_DAY, CalendarDay, WorkingHours

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read_calendar(conn: Connection, usual: WorkingCalendar) -> WorkingCalendar:
    """The stored calendar, in the zone and with the source of the usual one."""
    week: tuple[list[WorkingHours], ...] = tuple([] for _ in usual.week)
    for hours in conn.execute(select(calendar_hours)):
        week[hours.weekday].append(WorkingHours(_time(hours.from_minute), _time(hours.to_minute)))
    days: dict[date, CalendarDay] = {}
    for it in conn.execute(select(calendar_day).order_by(calendar_day.c.day)):
        days[it.day] = CalendarDay(it.day, it.working, it.name, chinese_name(it.name) if it.name_zh is None else it.name_zh)
    return replace(usual, week=tuple(map(tuple, week)) if any(week) else usual.week, days=days)


def write_calendar(conn: Connection, calendar: WorkingCalendar) -> None:
    """Put this calendar in the place of the stored one."""
    conn.execute(delete(calendar_hours))
    hours = [
        {"weekday": weekday, "from_minute": it.first_minute, "to_minute": it.last_minute}
        for weekday, stretches in enumerate(calendar.week)
        for it in stretches
    ]
    conn.execute(insert(calendar_hours), hours)
    conn.execute(delete(calendar_day))
    days = [{"day": it.day, "working": it.working, "name": it.name, "name_zh": it.name_zh} for it in calendar.days.values()]
    if days:
        conn.execute(insert(calendar_day), days)


def _time(minute: int) -> time:
    hour, minute = divmod(minute % MINUTES_OF_A_DAY, 60)
    return time(hour, minute)
