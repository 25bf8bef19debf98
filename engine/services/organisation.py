"""The organisation as it stands, and its changes: each one transaction with an entry in the chain `organisation`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, ScalarSelect

from engine.access import may_change_organisation, may_oversee, may_renew_own_credentials, may_revoke_token
from engine.errors import FieldProblem, InvalidSubmission
from engine.model import Actor
from engine.organisation import calendar_changes, changes
from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role
from engine.organisation.plain import PlainData
from engine.organisation.service import VERSION
from engine.services.group_uses import GroupUse, uses_of
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.queries import outbox
from engine.store.queries.organisation_changes import ChangeFilter, OrganisationPast, organisation_past
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_csv import calendar_to_csv
from engine.work.hours import CalendarDay, Week
from engine.work.notices import Notice, NoticeKind


class _Told(NamedTuple):
    """Who is told what of a change that concerns them alone."""

    person: str
    kind: NoticeKind
    args: Mapping[str, object]


class Organisation:
    """Departments, roles, people and the calendar."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def directory(self, connection: Connection | None = None) -> Directory:
        """The organisation as it stands, or as a transaction of the caller sees it."""
        if connection is not None:
            return self._runtime.directory(connection)
        with self._runtime.database.read() as own:
            return self._runtime.directory(own)

    @property
    def version(self) -> ScalarSelect[bytes]:
        """The version of the organisation, for a statement of the caller that asks for more: see `at`."""
        return VERSION

    def at(self, version: bytes | None) -> Directory:
        """The organisation of a `version` that was read in this moment; as it stands where that is not known."""
        return self._runtime.organisation.newest_at(version) or self.directory()

    def calendar(self) -> WorkingCalendar:
        """The working calendar as it stands."""
        with self._runtime.database.read() as connection:
            return self._runtime.calendar(connection)

    def actor(self, person: str) -> Actor:
        """An active person as somebody who acts. Raises `NotFound`."""
        return self.directory().actor(person)

    def load(self, actor: Actor, organisation: PlainData) -> Directory:
        """Add or change everything that plain data names."""
        return self._change(lambda connection: changes.load(connection, organisation, actor, self._runtime.clock.now()))

    def add(self, actor: Actor, noun: Department | Role | Person) -> Directory:
        """Add a department, a role or a person. Raises `InvalidSubmission` where there is one with this id."""
        return self._change(lambda connection: changes.add(connection, noun, actor, self._runtime.clock.now()))

    def put_department(self, actor: Actor, department: Department, seen: int | None = None) -> Directory:
        """Add a department, or change the one with its id.

        `seen`, here and below: the version of the organisation that a form showed; `Conflict`, if this was changed since then.
        """
        return self._change(lambda connection: changes.put_department(connection, department, actor, self._runtime.clock.now(), seen))

    def put_role(self, actor: Actor, role: Role, seen: int | None = None) -> Directory:
        """Add a role, or change the one with its id."""
        return self._change(lambda connection: changes.put_role(connection, role, actor, self._runtime.clock.now(), seen))

    def put_person(self, actor: Actor, person: Person, seen: int | None = None) -> Directory:
        """Add a person, or change the one with this user name."""
        return self._change(lambda connection: changes.put_person(connection, person, actor, self._runtime.clock.now(), seen))

    def set_head(self, actor: Actor, department: str, person: str | None, seen: int | None = None) -> Directory:
        """Make a person the only head of a department, of which they become a member; None: it has no head."""
        return self._change(lambda connection: changes.set_head(connection, department, person, actor, self._runtime.clock.now(), seen))

    def uses(self, actor: Actor, kind: str, id_: str) -> tuple[GroupUse, ...]:
        """What refers to a `department` or a `role`, so that it cannot be removed."""
        may_oversee(actor)
        with self._runtime.database.read() as connection:
            return uses_of(self._runtime, connection, kind, id_)

    def remove(self, actor: Actor, kind: str, id_: str, seen: int | None = None) -> Directory:
        """Remove a `department` or a `role`. Raises `InvalidSubmission` where something refers to it."""

        def change(connection: Connection) -> Directory:
            may_change_organisation(actor)
            history.lock_head(connection, history.ORGANISATION)  # nobody refers to it anew from here on
            uses = uses_of(self._runtime, connection, kind, id_)
            if uses:
                raise InvalidSubmission([FieldProblem(it.kind.value, "in-use", f"is used by {it.id or it.kind.value}") for it in uses])
            return changes.remove(connection, kind, id_, actor, self._runtime.clock.now(), seen)

        return self._change(change)

    def set_active(self, actor: Actor, person: str, *, active: bool, seen: int | None = None) -> Directory:
        """Disable a person, or enable them again."""
        return self._change(
            lambda connection: changes.set_active(connection, person, active=active, actor=actor, at=self._runtime.clock.now(), seen=seen)
        )

    def renew_credentials(self, actor: Actor, person: str, write: Callable[[Connection], None]) -> None:
        """Give a person new credentials: `write` stores them, in the transaction that says in the history that it was done.

        The person is told, and by whom.
        """
        notice = _Told(person, NoticeKind.CREDENTIALS_RENEWED, {"by": actor.id})
        self._noted(lambda connection, at: changes.note_credentials(connection, person, actor, at), write, notice)

    def renew_own_credentials(self, actor: Actor, write: Callable[[Connection], None]) -> None:
        """The same for oneself: the caller has asked for the old ones. One is told too: somebody else may have done it in one's name."""
        notice = _Told(actor.id, NoticeKind.CREDENTIALS_RENEWED, {})
        self._noted(lambda connection, at: changes.note_own_credentials(connection, actor, at), write, notice)

    def make_token(self, actor: Actor, name: str, scope: str, write: Callable[[Connection], None]) -> None:
        """Note that somebody made a token for programs that act as they do: `write` stores it, in the same transaction. They are told."""
        may_renew_own_credentials(actor)
        told = {"token": name, "scope": scope, "made": True}
        notice = _Told(actor.id, NoticeKind.TOKEN_MADE, {"name": name})
        self._noted(lambda connection, at: changes.note_token(connection, actor.id, told, actor, at), write, notice)

    def revoke_token(self, actor: Actor, person: str, name: str, write: Callable[[Connection], None]) -> None:
        """Note that a token of a person was revoked: `write` takes it away, in the same transaction. They are told where others did it."""
        may_revoke_token(actor, person)
        told = {"token": name, "revoked": True}
        notice = None if actor.id == person else _Told(person, NoticeKind.TOKEN_REVOKED, {"by": actor.id, "name": name})
        self._noted(lambda connection, at: changes.note_token(connection, person, told, actor, at), write, notice)

    def _noted(
        self, note: Callable[[Connection, datetime], history.Head], write: Callable[[Connection], None], notice: _Told | None
    ) -> None:
        def work(connection: Connection) -> tuple[None, Changed]:
            at = self._runtime.clock.now()
            entry = f"{history.ORGANISATION}:{note(connection, at).seq}"
            write(connection)
            if notice is not None:
                told = Notice(f"{entry}:1", notice.kind, notice.person, args=notice.args)
                outbox.put(connection, f"{entry}:0", "notices", {"told": [told.record()], "ended": []}, at)
            return None, Changed(notices=notice is not None)

        self._runtime.commit(work)

    def set_superior(self, actor: Actor, person: str, superior: str | None) -> Directory:
        """Set a person's superior; None is the head of the department."""
        return self._change(lambda connection: changes.set_superior(connection, person, superior, actor, self._runtime.clock.now()))

    def set_memberships(self, actor: Actor, person: str, memberships: Iterable[Membership]) -> Directory:
        """Put a person into these departments, with these roles there, and into no others."""
        places = tuple(memberships)
        return self._change(lambda connection: changes.set_memberships(connection, person, places, actor, self._runtime.clock.now()))

    def import_calendar(self, actor: Actor, csv: str) -> WorkingCalendar:
        """Change the calendar as a CSV file says. Raises `InvalidSubmission`, naming the line, and changes nothing then."""
        usual = self._runtime.organisation.usual
        return self._runtime.commit(
            lambda connection: (changes.import_calendar(connection, csv, usual, actor, self._runtime.clock.now()), Changed(jobs=True))
        )

    def set_week(self, actor: Actor, week: Week, seen: int | None = None) -> WorkingCalendar:
        """Set the hours of the week. Deadlines of what is open stay as they were counted."""
        return self._calendar(lambda connection, usual, at: calendar_changes.set_week(connection, week, usual, actor, at, seen))

    def set_day(self, actor: Actor, day: CalendarDay, seen: int | None = None) -> WorkingCalendar:
        """Let a day differ from its weekday, and from what the country does on it; its name says why."""
        return self._calendar(lambda connection, usual, at: calendar_changes.set_day(connection, day, usual, actor, at, seen))

    def clear_day(self, actor: Actor, day: date, reason: str, seen: int | None = None) -> WorkingCalendar:
        """Take back what the company has said about a day."""
        return self._calendar(lambda connection, usual, at: calendar_changes.clear_day(connection, day, reason, usual, actor, at, seen))

    def past(self, actor: Actor, wanted: ChangeFilter | None = None, before: int | None = None, limit: int = 50) -> OrganisationPast:
        """Who changed what of the organisation and the calendar, newest first; `before` continues a page."""
        may_oversee(actor)
        with self._runtime.database.read() as connection:
            return organisation_past(connection, wanted or ChangeFilter(), before, limit)

    def export_calendar(self, years: Iterable[int]) -> str:
        """The hours of the week and the special days of these years as CSV, as `import_calendar` reads it."""
        return calendar_to_csv(self.calendar(), years)

    def _calendar(self, change: Callable[[Connection, WorkingCalendar, datetime], WorkingCalendar]) -> WorkingCalendar:
        usual = self._runtime.organisation.usual
        return self._runtime.commit(lambda connection: (change(connection, usual, self._runtime.clock.now()), Changed()))

    def _change(self, change: Callable[[Connection], Directory]) -> Directory:
        return self._runtime.commit(lambda connection: (change(connection), Changed()))
