"""Dates, times and durations as text, and their zones (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8).

A time or date and time is local (no zone), at an offset (`+08:00`) or in a zone (`@Asia/Shanghai`). Years run from 1 to 9999 and
fractions of a second to the microsecond: what lies beyond is no value.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.feel.errors import FeelNull
from engine.feel.values import MONTHS_A_YEAR, FeelValue, YearsMonthsDuration

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+\-/]+))?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*", re.ASCII)
_YEARS_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS_TIME = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
_MAX_OFFSET = timedelta(hours=18)
_MAX_DIGITS = 18
_END_OF_DAY = "24:00:00"  # of XML Schema: the midnight that ends the day


def parse_date(text: str) -> date:
    """`2026-01-31`. Raises `FeelNull` for what is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise FeelNull(f"'{_short(text)}' is not a date")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise FeelNull(f"'{_short(text)}' is not a date") from error


def parse_time(text: str) -> time:
    """`09:15:00`, with a fraction and an offset or zone if wanted. Raises `FeelNull`."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise FeelNull(f"'{_short(text)}' is not a time")
    micros = int((match[4] or "0")[:6].ljust(6, "0"))
    where = _zone_of(match)
    try:
        return time(int(match[1]), int(match[2]), int(match[3]), micros, tzinfo=where)
    except ValueError as error:
        raise FeelNull(f"'{_short(text)}' is not a time") from error


def parse_date_time(text: str) -> datetime:
    """`2026-01-31T09:15:00` with its zone; a mere date is its midnight. Raises `FeelNull`."""
    day, separator, clock = text.partition("T")
    if not separator:
        return datetime.combine(parse_date(text), time())
    if not clock.startswith(_END_OF_DAY):
        return datetime.combine(parse_date(day), parse_time(clock))
    midnight = parse_time(clock.replace("24", "00", 1))
    try:
        return datetime.combine(parse_date(day) + timedelta(days=1), midnight)
    except OverflowError as error:
        raise FeelNull("the date lies outside the years 1 to 9999") from error


def parse_duration(text: str) -> timedelta | YearsMonthsDuration:
    """`P1Y2M`, or `P1DT2H3M4.5S`: one of both kinds. Raises `FeelNull`."""
    match = _YEARS_MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        if max(len(match[2] or ""), len(match[3] or "")) > _MAX_DIGITS:
            raise FeelNull("the duration is too long")
        months = int(match[2] or 0) * MONTHS_A_YEAR + int(match[3] or 0)
        return YearsMonthsDuration(-months if match[1] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match is None or not any(match.group(2, 3, 4, 5)) or text.endswith("T"):
        raise FeelNull(f"'{_short(text)}' is not a duration")
    if any(len(part or "") > _MAX_DIGITS for part in match.group(2, 3, 4, 5)):
        raise FeelNull("the duration is too long")
    days, hours, minutes, seconds = (int(part or "0") for part in match.group(2, 3, 4, 5))
    micros = int((match[6] or "0")[:6].ljust(6, "0"))
    try:
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
        return -length if match[1] else length
    except OverflowError as error:
        raise FeelNull("the duration is too long") from error


def parse_literal(text: str) -> FeelValue:
    """What `@"…"` stands for (DMN 1.5, 10.3.1.2, rule 66). Raises `FeelNull`."""
    if "P" in text[:2]:
        return parse_duration(text)
    if _DATE.fullmatch(text):
        return parse_date(text)
    if "T" in text:
        return parse_date_time(text)
    return parse_time(text)


def _zone_of(match: re.Match[str]) -> tzinfo | None:
    if match[5]:
        return UTC
    if match[10]:
        return zone(match[10])
    if match[6]:
        length = timedelta(hours=int(match[7]), minutes=int(match[8]), seconds=int(match[9] or 0))
        return offset_zone(-length if match[6] == "-" else length)
    return None


def offset_zone(offset: timedelta) -> tzinfo:
    """A fixed offset from UTC. Raises `FeelNull` beyond 18 hours."""
    if abs(offset) > _MAX_OFFSET:
        raise FeelNull("an offset is at most 18 hours")
    return UTC if not offset else timezone(offset)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of the IANA database by its name. Raises `FeelNull` if there is none."""
    if not _ZONE.fullmatch(name):
        raise FeelNull(f"there is no time zone '{_short(name)}'")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FeelNull(f"there is no time zone '{_short(name)}'") from error


def format_date(value: date) -> str:
    """ISO 8601, four digits of the year."""
    return value.isoformat() if type(value) is date else value.strftime("%Y-%m-%d")


def format_time(value: time) -> str:
    """ISO 8601 with what is there: seconds always, a fraction without trailing zeros, the zone."""
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{fraction}{_format_zone(value.tzinfo)}"


def format_date_time(value: datetime) -> str:
    """Date and time, joined by `T`."""
    return f"{date(value.year, value.month, value.day).isoformat()}T{format_time(value.timetz())}"


def format_days_time(value: timedelta) -> str:
    """ISO 8601 in days, hours, minutes and seconds."""
    if not value:
        return "PT0S"
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    days = f"{value.days}D" if value.days else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    return f"{sign}P{days}{'T' if clock else ''}{clock}"


def _format_zone(value: tzinfo | None) -> str:
    if value is None:
        return ""
    if isinstance(value, ZoneInfo):
        return f"@{value.key}"
    offset = value.utcoffset(None)
    if not offset:
        return "Z"
    sign = "-" if offset < timedelta() else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


def offset_of(value: time | datetime) -> timedelta | None:
    """The offset from UTC, None for a local value. A time in a zone has the zone's standard offset of 1970."""
    if value.tzinfo is None:
        return None
    if isinstance(value, datetime):
        return value.utcoffset()
    return value.utcoffset() if value.utcoffset() is not None else _EPOCH.replace(tzinfo=value.tzinfo).utcoffset()


def instant(value: datetime) -> datetime:
    """The same moment in UTC: two values in one zone are compared by the moment, not by the clock on the wall."""
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise FeelNull("the date lies outside the years 1 to 9999") from error


def seconds_of_day(value: time) -> timedelta:
    """The time since midnight in UTC; a local time counts as it stands."""
    length = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return length - (offset_of(value) or timedelta())


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - fits a message
