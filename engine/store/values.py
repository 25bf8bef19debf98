"""Values of variables as they are stored: a type and a text.

| In Python | type | text |
|---|---|---|
| `None` | Null | none: a variable that is null exists, one that is absent has no row |
| `str` | String | itself |
| `bool` | Boolean | `true`, `false` |
| a whole `Decimal` or `int` of 32 bits | Integer | its digits |
| a whole one of 64 bits | Long | its digits |
| any other finite number | Double | its decimal digits, all of them (`0.10` stays `0.10`) |
| `date`, `datetime` | Date | `2026-01-31`; `2026-01-31T09:15:00+08:00` |
| `time` | Time | `09:15:00` |
| `timedelta`, `YearsMonthsDuration` | Duration | `P3DT4H`; `P1Y2M` |
| `list`, `dict` | Json | canonical JSON, decimals exact; dates inside are strings from then on |

Numbers are read back as `Decimal`, as FEEL wants them. Time and Duration are types of our own; the REST API shows them as String.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, assert_never, cast, get_args

from engine.errors import InvalidRequest
from engine.feel.values import YearsMonthsDuration
from engine.feel.wide import WideDate, WideDateTime, WideDuration, WideTime
from engine.phrases import Phrase
from engine.store import canonical

ValueType = Literal["String", "Integer", "Long", "Double", "Boolean", "Date", "Time", "Duration", "Null", "Json"]
"""The types of stored values, as the REST interface names them; Time and Duration are our own."""

VALUE_TYPES: tuple[ValueType, ...] = get_args(ValueType)

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)
_MOST_DIGITS = 20  # no 64-bit integer has more: larger exponents are never expanded
_DATE_LENGTH = len("2026-01-31")
_DAYS_TIME = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?")
_YEARS_MONTHS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?")


class StoredValue(NamedTuple):
    """A value as it stands in the database. `text` is None for Null only."""

    type: ValueType
    text: str | None

    def transient(self) -> Transient:
        """The same for this step alone."""
        return Transient(*self)


class Transient(StoredValue):
    """A value that lasts as long as the step with which it came: it is neither stored nor told in the history."""

    __slots__ = ()


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Values as expressions read them, also those that a client gave with a type."""
    return {name: from_stored(*value) if isinstance(value, StoredValue) else value for name, value in values.items()}


def to_stored(value: object) -> StoredValue:  # noqa: C901, PLR0911 - one branch a type, as the table above
    """A Python or FEEL value as type and text; a `StoredValue`, whose type a client chose, as it is.

    `InvalidRequest` for what has no place in a database: functions, ranges, NaN.
    """
    match value:
        case None:
            return StoredValue("Null", None)
        case StoredValue():
            return value
        case bool():
            return StoredValue("Boolean", "true" if value else "false")
        case str():
            return StoredValue("String", canonical.check_text(str(value)))
        case int() | float() | Decimal():
            return _number(value)
        case date() | datetime():
            return StoredValue("Date", value.isoformat())
        case time():
            return StoredValue("Time", value.isoformat())
        case timedelta():
            return StoredValue("Duration", canonical.iso_duration(value))
        case YearsMonthsDuration():
            return StoredValue("Duration", str(value))
        case Mapping() | Sequence():
            return StoredValue("Json", canonical.dumps(value))
        case WideDate() | WideDateTime() | WideTime() | WideDuration():
            raise InvalidRequest(Phrase("only years from 1 to 9999 and whole microseconds can be stored"))
        case _:
            raise InvalidRequest(Phrase("a value of type {name} cannot be stored", name=type(value).__name__))


def number_as(value: object, kind: str | None) -> object:
    """A number with the type that a model says of it, Long or Double; whatever else it is stays as it is."""
    if isinstance(value, Decimal) and value.is_finite():
        if kind == "Double":
            return StoredValue("Double", canonical.number_text(value))
        if kind == "Long" and value.adjusted() < _MOST_DIGITS and value == value.to_integral_value() and int(value) in _INT64:
            return StoredValue("Long", str(int(value)))
    return value


def from_stored(kind: str, text: str | None) -> object:  # noqa: PLR0911 - one branch a type
    """The Python value of a stored type and text. The inverse of `to_stored`, but that all numbers are `Decimal`s."""
    stored = cast(ValueType, kind)
    if stored == "Null" or text is None:
        return None
    match stored:
        case "String":
            return text
        case "Integer" | "Long" | "Double":
            return Decimal(text)
        case "Boolean":
            return text == "true"
        case "Date":
            return date.fromisoformat(text) if len(text) == _DATE_LENGTH else datetime.fromisoformat(text)
        case "Time":
            return time.fromisoformat(text)
        case "Duration":
            return _duration(text)
        case "Json":
            return canonical.loads(text)
        case _:
            assert_never(stored)


def _number(value: float | Decimal) -> StoredValue:
    exact = Decimal(value) if isinstance(value, int) else value
    text = canonical.number_text(exact)
    exact = Decimal(text)
    if exact.adjusted() < _MOST_DIGITS and exact == exact.to_integral_value():
        whole = int(exact)
        if whole in _INT32:
            return StoredValue("Integer", str(whole))
        if whole in _INT64:
            return StoredValue("Long", str(whole))
    return StoredValue("Double", text)


def _duration(text: str) -> timedelta | YearsMonthsDuration:
    if match := _YEARS_MONTHS.fullmatch(text):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonthsDuration(-months if match[1] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not a stored duration: {text!r}")
    days, hours, minutes, seconds = (int(match[group] or 0) for group in range(2, 6))
    duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=int((match[6] or "0").ljust(6, "0")))
    return -duration if match[1] else duration
