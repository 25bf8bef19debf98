"""What all services share: the database, time and ids, deployed models, handlers, the organisation, and who hears of commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection

from engine.organisation.directory import Directory
from engine.organisation.service import OrganisationCache
from engine.ports import Clock, FormValidator, Handler, NewId
from engine.services.catalogue import Catalogue
from engine.store.database import Database
from engine.store.queries.numbers import NumberBlocks
from engine.work.calendar import WorkingCalendar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Changed:
    """What a commit touched, for whoever shows it live: people and groups whose lists changed, cases whose page did, a due date."""

    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    jobs: bool = False  # jobs came or went: the wake-up has to be looked at
    notices: bool = False  # there is something in the outbox


@dataclass(slots=True)
class Runtime:
    """The parts of an engine. `listeners` are called after each commit, in the thread that committed."""

    database: Database
    clock: Clock
    new_id: NewId
    forms: FormValidator
    handlers: Mapping[str, Handler]
    organisation: OrganisationCache
    numbers: NumberBlocks
    catalogue: Catalogue = field(default_factory=Catalogue)
    listeners: list[Callable[[Changed], None]] = field(default_factory=list)

    def directory(self, connection: Connection) -> Directory:
        """The organisation as it stands."""
        return self.organisation.directory(connection)

    def calendar(self, connection: Connection) -> WorkingCalendar:
        """The working calendar as it stands."""
        return self.organisation.calendar(connection)

    def commit(self, work: Callable[[Connection], tuple[Result, Changed]]) -> Result:
        """Do `work` in one transaction with one commit, then tell the listeners."""
        result, changed = self.database.write(work)
        self.tell(changed)
        return result

    def tell(self, changed: Changed) -> None:
        """Tell the listeners what a commit touched."""
        for listener in self.listeners:
            listener(changed)
