"""Dates, times and durations beyond those of Python, and that both kinds compute alike."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest

from engine.feel import wide
from engine.feel.temporal import format_date_time, format_days_time
from engine.feel.wide import WideDate, WideDateTime, WideDuration, WideTime
from tests.engine.feel.evaluating import null, same, value


def test_the_calendar_agrees_with_that_of_python() -> None:
    for ordinal in [1, 59, 60, 365, 366, date.max.toordinal(), *random.Random(1).sample(range(1, date.max.toordinal()), 5_000)]:
        day = date.fromordinal(ordinal)
        assert wide.civil(ordinal) == (day.year, day.month, day.day)
        assert wide.ordinal(day.year, day.month, day.day) == ordinal


def test_the_calendar_runs_backwards_and_forwards_without_a_gap() -> None:
    for ordinal in [*range(-800, 800), *random.Random(2).sample(range(-(10**11), 10**11), 5_000)]:
        assert wide.ordinal(*wide.civil(ordinal)) == ordinal


def test_moments_and_lengths_agree_with_those_of_python() -> None:
    chance = random.Random(3)
    for _ in range(2_000):
        moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=chance.randrange(-(10**16), 10**16))
        length = timedelta(microseconds=chance.randrange(-(10**15), 10**15))
        assert wide.moment_in(wide.instant_of(moment) + wide.length_of(length), UTC) == moment + length
        assert wide.make_length(wide.length_of(length)) == length


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('date("9999-12-31")', date),
        ('date("10000-01-01")', WideDate),
        ('date("-0001-01-01")', WideDate),
        ('time("10:00:00.123456")', time),
        ('time("10:00:00.1234561")', WideTime),
        ('date and time("9999-12-31T10:00:00Z")', datetime),
        ('date and time("99999-12-31T10:00:00Z")', WideDateTime),
        ('date and time("2026-12-31T10:00:00.000000001Z")', WideDateTime),
        ('duration("PT0.000001S")', timedelta),
        ('duration("PT0.000000001S")', WideDuration),
        ('duration("P99999999999D")', WideDuration),
        ('date("10000-01-01") - duration("P1D")', date),
        ('time("10:00:00.000000001") - duration("PT0.000000001S")', time),
    ],
)
def test_only_what_python_cannot_hold_is_wide(source: str, kind: type) -> None:
    assert type(value(source)) is kind


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('string(date("-2021-02-28") + duration("P1D"))', '"-2021-03-01"'),
        ('string(date("0001-01-01") - duration("P1D"))', '"0000-12-31"'),
        ('string(date("9999-12-31") + duration("P1M"))', '"10000-01-31"'),
        ('string(date("-2020-02-29") + duration("P1Y"))', '"-2019-02-28"'),
        ('date("20000-01-02") - date("20000-01-01")', '@"P1D"'),
        ('date("-0002-01-01") < date("0001-01-01")', "true"),
        ('date("10000-01-01") > date("9999-12-31")', "true"),
        ('date("10000-01-01") in [date("9999-01-01")..date("10001-01-01")]', "true"),
        ('date("10000-06-15").year', "10000"),
        ('date("-0044-03-15").month', "3"),
        ('day of week(date("10000-01-01"))', '"Saturday"'),
        ('day of year(date("10000-12-31"))', "366"),
        ('week of year(date("2027-01-01"))', "53"),
        ('string(last day of month(date("10000-02-01")))', '"10000-02-29"'),
        ('years and months duration(date("-0001-01-01"), date("0001-01-01"))', '@"P2Y"'),
        ('string(date and time("-2021-01-01T10:10:10@Europe/Paris") + duration("P1M"))', '"-2021-02-01T10:10:10@Europe/Paris"'),
        ('date and time("12000-07-01T12:00:00@Europe/Paris") = date and time("12000-07-01T10:00:00Z")', "true"),
        ('string(date and time("2026-01-01T00:00:00.000000001Z"))', '"2026-01-01T00:00:00.000000001Z"'),
        ('time("10:00:30.123456789").second', "30.123456789"),
        ('duration("PT1S") / 3', 'duration("PT0.333333333S")'),
        ('duration("PT0.000000001S") * 1000', 'duration("PT0.000001S")'),
        ('abs(-duration("PT0.000000001S")) = duration("PT0.000000001S")', "true"),
        ('duration("PT2H0.000000001S").hours', "2"),
        ('sum(duration("PT0.000000001S"), duration("PT1S")) > duration("PT1S")', "true"),
        ('count(for day in date("9999-12-30")..date("10000-01-02") return day)', "4"),
        ('is(time("10:00:00.000000001"), time("10:00:00.000000001"))', "true"),
        ('date("10000-01-01") instance of date', "true"),
        ('date("10000-01-01") = null', "false"),
        ('date(date and time("10000-01-01T10:00:00"))', 'date("10000-01-01")'),
        ("date(-44, 3, 15)", 'date("-0044-03-15")'),
    ],
)
def test_far_dates_and_fine_times_compute(source: str, expected: str) -> None:
    same(source, expected)


def test_times_are_equal_to_the_second_and_ordered_to_the_nanosecond() -> None:
    """Table 53 of DMN 1.5 compares hours, minutes, seconds and offsets; `is` and `<` look at the fraction, too."""
    assert value('time("10:30:00.0001") = time("10:30:00.0002")') is True
    assert value('time("10:30:00.0001") < time("10:30:00.0002")') is True
    assert value('is(time("10:30:00.0001"), time("10:30:00.0002"))') is False


@pytest.mark.parametrize(
    "source",
    ['date("1000000000-01-01")', 'date("00002026-01-01")', 'date("-2021-02-29")',
     'date("999999999-12-31") + duration("P1D")',
     'date("999999999-12-31") + duration("P1M")', 'date("999999999-12-31") + duration("P999999999999999999Y")'],
)  # fmt: skip
def test_beyond_all_years_is_null(source: str) -> None:
    assert null(source)


def test_far_dates_are_written_as_they_are_read() -> None:
    far = wide.make_moment(wide.ordinal(-999_999_999, 12, 31), 86_399 * wide.SECOND + 999_999_999, UTC)
    assert format_date_time(far) == "-999999999-12-31T23:59:59.999999999Z"
    assert format_days_time(WideDuration(-1)) == "-PT0.000000001S"
