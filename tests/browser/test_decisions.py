"""Decisions in a real browser: cells are edited, tried, saved and compared, past cases are decided again, and what is published counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import gather, on_one_database
from tests.browser.desk import desk
from tests.browser.people import Person
from tests.browser.serving import ROOT, Site
from tests.browser.test_access import findings
from tests.browser.test_studio import said

pytestmark = pytest.mark.browser

People = Callable[..., Person]
KEY, CREDIT = "purchase-approval-level", "order-credit"
FIRST = '[data-element-id="purchase-level-automatic-amount"]'
SECOND = '[data-element-id="purchase-level-head-amount"]'


def edit(person: Person, key: str = KEY) -> Person:
    person.page.goto(f"/decisions/{key}/edit")
    expect(person.page.locator(".studio[data-ready]")).to_be_visible()
    expect(person.page.locator(".studio-findings[data-checked]")).to_be_visible()
    expect(person.page.locator("[data-part=fields] .field").first).to_be_visible()
    return person


def write(person: Person, cell: str, text: str) -> None:
    """What somebody types into a cell."""
    person.page.locator(cell).click()
    person.page.keyboard.press("Control+a")
    person.page.keyboard.type(text)
    expect(person.page.locator(cell)).to_contain_text(text)


def raise_limit(person: Person) -> None:
    """From 9,500 on a head decides."""
    write(person, FIRST, "< 9500")
    write(person, SECOND, "[9500..50000]")


def save(person: Person) -> None:
    person.page.keyboard.press("Control+s")
    expect(person.page.locator("[data-told]")).to_contain_text("Saved by you")


def draft(person: Person, key: str = KEY) -> bytes:
    return person.page.request.get(f"/decisions/{key}/file?of=draft").body()


@on_one_database
def test_nothing_that_a_file_says_is_lost(site: Site, person: People) -> None:
    analyst = person("analyst")
    for key, name in ((KEY, "purchase-approval"), (CREDIT, "order-fulfilment")):
        save(edit(analyst, key))
        original = (ROOT / "processes" / f"{name}.dmn").read_bytes()
        assert said(original) - said(draft(analyst, key)) == Counter()
        assert said(draft(analyst, key)) - said(original) == Counter()


@on_one_database
def test_a_file_of_another_version_is_only_shown(site: Site, person: People, tmp_path: Path) -> None:
    older = (ROOT / "processes" / "order-fulfilment.dmn").read_text("utf-8").partition("<dmndi:DMNDI>")[0] + "</definitions>"
    older = older.replace("https://www.omg.org/spec/DMN/20191111/MODEL/", "http://www.omg.org/spec/DMN/20180521/MODEL/")
    (tmp_path / "order-fulfilment.dmn").write_text(older, encoding="utf-8")
    analyst = person("analyst")
    analyst.provoked.add("Cannot open what looks like a DMN 1.2 diagram")
    analyst.go("/processes").page.locator("#files").set_input_files(tmp_path / "order-fulfilment.dmn")
    analyst.page.get_by_role("button", name="Check and publish").click()
    expect(analyst.page.locator(".report.sound, .toast.done").first).to_be_visible()
    analyst.page.goto(f"/decisions/{CREDIT}/edit")
    expect(analyst.page.locator(".studio-reason")).to_contain_text("knows DMN 1.3")
    expect(analyst.page.locator(".decision-shown")).to_contain_text("credit_open + amount - credit_limit")
    expect(analyst.page.get_by_role("button", name="Save draft")).to_be_hidden()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A company with cases, open and finished."""
    with desk(tmp_path_factory.mktemp("desk")) as site:
        yield site


