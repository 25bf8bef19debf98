"""Databases with a small company, for tests whose acts are done by processes that die.

The short form of each experiment runs with all tests; with `CROSSDESK_FAULTS=long` (`make faults`) the same tests run the long form.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select

from engine.ports import Handler
from engine.store import history
from engine.store.database import Database
from engine.store.game import load_tasks
from engine.store.ids import RisingIds
from engine.store.tables import history_entry
from engine.work.calendar import WorkingCalendar
from tests.conftest import FakeClock
from tests.engine.services.conftest import COMPANY, SYSTEM, AnyForm, Engine
from tests.faults.acts import MONDAY

_numbers = itertools.count(1)


@dataclass
class Site:
    """A database with an engine in this process."""

    url: str
    engine: Engine
    clock: FakeClock

    def actor(self, person: str):
        return self.engine.organisation.actor(person)

    def deploy(self, **models: str) -> None:
        files = {f"{name}.bpmn": text.encode() for name, text in models.items()}
        self.engine.definitions.deploy(self.actor("ann"), "test", files, strict=False)

    def start(self, key: str = "p", person: str = "sue", **options) -> str:
        return self.engine.instances.start(self.actor(person), key, **options).id

    def tasks(self, case: str) -> dict[str, str]:
        with self.engine.database.read() as connection:
            return {row.element_id: row.id for row in load_tasks(connection, case).values()}

    def happened(self, event: str) -> list[tuple[str, datetime, dict[str, Any]]]:
        """All events of a kind: the case, when, and the fields."""
        with self.engine.database.read() as connection:
            rows = connection.execute(select(history_entry).order_by(history_entry.c.chain, history_entry.c.seq)).all()
        found = ((row.chain, row.at, history.events_of(row.chain, row.body)) for row in rows)
        return [(chain, at, fields) for chain, at, events in found for name, fields in events if name == event]

    def claim(self, person: str, task: str) -> int:
        return self.engine.tasks.claim(self.actor(person), task).version

    def complete(self, person: str, task: str, variables: dict[str, object] | None = None) -> None:
        self.claim(person, task)
        self.engine.tasks.complete(self.actor(person), task, variables or {})

    def is_whole(self) -> None:
        """The history is whole, and SQLite finds its file in order."""
        assert self.engine.history.verify(self.actor("axel")).findings == []
        if self.engine.database.dialect == "sqlite":
            with self.engine.database.read() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def open_site(url: str, zone: str = "Asia/Shanghai", handlers: Mapping[str, Handler] | None = None) -> Site:
    """An engine on a database that has its company already."""
    clock = FakeClock(MONDAY)
    counter = itertools.count(1)
    ids = RisingIds(clock, lambda size: next(counter).to_bytes(size, "big"))
    engine = Engine(Database(url), clock, ids, AnyForm(), handlers, calendar=WorkingCalendar(zone=zone))
    return Site(url, engine, clock)


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    """An engine with a small company."""
    site = open_site(database_url)
    site.engine.organisation.load(SYSTEM, COMPANY)
    yield site
    site.engine.database.dispose()


@pytest.fixture
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Copies a database that nobody has open, and gives the URL of the copy."""
    made = []

    def make(url: str) -> str:
        name = f"copy_{os.getpid()}_{next(_numbers)}"
        if url.startswith("sqlite"):
            path = tmp_path / f"{name}.db"
            shutil.copyfile(url.removeprefix("sqlite:///"), path)
            return f"sqlite:///{path}"
        made.append(name)
        server = request.getfixturevalue("postgresql_server")
        return server.create(name, template=make_url(url).database or "")

    yield make
    for name in made:
        request.getfixturevalue("postgresql_server").drop(name)
