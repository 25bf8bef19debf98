"""An analyst tries what was drawn, as everybody whom it asks, and removes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import on_one_database
from tests.browser.people import Person
from tests.browser.requests import SUBJECT, ask_for_shelving
from tests.browser.serving import Site
from tests.browser.test_access import findings
from tests.browser.test_studio import choose, edit

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def test_an_analyst_tries_a_draft_as_everybody_whom_it_asks_and_removes_it(site: Site, person: People) -> None:
    wang, analyst = person("wang-lei").inbox(), edit(person("analyst"), "purchase-approval")
    page, panel = analyst.page, analyst.page.locator(".studio-panel")
    choose(analyst, "head_approves")
    panel.get_by_role("group", name="Name", exact=True).get_by_label("Name (English)").fill("The head agrees")
    page.get_by_role("button", name="Try").click()  # saves it first
    expect(page.locator(".trial-who")).to_contain_text("Nothing here is real")
    assert findings(analyst) == []
    page.get_by_role("link", name="Zhou Ting").click()
    analyst.wait_for_islands()
    expect(page.locator(".trial-who")).to_contain_text("You act as Zhou Ting")
    ask_for_shelving(analyst, 180)
    expect(page.locator("#preview")).to_contain_text("The head agrees")
    number = analyst.send()
    assert analyst.marks()["head_approves"].endswith("Wang Lei")
    expect(page.locator(".trial-decision")).to_contain_text("232200")  # how the level was found
    expect(page.locator(".trial-values")).to_contain_text("approval_level")
    assert findings(analyst) == []

    page.get_by_role("button", name="Let the time pass until then: The head agrees: goes to the superior too").click()
    expect(analyst.toast).to_contain_text("It is")
    open_as(analyst, "He Jing", "The head agrees")  # the superior may, by now
    expect(page.locator(".trial-who")).to_contain_text("You act as He Jing")
    assert "Finance" in analyst.press("Approve")
    expect(page.locator(".trial-next")).to_contain_text("Finance approves")
    expect(page.locator(".timeline").last).to_contain_text("He Jing")
    for name, step in (("Zhang Min", "Purchasing approves"), ("Li Qiang", "Finance approves")):
        open_as(analyst, name, step)
        analyst.press("Approve")
        analyst.wait_for_islands()
    expect(page.locator(".trial-next")).to_contain_text("General manager approves")

    expect(wang.bell).to_have_text("")  # nobody was told
    expect(wang.inbox().page.locator("#content")).not_to_contain_text(SUBJECT)
    analyst.refusals.add(404)
    assert page.request.get(f"/cases/{number}").status == 404
    page.get_by_role("button", name="Remove the trial").click()
    expect(analyst.toast).to_contain_text("Nothing of it is left")
    expect(page.locator(".studio[data-ready]")).to_be_visible()


def open_as(analyst: Person, name: str, step: str) -> None:
    """Go to a task as somebody whom it asks."""
    analyst.page.locator(".trial-next > li", has_text=step).get_by_role("button", name=f"as {name}").click()
    analyst.wait_for_islands()


@on_one_database
def test_on_a_phone_a_trial_is_looked_at_and_worked_in(site: Site, person: People) -> None:
    desk = edit(person("analyst"), "purchase-approval")
    desk.page.get_by_role("button", name="Try").click()
    desk.page.get_by_role("link", name="Zhou Ting").click()
    desk.wait_for_islands()
    ask_for_shelving(desk, 180).send()
    phone = person("analyst", phone=True, language="zh")
    phone.page.goto("/trials")
    phone.page.get_by_role("link", name="采购审批").click()
    phone.wait_for_islands()
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390
    expect(phone.page.locator(".trial-decision")).to_contain_text("采购审批级别")
    expect(phone.page.locator(".trial-decision")).to_contain_text("金额：> 200000")
    assert findings(phone) == []
    phone.page.get_by_role("button", name="王磊").click()
    phone.wait_for_islands()
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390
    assert findings(phone) == []
