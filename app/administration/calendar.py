"""The working calendar: a year with its days off, the hours of the week, single days that differ."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from babel.dates import get_month_names
from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from app.administration import words
from app.administration.blueprint import blueprint, seen, typed, typed_names
from app.administration.past import recent
from app.auth.views import actor
from app.i18n import language, local, show_day
from app.services import services
from app.words import gettext, ngettext
from engine import CalendarDay, Conflict, FieldProblem, InvalidSubmission, parse_hours

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.tasks.model import Problem
    from engine import WorkingCalendar, WorkingHours

Answer = Response | tuple[str, int]
FIRST, LAST = 1950, 2200
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month. `kind`: work, weekend, holiday, shifted (a weekend day that is worked)."""

    number: int
    kind: str
    name: str
    own: bool  # the company's own, not the country's
    is_today: bool

    @property
    def is_worked(self) -> bool:
        """Whether people work on it."""
        return self.kind in {"work", "shifted"}


@dataclass(frozen=True, slots=True)
class Special:
    """A day that differs from its weekday, or several on end that are told in one line: the company's own stand each for itself."""

    day: date
    last: date
    working: bool
    name: str
    own: bool


@blueprint.get("/calendar", endpoint="calendar")
def show() -> str:
    """The year."""
    return _page()


@blueprint.post("/calendar/week", endpoint="calendar_week")
def set_week() -> Answer:
    """Set the hours of the week."""

    def do() -> None:
        services().engine.organisation.set_week(actor(), _sent_week(), seen())

    return _try(do, "week", gettext("The hours were saved. Deadlines that run already stay as they are."))


@blueprint.post("/calendar/day", endpoint="calendar_day")
def set_day() -> Answer:
    """Add a day that differs, or change one."""
    told: list[str] = []

    def do() -> None:
        day = _sent_day()
        special = CalendarDay(day, request.form.get("working") == "1", **typed_names(_LONGEST))
        services().engine.organisation.set_day(actor(), special, seen())
        told.append(_saved(day))

    return _try(do, "day", lambda: told[0])


@blueprint.post("/calendar/clear", endpoint="calendar_clear")
def clear_day() -> Answer:
    """Take back what the company has said about a day."""
    told: list[str] = []

    def do() -> None:
        day = _sent_day()
        services().engine.organisation.clear_day(actor(), day, typed("reason", _LONGEST), seen())
        told.append(show_day(day))

    return _try(do, "clear", lambda: gettext("%(day)s is again what the country makes of it.", day=told[0]))


def _try(do: Callable[[], None], form: str, done: str | Callable[[], str]) -> Answer:
    try:
        do()
    except InvalidSubmission as refused:
        return _page(form, problems=words.problems_of(refused.problems, ""), version_seen=seen()), 422
    except Conflict as late:
        return _page(form, problem=words.conflict(late.details.get("by"))), 409
    flash(done if isinstance(done, str) else done(), "done")
    return redirect(url_for("administration.calendar", year=_year()), 303)


def _sent_week() -> tuple[tuple[WorkingHours, ...], ...]:
    try:
        return tuple(tuple(parse_hours(it) for it in _stretches(typed(f"hours.{day}", _LONGEST))) for day in range(7))
    except ValueError as error:
        raise InvalidSubmission([FieldProblem("week", "hours", str(error))]) from error


def _stretches(text: str) -> list[str]:
    """`09:00-12:00, 13:30-18:00` in its parts, however people separate and dash them."""
    for sign, plain in (("，", ","), (";", ","), ("；", ","), ("、", ","), ("–", "-"), ("—", "-"), ("~", "-"), ("：", ":")):
        text = text.replace(sign, plain)
    return [it.strip() for it in text.split(",") if it.strip()]


