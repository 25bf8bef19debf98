"""Pages renew themselves: nothing that happens is missed, however long a part takes to fetch itself."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Route, expect

from tests.browser.conftest import PATIENCE, on_one_database
from tests.browser.people import Person
from tests.browser.requests import fill_in_request
from tests.browser.serving import Site

pytestmark = pytest.mark.browser


@on_one_database
def test_what_happens_while_the_bell_fetches_itself_is_not_missed(site: Site, person: Callable[..., Person]) -> None:
    wang, zhou = person("wang-lei").inbox(), person("zhou-ting")
    held: list[tuple[Route, APIResponse]] = []
    is_slow = True

    def answer(route: Route) -> None:
        if is_slow:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    wang.page.route("**/notices/bell*", answer)
    fill_in_request(zhou, 10).send()
    until = time.monotonic() + PATIENCE / 1000
    while not held and time.monotonic() < until:
        wang.page.wait_for_timeout(50)
    fill_in_request(zhou, 11).send()  # the bell is told of this one while it waits for its answer
    wang.page.wait_for_timeout(1_000)
    is_slow = False
    for route, late in held:
        route.fulfill(response=late)
    expect(wang.bell).to_have_text("2")
