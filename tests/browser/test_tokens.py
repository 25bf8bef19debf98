"""API tokens as they are used: a token for a program, which calls with it until it is revoked."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.desk import desk
from tests.browser.people import Person
from tests.browser.serving import Site
from tests.browser.test_access import findings

pytestmark = pytest.mark.browser

People = Callable[..., Person]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with desk(tmp_path_factory.mktemp("account")) as site:
        yield site


def call(site: Site, token: str) -> int:
    """What a program with this token is answered."""
    request = urllib.request.Request(f"{site.url}/engine-rest/task/count", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_program_gets_a_token_and_loses_it_when_it_is_revoked(person: People, site: Site) -> None:
    wang = person("wang-lei").go("/inbox")
    page = wang.page
    wang.refusals.add(422)  # the form without a password
    page.locator(".menu.person summary").click()
    page.get_by_role("link", name="My account").click()
    page.get_by_role("link", name="New token…").click()
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("#about-password")).to_contain_text("This is not your present password")
    page.get_by_label("What it is for").fill("stock import")
    page.get_by_role("radio", name="Read only").check()
    page.get_by_label("How long it opens").select_option("30")
    page.get_by_label("Your password").fill("demo")
    page.get_by_role("button", name="Make the token").click()
    token = page.locator(".made-token").inner_text().strip()
    assert call(site, token) == 200
    assert findings(wang) == []
    page.get_by_role("link", name="I have noted it").click()
    expect(page.locator("#tokens")).to_contain_text("stock import")
    expect(page.locator("#tokens")).not_to_contain_text(token)
    assert findings(wang) == []
    page.get_by_role("button", name="Revoke stock import").click()
    expect(wang.toast).to_contain_text("The token was revoked: stock import")
    assert call(site, token) == 401


def test_the_administrator_revokes_the_token_of_somebody_else(person: People, site: Site) -> None:
    wang, admin = person("wang-lei").go("/account/new-token"), person("admin")
    wang.page.get_by_label("What it is for").fill("forgotten")
    wang.page.get_by_label("Your password").fill("demo")
    wang.page.get_by_role("button", name="Make the token").click()
    token = wang.page.locator(".made-token").inner_text().strip()
    admin.go("/administration/people/wang-lei")
    admin.page.get_by_role("link", name="Show them").click()
    assert findings(admin) == []
    admin.page.get_by_role("button", name="Revoke forgotten").click()
    expect(admin.toast).to_contain_text("was revoked: forgotten")
    assert call(site, token) == 401
