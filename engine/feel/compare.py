"""Equality and order (DMN 1.5, 10.3.2.15, tables 52 to 54): true, false, or null where two values cannot be compared."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from engine.feel.errors import FeelNull
from engine.feel.temporal import nanos_in_utc
from engine.feel.types import Charge, type_name
from engine.feel.values import FeelFunction, FeelValue, Range, YearsMonthsDuration
from engine.feel.wide import DATES, DAY, DURATIONS, MOMENTS, SECOND, TIMES, WideDate, WideDuration, length_of, nanos_of, ordinal_of
from engine.phrases import Phrase

_SAME = frozenset({Decimal, str, bool, date, timedelta, WideDate, WideDuration, YearsMonthsDuration})
_CLOCKS = TIMES | MOMENTS


def equal(left: FeelValue, right: FeelValue, charge: Charge) -> bool | None:
    """`left = right`: null only equals null; different types give null."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind in _CLOCKS:
        return _equal_clocks(left, right)
    if kind is not type(right):
        return None if type_name(left) != type_name(right) else False
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


def _equal_clocks(left: FeelValue, right: FeelValue) -> bool | None:
    """Times, and dates and times: equal by year, month, day, hour, minute, second and offset (DMN 1.5, table 53), to the second."""
    if type_name(left) != type_name(right):
        return None
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return nanos_in_utc(left) // SECOND == nanos_in_utc(right) // SECOND


def _equal_functions(left: FeelFunction, right: FeelFunction, charge: Charge) -> bool | None:  # noqa: ARG001
    return left is right


_EQUAL: dict[type, Callable[..., bool | None]] = {
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
    FeelFunction: _equal_functions,
}

ORDERS: dict[str, Callable[[FeelValue, FeelValue], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""The operators of order, on values that Python orders as FEEL does."""
_ORDERED = frozenset({Decimal, str, date, timedelta})


def order(symbol: str, left: FeelValue, right: FeelValue) -> bool:
    """`left < right` and its likes. Raises `FeelNull` where the two have no order."""
    kind = type(left)
    if kind is type(right) and kind in _ORDERED:
        return ORDERS[symbol](left, right)
    key = _KEYS.get(kind)
    if key is not None and type_name(left) == type_name(right):
        if kind not in _CLOCKS or (left.tzinfo is None) == (right.tzinfo is None):
            return ORDERS[symbol](key(left), key(right))
        # They are never equal, so that `<=` is `<`; the local one takes the offset of the other (DMN 1.5, table 54).
        return ORDERS[symbol[0]](_local_nanos(left), _local_nanos(right))
    raise FeelNull(
        Phrase("{left} and {right} cannot be compared with {symbol}", left=type_name(left), right=type_name(right), symbol=symbol)
    )


_KEYS: dict[type, Callable[[FeelValue], int]] = {
    YearsMonthsDuration: lambda value: value.total_months,
    **dict.fromkeys(DATES, ordinal_of),
    **dict.fromkeys(_CLOCKS, nanos_in_utc),
    **dict.fromkeys(DURATIONS, length_of),
}
"""What values are ordered by, other than themselves."""


def _local_nanos(value: FeelValue) -> int:
    """What the clock says, whatever the zone."""
    return nanos_of(value) + (ordinal_of(value) * DAY if type(value) in MOMENTS else 0)


def contains(span: Range, value: FeelValue) -> bool | None:
    """Whether the value lies within the range. Raises `FeelNull` where they cannot be compared."""
    if span.operator in {"=", "!="}:
        same = equal(value, span.start, lambda _: None)
        return same if span.operator == "=" or same is None else not same
    lower = (">=" if span.start_included else ">", span.start)
    upper = ("<=" if span.end_included else "<", span.end)
    return between(value, *([one for one in (lower, upper) if one[1] is not None] if span.operator else (lower, upper)))


def between(value: FeelValue, *bounds: tuple[str, FeelValue]) -> bool:
    """Whether all comparisons hold: one that does not decides, even beside one without a value. Raises `FeelNull` otherwise."""
    reason: FeelNull | None = None
    for symbol, bound in bounds:
        try:
            if not order(symbol, value, bound):
                return False
        except FeelNull as error:
            reason = error
    if reason is not None:
        raise reason
    return True
