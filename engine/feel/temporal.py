"""Dates, times and durations as text, and their zones (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8).

A time or date and time is local (no zone), at an offset (`+08:00`) or in a zone (`@Asia/Shanghai`). Years have four to nine digits and a
sign if wanted, fractions of a second nine digits that count.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.feel.errors import FeelNull
from engine.feel.values import MONTHS_A_YEAR, FeelValue, YearsMonthsDuration
from engine.feel.wide import (
    DAY,
    SECOND,
    AnyDate,
    AnyDateTime,
    AnyDuration,
    AnyTime,
    WideDateTime,
    civil,
    instant_of,
    length_of,
    make_date,
    make_length,
    make_moment,
    make_time,
    nanos_of,
    offset_nanos,
    ordinal,
    ordinal_of,
)
from engine.phrases import Phrase

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+\-/]+))?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*", re.ASCII)
_YEARS_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS_TIME = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
_MAX_OFFSET = timedelta(hours=18)
_MAX_DIGITS = 18
_END_OF_DAY = "24:00:00"  # of XML Schema: the midnight that ends the day


def parse_date(text: str) -> AnyDate:
    """`2026-01-31`. Raises `FeelNull` for what is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise FeelNull(Phrase("'{text}' is not a date", text=_short(text)))
    try:
        return make_date(ordinal(int(match[1]), int(match[2]), int(match[3])))
    except FeelNull as error:
        raise FeelNull(Phrase("'{text}' is not a date", text=_short(text))) from error


def parse_time(text: str) -> AnyTime:
    """`09:15:00`, with a fraction and an offset or zone if wanted. Raises `FeelNull`."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise FeelNull(Phrase("'{text}' is not a time", text=_short(text)))
    where = _zone_of(match)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - the clock's
        raise FeelNull(Phrase("'{text}' is not a time", text=_short(text)))
    return make_time(((hour * 60 + minute) * 60 + second) * SECOND + _nanos(match[4]), where)


def parse_date_time(text: str) -> AnyDateTime:
    """`2026-01-31T09:15:00` with its zone; a mere date is its midnight. Raises `FeelNull`."""
    day, separator, clock = text.partition("T")
    if not separator:
        return make_moment(ordinal_of(parse_date(text)), 0, None)
    after = clock.startswith(_END_OF_DAY)
    at = parse_time(clock.replace("24", "00", 1) if after else clock)
    return make_moment(ordinal_of(parse_date(day)) + after, nanos_of(at), at.tzinfo)


def _nanos(digits: str | None) -> int:
    """A fraction of a second in nanoseconds; further digits are cut off."""
    return int((digits or "0")[:9].ljust(9, "0"))


def parse_duration(text: str) -> AnyDuration | YearsMonthsDuration:
    """`P1Y2M`, or `P1DT2H3M4.5S`: one of both kinds. Raises `FeelNull`."""
    match = _YEARS_MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        if max(len(match[2] or ""), len(match[3] or "")) > _MAX_DIGITS:
            raise FeelNull(Phrase("the duration is too long"))
        months = int(match[2] or 0) * MONTHS_A_YEAR + int(match[3] or 0)
        return YearsMonthsDuration(-months if match[1] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match is None or not any(match.group(2, 3, 4, 5)) or text.endswith("T"):
        raise FeelNull(Phrase("'{text}' is not a duration", text=_short(text)))
    if any(len(part or "") > _MAX_DIGITS for part in match.group(2, 3, 4, 5)):
        raise FeelNull(Phrase("the duration is too long"))
    days, hours, minutes, seconds = (int(part or "0") for part in match.group(2, 3, 4, 5))
    seconds += (days * 24 + hours) * 3600 + minutes * 60
    nanos = seconds * SECOND + _nanos(match[6])
    return make_length(-nanos if match[1] else nanos)


def parse_literal(text: str) -> FeelValue:
    """What `@"…"` stands for (DMN 1.5, 10.3.1.2, rule 65). Raises `FeelNull`."""
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
        raise FeelNull(Phrase("an offset is at most 18 hours"))
    return UTC if not offset else timezone(offset)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of the IANA database by its name. Raises `FeelNull` if there is none."""
    if not _ZONE.fullmatch(name):
        raise FeelNull(Phrase("there is no time zone '{name}'", name=_short(name)))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FeelNull(Phrase("there is no time zone '{name}'", name=_short(name))) from error


def format_date(value: AnyDate) -> str:
    """ISO 8601, at least four digits of the year."""
    year, month, day = civil(ordinal_of(value))
    return f"{'-' if year < 0 else ''}{abs(year):04d}-{month:02d}-{day:02d}"


def format_time(value: AnyTime | AnyDateTime) -> str:
    """ISO 8601 with what is there: seconds always, a fraction without trailing zeros, the zone."""
    seconds, rest = divmod(nanos_of(value), SECOND)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}{_format_zone(value.tzinfo)}"


def format_date_time(value: AnyDateTime) -> str:
    """Date and time, joined by `T`."""
    return f"{format_date(value)}T{format_time(value)}"  # type: ignore[arg-type]  # it has an ordinal, too


def format_days_time(value: AnyDuration) -> str:
    """ISO 8601 in days, hours, minutes and seconds."""
    nanos = length_of(value)
    if not nanos:
        return "PT0S"
    days, rest = divmod(abs(nanos), DAY)
    seconds, rest = divmod(rest, SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    return f"{'-' if nanos < 0 else ''}P{f'{days}D' if days else ''}{'T' if clock else ''}{clock}"


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


def offset_of(value: AnyTime | AnyDateTime) -> timedelta | None:
    """The offset from UTC, None for a local value. A time in a zone has the zone's standard offset of 1970."""
    if value.tzinfo is None:
        return None
    days = ordinal_of(value) if isinstance(value, datetime | WideDateTime) else _EPOCH
    length = make_length(offset_nanos(days, nanos_of(value) if days != _EPOCH else 0, value.tzinfo))
    return length if isinstance(length, timedelta) else None


def nanos_in_utc(value: AnyTime | AnyDateTime) -> int:
    """The moment as nanoseconds in UTC, by which two values in one zone are compared; a local one counts as it stands."""
    if isinstance(value, datetime | WideDateTime):
        return instant_of(value)
    offset = offset_of(value)
    return nanos_of(value) - (length_of(offset) if offset else 0)


_EPOCH = date(1970, 1, 1).toordinal()


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - fits a message
