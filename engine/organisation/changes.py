"""The use cases that change the organisation or the calendar.

Each runs in the caller's transaction: it locks the chain `organisation`, reads what is stored, checks the organisation as it will be,
writes the difference and appends one entry to the history. People are never deleted, only disabled, because history names them.
Names, titles and addresses of people stay out of the history, which cannot forget; it says only that they were changed.

Where somebody fills in a form, `seen` is the version of the organisation that the form showed: `Conflict`, if what is to be changed was
changed since then. Without it the change is made whatever stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.access import may_change_organisation, may_renew_own_credentials
from engine.errors import FieldProblem, InvalidSubmission, NotFound
from engine.events import Event, OrganisationChanged
from engine.model import Actor
from engine.organisation.checks import check
from engine.organisation.directory import Directory
from engine.organisation.meanwhile import Subject, refuse_what_was_changed
from engine.organisation.model import AUDITOR, HEAD, Department, Membership, Person, Role
from engine.organisation.plain import PlainData, read_organisation
from engine.organisation.rows import read_directory, write_directory
from engine.store import history
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_csv import calendar_from_csv
from engine.work.calendar_rows import read_calendar, write_calendar

if TYPE_CHECKING:
    from sqlalchemy import Connection

Noun = Department | Role | Person
_PLURAL = {"department": "departments", "role": "roles", "person": "people"}
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


def put_department(conn: Connection, department: Department, actor: Actor, at: datetime, seen: int | None = None) -> Directory:
    """Add a department, or change the one with its id."""
    return _put(conn, department, actor, at, seen)


def put_role(conn: Connection, role: Role, actor: Actor, at: datetime, seen: int | None = None) -> Directory:
    """Add a role, or change the one with its id."""
    return _put(conn, role, actor, at, seen)


def put_person(conn: Connection, person: Person, actor: Actor, at: datetime, seen: int | None = None) -> Directory:
    """Add a person, or change the one with this user name."""
    return _put(conn, person, actor, at, seen)


def add(conn: Connection, noun: Noun, actor: Actor, at: datetime) -> Directory:
    """Add a department, a role or a person. Raises `InvalidSubmission` where there is one with this id."""

    def change(known: Directory) -> Directory:
        if noun.id in _of_kind(known, noun):
            raise InvalidSubmission([FieldProblem("id", "exists", f"{noun.id!r} is there already")])
        return _with_noun(known, noun)

    return _change(conn, actor, at, change)


def remove(conn: Connection, kind: str, id_: str, actor: Actor, at: datetime, seen: int | None = None) -> Directory:
    """Remove a `department` or a `role` that nothing refers to any more: the caller has looked."""

    def change(known: Directory) -> Directory:
        nouns: Mapping[str, Department | Role] = known.departments if kind == "department" else known.roles
        if id_ not in nouns:
            raise NotFound(f"there is no {kind} {id_!r}", id=id_)
        rest = {key: it for key, it in nouns.items() if key != id_}
        return replace(known, **{f"{kind}s": rest})  # type: ignore[arg-type]  # by name

    return _change(conn, actor, at, change, [(kind, id_)], seen)


def set_head(conn: Connection, department: str, person: str | None, actor: Actor, at: datetime, seen: int | None = None) -> Directory:
    """Make a person the only head of a department, of which they become a member; `None`: it has no head."""
    about: list[Subject] = [("department", department)]

    def change(known: Directory) -> Directory:
        if department not in known.departments:
            raise NotFound(f"there is no department {department!r}", id=department)
        if person is not None and not known.is_active(person):
            raise InvalidSubmission([FieldProblem("head", "unknown", f"there is no active person {person!r}")])
        people = {it.id: _heading(it, department, heads=it.id == person) for it in known.people.values()}
        about.extend(("person", key) for key, it in people.items() if known.people[key] != it)
        return replace(known, people=people)

    return _change(conn, actor, at, change, about, seen)


def set_active(conn: Connection, person: str, *, active: bool, actor: Actor, at: datetime, seen: int | None = None) -> Directory:
    """Disable a person, or enable them again. The last administrator cannot be disabled."""
    return _change(conn, actor, at, lambda known: _with(known, person, active=active), [("person", person)], seen)


def set_superior(conn: Connection, person: str, superior: str | None, actor: Actor, at: datetime) -> Directory:
    """Set a person's superior; `None` is the head of the department."""
    return _change(conn, actor, at, lambda known: _with(known, person, superior=superior))


def set_memberships(conn: Connection, person: str, memberships: Iterable[Membership], actor: Actor, at: datetime) -> Directory:
    """Put a person into these departments, with these roles there, and into no others."""
    return _change(conn, actor, at, lambda known: _with(known, person, memberships=tuple(memberships)))


