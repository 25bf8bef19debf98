"""Servers under test: real `crossdesk` processes on free ports, with the sample company, each on a new database of its own."""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, make_url, select

from benchmarks.kit.wish import Kind
from engine.store.database import Database
from engine.store.tables import outbox
from tests.faults.servers import Client, Server
from tests.postgresql import Server as Postgresql
from tests.postgresql import start_server

COUNTED = "benchmarks.kit.counted"
_numbers = itertools.count(1)
_IDLE_SECONDS = 300


@dataclass
class Site:
    """A running server and its database. `place` is a folder of its own, `postgresql` where its database is; none for SQLite."""

    kind: Kind
    url: str
    server: Server
    place: Path
    postgresql: Postgresql | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    def client(self) -> Client:
        """One that may do everything."""
        return Client(self.port)

    def facts(self) -> dict[str, object]:
        """Which database it is, and the settings that make a commit durable, asked of a connection as the server makes them."""
        database = Database(self.url)
        with database.read() as connection:
            version = connection.exec_driver_sql("SELECT sqlite_version()" if self.kind == "sqlite" else "SHOW server_version").scalar_one()
        found = {"name": self.kind, "version": version, "durable": database.durability()}
        database.dispose()
        return found

    @property
    def database(self) -> str:
        """The name of its database on PostgreSQL."""
        return make_url(self.url).database or ""

    def database_pid(self) -> int | None:
        """The process of the database; none where it lives in the server's own."""
        return self.postgresql.process.get_pid() if self.postgresql else None

    def wait_until_idle(self) -> None:
        """Until all notices are delivered: what is measured next should not share the machine with them."""
        database, until = Database(self.url), time.monotonic() + _IDLE_SECONDS
        try:
            while time.monotonic() < until:
                with database.read() as connection:
                    if not connection.execute(select(func.count()).select_from(outbox)).scalar_one():
                        return
                time.sleep(0.1)
        finally:
            database.dispose()
        raise TimeoutError("notices are still being delivered")


@contextmanager
def postgresql(port: int | None = None) -> Iterator[Postgresql]:
    """A PostgreSQL with its settings as they come, removed afterwards. `port`: it listens there on the loopback."""
    server = start_server(f"benchmarks-{os.getpid()}-{next(_numbers)}", port=port)
    try:
        yield server
    finally:
        server.close()
        server.process.cleanup()


@contextmanager
def serving(
    kind: Kind, *, processes: int = 1, counted: Path | None = None, on: Postgresql | None = None, **settings: str
) -> Iterator[Site]:
    """A server on a new database; `processes` of them on one port. `counted`: each transaction is noted in this file. `on`: this one.

    `settings`: further ones of the server.
    """
    with tempfile.TemporaryDirectory(prefix="crossdesk-benchmark-") as name:
        place = Path(name)
        if kind == "sqlite":
            with _run(kind, f"sqlite:///{place / 'crossdesk.db'}", place, processes, counted, **settings) as site:
                yield site
        elif on is not None:
            with _on(on, place, processes, counted, **settings) as site:
                yield site
        else:
            with postgresql() as server, _on(server, place, processes, counted, **settings) as site:
                yield site


@contextmanager
def _on(server: Postgresql, place: Path, processes: int, counted: Path | None, **settings: str) -> Iterator[Site]:
    database = f"benchmark_{next(_numbers)}"
    with _run("postgresql", server.create(database), place, processes, counted, **settings) as site:
        site.postgresql = server
        yield site
    server.drop(database)


@contextmanager
def _run(kind: Kind, url: str, place: Path, processes: int, counted: Path | None, **settings: str) -> Iterator[Site]:
    settings["CROSSDESK_PROCESSES"] = str(processes)
    if counted is not None:
        settings["BENCHMARK_TRANSACTIONS"] = str(counted)
    server = Server(url, place, module=COUNTED if counted else "app.cli", **settings)
    server.start()
    try:
        yield Site(kind, url, server, place)
    finally:
        server.stop()
