"""A server of its own for each test, on each database, and people with browsers before it.

A test that fails leaves a picture of every page and the words of its console under `var/browser/`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import Person
from tests.browser.serving import ROOT, Site, serve
from tools.system import COMMAND, chromium

PLACE = ROOT / "var" / "browser"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt --no-maglev",  # pages live for seconds here: compiling their scripts to the best code costs more than it brings
]
PATIENCE = 20_000  # milliseconds: the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)
on_one_database = pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
"""For tests of what a page looks like and how it is used: the server's database cannot change that."""

_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test failed, for the fixtures that are taken down afterwards."""
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests. Where there is none the tests are skipped; with CI=true that is a failure."""
    program = chromium()
    if program is None:
        pytest.skip(f"no Chromium to test with: {COMMAND}")
    if not (ROOT / "app" / "static" / "dist" / "manifest.json").exists():
        pytest.fail("the front end is not built: make build")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A server with the sample company in a database of this test, at 10:00 on a Monday. Its log must be free of errors."""
    with serve(database_url, tmp_path / "server") as site:
        yield site


@pytest.fixture
def person(site: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """`person("zhou-ting")`: signed in, in a browser of their own. At the end no console may have complained."""
    yield from gather(site, browser, request)


def gather(site: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Make people and look after them; what `person` does, for any server."""
    there: dict[str, Person] = {}

    def come(id_: str, **how: object) -> Person:
        key = " ".join([id_, *map(str, how.values())])
        if key not in there:
            there[key] = Person(browser, site.url, id_, **how)
            there[key].page.set_default_timeout(PATIENCE)
            there[key].sign_in()
        return there[key]

    yield come
    complaints = [f"{somebody.id}: {line}" for somebody in there.values() for line in somebody.complaints()]
    if request.node.stash.get(_failed, False) or complaints:
        _leave_pictures(request.node.name, list(there.values()), site)
    for somebody in there.values():
        somebody.context.close()
    assert not complaints, "\n".join(complaints)


def _leave_pictures(name: str, people: list[Person], site: Site) -> None:
    folder = PLACE / re.sub(r"[^\w.-]+", "-", name).strip("-")
    for somebody in people:
        for path in somebody.photograph(folder):
            print(f"left behind: {os.path.relpath(path, ROOT)}")
    (folder / "server.log").write_text(site.log.read_text("utf-8"), encoding="utf-8")
    print(f"left behind: {os.path.relpath(folder / 'server.log', ROOT)}")
