"""The use cases that change the organisation or the calendar.

Each runs in the caller's transaction: it locks the chain `organisation`, reads what is stored, checks the organisation as it will be,
writes the difference and appends one entry to the history. Nothing is ever deleted: people are disabled, because history names them.
Names, titles and addresses of people stay out of the history, which cannot forget; it says only that they were changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.access import may_change_organisation
from engine.errors import FieldProblem, InvalidSubmission, NotFound
from engine.events import Event, OrganisationChanged
from engine.model import Actor
from engine.organisation.checks import check
from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role
from engine.organisation.plain import PlainData, read_organisation
from engine.organisation.rows import read_directory, write_directory
from engine.store import history
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_csv import calendar_from_csv
from engine.work.calendar_rows import read_calendar, write_calendar

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PERSONAL = frozenset({"name", "name_zh", "title", "email"})


def load(conn: Connection, organisation: PlainData, actor: Actor, at: datetime) -> Directory:
    """Add or change everything that plain data names (`engine.organisation.plain`), leaving the rest as it is."""
    given = read_organisation(organisation)

    def change(known: Directory) -> Directory:
        return Directory.of(
            {**known.departments, **given.departments}.values(),
            {**known.roles, **given.roles}.values(),
            {**known.people, **given.people}.values(),
        )

    return _change(conn, actor, at, change)


def put_department(conn: Connection, department: Department, actor: Actor, at: datetime) -> Directory:
    """Add a department, or change the one with its id."""
    return _change(conn, actor, at, lambda known: replace(known, departments={**known.departments, department.id: department}))


def put_role(conn: Connection, role: Role, actor: Actor, at: datetime) -> Directory:
    """Add a role, or change the one with its id."""
    return _change(conn, actor, at, lambda known: replace(known, roles={**known.roles, role.id: role}))


def put_person(conn: Connection, person: Person, actor: Actor, at: datetime) -> Directory:
    """Add a person, or change the one with this user name."""
    return _change(conn, actor, at, lambda known: replace(known, people={**known.people, person.id: person}))


def set_active(conn: Connection, person: str, *, active: bool, actor: Actor, at: datetime) -> Directory:
    """Disable a person, or enable them again. The last administrator cannot be disabled."""
    return _change(conn, actor, at, lambda known: _with(known, person, active=active))


def set_superior(conn: Connection, person: str, superior: str | None, actor: Actor, at: datetime) -> Directory:
    """Set a person's superior; `None` is the head of the department."""
    return _change(conn, actor, at, lambda known: _with(known, person, superior=superior))


def set_memberships(conn: Connection, person: str, memberships: Iterable[Membership], actor: Actor, at: datetime) -> Directory:
    """Put a person into these departments, with these roles there, and into no others."""
    return _change(conn, actor, at, lambda known: _with(known, person, memberships=tuple(memberships)))


def set_roles(conn: Connection, person: str, roles: Iterable[str], actor: Actor, at: datetime) -> Directory:
    """Give a person these roles everywhere, and no others."""
    return _change(conn, actor, at, lambda known: _with(known, person, roles=tuple(roles)))


def import_calendar(conn: Connection, csv: str, usual: WorkingCalendar, actor: Actor, at: datetime) -> WorkingCalendar:
    """Change the calendar as a CSV file says (`engine.work.calendar_csv`). Raises `InvalidSubmission`, naming the line."""
    may_change_organisation(actor)
    history.lock_head(conn, history.ORGANISATION)  # whoever changes the organisation at the same time waits here
    before = read_calendar(conn, usual)
    try:
        after = calendar_from_csv(before, csv)
    except ValueError as error:
        raise InvalidSubmission([FieldProblem("calendar", "csv", str(error))]) from error
    write_calendar(conn, after)
    changes = {"week": [[str(it) for it in hours] for hours in after.week]} if after.week != before.week else {}
    days = [f"{day} {'work' if it.working else 'off'}" for day, it in after.days.items() if before.days.get(day) != it]
    event = OrganisationChanged("calendar", "calendar", {**changes, "days": days})
    history.append(conn, history.ORGANISATION, actor, at, [event])
    return after


def _with(known: Directory, person: str, **changes: object) -> Directory:
    if person not in known.people:
        raise NotFound(f"there is no person {person!r}", person=person)
    return replace(known, people={**known.people, person: replace(known.people[person], **changes)})  # type: ignore[arg-type]  # by name


def _change(conn: Connection, actor: Actor, at: datetime, change: Callable[[Directory], Directory]) -> Directory:
    may_change_organisation(actor)
    head = history.lock_head(conn, history.ORGANISATION)  # whoever changes it at the same time waits here
    before = read_directory(conn, head.seq)
    changed = change(before)
    after = Directory.of(changed.departments.values(), changed.roles.values(), changed.people.values(), head.seq)
    check(after)
    if before.administrators() and not after.administrators():
        raise InvalidSubmission([FieldProblem("active", "last-administrator", "is the last administrator, whom nobody could enable again")])
    events = list(_events(before, after))
    if events:
        write_directory(conn, before, after)
        head = history.append(conn, history.ORGANISATION, actor, at, events)
    return replace(after, version=head.seq)


def _events(before: Directory, after: Directory) -> Iterator[Event]:
    for kind, old, new in (
        ("department", before.departments, after.departments),
        ("role", before.roles, after.roles),
        ("person", before.people, after.people),
    ):
        yield from _differences(kind, old, new)


def _differences(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Event]:
    for key, value in after.items():
        known = before.get(key)
        if known != value:
            yield OrganisationChanged(kind, key, _difference(kind, known, value))


def _difference(kind: str, before: object, after: object) -> dict[str, object]:
    """What differs, as [before, after] by field; of what people are called only that it does."""
    changed: dict[str, object] = {} if before is not None else {"added": True}
    for name in (field.name for field in fields(after) if field.name != "id"):  # type: ignore[arg-type]  # a dataclass of the model
        old, new = getattr(before, name, None), getattr(after, name)
        if old != new and (before is not None or new not in ("", (), None)):
            changed[name] = True if kind == "person" and name in _PERSONAL else [_plain(old), _plain(new)]
    return changed


def _plain(value: object) -> object:
    if isinstance(value, Membership):
        return ":".join((value.department, *value.roles))
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
