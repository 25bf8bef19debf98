"""The types of columns of decision tables, as Camunda 7 reads them: what a column takes as its type, and the type of what it gives.

Camunda 7 reads a value as the `typeRef` of its column says: `"5"` of a column of type `integer` is the number 5. FEEL knows no such reading
(DMN 1.5, 10.3.2.9.4 makes it null): what cannot be read stays as it is, and its tests fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from engine.feel import FeelValue

KINDS: Final[Mapping[str, str]] = {"integer": "Integer", "long": "Long", "double": "Double"}
"""The types of variables by the types of columns of numbers. Those of the standard have none: `number`."""

_WHOLE: Final = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{3}[+-]\d{4})?", re.ASCII)


def read_as(type_ref: str, value: FeelValue) -> FeelValue:
    """A value as its column reads it; one that it cannot read is left as it is."""
    reader = _READERS.get(type_ref)
    return value if reader is None else reader(value)


def _string(value: FeelValue) -> FeelValue:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and value.adjusted() < _MOST_DIGITS
        return str(int(value)) if whole else str(value)
    return value


def _whole(value: FeelValue) -> FeelValue:
    return Decimal(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value


def _number(value: FeelValue) -> FeelValue:
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _boolean(value: FeelValue) -> FeelValue:
    return value.lower() == "true" if isinstance(value, str) and value.lower() in {"true", "false"} else value


def _moment(value: FeelValue) -> FeelValue:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    try:
        return value if found is None else datetime.fromisoformat(found[1])
    except ValueError:
        return value


_MOST_DIGITS: Final = 20
_READERS: Final[Mapping[str, Callable[[FeelValue], FeelValue]]] = {
    "string": _string,
    "integer": _whole,
    "long": _whole,
    "double": _number,
    "boolean": _boolean,
    "date": _moment,
}