def set_roles(conn: Connection, person: str, roles: Iterable[str], actor: Actor, at: datetime) -> Directory:
    """Give a person these roles everywhere, and no others."""
    return _change(conn, actor, at, lambda known: _with(known, person, roles=tuple(roles)))


def note_credentials(conn: Connection, person: str, actor: Actor, at: datetime) -> history.Head:
    """Write down that a person was given a new password; never which. Gives the entry."""
    may_change_organisation(actor)
    return _note(conn, person, {"password": True}, actor, at)


def note_own_credentials(conn: Connection, actor: Actor, at: datetime) -> history.Head:
    """Write down that somebody gave themselves a new password. Gives the entry."""
    may_renew_own_credentials(actor)
    return _note(conn, actor.id, {"password": True}, actor, at)


def _note(conn: Connection, person: str, change: Mapping[str, object], actor: Actor, at: datetime) -> history.Head:
    head = history.lock_head(conn, history.ORGANISATION)
    if person not in read_directory(conn).people:
        raise NotFound(f"there is no person {person!r}", person=person)
    return history.append(conn, history.ORGANISATION, actor, at, [OrganisationChanged("person", person, change)], head)


def note_token(conn: Connection, person: str, told: Mapping[str, object], actor: Actor, at: datetime) -> history.Head:
    """Write down what was done with a token of a person: its name, never the token. The caller has asked who may. Gives the entry."""
    return _note(conn, person, told, actor, at)


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


def _put(conn: Connection, noun: Noun, actor: Actor, at: datetime, seen: int | None) -> Directory:
    return _change(conn, actor, at, lambda known: _with_noun(known, noun), [(_kind(noun), noun.id)], seen)


def _with_noun(known: Directory, noun: Noun) -> Directory:
    return replace(known, **{_PLURAL[_kind(noun)]: {**_of_kind(known, noun), noun.id: noun}})  # type: ignore[arg-type]  # by name


def _of_kind(known: Directory, noun: Noun) -> Mapping[str, Noun]:
    found: Mapping[str, Noun] = getattr(known, _PLURAL[_kind(noun)])
    return found


def _kind(noun: Noun) -> str:
    return type(noun).__name__.lower()


def _heading(person: Person, department: str, *, heads: bool) -> Person:
    """The person as the head of a department, or not."""
    if not heads and not any(it.department == department and HEAD in it.roles for it in person.memberships):
        return person
    there = next((it for it in person.memberships if it.department == department), Membership(department))
    roles = [*(it for it in there.roles if it != HEAD), *([HEAD] if heads else [])]
    others = [it for it in person.memberships if it.department != department]
    return replace(person, memberships=(*others, Membership(department, tuple(roles))))


def _change(
    conn: Connection,
    actor: Actor,
    at: datetime,
    change: Callable[[Directory], Directory],
    about: Iterable[Subject] = (),
    seen: int | None = None,
) -> Directory:
    """Make a change; `about` is what may not have changed since the version `seen`, and may grow while the change is made."""
    may_change_organisation(actor)
    head = history.lock_head(conn, history.ORGANISATION)  # whoever changes it at the same time waits here
    before = read_directory(conn, head.seq)
    changed = change(before)
    refuse_what_was_changed(conn, head.seq, about, seen)
    after = Directory.of(changed.departments.values(), changed.roles.values(), changed.people.values(), head.seq)
    check(after)
    if _who_can_administer(before) and not _who_can_administer(after):
        raise InvalidSubmission([FieldProblem("active", "last-administrator", "is the last administrator, whom nobody could enable again")])
    events = list(_events(before, after))
    if events:
        write_directory(conn, before, after)
        head = history.append(conn, history.ORGANISATION, actor, at, events)
    return replace(after, version=head.seq)


def _who_can_administer(known: Directory) -> list[str]:
    """The active administrators who may change something: an auditor may not, whatever else that person is."""
    auditors = known.members_of(AUDITOR)
    return [it for it in known.administrators() if it not in auditors]


def _events(before: Directory, after: Directory) -> Iterator[Event]:
    for kind, old, new in (
        ("department", before.departments, after.departments),
        ("role", before.roles, after.roles),
        ("person", before.people, after.people),
    ):
        yield from _differences(kind, old, new)


def _differences(kind: str, before: Mapping[str, Noun], after: Mapping[str, Noun]) -> Iterator[Event]:
    for key, gone in before.items():
        if key not in after:
            yield OrganisationChanged(kind, key, {"removed": True, "name": [gone.name, None], "name_zh": [gone.name_zh, None]})
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
