"""Canonical JSON: one text for one value, so that a hash over the text is a hash over the value.

Keys are sorted, there is no white space, letters stand as they are, and numbers keep every digit: a `Decimal` is written with its digits
and read back as a `Decimal`, never through a float. Dates, times and durations become ISO 8601 strings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from engine.errors import InvalidRequest
from engine.feel.values import YearsMonthsDuration
from engine.phrases import Phrase

_UNSTORABLE = Phrase("a text holds a character that cannot be stored")
_MICROSECONDS = 1_000_000
MAX_DEPTH = 100  # lists and contexts inside each other; what is deeper could not be read back on every stack


def dumps(value: object) -> str:
    """The canonical text of a value made of None, bool, numbers, strings, dates, durations, mappings and sequences.

    Raises `InvalidRequest` for anything else, for NaN and the infinities, for what is nested more than 100 deep, and for text that
    UTF-8 cannot hold.
    """
    parts: list[str] = []
    _write(value, parts.append, 0)
    return check_text("".join(parts))


def loads(text: str, integer: Callable[[str], object] = Decimal) -> Any:  # noqa: ANN401 - JSON is any value
    """The value of a JSON text; all numbers as exact `Decimal`s, or whole ones by `integer`."""
    return json.loads(text, parse_float=Decimal, parse_int=integer, parse_constant=_refuse_constant)


def check_text(text: str) -> str:
    """The text itself, or `InvalidRequest` where it holds what no database stores: NUL, or half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(_UNSTORABLE) from error
    return _without_nul(text)


def number_text(number: Decimal | float) -> str:
    """A finite number with all its digits, as JSON allows them; `InvalidRequest` for NaN and the infinities."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    if not exact.is_finite():
        raise InvalidRequest(Phrase("{number} is not a number that can be stored", number=number))
    return str(exact)


def iso_duration(duration: timedelta) -> str:
    """A days and time duration as ISO 8601: `P3DT4H`, `-PT0.5S`, `PT0S`."""
    microseconds = duration // timedelta(microseconds=1)
    seconds, rest = divmod(abs(microseconds), _MICROSECONDS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    second_text = f"{seconds}.{rest:06d}".rstrip("0") if rest else str(seconds)
    date_part = f"{days}D" if days else ""
    time_part = "".join((f"{hours}H" if hours else "", f"{minutes}M" if minutes else "", f"{second_text}S" if seconds or rest else ""))
    if not date_part and not time_part:
        return "PT0S"
    return f"{'-' if microseconds < 0 else ''}P{date_part}{'T' if time_part else ''}{time_part}"


def _write(value: object, write: Any, depth: int) -> None:  # noqa: ANN401, C901 - one branch a kind of value
    if depth > MAX_DEPTH:
        raise InvalidRequest(Phrase("a value is nested more than {most} deep and cannot be stored", most=MAX_DEPTH))
    match value:
        case str():
            write(encode_basestring(_without_nul(value)))
        case None:
            write("null")
        case bool():
            write("true" if value else "false")
        case int():
            write(str(int(value)))
        case Decimal() | float():
            write(number_text(value))
        case date() | datetime() | time():
            write(f'"{value.isoformat()}"')
        case timedelta():
            write(f'"{iso_duration(value)}"')
        case YearsMonthsDuration():
            write(f'"{value}"')
        case Mapping():
            _write_mapping(value, write, depth + 1)
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            _write_sequence(value, write, depth + 1)
        case _:
            raise InvalidRequest(Phrase("a value of type {name} cannot be stored", name=type(value).__name__))


def _write_mapping(mapping: Mapping[Any, object], write: Any, depth: int) -> None:  # noqa: ANN401
    separator = "{"
    for key in sorted(mapping):
        if not isinstance(key, str):
            raise InvalidRequest(Phrase("the key {key} is not a text", key=repr(key)))
        write(separator)
        write(encode_basestring(_without_nul(key)))
        write(":")
        _write(mapping[key], write, depth)
        separator = ","
    write("{}" if separator == "{" else "}")


def _write_sequence(sequence: Sequence[object], write: Any, depth: int) -> None:  # noqa: ANN401
    separator = "["
    for item in sequence:
        write(separator)
        _write(item, write, depth)
        separator = ","
    write("[]" if separator == "[" else "]")


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise InvalidRequest(_UNSTORABLE)
    return text


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
