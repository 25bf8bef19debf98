"""What failed is found, mended and tried again at the pages: from the bell to the case, by two people at once, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from engine import Case
from tests.browser.conftest import gather
from tests.browser.failing import failing
from tests.browser.people import Person
from tests.browser.serving import Site
from tests.browser.test_access import SMALLEST, findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

People = Callable[..., Person]
PAGES = (
    "/administration/incidents",
    "/administration/incidents?q=stock",
    "/administration/jobs",
    "/administration/jobs?state=failed",
    "/administration/health",
)
TITLES = (
    "Shelves for hall 2",
    "Shelves for a hall whose name is longer than any line of a list on a telephone, and for its gate",
)


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[tuple[Site, list[Case]]]:
    with failing(tmp_path, *TITLES) as found:
        yield found


@pytest.fixture
def cases(broken: tuple[Site, list[Case]]) -> list[Case]:
    return broken[1]


@pytest.fixture
def person(broken: tuple[Site, list[Case]], browser: Browser, request: pytest.FixtureRequest) -> Iterator[People]:
    yield from gather(broken[0], browser, request)


def test_from_the_bell_to_the_record_and_back(person: People) -> None:
    """The administrator reads why, the Warehouse corrects the record, one press heals the case; the other one fails no more either."""
    admin, chen = person("admin"), person("chen-jie")
    expect(admin.page.locator(".bell")).to_contain_text("2")
    admin.go("/administration/incidents")
    expect(admin.page.locator(".incident")).to_have_count(2)
    chen.go("/records/items/shelving-bay")
    chen.page.get_by_label("Kept in stock").check()
    chen.page.get_by_role("button", name="Save").click()
    expect(chen.toast).to_be_visible()
    line = admin.page.locator(".incident", has_text=TITLES[0])
    expect(line).to_contain_text("Shelving bay, 3 levels is not kept in stock")
    line.locator("summary").click()
    expect(line.locator(".tries li")).to_have_count(2)
    line.get_by_role("button").click()
    expect(admin.toast).to_contain_text("It is being tried again")
    expect(admin.page.locator(".incident")).to_have_count(1)
    admin.page.locator(".incident h2 a").click()
    expect(admin.page.locator(".case-incident")).to_contain_text("Book into stock failed")
    admin.wait_for_islands()
    admin.page.get_by_role("button", name="Try again").click()
    expect(admin.toast).to_contain_text("It is being tried again")
    expect(admin.page.locator(".case-incident")).to_have_count(0)
    admin.go("/administration/incidents")
    expect(admin.page.get_by_text("Nothing waits for a repair")).to_be_visible()


def test_two_try_again_at_once_and_one_reads_who_was_faster(person: People, cases: list[Case]) -> None:
    """The administrator in the list, the owner of the process at the case: both have it before them when the first one presses."""
    admin, owner = person("admin"), person("song-yu")
    owner.refusals.add(409)
    owner.page.route("**/events?*", lambda route: route.abort())
    owner.provoked.add("net::ERR_FAILED")
    owner.open_case(str(cases[0].number))  # what happens does not reach this page
    admin.go("/administration/incidents").page.locator(".incident", has_text=TITLES[0]).get_by_role("button").click()
    expect(admin.toast).to_contain_text("It is being tried again")
    owner.page.get_by_role("button", name="Try again").click()
    expect(owner.page.locator(".problems")).to_contain_text("Xu Fang has had this tried again already.")


def test_several_are_tried_again_by_keyboard_with_a_report(person: People) -> None:
    admin = person("admin").go("/administration/incidents")
    for box in admin.page.locator(".incident-choice input").all():
        box.focus()
        admin.page.keyboard.press("Space")
    button = admin.page.get_by_role("button", name="Try the chosen again")
    button.focus()
    admin.page.keyboard.press("Enter")
    expect(admin.page.locator(".report")).to_contain_text("2 are being tried again")
    expect(admin.page.locator(".report")).to_be_focused()
    expect(admin.page.locator(".incident")).to_have_count(2)  # nobody has corrected anything: they come back by themselves


def test_what_a_search_finds_is_tried_again_at_once_and_the_search_stays(person: People) -> None:
    admin = person("admin").go("/administration/incidents")
    for text, count in ((TITLES[0], 1), ("not kept in stock", 2)):
        admin.page.get_by_role("searchbox", name="Search incidents").fill(text)
        admin.page.keyboard.press("Enter")
        expect(admin.page.locator(".incident")).to_have_count(count)
    admin.page.get_by_role("button", name="Try all again").click()
    expect(admin.page.locator(".report")).to_contain_text("2 are being tried again")
    expect(admin.page.get_by_role("searchbox", name="Search incidents")).to_have_value("not kept in stock")
    admin.page.get_by_role("link", name="Show all").click()
    expect(admin.page.locator(".incident")).to_have_count(2)  # they come back by themselves


@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(person: People, cases: list[Case], language: str) -> None:
    admin = person("admin", language=language)
    wrong = [line for path in (*PAGES, f"/cases/{cases[0].number}") for line in findings(admin.go(path))]
    phone = person("admin", language=language, phone=True)
    phone.page.set_viewport_size({"width": SMALLEST, "height": 700})
    for path in PAGES:
        phone.go(path)
        width = phone.page.evaluate("document.documentElement.scrollWidth")
        wrong += [f"{path}: {width}"] if width > SMALLEST else []
    assert wrong == []
