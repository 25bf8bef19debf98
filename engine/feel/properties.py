"""What follows a dot: entries of contexts, and the properties of dates, times, durations and ranges (DMN 1.5, table 65)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.errors import FeelNull
from engine.feel.temporal import offset_of
from engine.feel.types import type_name
from engine.feel.values import NUMBERS, FeelValue, Range, YearsMonthsDuration

_SECONDS_A_DAY = 86_400


def _number(value: int) -> Decimal:
    return Decimal(value)


def _second(value: time | datetime) -> Decimal:
    return Decimal(value.second) + NUMBERS.divide(Decimal(value.microsecond), Decimal(1_000_000))


def _timezone(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _whole(value: timedelta, unit: int, modulus: int) -> Decimal:
    seconds = abs(value) // timedelta(seconds=1)
    part = seconds // unit % modulus if modulus else seconds // unit
    return Decimal(-part if value < timedelta() else part)


def _seconds(value: timedelta) -> Decimal:
    length = abs(value)
    part = Decimal(length.seconds % 60) + NUMBERS.divide(Decimal(length.microseconds), Decimal(1_000_000))
    return -part if value < timedelta() else part


_Getters = Mapping[str, Callable[[FeelValue], FeelValue]]
_DATE: _Getters = {
    "year": lambda value: _number(value.year),
    "month": lambda value: _number(value.month),
    "day": lambda value: _number(value.day),
    "weekday": lambda value: _number(value.isoweekday()),
}
_TIME: _Getters = {
    "hour": lambda value: _number(value.hour),
    "minute": lambda value: _number(value.minute),
    "second": _second,
    "time offset": offset_of,
    "timezone": _timezone,
}
_PROPERTIES: Mapping[type, _Getters] = {
    date: _DATE,
    time: _TIME,
    datetime: {**_DATE, **_TIME},
    YearsMonthsDuration: {
        "years": lambda value: _number(value.years),
        "months": lambda value: _number(value.months),
    },
    timedelta: {
        "days": lambda value: _whole(value, _SECONDS_A_DAY, 0),
        "hours": lambda value: _whole(value, 3600, 24),
        "minutes": lambda value: _whole(value, 60, 60),
        "seconds": _seconds,
    },
    Range: {
        "start": lambda value: value.start,
        "start included": lambda value: value.start_included,
        "end": lambda value: value.end,
        "end included": lambda value: value.end_included,
    },
}


def get_property(value: FeelValue, name: str) -> FeelValue:
    """`value.name`. Raises `FeelNull` where there is none. Lists are the caller's."""
    if type(value) is dict:
        try:
            return value[name]
        except KeyError:
            raise FeelNull(f"the context has no entry '{name}'") from None
    getter = _PROPERTIES.get(type(value), {}).get(name)
    if getter is None:
        raise FeelNull(f"{type_name(value)} has no property '{name}'")
    return getter(value)
