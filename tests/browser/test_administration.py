"""The administrator's pages as they are used: somebody comes, somebody leaves, a day off, two administrators at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import desk
from tests.browser.people import Person
from tests.browser.serving import Site
from tests.browser.test_access import findings

pytestmark = pytest.mark.browser

People = Callable[..., Person]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with desk(tmp_path_factory.mktemp("administration")) as site:
        yield site


def test_somebody_new_gets_a_place_and_a_password_and_signs_in(person: People, site: Site, browser: Browser) -> None:
    admin = person("admin").go("/inbox")
    admin.page.get_by_role("link", name="Administration").first.click()
    admin.page.get_by_role("link", name="New person").click()
    page = admin.page
    page.get_by_label("User name").fill("bai-lu")
    page.get_by_label("Name in English").fill("Bai Lu")
    page.get_by_label("Name in Chinese").fill("白露")
    page.get_by_label("Department", exact=True).select_option("purchasing")
    page.get_by_role("group", name="Roles there").get_by_role("checkbox", name="Buyer").press("Space")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(admin.toast).to_contain_text("Bai Lu was added")
    page.get_by_role("link", name="New password…").click()
    page.get_by_role("button", name="Set the password").click()
    made = page.locator(".made-password").inner_text()
    context = browser.new_context(base_url=site.url, locale="en-US")
    bai = context.new_page()
    bai.goto("/sign-in")
    bai.locator(".by-name summary").click()
    bai.locator('.by-name input[name="person"]').fill("bai-lu")
    bai.locator('.by-name input[name="password"]').fill(made)
    bai.locator('.by-name button[type="submit"], .by-name form button').first.click()
    expect(bai.locator(".who")).to_contain_text("Bai Lu")
    bai.goto("/inbox?section=claimable")
    expect(bai.locator("a.row").first).to_be_visible()  # what Purchasing is asked for
    context.close()


def test_who_leaves_is_signed_out_and_the_tasks_go_on(person: People) -> None:
    admin, zhang = person("admin"), person("zhang-min")
    zhang.refusals.add(401)  # what the open page asks for after the session has ended
    admin.go("/administration/people/zhang-min")
    expect(admin.page.locator(".sheet-side")).to_contain_text("Has one task.")
    admin.page.get_by_role("link", name="Deactivate…").click()
    expect(admin.page.locator(".consequences")).to_contain_text("All sessions end at once")
    assert findings(admin) == []
    way = admin.page.locator(".held select")
    expect(way.locator("option:checked")).to_have_text(re.compile("Back to Purchasing"))
    way.select_option(label="To Zhao Min, the superior")
    admin.page.get_by_role("button", name="Deactivate", exact=True).click()
    expect(admin.toast).to_contain_text("Zhang Min is not active any more. One task was moved.")
    zhao = person("zhao-min").inbox()
    expect(zhao.row("PA-2026-0004")).to_be_visible()
    zhang.go("/inbox")
    expect(zhang.page).to_have_url(re.compile("/sign-in"))
    admin.page.get_by_role("button", name="Enable again").click()
    expect(admin.toast).to_contain_text("Zhang Min can sign in again")


def test_a_day_off_is_set_seen_and_taken_back(person: People) -> None:
    admin = person("admin", language="zh").go("/administration/calendar")
    admin.page.locator("#f-day").fill("2026-11-27")
    admin.page.get_by_label("中文原因").fill("港口展会")
    admin.page.get_by_role("button", name="保存日期").click()
    expect(admin.toast).to_contain_text("已经开始计算的期限不变")
    expect(admin.page.locator('.day.own[title="港口展会"]')).to_have_text(re.compile("27"))
    line = admin.page.locator(".special-days li", has_text="港口展会")
    line.locator("summary").click()
    line.get_by_label("原因").fill("展会改期")
    assert findings(admin) == []
    line.get_by_role("button", name="撤销").click()
    expect(admin.page.locator(".special-days li", has_text="港口展会")).to_have_count(0)
    expect(admin.page.locator(".sheet-side .timeline")).to_contain_text("展会改期")


def test_two_administrators_change_the_same_person_and_the_later_one_keeps_what_was_typed(person: People) -> None:
    first, later = person("admin"), person("admin", language="zh")
    later.refusals.add(409)
    for somebody, title in ((first, "Treasurer"), (later, "总账会计")):
        somebody.go("/administration/people/li-qiang").page.locator("#f-title").fill(title)
    first.page.get_by_role("button", name="Save").click()
    expect(first.toast).to_contain_text("Saved")
    later.page.get_by_role("button", name="保存").click()
    expect(later.page.locator(".problems")).to_contain_text("你填写时，徐芳已修改此处")
    expect(later.page.locator("#f-title")).to_have_value("总账会计")
    assert findings(later) == []
    later.page.get_by_role("button", name="保存").click()
    expect(later.toast).to_contain_text("已保存")
    expect(later.page.locator("#f-title")).to_have_value("总账会计")


def test_what_is_wrong_stands_at_its_field_and_the_link_leads_there(person: People) -> None:
    admin = person("admin").go("/administration/new-person")
    admin.refusals.add(422)
    admin.page.get_by_label("User name").fill("Bai Lu")
    admin.page.get_by_role("button", name="Add", exact=True).click()
    expect(admin.page.locator(".problems")).to_contain_text("things are not right yet")
    assert findings(admin) == []
    admin.page.locator(".problems a", has_text="User name").press("Enter")
    expect(admin.page.locator("#f-id")).to_be_focused()


def test_a_department_comes_and_goes(person: People) -> None:
    admin = person("admin").go("/administration/departments")
    admin.page.get_by_role("link", name="New department").click()
    admin.page.get_by_label("Name in models").fill("legal")
    admin.page.get_by_label("Name in English").fill("Legal")
    admin.page.get_by_role("button", name="Add", exact=True).click()
    expect(admin.toast).to_contain_text("Legal was added")
    admin.page.get_by_label("Head of the department").select_option("he-jing")
    admin.page.get_by_role("button", name="Change the head").click()
    expect(admin.page.locator(".uses")).to_contain_text("He Jing")  # who now belongs to it, so that it stays
    admin.page.get_by_label("Head of the department").select_option("")
    admin.page.get_by_role("button", name="Change the head").click()
    expect(admin.page.locator(".members li")).to_have_count(1)
    admin.go("/administration/people/he-jing")
    admin.page.locator("select", has=admin.page.locator("option:checked", has_text="Legal")).select_option("")
    admin.page.get_by_role("button", name="Save").click()
    expect(admin.toast).to_contain_text("Saved")
    admin.go("/administration/departments/legal").page.get_by_role("button", name="Remove").click()
    expect(admin.toast).to_contain_text("Legal was removed")
