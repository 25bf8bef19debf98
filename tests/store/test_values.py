"""Values keep their type and every digit on their way into the database and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from engine.errors import InvalidRequest
from engine.feel.values import Range, YearsMonthsDuration
from engine.feel.wide import make_date, make_length
from engine.store import canonical
from engine.store.moments import from_milliseconds, to_milliseconds
from engine.store.values import StoredValue, from_stored, to_stored

SHANGHAI = timezone(timedelta(hours=8))

STORED = [
    (None, "Null", None),
    ("", "String", ""),
    ("采购 📦", "String", "采购 📦"),
    (True, "Boolean", "true"),
    (False, "Boolean", "false"),
    (Decimal(2147483647), "Integer", "2147483647"),
    (Decimal(-2147483648), "Integer", "-2147483648"),
    (Decimal(2147483648), "Long", "2147483648"),
    (Decimal(-9223372036854775808), "Long", "-9223372036854775808"),
    (Decimal(9223372036854775808), "Double", "9223372036854775808"),
    (Decimal("0.10"), "Double", "0.10"),
    (Decimal("-0.000000001"), "Double", "-1E-9"),
    (Decimal("1E+400"), "Double", "1E+400"),
    (Decimal("1234567890123456789012345678901.234"), "Double", "1234567890123456789012345678901.234"),
    (date(2026, 1, 31), "Date", "2026-01-31"),
    (datetime(2026, 1, 31, 9, 15, tzinfo=UTC), "Date", "2026-01-31T09:15:00+00:00"),
    (datetime(2026, 1, 31, 9, 15, 0, 123000, tzinfo=SHANGHAI), "Date", "2026-01-31T09:15:00.123000+08:00"),
    (time(9, 15), "Time", "09:15:00"),
    (timedelta(days=3, hours=4), "Duration", "P3DT4H"),
    (-timedelta(microseconds=500000), "Duration", "-PT0.5S"),
    (timedelta(0), "Duration", "PT0S"),
    (timedelta(minutes=-61), "Duration", "-PT1H1M"),
    (YearsMonthsDuration(14), "Duration", "P1Y2M"),
    (YearsMonthsDuration(-3), "Duration", "-P3M"),
    (YearsMonthsDuration(0), "Duration", "P0M"),
    ([], "Json", "[]"),
    ({}, "Json", "{}"),
    ([Decimal("0.10"), "a", None, True], "Json", '[0.10,"a",null,true]'),
    ({"b": Decimal(1), "a": {"采": [Decimal("1E+2")]}}, "Json", '{"a":{"采":[1E+2]},"b":1}'),
]


@pytest.mark.parametrize(("value", "kind", "text"), STORED)
def test_a_value_is_stored_as_its_type_and_text_and_comes_back_equal(value, kind, text):
    assert to_stored(value) == StoredValue(kind, text)
    back = from_stored(kind, text)
    assert back == value
    assert type(back) is type(value)


def test_a_decimal_keeps_its_digits_and_its_trailing_zeros():
    assert str(from_stored(*to_stored(Decimal("0.10")))) == "0.10"
    assert str(from_stored(*to_stored([Decimal("19.90")]))[0]) == "19.90"


def test_numbers_of_python_are_stored_like_decimals():
    assert to_stored(5) == to_stored(Decimal("5.00")) == StoredValue("Integer", "5")
    assert to_stored(0.1) == StoredValue("Double", "0.1")
    assert to_stored(1e300).type == "Double"


@pytest.mark.parametrize(
    "value",
    [
        Decimal("NaN"),
        Decimal("Infinity"),
        float("inf"),
        "a\x00b",
        "\ud800",
        b"bytes",
        Range(1, True, 2, True),
        object(),
        make_date(0),
        make_length(1),
    ],
)
def test_what_no_database_can_hold_is_refused(value):
    with pytest.raises(InvalidRequest):
        to_stored(value)
    with pytest.raises(InvalidRequest):
        to_stored([value])


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    assert canonical.dumps({"b": 1, "a": [2]}) == canonical.dumps({"a": [2], "b": 1}) == '{"a":[2],"b":1}'


def test_canonical_json_is_json():
    text = canonical.dumps({'\n"\\': "\u2028\x01"})
    assert canonical.loads(text) == {'\n"\\': "\u2028\x01"}


def test_keys_that_are_no_texts_are_refused():
    with pytest.raises(InvalidRequest):
        canonical.dumps({1: 2})


def test_moments_are_milliseconds_rounded_down():
    assert to_milliseconds(datetime(1970, 1, 1, 0, 0, 1, 999, tzinfo=UTC)) == 1000
    assert to_milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999500, tzinfo=UTC)) == -1
    assert from_milliseconds(to_milliseconds(datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI))) == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def test_a_moment_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="without a time zone"):
        to_milliseconds(datetime(2026, 3, 2))  # noqa: DTZ001 - the point of the test
