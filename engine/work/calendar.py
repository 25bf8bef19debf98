"""The working calendar: which moments are working time, and counting in it.

A moment is working time when the local clock stands within the working hours of a working day. Working days are the weekdays that
have hours, except for holidays and shifted days, which come from a source by year and are overridden day by day by the company's own.
Everything is counted on a table made once per year: the stretches of working time in UTC with their running sum, so that a span of
years costs a few bisections. All moments are aware datetimes; results are in UTC.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from engine.work.holidays import chinese_year
from engine.work.hours import CalendarDay, Week, WorkingHours, YearSource, check_week, parse_hours, same_hours

DEFAULT_ZONE = "Asia/Shanghai"
DEFAULT_WEEK = same_hours([parse_hours("09:00-12:00"), parse_hours("13:30-18:00")])

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Year:
    """A year counted out. Stretches of working time in ticks since 1970, in order; `sums[i]` is the working time up to `ends[i]`."""

    days: tuple[int, ...]  # ordinals of the working days
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0

    def before(self, tick: int) -> int:
        """The working time of the year before a moment."""
        index = bisect_right(self.starts, tick) - 1
        if index < 0:
            return 0
        return self.sums[index] - max(self.ends[index] - tick, 0)

    def reached(self, amount: int) -> int:
        """The earliest moment at which `amount` (above 0, at most the total) of the year's working time has passed."""
        index = bisect_left(self.sums, amount)
        return self.ends[index] - (self.sums[index] - amount)


