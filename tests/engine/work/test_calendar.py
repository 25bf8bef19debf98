import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from engine.work.calendar import DEFAULT_WEEK, WorkingCalendar
from engine.work.holidays import LAST_OFFICIAL_YEAR, chinese_year
from engine.work.hours import CalendarDay, WorkingHours, no_holidays, parse_hours, same_hours
from tests.engine.work import brute_force

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar()
PLAIN = WorkingCalendar(source=no_holidays)
DAILY = same_hours(DEFAULT_WEEK[0], range(7))


def daily(*hours: str):
    return same_hours([parse_hours(it) for it in hours], range(7))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# ---- what a working day is -----------------------------------------------------------------------------------------------


def test_people_work_from_nine_to_twelve_and_from_half_past_one_to_six():
    assert PLAIN.working_minutes(at("2026-11-24T00:00"), at("2026-11-25T00:00")) == 180 + 270
    assert PLAIN.working_minutes(at("2026-11-24T12:00"), at("2026-11-24T13:30")) == 0


def test_the_zone_of_the_company_decides_and_times_come_back_in_utc():
    done = PLAIN.add_working_minutes(at("2026-11-24T09:00"), 60)
    assert done == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert done.tzinfo is UTC


def test_a_published_holiday_on_a_weekday_is_free():
    assert not CALENDAR.is_working_day(date(2026, 10, 1))
    assert PLAIN.is_working_day(date(2026, 10, 1))


def test_a_shifted_saturday_is_worked():
    assert date(2026, 10, 10).weekday() == 5
    assert CALENDAR.is_working_day(date(2026, 10, 10))


def test_an_ordinary_weekend_is_free():
    assert not CALENDAR.is_working_day(date(2026, 11, 28))


def test_the_first_source_ends_with_its_last_official_year_and_the_next_one_warns():
    assert chinese_year(LAST_OFFICIAL_YEAR).warning is None
    following = LAST_OFFICIAL_YEAR + 1
    assert CALENDAR.warnings([LAST_OFFICIAL_YEAR, following]) == [chinese_year(following).warning]
    assert str(following) in (chinese_year(following).warning or "")


def test_an_estimated_year_uses_weekends_and_the_holidays_of_the_second_source():
    assert not CALENDAR.is_working_day(date(2027, 10, 1))
    assert CALENDAR.is_working_day(date(2027, 11, 24))
    assert not CALENDAR.is_working_day(date(2027, 11, 27))


def test_holidays_have_names_in_both_languages_in_either_source():
    for year in (2026, 2027):
        spring = [day for day in chinese_year(year).days.values() if "春节" in day.name_zh]
        assert spring, year
        assert all(day.name.isascii() for day in spring)


def test_no_published_weekend_day_is_free_and_shifted_at_once():
    for year in range(2004, LAST_OFFICIAL_YEAR + 1):
        for day in chinese_year(year).days.values():
            assert not day.working or day.day.weekday() >= 5


def test_the_calendar_agrees_with_the_published_days_on_every_day_of_twenty_years():
    import chinese_calendar  # noqa: PLC0415

    day = date(2006, 1, 1)
    while day.year <= LAST_OFFICIAL_YEAR:
        assert CALENDAR.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_each_weekday_has_its_own_hours_and_a_worked_saturday_those_of_the_first():
    short_friday = WorkingCalendar((*DEFAULT_WEEK[:4], DEFAULT_WEEK[0][:1], (), ()))
    assert short_friday.working_minutes(at("2026-11-27T00:00"), at("2026-11-28T00:00")) == 180
    assert short_friday.working_minutes(at("2026-10-10T00:00"), at("2026-10-11T00:00")) == 450


def test_the_companys_own_day_wins_over_the_source():
    own = WorkingCalendar(days={date(2026, 10, 1): CalendarDay(date(2026, 10, 1), True, "Stock taking")})
    assert own.is_working_day(date(2026, 10, 1))
    assert own.special_days(2026)[date(2026, 10, 1)].name == "Stock taking"
    assert own.special_days(2026)[date(2026, 10, 2)].name == "National Day"


