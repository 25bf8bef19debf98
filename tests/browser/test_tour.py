"""The tour of the README can be walked as it is told, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import on_one_database
from tests.browser.people import Person
from tests.browser.serving import Site
from tests.browser.tour import Tour

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@on_one_database
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_tour_of_the_readme(site: Site, person: Callable[..., Person], language: str) -> None:
    Tour(site, lambda name: person(name, language=language), language, lambda _name, _page: None).walk()
