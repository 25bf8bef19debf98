"""What users of other systems report of their inboxes, each tried here: wrong counts, wrong tasks, lost filters, unknown holders."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser.desk import desk
from tests.browser.people import Person
from tests.browser.serving import Site

pytestmark = pytest.mark.browser

People = Callable[..., Person]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with desk(tmp_path_factory.mktemp("desk")) as site:
        yield site


def counted(somebody: Person) -> int:
    """What the rail says there is to do."""
    return int(somebody.page.locator(".rail a", has_text="To do").locator("b").inner_text())


def test_the_counts_are_those_of_the_rows(person: People) -> None:
    wang = person("wang-lei").inbox()
    groups = [int(text) for text in wang.page.locator(".group span").all_inner_texts()]
    assert len(groups) == 3  # overdue, due today, later
    assert sum(groups) == counted(wang) == wang.page.locator("a.row").count()


def test_the_first_click_that_answers_late_does_not_take_the_place_of_the_second(person: People) -> None:
    wang = person("wang-lei").inbox()
    wang.provoked |= {"htmx:sendAbort", "htmx:afterRequest"}  # the first request is given up
    rows, held = wang.page.locator("a.row"), list[Route]()
    slow = rows.nth(1).get_attribute("hx-get") or ""
    second = rows.nth(2).locator(".row-line").inner_text().partition(" ")[0]
    wang.page.route(f"**{slow.partition('?')[0]}*", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks the function
    rows.nth(1).click()
    rows.nth(2).click()
    expect(wang.page.locator("#detail .task-line")).to_contain_text(second)
    for route in held:
        route.continue_()
    wang.wait_for_islands()
    expect(wang.page.locator("#detail .task-line")).to_contain_text(second)
    expect(rows.nth(2)).to_have_attribute("aria-current", "true")


def test_filters_stay_when_a_task_is_opened_and_on_the_way_back(person: People) -> None:
    wang = person("wang-lei").go("/inbox?process=purchase-approval&overdue=1")
    number = wang.page.locator("a.row").first.locator(".row-line").inner_text().partition(" ")[0]
    wang.page.locator("a.row").first.click()
    wang.page.wait_for_url("**/tasks/*")
    wang.page.reload()  # the address has the filters
    expect(wang.page.locator(".filter > summary")).to_have_text(["Purchase approval", "Overdue only"])
    expect(wang.page.locator("#detail .task-line")).to_contain_text(number)
    wang.page.go_back()
    wang.page.wait_for_url("**/inbox?*")
    expect(wang.page.locator(".filter > summary")).to_have_text(["Purchase approval", "Overdue only"])
    expect(wang.page.locator("h3.group")).to_have_count(1)


def test_one_sees_who_has_a_task(person: People) -> None:
    zhao = person("zhao-min").open_task("PA-2026-0004", "Purchasing approves", "claimable")
    expect(zhao.page.locator(".actions-hint")).to_contain_text("Zhang Min has it")
    expect(zhao.page.locator("#side")).to_contain_text("With Zhang Min")
    zhou = person("zhou-ting").inbox("started")
    expect(zhou.row("PA-2026-0004").locator(".row-time")).to_contain_text("Zhang Min")
    expect(zhou.page.locator(".strip-detail")).to_contain_text("has been with")


def test_sections_of_cases_open_the_first_one_and_others_beside_the_list(person: People) -> None:
    zhou = person("zhou-ting").inbox("started")
    rows, line = zhou.page.locator("a.row"), zhou.page.locator("#detail .task-line")
    expect(rows.first).to_have_attribute("aria-current", "true")
    expect(line).to_contain_text(rows.first.locator(".row-line").inner_text().partition(" ")[0])
    zhou.row("PA-2026-0003").click()
    expect(line).to_contain_text("PA-2026-0003")
    expect(zhou.page.locator("#side")).to_contain_text("Not in the budget")
    zhou.page.reload()
    expect(line).to_contain_text("PA-2026-0003")
    expect(zhou.row("PA-2026-0003")).to_have_attribute("aria-current", "true")
    zhou.page.get_by_role("link", name="Open the case").click()
    zhou.page.wait_for_url("**/cases/PA-2026-0003")


def test_a_task_that_was_handled_is_no_longer_counted_anywhere(person: People) -> None:
    wang, elsewhere = person("wang-lei").inbox(), person("wang-lei", language="en", theme="dark").inbox()
    before, rows = counted(wang), elsewhere.page.locator("a.row").count()
    number = wang.page.locator("a.row").last.locator(".row-line").inner_text().partition(" ")[0]
    wang.open_task(number, "Department head approves").press("Approve")
    expect(wang.page.locator(".rail a", has_text="To do").locator("b")).to_have_text(str(before - 1))
    expect(elsewhere.page.locator(".rail a", has_text="To do").locator("b")).to_have_text(str(before - 1))  # by itself
    expect(elsewhere.page.locator("a.row")).to_have_count(rows - 1)
    expect(elsewhere.row(number)).to_have_count(0)
