"""Holidays and shifted working days of China, from the two libraries that know them.

`chinesecalendar` has the days as the State Council published them, shifted working days included, up to a last year. Later years
are estimated with `holidays`: its holidays on the usual weekends, without shifted days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from chinese_calendar import constants

from engine.work.hours import CalendarDay, YearOfDays

_HOLIDAYS: Mapping[date, str] = constants.holidays
_SHIFTED: Mapping[date, str] = constants.workdays
_CHINESE: Mapping[str, str] = {holiday.value: holiday.chinese for holiday in constants.Holiday}
_SATURDAY = 5

FIRST_OFFICIAL_YEAR: int = min(_HOLIDAYS).year
LAST_OFFICIAL_YEAR: int = max(_HOLIDAYS).year


@lru_cache(maxsize=256)
def chinese_year(year: int) -> YearOfDays:
    """The special days of a year in China; estimated, and marked so, where they are not published."""
    if FIRST_OFFICIAL_YEAR <= year <= LAST_OFFICIAL_YEAR:
        return YearOfDays(year, _official(year))
    return YearOfDays(year, _estimated(year), official=False)


def _official(year: int) -> dict[date, CalendarDay]:
    found = {day: _day(day, name, working=False) for day, name in _HOLIDAYS.items() if day.year == year}
    # The library also lists ordinary weekdays of its first years as worked: only a weekend day is a shifted one.
    shifted = {day: name for day, name in _SHIFTED.items() if day.year == year and day.weekday() >= _SATURDAY}
    return dict(sorted((found | {day: _day(day, name, working=True) for day, name in shifted.items()}).items()))


def _day(day: date, name: str, *, working: bool) -> CalendarDay:
    return CalendarDay(day, working, name, chinese_name(name))


def chinese_name(name: str) -> str:
    """The Chinese name of a holiday by its English one; any other name stands for itself."""
    return _CHINESE.get(name, name)


def _estimated(year: int) -> dict[date, CalendarDay]:
    # Imported here: it takes most of a second, and a calendar of published years never needs it.
    import holidays  # noqa: PLC0415

    english = holidays.country_holidays("CN", years=year, language="en_US")
    chinese = holidays.country_holidays("CN", years=year, language="zh_CN")
    return {day: CalendarDay(day, working=False, name=english[day], name_zh=chinese[day]) for day in sorted(english) if day.year == year}