@dataclass(frozen=True)
class WorkingCalendar:
    """A company's working time. `days` are its own holidays and worked days; they win over what `source` knows of a year."""

    week: Week = DEFAULT_WEEK
    zone: str = DEFAULT_ZONE
    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    source: YearSource = chinese_year
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise `ValueError` where nobody ever works, hours overlap or the zone is unknown."""
        object.__setattr__(self, "week", check_week(self.week))
        try:
            object.__setattr__(self, "_zone", ZoneInfo(self.zone))
        except (OSError, KeyError, ValueError) as error:
            raise ValueError(f"unknown time zone: {self.zone}") from error

    # ---- days ------------------------------------------------------------------------------------------------------------

    def special_days(self, year: int) -> dict[date, CalendarDay]:
        """The holidays and shifted days that hold in a year, in order: those of the source, overridden by the company's own."""
        own = {day: special for day, special in self.days.items() if day.year == year}
        return dict(sorted({**self.source(year).days, **own}.items()))

    def is_working_weekday(self, day: date) -> bool:
        """Whether people work on days like this one, holidays left aside."""
        return bool(self.week[day.weekday()])

    def hours_of(self, day: date) -> tuple[WorkingHours, ...]:
        """The hours of a working day. A worked Saturday has those of the first weekday that has any."""
        return self.week[day.weekday()] or next(hours for hours in self.week if hours)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day."""
        days, ordinal = self._year(day.year).days, day.toordinal()
        index = bisect_left(days, ordinal)
        return index < len(days) and days[index] == ordinal

    def warnings(self, years: Iterable[int]) -> list[str]:
        """A sentence for each year whose days are only estimated."""
        return [warning for year in years if (warning := self.source(year).warning)]

    def prepare(self, years: Iterable[int]) -> None:
        """Count out some years before they are needed: the first estimated one takes most of a second. Any thread may do it."""
        for year in years:
            self._year(year)

    def local(self, at: datetime) -> datetime:
        """The moment on the company's clock. A time without a zone is one of the company's already."""
        return at.replace(tzinfo=self._zone) if at.tzinfo is None else at.astimezone(self._zone)

    def add_working_days(self, at: datetime, count: int) -> datetime:
        """The same local time, `count` working days on; on a day off the next working day is the first.

        A local time that the clock skips on that day is moved on with the clock; one that it shows twice is the earlier.
        """
        _refuse_negative(count)
        if count == 0:
            return at.astimezone(UTC)
        local = self.local(at)
        year, index = local.year, bisect_right(self._year(local.year).days, local.toordinal()) + count - 1
        while index >= len(self._year(year).days):
            index -= len(self._year(year).days)
            year += 1
        day = date.fromordinal(self._year(year).days[index])
        return datetime.combine(day, local.time().replace(fold=0), self._zone).astimezone(UTC)

    # ---- working time ----------------------------------------------------------------------------------------------------

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments, exactly; negative where `end` is the earlier one."""
        if end < start:
            return -self.working_time(end, start)
        first, last = self.local(start).year, self.local(end).year
        ticks = self._year(last).before(_ticks(end)) - self._year(first).before(_ticks(start))
        return (ticks + sum(self._year(year).total for year in range(first, last))) * _TICK

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """The whole working minutes between two moments; negative where `end` is the earlier one."""
        time_between = self.working_time(start, end)
        return time_between // _MINUTE if time_between >= timedelta() else -(-time_between // _MINUTE)

    def add_working_time(self, at: datetime, duration: timedelta) -> datetime:
        """The earliest moment at which this much working time has passed since `at`."""
        _refuse_negative(duration // _TICK)
        if not duration:
            return at.astimezone(UTC)
        year = self.local(at).year
        amount = duration // _TICK + self._year(year).before(_ticks(at))
        while amount > self._year(year).total:
            amount -= self._year(year).total
            year += 1
        return _EPOCH + self._year(year).reached(amount) * _TICK

    def add_working_minutes(self, at: datetime, count: int) -> datetime:
        """The earliest moment at which this many working minutes have passed since `at`."""
        return self.add_working_time(at, count * _MINUTE)

    def half_time(self, start: datetime, end: datetime) -> datetime:
        """The moment at which half of the working time between two moments has passed, to the millisecond."""
        return self.add_working_time(start, self.half(start, end))

    def half(self, start: datetime, end: datetime) -> timedelta:
        """Half of the working time between two moments, to the millisecond."""
        return timedelta(milliseconds=self.working_time(start, end) // timedelta(milliseconds=2))

    # ---- the table of a year ---------------------------------------------------------------------------------------------

    def _year(self, year: int) -> _Year:
        # Two threads may both make it: they make the same.
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._count_out(year)
        return known

    def _count_out(self, year: int) -> _Year:
        special = {day: it.working for day, it in self.special_days(year).items()}
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        every = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
        days = tuple(day for day in every if special.get(day, self.is_working_weekday(day)))
        stretches = [stretch for day in days for stretch in self._stretches(day)]
        lengths = accumulate(end - start for start, end in stretches)
        starts, ends = tuple(start for start, _ in stretches), tuple(end for _, end in stretches)
        return _Year(tuple(day.toordinal() for day in days), starts, ends, tuple(lengths))

    def _stretches(self, day: date) -> Iterator[tuple[int, int]]:
        """The working time of a working day, as pairs of ticks."""
        midnight = datetime.combine(day, time.min, self._zone)
        start, end = _ticks(midnight), _ticks(midnight + timedelta(days=1))
        if end - start != timedelta(days=1) // _TICK:
            yield from self._stretches_of_a_clock_change(start, end, self.hours_of(day))
            return
        minute = _MINUTE // _TICK
        for hours in self.hours_of(day):
            yield start + hours.first_minute * minute, start + hours.last_minute * minute

    def _stretches_of_a_clock_change(self, start: int, end: int, hours: Iterable[WorkingHours]) -> Iterator[tuple[int, int]]:
        """On the two days a year on which the clock is changed, what it shows is read minute by minute."""
        minute = _MINUTE // _TICK
        opened: int | None = None
        for tick in range(start, end + minute, minute):
            working = tick < end and self._shows(tick, hours)
            if working and opened is None:
                opened = tick
            elif not working and opened is not None:
                yield opened, tick
                opened = None

    def _shows(self, tick: int, hours: Iterable[WorkingHours]) -> bool:
        local = (_EPOCH + tick * _TICK).astimezone(self._zone)
        shown = local.hour * 60 + local.minute
        return any(it.first_minute <= shown < it.last_minute for it in hours)


def _ticks(at: datetime) -> int:
    return (at - _EPOCH) // _TICK


def _refuse_negative(count: int) -> None:
    if count < 0:
        raise ValueError("working time is counted forwards")
