"""The whole engine on a database of its own: cases are started, acted upon and looked at as programs do it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, select

from engine.engine import Engine
from engine.errors import BpmnError
from engine.model import SYSTEM, Actor, ActorKind
from engine.ports import HandlerResult, StepContext
from engine.services.messages import Message
from engine.store.database import Database
from engine.store.ids import RisingIds
from engine.store.loading import load_state
from engine.store.migrations import upgrade
from engine.store.tables import process_instance
from tests.conftest import FakeClock
from tests.engine.services.conftest import AnyForm
from tests.tokens.bpmn_xml import to_xml
from tests.tokens.engine_picture import EnginePicture
from tests.tokens.picture import ScopePicture
from tests.tokens.plain import Model, Values

WORKER = Actor("worker", ActorKind.WORKER)


class EngineOfCases:
    """The cases of one file after the other."""

    def __init__(self, database: Database) -> None:
        clock, numbers = FakeClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC)), itertools.count(1)
        ids = RisingIds(clock, lambda size: next(numbers).to_bytes(size, "big"))
        self.database = database
        self.engine = Engine(database, clock, ids, AnyForm(), {"test-handler": self._handle})
        self.model = Model()

    def deploy(self, model: Model) -> None:
        """Deploy a file, and forget the cases of the one before."""
        for root in self.roots():
            self.cancel(root)
        self.model = model
        self.throws = {node.id: node.throws for node in model.every_node() if node.throws is not None}
        self.written = {flow.id for flow in model.every_flow() if flow.written}
        self.engine.definitions.deploy(SYSTEM, "test", {"test.bpmn": to_xml(model).encode()}, strict=False)

    def _handle(self, context: StepContext) -> HandlerResult:
        throws = self.throws.get(context.element_id)
        if throws is not None and context.variables.get(throws[0]) is True:
            raise BpmnError(throws[1])
        return HandlerResult()

    # ---- what is done ----------------------------------------------------------------------------------------------------

    def start(self, process: str, key: str | None, values: Values) -> str:
        """Start a process."""
        return self.engine.instances.start(SYSTEM, process, values, business_key=key).id

    def complete(self, token: str, values: Values) -> None:
        """Complete a user task."""
        self.engine.tasks.complete(WORKER, token, values, by="program")

    def throw(self, token: str, code: str, values: Values) -> None:
        """A user task fails."""
        self.engine.tasks.fail(WORKER, token, code, variables=values)

    def trigger(self, timer: str) -> None:
        """A timer is due."""
        self.engine.jobs.execute(SYSTEM, timer)

    def message(self, name: str, key: str | None, values: Values) -> None:
        """A message for one receiver."""
        self.engine.messages.correlate(WORKER, Message(name, key, variables=values))

    def signal(self, name: str) -> None:
        """A signal for all."""
        self.engine.signals.send(WORKER, name)

    def cancel(self, root: str) -> None:
        """End a case from outside."""
        self.engine.instances.cancel(SYSTEM, root, "the test is over")

    def settle(self) -> None:
        """What had to wait for a job of its own, where nobody is left to get it."""
        self.engine.jobs.run_due()

    # ---- what is seen ----------------------------------------------------------------------------------------------------

    def roots(self) -> list[str]:
        """The open cases, the oldest first."""
        with self.database.read() as connection:
            query = select(process_instance.c.id).where(process_instance.c.id == process_instance.c.root_id)
            return list(connection.execute(query.order_by(process_instance.c.id)).scalars())

    def picture(self, root: str) -> ScopePicture:
        """How a case stands, from its rows."""
        with self.database.read() as connection:
            state = load_state(connection, root).state
        return EnginePicture(state, self.written, {}, {}).whole()


class TurnedDatabase(Database):
    """A database that gives rows which nobody has ordered the other way round in every second transaction."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.turns = itertools.count()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction."""
        with super().begin() as connection:
            yield self._turned(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot."""
        with super().read() as connection:
            yield self._turned(connection)

    def _turned(self, connection: Connection) -> Connection:
        connection.exec_driver_sql(f"PRAGMA reverse_unordered_selects = {next(self.turns) % 2}")
        return connection


@contextmanager
def engine_of_cases() -> Iterator[EngineOfCases]:
    """One on an empty SQLite file."""
    with TemporaryDirectory(prefix="between-") as place:
        database = TurnedDatabase(f"sqlite:///{place}/between.db")
        upgrade(database)
        try:
            yield EngineOfCases(database)
        finally:
            database.dispose()
