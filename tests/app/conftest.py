from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.auth.doors import Doors
from app.auth.tables import metadata
from app.clock import SystemClock
from app.config import Settings
from app.services import Services
from app.streams import Hub
from engine.organisation.directory import Directory
from engine.store.database import Database
from tests.app.company import company


class RealClock:
    """The real clock of sessions, moved by hand."""

    milliseconds = 1_800_000_000_000

    def __call__(self) -> int:
        return self.milliseconds

    def move(self, *, seconds: int) -> None:
        self.milliseconds += seconds * 1000


@dataclass
class Site:
    """A site to test, with what stands behind it."""

    services: Services
    app: Flask
    real_clock: RealClock
    directory: Directory

    def client(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    database = Database(f"sqlite:///{tmp_path / 'app.db'}")
    with database.begin() as connection:
        metadata.create_all(connection, checkfirst=True)
    clock = RealClock()
    people = company()
    settings = Settings(secret_key="a key for tests", database_url=f"sqlite:///{tmp_path / 'app.db'}")
    hub = Hub(most=10, most_per_person=3, ping_seconds=5)

    def is_active(person: str) -> bool:
        return site.directory.is_active(person)

    doors = Doors(
        database, is_active, idle=settings.session_idle, lifetime=settings.session_lifetime, now=clock, on_sign_out=hub.close_session
    )
    doors.set_demo_passwords([person.id for person in people.people.values()])
    services = Services(settings, SystemClock(), doors, hub, lambda: site.directory, lambda _actor, _case: False)
    app = create_app(services)
    app.testing = True
    site = Site(services, app, clock, people)
    yield site
    database.dispose()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.client()
