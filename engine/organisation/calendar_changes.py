"""The use cases that change single things of the calendar: the hours of the week, and one day.

Each runs in the caller's transaction under the lock of the chain `organisation`, as `engine.organisation.changes` does it. Deadlines and
timers of what is open were counted when it began, and stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from engine.access import may_change_organisation
from engine.errors import FieldProblem, InvalidSubmission
from engine.events import OrganisationChanged
from engine.model import Actor
from engine.organisation.meanwhile import refuse_what_was_changed
from engine.store import history
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_rows import read_calendar, write_calendar
from engine.work.hours import CalendarDay, Week

if TYPE_CHECKING:
    from sqlalchemy import Connection

KIND = "calendar"
WEEK = "week"  # the id of the hours; that of a day is its date
_WHOLE = "calendar"  # the id of an import, which may change anything


def set_week(conn: Connection, week: Week, usual: WorkingCalendar, actor: Actor, at: datetime, seen: int | None = None) -> WorkingCalendar:
    """Set the hours of the week. Raises `InvalidSubmission` where nobody would ever work, or hours overlap."""
    before = _begin(conn, usual, actor, WEEK, seen)
    try:
        after = replace(before, week=week)
    except ValueError as error:
        raise InvalidSubmission([FieldProblem("week", "hours", str(error))]) from error
    hours = [[[str(it) for it in day] for day in calendar.week] for calendar in (before, after)]
    return _write(conn, before, after, OrganisationChanged(KIND, WEEK, {"week": hours}), actor, at)


def set_day(
    conn: Connection, day: CalendarDay, usual: WorkingCalendar, actor: Actor, at: datetime, seen: int | None = None
) -> WorkingCalendar:
    """Let a day differ from its weekday, and from what the country does on it: worked or off, with the reason as its name."""
    before = _begin(conn, usual, actor, day.day.isoformat(), seen)
    if not day.name.strip():
        raise InvalidSubmission([FieldProblem("name", "required", "a day that differs needs a reason")])
    return _write_days(conn, before, {**before.days, day.day: day}, day.day, {}, actor, at)


def clear_day(
    conn: Connection, day: date, reason: str, usual: WorkingCalendar, actor: Actor, at: datetime, seen: int | None = None
) -> WorkingCalendar:
    """Take back what the company has said about a day: it is again what its weekday and the country make of it."""
    before = _begin(conn, usual, actor, day.isoformat(), seen)
    if not reason.strip():
        raise InvalidSubmission([FieldProblem("reason", "required", "a reason is needed")])
    rest = {key: it for key, it in before.days.items() if key != day}
    return _write_days(conn, before, rest, day, {"reason": reason.strip()}, actor, at)


def _begin(conn: Connection, usual: WorkingCalendar, actor: Actor, id_: str, seen: int | None) -> WorkingCalendar:
    may_change_organisation(actor)
    head = history.lock_head(conn, history.ORGANISATION)  # whoever changes the organisation at the same time waits here
    refuse_what_was_changed(conn, head.seq, [(KIND, id_), (KIND, _WHOLE)], seen)
    return read_calendar(conn, usual)


def _write_days(
    conn: Connection,
    before: WorkingCalendar,
    days: Mapping[date, CalendarDay],
    day: date,
    said: Mapping[str, object],
    actor: Actor,
    at: datetime,
) -> WorkingCalendar:
    after = replace(before, days=dict(sorted(days.items())))
    states = [[calendar.is_working_day(day), *_names(calendar, day)] for calendar in (before, after)]
    change = {name: list(pair) for name, pair in zip(("working", "name", "name_zh"), zip(*states, strict=True), strict=True)}
    event = OrganisationChanged(KIND, day.isoformat(), {**{name: it for name, it in change.items() if it[0] != it[1]}, **said})
    return _write(conn, before, after, event, actor, at)


def _names(calendar: WorkingCalendar, day: date) -> tuple[str | None, str | None]:
    special = calendar.special_days(day.year).get(day)
    return (special.name or None, special.name_zh or None) if special else (None, None)


def _write(
    conn: Connection, before: WorkingCalendar, after: WorkingCalendar, event: OrganisationChanged, actor: Actor, at: datetime
) -> WorkingCalendar:
    """Write what differs, with its entry. What changes nothing leaves no trace."""
    if (after.week, after.days) != (before.week, before.days):
        write_calendar(conn, after)
        history.append(conn, history.ORGANISATION, actor, at, [event])
    return after
