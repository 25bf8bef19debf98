"""The organisation as it stands, and its changes: each one transaction with an entry in the chain `organisation`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, ScalarSelect

from engine.model import Actor
from engine.organisation import changes
from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role
from engine.organisation.plain import PlainData
from engine.organisation.service import VERSION
from engine.services.runtime import Changed, Runtime
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_csv import calendar_to_csv


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

    def put_department(self, actor: Actor, department: Department) -> Directory:
        """Add a department, or change the one with its id."""
        return self._change(lambda connection: changes.put_department(connection, department, actor, self._runtime.clock.now()))

    def put_role(self, actor: Actor, role: Role) -> Directory:
        """Add a role, or change the one with its id."""
        return self._change(lambda connection: changes.put_role(connection, role, actor, self._runtime.clock.now()))

    def put_person(self, actor: Actor, person: Person) -> Directory:
        """Add a person, or change the one with this user name."""
        return self._change(lambda connection: changes.put_person(connection, person, actor, self._runtime.clock.now()))

    def set_active(self, actor: Actor, person: str, *, active: bool) -> Directory:
        """Disable a person, or enable them again."""
        return self._change(
            lambda connection: changes.set_active(connection, person, active=active, actor=actor, at=self._runtime.clock.now())
        )

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

    def export_calendar(self, years: Iterable[int]) -> str:
        """The hours of the week and the special days of these years as CSV, as `import_calendar` reads it."""
        return calendar_to_csv(self.calendar(), years)

    def _change(self, change: Callable[[Connection], Directory]) -> Directory:
        return self._runtime.commit(lambda connection: (change(connection), Changed()))
