"""Two people have the same task open: one acts, the other presses and reads who was faster, in their language; what was typed is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.requests import SUBJECT, fill_in_request

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def test_of_two_people_on_a_task_the_second_reads_who_was_faster(person: People) -> None:
    zhou, wang = person("zhou-ting"), person("wang-lei")
    number = fill_in_request(zhou, 60).send()
    wang.open_task(number, "Department head approves").press("Approve")
    zhang, gao, zhao = person("zhang-min"), person("gao-yuan", language="zh"), person("zhao-min")
    for late in (zhang, gao, zhao):
        late.refusals.add(409)
    both_claim(zhang, gao, number)
    the_head_gives_it_away(zhang, zhao)
    it_is_done_before_it_is_given_away(gao, zhao, number)


def both_claim(zhang: Person, gao: Person, number: str) -> None:
    """Both see the offer. Zhang Min takes it; Gao Yuan reads that in Chinese, beside the task as it stands now."""
    gao.open_task(number, "采购部审批", "claimable")
    zhang.claim(number, "Purchasing approves")
    gao.page.locator('#complete [data-key="c"]').click()
    expect(gao.page.locator("#detail .problems")).to_have_text("张敏已经认领。")
    expect(gao.page.locator("#detail .task-title")).to_have_text(SUBJECT)
    expect(gao.page.locator("#complete")).to_contain_text("由张敏办理")


def the_head_gives_it_away(zhang: Person, zhao: Person) -> None:
    """While Zhang Min writes, her head gives the task to Gao Yuan. What she has written stands beside what happened."""
    zhang.fill(terms="Free to warehouse B")
    zhao.go(zhang.page.url)
    open_giving(zhao, "Gao Yuan", "He knows the supplier.")
    zhao.page.get_by_role("dialog").get_by_role("button", name="Give", exact=True).click()
    expect(zhao.toast).to_contain_text("Sent to Gao Yuan")
    zhang.page.locator("#complete").get_by_role("button", name="Approve").click()
    detail = zhang.page.locator("#detail")
    expect(detail.locator(".problems")).to_have_text("Zhao Min has given this to Gao Yuan already.")
    expect(detail.locator(".kept")).to_contain_text("Free to warehouse B")
    expect(zhang.page.locator("#complete")).to_contain_text("Gao Yuan has it")


def it_is_done_before_it_is_given_away(gao: Person, zhao: Person, number: str) -> None:
    """The head wants it back, and gives the reason; Gao Yuan has just approved."""
    gao.open_task(number, "采购部审批")
    zhao.go(gao.page.url)
    open_giving(zhao, "Zhang Min", "She is back.")
    gao.press("同意")
    zhao.page.get_by_role("dialog").get_by_role("button", name="Give", exact=True).click()
    detail = zhao.page.locator("#detail")
    expect(detail).to_contain_text("Gao Yuan has done this already.")
    expect(detail.locator(".kept")).to_contain_text("She is back.")
    detail.get_by_role("link", name="Open the case").click()
    zhao.wait_for_islands()
    assert any("Gao Yuan, Purchasing: approved" in line for line in zhao.timeline())


def open_giving(zhao: Person, to: str, why: str) -> None:
    """Fill in the dialog, and do not send it."""
    zhao.page.locator("#complete summary", has_text="More").click()
    zhao.page.get_by_role("button", name="Give to somebody else").click()
    dialog = zhao.page.get_by_role("dialog")
    option = dialog.locator("option", has_text=to).get_attribute("value")
    dialog.locator("select").select_option(option)
    dialog.locator("textarea").fill(why)
