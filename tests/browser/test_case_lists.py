"""The list of cases of a process: its own columns, and views that are saved and shared."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import on_one_database
from tests.browser.people import Person
from tests.browser.requests import SUBJECT, fill_in_request
from tests.browser.serving import Site
from tests.browser.test_access import findings

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def test_columns_are_chosen_and_a_view_is_saved_for_the_department(site: Site, person: People) -> None:
    zhou, wang = person("zhou-ting"), person("wang-lei")
    number = fill_in_request(zhou, 180).send()
    page = zhou.go("/cases").page
    page.locator("summary", has_text="All processes").click()
    page.get_by_role("link", name="Purchase approval").click()
    expect(page.get_by_role("columnheader", name="Contract")).to_be_visible()
    expect(page.locator("tbody tr", has_text=number)).to_contain_text("CT-2026-021")
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("Contract").uncheck()
    page.get_by_label("Cost centre").check()
    assert findings(zhou) == []
    page.locator(".for-columns").get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Contract")).to_have_count(0)
    expect(page.locator("tbody tr", has_text=number)).to_contain_text("3200 Warehouse B")
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Save this list as").fill("By cost centre")
    page.get_by_label("Who has it").select_option("Sales")
    assert findings(zhou) == []
    page.locator(".for-views").get_by_role("button", name="Save", exact=True).click()
    expect(zhou.toast).to_contain_text("By cost centre")
    expect(page.locator(".for-views summary")).to_have_text("By cost centre")

    wang.go("/cases").page.locator("summary", has_text="Views").click()
    wang.page.get_by_role("link", name="By cost centre").click()
    expect(wang.page.get_by_role("columnheader", name="Cost centre")).to_be_visible()
    wang.page.locator(".for-views summary").click()
    expect(wang.page.get_by_role("button", name="Remove the view")).to_have_count(0)  # only who saved it may


def test_a_list_is_put_into_order_by_a_field_of_a_form_with_the_keyboard_alone(site: Site, person: People) -> None:
    zhou = person("zhou-ting")
    first, second = (fill_in_request(zhou, days).send() for days in (2, 3))
    page = zhou.go("/cases?process=purchase-approval&state=open").page
    page.locator(".for-columns summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Reason", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Reason")).to_be_visible()
    head = page.get_by_role("columnheader", name="Reason").get_by_role("link")
    head.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Reason")).to_have_attribute("aria-sort", "ascending")
    assert findings(zhou) == []
    page.locator(".for-order summary").click()
    page.get_by_label("Order by").select_option("Amount")
    page.get_by_label("Downwards").check()
    assert findings(zhou) == []
    page.locator(".for-order").get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Reason")).to_be_visible()
    rows = page.locator("tbody tr")
    texts = [text for text in rows.all_inner_texts() if first in text or second in text]
    assert [first in text for text in texts] == [False, True], texts


@on_one_database
def test_on_a_phone_the_list_of_a_process_fits(site: Site, person: People) -> None:
    number = fill_in_request(person("zhou-ting"), 2).send()
    zhou = person("zhou-ting", phone=True, language="zh").go("/cases?process=purchase-approval&state=open")
    expect(zhou.page.locator("tbody tr", has_text=number)).to_contain_text("¥2,580.00")
    expect(zhou.page.locator("tbody tr", has_text=number)).to_contain_text(SUBJECT)
    zhou.page.locator(".for-views summary").click()
    expect(zhou.page.get_by_label("将此列表保存为")).to_be_visible()
    assert zhou.page.evaluate("document.documentElement.scrollWidth") == 390
    assert findings(zhou) == []