@pytest.mark.parametrize(
    "wrong",
    [
        {"week": ()},
        {"week": daily()},
        {"week": daily("09:00-12:00", "11:00-13:00")},
        {"zone": "Asia/Atlantis"},
        {"zone": "../etc"},
    ],
)
def test_a_calendar_in_which_nobody_could_work_is_refused(wrong):
    with pytest.raises(ValueError, match=r"calendar|overlap|zone"):
        WorkingCalendar(**wrong)


@pytest.mark.parametrize("text", ["12:00-09:00", "9-12", "09:00", "", "25:00-26:00", "09:00-09:00"])
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match="working hours"):
        parse_hours(text)


def test_hours_read_as_they_are_written():
    assert str(parse_hours(" 09:00 - 12:00 ")) == "09:00-12:00"
    assert str(parse_hours("18:00-24:00")) == "18:00-24:00"
    assert parse_hours("18:00-24:00") == WorkingHours(time(18), time.min)


# ---- working days --------------------------------------------------------------------------------------------------------


def test_two_working_days_on_is_the_same_local_time():
    assert CALENDAR.add_working_days(at("2026-11-24T10:17:23.456"), 2) == at("2026-11-26T10:17:23.456")


def test_working_days_step_over_the_weekend():
    assert CALENDAR.add_working_days(at("2026-11-27T16:00"), 1) == at("2026-11-30T16:00")


def test_from_a_day_off_the_next_working_day_is_the_first():
    assert CALENDAR.add_working_days(at("2026-11-28T10:00"), 1) == at("2026-11-30T10:00")


def test_working_days_step_over_a_long_holiday_and_use_the_shifted_day():
    assert CALENDAR.add_working_days(at("2026-09-30T10:00"), 1) == at("2026-10-08T10:00")
    assert CALENDAR.add_working_days(at("2026-10-09T10:00"), 1) == at("2026-10-10T10:00")


def test_working_days_run_over_the_end_of_the_year():
    assert CALENDAR.add_working_days(at("2026-12-31T10:00"), 1) == at("2027-01-04T10:00")


def test_no_working_days_is_the_moment_itself():
    assert CALENDAR.add_working_days(at("2026-11-28T10:00"), 0) == at("2026-11-28T10:00")


def test_nothing_is_counted_backwards():
    for add in (CALENDAR.add_working_days, CALENDAR.add_working_minutes):
        with pytest.raises(ValueError, match="forwards"):
            add(at("2026-11-24T10:00"), -1)


def test_a_local_time_that_the_clock_skips_moves_on_with_the_clock():
    berlin = WorkingCalendar(zone="Europe/Berlin", source=no_holidays, week=DAILY)
    zone = ZoneInfo("Europe/Berlin")
    assert berlin.add_working_days(at("2027-03-27T02:30", zone), 1) == at("2027-03-28T03:30", zone)


def test_a_local_time_that_the_clock_shows_twice_is_the_earlier_one():
    berlin = WorkingCalendar(zone="Europe/Berlin", source=no_holidays, week=DAILY)
    zone = ZoneInfo("Europe/Berlin")
    done = berlin.add_working_days(at("2026-10-24T02:30", zone), 1)
    assert done == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


# ---- working minutes -----------------------------------------------------------------------------------------------------


def test_working_minutes_stand_still_at_lunch_at_night_and_at_the_weekend():
    assert CALENDAR.add_working_minutes(at("2026-11-24T11:30"), 60) == at("2026-11-24T14:00")
    assert CALENDAR.add_working_minutes(at("2026-11-27T17:30"), 60) == at("2026-11-30T09:30")


def test_working_time_that_ends_with_the_morning_ends_at_twelve():
    assert CALENDAR.add_working_minutes(at("2026-11-24T11:00"), 60) == at("2026-11-24T12:00")


def test_seconds_are_kept():
    assert CALENDAR.add_working_minutes(at("2026-11-24T11:30:15"), 60) == at("2026-11-24T14:00:15")
    assert CALENDAR.working_time(at("2026-11-24T11:59:58.5"), at("2026-11-24T13:30:01")) == timedelta(seconds=2.5)


def test_working_time_backwards_is_negative():
    assert CALENDAR.working_minutes(at("2026-11-24T11:00"), at("2026-11-24T10:30")) == -30
    assert CALENDAR.working_minutes(at("2026-11-24T11:00:30"), at("2026-11-24T10:30")) == -30


