"""My account: reached from the menu under one's name, by the keyboard; a new password ends the session of another browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import on_one_database
from tests.browser.people import Person
from tests.browser.serving import Site
from tests.browser.test_access import findings

pytestmark = pytest.mark.browser

People = Callable[..., Person]
NEW = "seventeen grey herons"


@on_one_database
def test_a_password_is_changed_with_the_keyboard_and_the_other_browser_is_signed_out(site: Site, person: People) -> None:
    here, elsewhere = person("gao-yuan"), person("gao-yuan", phone=True, language="zh")
    elsewhere.go("/inbox").page.goto("about:blank")  # a page that asks for news would leave for the sign-in by itself
    page = here.go("/inbox").page
    page.locator(".person summary").focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="My account")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gao Yuan")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out there")).to_have_count(1)
    assert findings(here) == []

    here.refusals.add(422)
    page.get_by_label("Present password").focus()
    for text in ("wrong", NEW, NEW):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is not your present password")).to_be_visible()
    expect(page.get_by_label("Present password")).to_be_focused()
    assert findings(here) == []
    for text in ("demo", NEW, NEW):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(here.toast).to_contain_text("You have a new password. One other session was ended.")
    expect(page.get_by_role("button", name="Sign out there")).to_have_count(0)
    elsewhere.go("/account")
    expect(elsewhere.page).to_have_url(f"{site.url}/sign-in?next=/account")
