"""A head decides on a phone, in Chinese and at night: what can be done is in reach of a thumb."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import on_one_database
from tests.browser.people import PHONE, Person
from tests.browser.requests import fill_in_request

pytestmark = pytest.mark.browser

FINGER = 44  # pixels, the least that is hit without looking


@on_one_database
def test_a_head_returns_and_approves_on_a_phone(person: Callable[..., Person]) -> None:
    zhou, wang = person("zhou-ting"), person("wang-lei", language="zh", phone=True, theme="dark")
    number = fill_in_request(zhou, 10).send()
    wang.open_task(number, "部门负责人审批")
    expect(wang.page.locator("#detail .facts")).to_contain_text("¥12,900.00")
    fits_the_screen(wang)
    bar = wang.page.locator("#complete")
    in_reach(bar.get_by_role("button", name="同意"))
    in_reach(bar.get_by_role("button", name="退回修改…"))
    assert "修改申请" in wang.press("退回修改", "请注明通道。")
    zhou.open_task(number, "Revise the request").press("Resubmit")
    wang.open_task(number, "部门负责人审批")
    wang.press("同意")
    assert any("王磊" in line and "同意" in line for line in wang.open_case(number).timeline())
    fits_the_screen(wang)


def in_reach(button: Locator) -> None:
    """In the lower third of the screen, whole, and large enough for a finger."""
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= FINGER
    assert box["y"] > PHONE["height"] * 2 / 3
    assert box["y"] + box["height"] <= PHONE["height"]
    assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]


def fits_the_screen(somebody: Person) -> None:
    """Nothing has to be pushed sideways to be read."""
    assert somebody.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