@pytest.fixture
def somebody(busy: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[People]:
    yield from gather(busy, browser, request)


def test_a_table_is_edited_tried_compared_decided_again_and_published(somebody: People) -> None:
    admin = edit(somebody("admin"))
    page = admin.page
    write(admin, FIRST, "< (")
    expect(page.locator(".studio-findings")).to_contain_text("1 error")
    raise_limit(admin)
    expect(page.locator(".studio-findings")).to_contain_text("Nothing stands in the way")

    page.locator("input[name=amount]").fill("9000")
    page.get_by_role("button", name="Try", exact=True).click()
    tried = page.locator("[data-part=tried]")
    expect(tried).to_contain_text("Nobody (0)")
    expect(tried).to_contain_text("Department head (1)")
    expect(tried).to_contain_text("The draft decides differently")
    expect(page.locator('[data-part="ground"][data-matched="purchase-level-automatic"]')).to_be_visible()
    write(admin, SECOND, "[9500..49999]")
    page.locator("input[name=amount]").fill("50000")
    page.keyboard.press("Enter")
    expect(tried).to_contain_text("no rule")
    write(admin, SECOND, "[9500..50000]")
    expect(page.locator('[data-part="ground"][data-matched="purchase-level-head"]')).to_be_visible()  # it is tried with each change
    found = findings(admin)
    save(admin)

    page.get_by_role("link", name="Compare").click()
    expect(page.locator(".decision-said")).to_contain_text("Rule 1, Amount: < 5000 → < 9500")
    found += findings(admin)
    admin.go(f"/decisions/{KEY}/differently")
    rows = page.locator("table.differently tbody tr")
    expect(rows.filter(has_text="A second coffee machine")).to_contain_text("Department head")
    expect(rows.filter(has_text="A second coffee machine")).to_contain_text("Nobody")
    expect(rows.filter(has_text="Steel sheets")).to_have_count(0)
    found += findings(admin)

    admin.go(f"/decisions/{KEY}/publish")
    expect(page.get_by_label("Purchase approval", exact=True)).to_be_checked()
    found += findings(admin)
    page.get_by_label("Why is it changed?").fill("Small purchases go without approval")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".toast.done")).to_contain_text("version 2")
    expect(page.locator(".versions")).to_contain_text("Small purchases go without approval")
    found += findings(admin)
    admin.go("/processes/purchase-approval")
    expect(page.locator(".versions tbody tr")).to_have_count(2)
    assert found == []


@on_one_database
def test_the_second_of_two_analysts_sees_both_tables_and_chooses(site: Site, person: People) -> None:
    analyst, admin = edit(person("analyst")), edit(person("admin"))
    raise_limit(analyst)
    save(analyst)
    write(admin, FIRST, "< 7000")
    admin.refusals.add(409)
    admin.page.keyboard.press("Control+s")
    dialog = admin.page.get_by_role("dialog")
    expect(dialog).to_contain_text("saved this draft while you were drawing")
    dialog.get_by_role("button", name="See both, side by side").click()
    expect(dialog.locator(".decision-said")).to_contain_text("< 9500")
    expect(dialog.locator(".decision-said")).to_contain_text("< 7000")
    assert findings(admin) == []
    dialog.get_by_role("button", name="Save mine over it").click()
    expect(admin.page.locator("[data-told]")).to_contain_text("Saved by you")
    assert b"&lt; 7000" in draft(admin)


@on_one_database
def test_names_in_chinese_are_written_beside_the_table(site: Site, person: People) -> None:
    analyst = edit(person("analyst"))
    analyst.page.locator(".decision-names summary").click()
    names = analyst.page.locator("[data-part=names]")
    expect(names.get_by_label("Amount")).to_have_value("金额")
    names.get_by_label("Amount").fill("总金额")
    save(analyst)
    text = draft(analyst).decode()
    assert '<crossdesk:translation language="zh" text="总金额" />' in text
    assert text.count("crossdesk:translation") == (ROOT / "processes" / "purchase-approval.dmn").read_text("utf-8").count(
        "crossdesk:translation"
    )
    chinese = person("admin", language="zh").go(f"/decisions/{KEY}/edit")
    expect(chinese.page.locator(".studio[data-ready]")).to_be_visible()
    expect(chinese.page.locator(".decision-canvas")).to_contain_text("命中策略")
    expect(chinese.page.locator(".decision-canvas")).to_contain_text("注释")


@on_one_database
def test_a_phone_shows_the_table_and_edits_nothing(site: Site, person: People) -> None:
    analyst = person("analyst", phone=True)
    for path in (f"/decisions/{KEY}/edit", f"/decisions/{KEY}", f"/decisions/{KEY}/compare", "/decisions"):
        analyst.page.goto(path)
        assert analyst.page.evaluate("document.documentElement.scrollWidth") <= 390
    analyst.page.goto(f"/decisions/{KEY}/edit")
    expect(analyst.page.locator(".studio-reason")).to_contain_text("screen this small")
    expect(analyst.page.locator(".decision-shown td", has_text="[5000..50000]")).to_be_visible()
    expect(analyst.page.locator(".decision-canvas")).to_be_hidden()
    assert findings(analyst) == []