def _saved(day: date) -> str:
    """What was done, and what it means for what is open."""
    start = services().engine.organisation.calendar().local(datetime.combine(day, time.min))
    due = services().engine.tasks.due_between(actor(), start, start + timedelta(days=1))
    return (
        ngettext(
            "%(day)s was saved. %(num)s open task is due on that day, and stays so.",
            "%(day)s was saved. %(num)s open tasks are due on that day, and stay so.",
            due,
            day=show_day(day),
        )
        if due
        else gettext("%(day)s was saved. Deadlines that run already stay as they are.", day=show_day(day))
    )


def _sent_day() -> date:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise InvalidSubmission([FieldProblem("day", "day", "this is no day")]) from error
    if not FIRST <= day.year <= LAST:
        raise InvalidSubmission([FieldProblem("day", "day", "this is no day of a calendar")])
    return day


def _year() -> int:
    wanted = request.args.get("year", type=int) or request.form.get("year", type=int) or local(services().clock.now()).year
    return min(max(wanted, FIRST), LAST)


def _page(form: str = "", *, problems: tuple[Problem, ...] = (), problem: str = "", version_seen: int | None = None) -> str:
    # The version is read before the calendar: what is changed in between is refused once more than needed, never once too little.
    version = services().engine.organisation.directory().version
    known, year = services().engine.organisation.calendar(), _year()
    in_months = [_month(known, year, month) for month in range(1, 13)]
    special = known.special_days(year)
    lines = _in_lines([it for it in special.values() if _differs(known, it)], known)
    return render_template(
        "administration/calendar.html",
        year=year,
        months=in_months,
        special=lines,
        differing=sum((it.last - it.day).days + 1 for it in lines),
        week=_week(known, form),
        official=known.source(year).official,
        zone=known.zone,
        working_days=sum(day is not None and day.is_worked for _, weeks in in_months for week in weeks for day in week),
        form=form,
        typed=request.form if form else {},
        labels=words.labels(),
        wrong={it.path: it.message for it in problems},
        problems=problems,
        problem=problem,
        seen=version if version_seen is None else version_seen,
        first=FIRST,
        last=LAST,
        past=recent("calendar"),
    )


def _in_lines(days: list[CalendarDay], known: WorkingCalendar) -> list[Special]:
    """Days of one holiday in one line."""
    lines: list[Special] = []
    for it in days:
        here = Special(it.day, it.day, it.working, _name(it), it.day in known.days)
        before = lines[-1] if lines else None
        follows = before is not None and not (here.own or before.own) and it.day.toordinal() == before.last.toordinal() + 1
        if before is not None and follows and (before.working, before.name) == (here.working, here.name):
            lines[-1] = replace(before, last=it.day)
        else:
            lines.append(here)
    return lines


def _week(known: WorkingCalendar, form: str) -> list[tuple[str, str]]:
    """The weekdays with their hours, as they were typed or as they stand."""
    stands = [", ".join(map(str, hours)) for hours in known.week]
    shown = [typed(f"hours.{day}", _LONGEST) for day in range(len(stands))] if form == "week" else stands
    return list(zip(words.weekdays(), shown, strict=True))


def _differs(known: WorkingCalendar, special: CalendarDay) -> bool:
    """Whether a day has to be told of: a holiday on a Sunday is told, an ordinary day that a file made ordinary is not."""
    return special.working != known.is_working_weekday(special.day) or bool(special.name) or special.day in known.days


def _month(known: WorkingCalendar, year: int, month: int) -> tuple[str, list[list[Day | None]]]:
    """The name of a month and its weeks, Monday first."""
    names = get_month_names("wide", "stand-alone", get_locale())
    special, today = known.special_days(year), local(services().clock.now()).date()

    def day(number: int) -> Day | None:
        if not number:
            return None
        at = date(year, month, number)
        found = special.get(at)
        worked, usual = known.is_working_day(at), known.is_working_weekday(at)
        kind = "work" if worked and usual else "shifted" if worked else "holiday" if found else "weekend"
        return Day(number, kind, _name(found) if found else "", at in known.days, at == today)

    return names[month], [[day(number) for number in week] for week in months.Calendar().monthdayscalendar(year, month)]


def _name(special: CalendarDay) -> str:
    return special.name_zh if language() == "zh" and special.name_zh else special.name
