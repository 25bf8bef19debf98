"""What follows a dot: entries of contexts, and the properties of dates, times, durations and ranges (DMN 1.5, table 65)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.errors import FeelNull
from engine.feel.temporal import offset_of
from engine.feel.types import type_name
from engine.feel.values import NUMBERS, FeelValue, Range, YearsMonthsDuration
from engine.feel.wide import (
    DATES,
    DURATIONS,
    MOMENTS,
    SECOND,
    TIMES,
    AnyDateTime,
    AnyDuration,
    AnyTime,
    civil,
    length_of,
    nanos_of,
    ordinal_of,
)
from engine.phrases import Phrase

_SECONDS_A_DAY = 86_400


def _number(value: int) -> Decimal:
    return Decimal(value)


def _second(value: AnyTime | AnyDateTime) -> Decimal:
    return NUMBERS.divide(Decimal(nanos_of(value) % (60 * SECOND)), Decimal(SECOND))


def _timezone(value: AnyTime | AnyDateTime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _whole(value: AnyDuration, unit: int, modulus: int) -> Decimal:
    seconds = abs(length_of(value)) // SECOND
    part = seconds // unit % modulus if modulus else seconds // unit
    return Decimal(-part if length_of(value) < 0 else part)


def _seconds(value: AnyDuration) -> Decimal:
    part = NUMBERS.divide(Decimal(abs(length_of(value)) % (60 * SECOND)), Decimal(SECOND))
    return NUMBERS.minus(part) if length_of(value) < 0 else part


_Getters = Mapping[str, Callable[[FeelValue], FeelValue]]
_DATE: _Getters = {
    "year": lambda value: _number(civil(ordinal_of(value))[0]),
    "month": lambda value: _number(civil(ordinal_of(value))[1]),
    "day": lambda value: _number(civil(ordinal_of(value))[2]),
    "weekday": lambda value: _number((ordinal_of(value) - 1) % 7 + 1),
}
_TIME: _Getters = {
    "hour": lambda value: _number(nanos_of(value) // (3600 * SECOND)),
    "minute": lambda value: _number(nanos_of(value) // (60 * SECOND) % 60),
    "second": _second,
    "time offset": offset_of,
    "timezone": _timezone,
}
_DATE_TIME: _Getters = {**_DATE, **_TIME}
_LENGTH: _Getters = {
    "days": lambda value: _whole(value, _SECONDS_A_DAY, 0),
    "hours": lambda value: _whole(value, 3600, 24),
    "minutes": lambda value: _whole(value, 60, 60),
    "seconds": _seconds,
}
_PROPERTIES: Mapping[type, _Getters] = {
    **dict.fromkeys(DATES, _DATE),
    **dict.fromkeys(TIMES, _TIME),
    **dict.fromkeys(MOMENTS, _DATE_TIME),
    **dict.fromkeys(DURATIONS, _LENGTH),
    YearsMonthsDuration: {
        "years": lambda value: _number(value.years),
        "months": lambda value: _number(value.months),
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
            raise FeelNull(Phrase("the context has no entry '{name}'", name=name)) from None
    getter = _PROPERTIES.get(type(value), {}).get(name)
    if getter is None:
        raise FeelNull(Phrase("{value} has no property '{name}'", value=type_name(value), name=name))
    return getter(value)
