"""The types of FEEL (DMN 1.5, 10.3.2.9): what `instance of` asks for and what parameters declare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Protocol

from engine.feel.values import FeelFunction, FeelValue, Range, YearsMonthsDuration
from engine.feel.wide import DATES, WideDate, WideDateTime, WideDuration, WideTime, make_moment, ordinal_of
from engine.phrases import Phrase

Charge = Callable[[int], None]
"""Takes the steps that looking at many values costs."""

ANY = "Any"
NULL = "Null"

_NAMES: dict[type, Phrase] = {
    Decimal: Phrase("number"),
    str: Phrase("string"),
    bool: Phrase("boolean"),
    date: Phrase("date"),
    time: Phrase("time"),
    datetime: Phrase("date and time"),
    timedelta: Phrase("days and time duration"),
    WideDate: Phrase("date"),
    WideTime: Phrase("time"),
    WideDateTime: Phrase("date and time"),
    WideDuration: Phrase("days and time duration"),
    YearsMonthsDuration: Phrase("years and months duration"),
    list: Phrase("list"),
    dict: Phrase("context"),
    Range: Phrase("range"),
    FeelFunction: Phrase("function"),
    type(None): Phrase("Null"),
}

SIMPLE_TYPES = frozenset(_NAMES.values()) - {"list", "context", "range", "function"} | {ANY}
"""The types that are written as a plain name."""

ALIASES = {
    "day and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "year and month duration": "years and months duration",
    "dateTime": "date and time",
    "any": ANY,
    "null": NULL,
}
"""Other spellings that models use."""


def type_name(value: FeelValue) -> Phrase:
    """The name of a value's type, as messages give it."""
    return _NAMES[type(value)]


class FeelType(Protocol):
    """A type. Null conforms to every type."""

    def accepts(self, value: FeelValue, charge: Charge) -> bool:
        """Whether the value conforms to this type (DMN 1.5, 10.3.2.9.2)."""
        ...


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A type without parameters; `list`, `context`, `range` and `function` without them accept any of their kind."""

    name: str

    def accepts(self, value: FeelValue, charge: Charge) -> bool:  # noqa: ARG002 - the protocol's
        """Whether the value is null or of this type."""
        return value is None or self.name == ANY or _NAMES[type(value)] == self.name


@dataclass(frozen=True, slots=True)
class ListType:
    """`list<item>`."""

    item: FeelType

    def accepts(self, value: FeelValue, charge: Charge) -> bool:
        """Whether the value is a list of such items."""
        if value is None:
            return True
        if type(value) is not list:
            return False
        charge(len(value))
        return all(self.item.accepts(item, charge) for item in value)


@dataclass(frozen=True, slots=True)
class RangeType:
    """`range<endpoint>`."""

    item: FeelType

    def accepts(self, value: FeelValue, charge: Charge) -> bool:
        """Whether the value is a range between such endpoints."""
        if value is None:
            return True
        if type(value) is not Range:
            return False
        return self.item.accepts(value.start, charge) and self.item.accepts(value.end, charge)


@dataclass(frozen=True, slots=True)
class ContextType:
    """`context<name: type, …>`. A context may have more entries than these."""

    entries: tuple[tuple[str, FeelType], ...]

    def accepts(self, value: FeelValue, charge: Charge) -> bool:
        """Whether the value is a context with all these entries."""
        if value is None:
            return True
        if type(value) is not dict:
            return False
        charge(len(self.entries))
        return all(name in value and kind.accepts(value[name], charge) for name, kind in self.entries)


@dataclass(frozen=True, slots=True)
class FunctionType:
    """`function<parameter, …> -> result`. Functions carry no types here, so that the number of parameters decides."""

    parameters: tuple[FeelType, ...]
    result: FeelType

    def accepts(self, value: FeelValue, charge: Charge) -> bool:  # noqa: ARG002 - the protocol's
        """Whether the value is a function that takes so many parameters."""
        return value is None or (type(value) is FeelFunction and len(value.parameters) == len(self.parameters))


def is_instance(value: FeelValue, kind: FeelType, charge: Charge) -> bool:
    """`value instance of kind`: null is an instance of nothing but `Null`."""
    if value is None:
        return kind == SimpleType(NULL)
    return kind.accepts(value, charge)


def coerce(value: FeelValue, kind: FeelType, charge: Charge) -> tuple[bool, FeelValue]:
    """Fit a value to a type (DMN 1.5, 10.3.2.9.4): singleton lists open and close, a date becomes its midnight in UTC.

    Gives whether it fits, and the fitting value.
    """
    if kind.accepts(value, charge):
        return True, value
    if type(value) is list and len(value) == 1 and kind.accepts(value[0], charge):
        return True, value[0]
    if isinstance(kind, ListType) and kind.item.accepts(value, charge):
        return True, [value]
    if type(value) in DATES and kind == SimpleType("date and time"):
        return True, make_moment(ordinal_of(value), 0, UTC)
    return False, None
