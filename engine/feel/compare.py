"""Equality and order (DMN 1.5, 10.3.2.13 and table 54): true, false, or null where two values cannot be compared."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.feel.errors import FeelNull
from engine.feel.temporal import instant, seconds_of_day
from engine.feel.types import Charge, type_name
from engine.feel.values import FeelFunction, FeelValue, Range, YearsMonthsDuration

_SAME = frozenset({Decimal, str, bool, date, timedelta, YearsMonthsDuration})


def equal(left: FeelValue, right: FeelValue, charge: Charge) -> bool | None:
    """`left = right`: null only equals null; different types give null."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in _SAME:
        return bool(left == right)
    return _EQUAL[kind](left, right, charge)


def _equal_lists(left: list[FeelValue], right: list[FeelValue], charge: Charge) -> bool | None:
    charge(len(left))
    if len(left) != len(right):
        return False
    return _all(equal(one, other, charge) for one, other in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, FeelValue], right: dict[str, FeelValue], charge: Charge) -> bool | None:
    charge(len(left))
    if left.keys() != right.keys():
        return False
    return _all(equal(value, right[key], charge) for key, value in left.items())


def _all(results: object) -> bool | None:
    # Different lists that hold something of different types are simply not equal.
    return all(result is True for result in results)  # type: ignore[attr-defined]  # an iterator of truth values


def _equal_ranges(left: Range, right: Range, charge: Charge) -> bool | None:
    if (left.start_included, left.end_included, left.operator) != (
        right.start_included,
        right.end_included,
        right.operator,
    ):
        return False
    return equal(left.start, right.start, charge) is True and equal(left.end, right.end, charge) is True


def _equal_moments(left: datetime, right: datetime, charge: Charge) -> bool | None:  # noqa: ARG001 - one of a table
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return left == right if left.tzinfo is None else instant(left) == instant(right)


def _equal_times(left: time, right: time, charge: Charge) -> bool | None:  # noqa: ARG001 - one of a table
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return seconds_of_day(left) == seconds_of_day(right)


def _equal_functions(left: FeelFunction, right: FeelFunction, charge: Charge) -> bool | None:  # noqa: ARG001
    return left is right


_EQUAL: dict[type, Callable[..., bool | None]] = {
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
    datetime: _equal_moments,
    time: _equal_times,
    FeelFunction: _equal_functions,
}

_ORDERS: dict[str, Callable[[FeelValue, FeelValue], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED = frozenset({Decimal, str, date, timedelta})


def order(symbol: str, left: FeelValue, right: FeelValue) -> bool:
    """`left < right` and its likes. Raises `FeelNull` where the two have no order."""
    kind = type(left)
    if kind is type(right):
        compare = _ORDERS[symbol]
        if kind in _ORDERED:
            return compare(left, right)
        if kind is YearsMonthsDuration:
            return compare(left.total_months, right.total_months)
        if kind is datetime and (left.tzinfo is None) == (right.tzinfo is None):
            return compare(left, right) if left.tzinfo is None else compare(instant(left), instant(right))
        if kind is time and (left.tzinfo is None) == (right.tzinfo is None):
            return compare(seconds_of_day(left), seconds_of_day(right))
    raise FeelNull(f"{type_name(left)} and {type_name(right)} cannot be compared with {symbol}")


def contains(span: Range, value: FeelValue) -> bool | None:
    """Whether the value lies within the range. Raises `FeelNull` where they cannot be compared."""
    if span.operator in {"=", "!="}:
        same = equal(value, span.start, lambda _: None)
        return same if span.operator == "=" or same is None else not same
    if not span.operator and (span.start is None or span.end is None):
        raise FeelNull("an end of the range is null")
    if span.start is not None and not order(">=" if span.start_included else ">", value, span.start):
        return False
    return span.end is None or order("<=" if span.end_included else "<", value, span.end)
