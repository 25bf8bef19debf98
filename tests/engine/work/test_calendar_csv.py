from datetime import date

import pytest

from engine.work.calendar import WorkingCalendar
from engine.work.calendar_csv import calendar_from_csv, calendar_to_csv
from engine.work.hours import CalendarDay, parse_hours

CALENDAR = WorkingCalendar()
HEADING = "kind,on,value,name,name_zh\n"


def test_what_was_exported_and_imported_holds_exactly():
    text = calendar_to_csv(CALENDAR, [2026, 2027])
    again = calendar_from_csv(CALENDAR, text)
    assert again.week == CALENDAR.week
    assert calendar_to_csv(again, [2026, 2027]) == text
    assert "day,2026-10-01,off,National Day,国庆节" in text
    assert "day,2026-10-10,work," in text


def test_a_day_that_the_file_leaves_out_becomes_an_ordinary_weekday():
    lines = calendar_to_csv(CALENDAR, [2026]).splitlines()
    shortened = "\n".join(line for line in lines if "2026-10-01" not in line and "2026-10-10" not in line)
    again = calendar_from_csv(CALENDAR, shortened)
    assert again.is_working_day(date(2026, 10, 1))  # a Thursday
    assert not again.is_working_day(date(2026, 10, 10))  # a Saturday
    assert not again.is_working_day(date(2026, 10, 2))


def test_years_that_the_file_does_not_name_stay_as_they_are():
    own = WorkingCalendar(days={date(2028, 6, 1): CalendarDay(date(2028, 6, 1), False, "Anniversary")})
    again = calendar_from_csv(own, HEADING + "day,2027-02-20,work,,\n")
    assert not again.is_working_day(date(2028, 6, 1))
    assert again.is_working_day(date(2027, 2, 20))
    assert again.is_working_day(date(2027, 10, 1))  # the file said everything about 2027


def test_hours_are_replaced_where_the_file_has_some():
    again = calendar_from_csv(CALENDAR, HEADING + "hours,monday,08:00-16:00,,\n")
    assert again.week == ((parse_hours("08:00-16:00"),), (), (), (), (), (), ())
    assert calendar_from_csv(CALENDAR, HEADING).week == CALENDAR.week


def test_a_file_from_a_spreadsheet_with_a_byte_order_mark_is_read():
    again = calendar_from_csv(CALENDAR, "\ufeff" + HEADING.replace("\n", "\r\n") + "day,2026-11-24,off,,\r\n")
    assert not again.is_working_day(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the heading"),
        ("a,b\n1,2\n", "line 1: the heading"),
        (HEADING + "day,2026-02-30,off,,\n", "line 2: "),
        (HEADING + "day,2026-02-03,maybe,,\n", "line 2: a day is work or off"),
        (HEADING + "hours,monday,09:00-12:00,,\nweek,,1,,\n", "line 3: the kind is"),
        (HEADING + "day,2026-02-03,off,,\nday,2026-02-03,off,,\n", "line 3: 2026-02-03 stands twice"),
        (HEADING + "hours,someday,09:00-12:00,,\n", "line 2: a weekday is one of"),
        (HEADING + "hours,monday,noon,,\n", "line 2: working hours"),
        (HEADING + "hours,monday,09:00-12:00,,\nhours,monday,11:00-13:00,,\n", "working hours overlap"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(text, message):
    with pytest.raises(ValueError, match=message):
        calendar_from_csv(CALENDAR, text)
