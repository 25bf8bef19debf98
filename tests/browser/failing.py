"""A server with cases whose booking has failed for good, before anybody opens a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.bootstrap import shipped_folders
from app.compose import compose
from app.config import from_environment
from app.sample.found import found
from engine import Case
from tests.browser.serving import Site, serve, settings_of
from tests.processes.failing import booking_fails


@contextmanager
def failing(folder: Path, *titles: str) -> Iterator[tuple[Site, list[Case]]]:
    """A server on SQLite with one such case for each title, at the moment at which they have failed."""
    url = f"sqlite:///{folder / 'crossdesk.sqlite3'}"
    services = compose(from_environment(settings_of(url, folder / "server")))
    found(services, shipped_folders())
    cases = [booking_fails(services, title) for title in titles]
    services.database.dispose()
    with serve(url, folder / "server", at=cases[-1].started_at) as site:
        yield site, cases
