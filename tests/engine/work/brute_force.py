"""The slow way to count working time: minute by minute, on the clock as it shows. The tests hold the calendar against it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def is_working(calendar, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(calendar.zone))
    special = {**calendar.source(local.year).days, **calendar.days}.get(local.date())
    working = special.working if special else bool(calendar.week[local.weekday()])
    shown = local.hour * 60 + local.minute
    return working and any(hours.first_minute <= shown < hours.last_minute for hours in calendar.week[local.weekday()] or calendar.week[0])


def count_minutes(calendar, start: datetime, end: datetime) -> int:
    count, at = 0, start
    while at < end:
        count += is_working(calendar, at)
        at += MINUTE
    return count


def add_minutes(calendar, start: datetime, count: int) -> datetime:
    at = start
    while count:
        count -= is_working(calendar, at)
        at += MINUTE
    return at


def add_days(calendar, start: datetime, count: int) -> datetime:
    zone = ZoneInfo(calendar.zone)
    local = start.astimezone(zone)
    day = local.date()
    while count:
        day += timedelta(days=1)
        special = {**calendar.source(day.year).days, **calendar.days}.get(day)
        count -= special.working if special else bool(calendar.week[day.weekday()])
    return datetime.combine(day, local.time().replace(fold=0), zone)
