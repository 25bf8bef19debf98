from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.work.calendar import WorkingCalendar
from engine.work.durations import WorkingDuration, WorkingUnit, parse_working_duration, working_time_function

CALENDAR = WorkingCalendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=SHANGHAI)


def test_two_working_days_are_read():
    assert parse_working_duration("2 wd") == WorkingDuration(2, WorkingUnit.DAYS)
    assert str(parse_working_duration(" 2  wd ")) == "2 wd"


def test_six_working_hours_are_read():
    assert parse_working_duration("6 wh") == WorkingDuration(6, WorkingUnit.HOURS)


@pytest.mark.parametrize(
    "text", ["", "2", "wd", "2 d", "0 wd", "-1 wd", "2.5 wd", "2 WD", "PT6H", "10000 wd", "30 wm", "2 wd 3 wh", "２ wd"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="working time is written like"):
        parse_working_duration(text)


def test_working_days_end_at_the_same_local_time():
    assert parse_working_duration("2 wd").after(TUESDAY, CALENDAR) == datetime(2026, 11, 26, 16, 0, tzinfo=SHANGHAI)


def test_working_hours_are_hours_of_work():
    assert parse_working_duration("6 wh").after(TUESDAY, CALENDAR) == datetime(2026, 11, 25, 14, 30, tzinfo=SHANGHAI)


def test_the_longest_duration_that_can_be_written_is_counted():
    assert parse_working_duration("9999 wd").after(TUESDAY, CALENDAR).year > 2060


def test_a_model_asks_for_working_time_from_a_moment():
    working_time = working_time_function(CALENDAR)
    assert working_time(TUESDAY, "3 wd") == datetime(2026, 11, 27, 16, 0, tzinfo=SHANGHAI)


def test_the_answer_has_the_zone_of_the_question():
    working_time = working_time_function(CALENDAR)
    answer = working_time(TUESDAY.astimezone(UTC), "3 wd")
    assert answer is not None
    assert answer.tzinfo is UTC


def test_a_time_without_a_zone_and_a_date_stand_on_the_companys_clock():
    working_time = working_time_function(CALENDAR)
    assert working_time(TUESDAY.replace(tzinfo=None), "3 wd") == datetime(2026, 11, 27, 16, 0, tzinfo=SHANGHAI)
    assert working_time(date(2026, 11, 24), "1 wh") == datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("arguments", [(None, "3 wd"), (TUESDAY, None), (TUESDAY, "soon"), ("2026-11-24", "3 wd"), (TUESDAY, 3)])
def test_what_is_no_moment_or_no_duration_gives_null(arguments):
    assert working_time_function(CALENDAR)(*arguments) is None
