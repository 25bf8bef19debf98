"""What all services share: the database, time and ids, deployed models, handlers, the organisation, and who hears of commits."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from engine.audit.sealing import Sealing
from engine.dmn import Schemas
from engine.organisation.directory import Directory
from engine.organisation.service import OrganisationCache
from engine.ports import Clock, Connector, FormValidator, Handler, NewId
from engine.services.catalogue import LATEST, Catalogue, Definition, only_latest
from engine.store.database import Database
from engine.store.queries.numbers import NoNumberLeft, NumberBlocks
from engine.work.calendar import WorkingCalendar

if TYPE_CHECKING:
    from engine.services.step import Step

Result = TypeVar("Result")
MOST_PARTICIPANTS = 20_000
"""So many are remembered. Participants are never removed, so what is remembered stays true."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a commit touched, for whoever shows it live: people and groups whose lists changed, cases whose page did, a due date."""

    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    jobs: bool = False  # jobs came or went: the wake-up has to be looked at
    notices: bool = False  # there is something in the outbox
    topics: frozenset[str] = frozenset()  # of external tasks: workers who ask for these may find more than before
    participants: frozenset[tuple[str, str]] = frozenset()  # (root, person): written with this commit, or before it

    def __or__(self, other: Changed) -> Changed:
        """What two parts of one commit touched."""
        return Changed(
            self.people | other.people, self.groups | other.groups, self.cases | other.cases, self.jobs or other.jobs,
            self.notices or other.notices, self.topics | other.topics, self.participants | other.participants,
        )  # fmt: skip


@dataclass(slots=True)
class Runtime:
    """The parts of an engine. `listeners` are called after each commit, in the thread that committed."""

    database: Database
    clock: Clock
    new_id: NewId
    forms: FormValidator
    handlers: Mapping[str, Handler]
    connectors: Mapping[str, Connector]
    organisation: OrganisationCache
    numbers: NumberBlocks
    sealing: Sealing | None = None  # without it the history is chained, not sealed
    schemas: Schemas = field(default_factory=Schemas)
    catalogue: Catalogue = field(default_factory=Catalogue)
    listeners: list[Callable[[Changed], None]] = field(default_factory=list)
    broadcast: Callable[[Step], Changed] = lambda _step: Changed()  # gives what a step has thrown to other cases
    _participants: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def directory(self, connection: Connection) -> Directory:
        """The organisation as it stands."""
        return self.organisation.directory(connection)

    def calendar(self, connection: Connection) -> WorkingCalendar:
        """The working calendar as it stands."""
        return self.organisation.calendar(connection)

    def definition(self, key: str, definition_id: str | None = None) -> Definition:
        """A version by its id, or the latest of a process, outside of a transaction. Raises `NotFound`."""
        chosen = definition_id or only_latest(self.database.glance(LATEST, {"key": key}), key)
        known = self.catalogue.known(chosen)
        if known is not None:
            return known
        with self.database.read() as connection:
            return self.catalogue.definition(connection, chosen)

    def hold(self, connection: Connection, definition_id: str) -> Definition:
        """A definition of which a case may begin in this transaction, as `Catalogue.hold`."""
        definition, organisation = self.catalogue.hold(connection, definition_id)
        if organisation is not None:
            self.organisation.is_at(connection, organisation)
        return definition

    def commit(self, work: Callable[[Connection], tuple[Result, Changed]]) -> Result:
        """Do `work` in one transaction with one commit, then tell the listeners."""
        result, changed = self.write(work)
        self.tell(changed)
        return result

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """One transaction with one commit. Where it needs more case numbers than are in memory, a block is taken and it begins anew."""
        while True:
            try:
                return self.database.write(work)
            except NoNumberLeft as missing:
                self.numbers.fill(missing.prefix, missing.year, missing.count)

    def tell(self, changed: Changed) -> None:
        """Tell the listeners what a commit touched."""
        with self._lock:
            self._participants.update(dict.fromkeys(changed.participants))
            while len(self._participants) > MOST_PARTICIPANTS:
                self._participants.popitem(last=False)
        for listener in self.listeners:
            listener(changed)

    def is_participant(self, root_id: str, person: str) -> bool:
        """Whether it is known here that a case has this person among its participants: it need not be written again."""
        return (root_id, person) in self._participants