def test_half_time_is_half_of_the_working_minutes():
    # Tuesday 16:00 to Thursday 16:00 are 900 working minutes; 450 later it is Wednesday 16:00.
    assert CALENDAR.half_time(at("2026-11-24T16:00"), at("2026-11-26T16:00")) == at("2026-11-25T16:00")
    # Friday 17:00 to Monday 17:00 are 450; 225 later: 60 on Friday, 165 on Monday.
    assert CALENDAR.half_time(at("2026-11-27T17:00"), at("2026-11-30T17:00")) == at("2026-11-30T11:45")


# ---- against the slow way ------------------------------------------------------------------------------------------------

CALENDARS = [
    CALENDAR,
    WorkingCalendar(zone="Europe/Berlin", source=no_holidays, week=DAILY),
    # Night shifts over the change of the clock, in zones that change it at 2, at 1, at midnight and by half an hour.
    WorkingCalendar(daily("00:30-02:30", "22:00-24:00"), "Europe/Berlin", source=no_holidays),
    WorkingCalendar(daily("01:15-03:45"), "America/New_York", source=no_holidays),
    WorkingCalendar(daily("00:00-05:00", "23:30-24:00"), "America/Havana", source=no_holidays),
    WorkingCalendar(daily("01:45-02:15"), "Australia/Lord_Howe", source=no_holidays),
    # A short Friday, Sundays worked.
    WorkingCalendar((*DEFAULT_WEEK[:4], DEFAULT_WEEK[0][:1], (), (parse_hours("10:00-11:00"),))),
]
# The changes of the clock of 2026 in those zones, and the year's end.
MOMENTS = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01", "2026-12-31", "2026-02-14", "2026-10-01"]


@pytest.mark.parametrize("seed", range(120))
def test_counting_agrees_with_counting_minute_by_minute(seed):
    random = Random(seed)
    calendar = CALENDARS[seed % len(CALENDARS)]
    around = datetime.fromisoformat(random.choice(MOMENTS)).replace(tzinfo=UTC)
    start = around + timedelta(minutes=random.randrange(-3000, 1500))
    end = start + timedelta(minutes=random.randrange(0, 6000))
    count = random.randrange(1, 700)
    assert calendar.working_minutes(start, end) == brute_force.count_minutes(calendar, start, end)
    assert calendar.add_working_minutes(start, count) == brute_force.add_minutes(calendar, start, count)
    assert calendar.add_working_days(start, count % 30 + 1) == brute_force.add_days(calendar, start, count % 30 + 1)


@pytest.mark.parametrize("seed", range(200))
def test_adding_and_measuring_are_each_others_inverse(seed):
    random = Random(seed)
    calendar = CALENDARS[seed % len(CALENDARS)]
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=random.randrange(0, 366 * 86_400_000))
    duration = timedelta(milliseconds=random.randrange(1, 400 * 3_600_000))
    end = calendar.add_working_time(start, duration)
    assert calendar.working_time(start, end) == duration
    assert calendar.working_time(start, end - timedelta(milliseconds=1)) < duration
    assert start <= calendar.half_time(start, end) <= end


def test_half_of_nothing_is_the_start():
    assert CALENDAR.half_time(at("2026-11-28T10:00"), at("2026-11-28T12:00")) == at("2026-11-28T10:00")


def test_a_prepared_year_asks_its_source_no_more():
    asked: list[int] = []

    def source(year: int):
        asked.append(year)
        return no_holidays(year)

    calendar = WorkingCalendar(source=source)
    calendar.prepare([2026, 2027])
    assert calendar.working_minutes(at("2026-11-24T00:00"), at("2027-01-02T00:00")) > 0
    assert asked == [2026, 2027]


def test_forty_years_are_counted_in_no_time_once_they_are_known():
    start, end = at("2026-01-01T00:00"), at("2066-01-01T00:00")
    minutes = CALENDAR.working_minutes(start, end)
    begun = stopwatch.perf_counter()
    for _ in range(100):
        assert CALENDAR.working_minutes(start, end) == minutes
        assert CALENDAR.add_working_minutes(start, minutes) <= end
    assert (stopwatch.perf_counter() - begun) / 100 < 0.01  # about 0.0001 where it was measured
