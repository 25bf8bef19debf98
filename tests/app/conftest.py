from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import shipped_folders
from app.compose import compose
from app.config import Settings
from app.sample.found import FOUNDER, found
from app.services import Services
from engine import Case
from tests.processes.company import Company, request


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

    def client(self) -> FlaskClient:
        """A browser of its own, which asks for English."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    @property
    def company(self) -> Company:
        """The people of the company, who act without a browser."""
        return Company(self.services.engine, self.services.database)

    def purchase(self, person: str = "zhou-ting", **changes: object) -> Case:
        """A purchase that somebody requests today."""
        needed_by = (self.services.clock.now() + timedelta(days=30)).date()
        return self.company.start(person, "purchase-approval", **request(**{"needed_by": needed_by.isoformat(), **changes}))

    def disable(self, person: str) -> None:
        self.services.engine.organisation.set_active(FOUNDER, person, active=False)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the people and records of the sample company and the shipped processes, to copy."""
    path = tmp_path_factory.mktemp("company") / "company.db"
    services = compose(Settings(secret_key="a key for tests", database_url=f"sqlite:///{path}", seals_file=path.with_name("seals")))
    found(services, shipped_folders())
    services.database.dispose()
    return path


@pytest.fixture
def site(tmp_path: Path, founded: Path) -> Iterator[Site]:
    path = tmp_path / "app.db"
    shutil.copyfile(founded, path)
    settings = Settings(
        secret_key="a key for tests",
        database_url=f"sqlite:///{path}",
        seals_file=tmp_path / "seals",
        seal_key_file=tmp_path / "seal-key",
        trials_folder=tmp_path / "trials",
        streams=10,
        streams_per_person=3,
    )
    services = compose(settings)
    clock = RealClock()
    services.doors._now = clock
    app = create_app(services)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield Site(services, app, clock)
    services.database.dispose()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.client()
