"""Everybody can use it: axe finds nothing, the keyboard goes everywhere, nothing is wider than a phone, diagrams can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import LONG, desk
from tests.browser.people import Person
from tests.browser.serving import ROOT, Site

pytestmark = pytest.mark.browser

People = Callable[..., Person]
AXE = (ROOT / "app" / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
FINDINGS = """async (rules) => (await axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) })).violations
  .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${node.failureSummary.replace(/\\s+/g, " ")})`))"""
OF_COLOUR = ["color-contrast", "link-in-text-block"]  # what the dark theme can break and the light one not
SMALLEST = 375  # pixels that a page must do with
PAGES = [
    ("wang-lei", "/inbox"),
    ("wang-lei", "/inbox?q=nothing-like-that"),
    ("wang-lei", "/inbox?section=done"),
    ("wang-lei", "/notices"),
    ("wang-lei", "/account"),
    ("wang-lei", "/account/new-token"),
    ("wang-lei", "/api"),
    ("wang-lei", "/api/task"),
    ("wang-lei", "/api/shapes"),
    ("zhang-min", "/inbox"),
    ("zhang-min", "/inbox?section=claimable"),
    ("zhou-ting", "/inbox"),
    ("zhou-ting", "/inbox?section=started"),
    ("zhou-ting", "/start"),
    ("zhou-ting", "/start/purchase-approval"),
    ("zhou-ting", "/start/order-fulfilment"),
    ("zhou-ting", "/cases"),
    ("zhou-ting", "/cases/PA-2026-0001"),
    ("zhou-ting", "/cases/PA-2026-0003"),
    ("zhou-ting", "/cases/OF-2026-0001"),
    ("zhou-ting", "/cases/PA-0000-0000"),
    ("zhou-ting", "/cases?q=nothing-like-that"),
    ("zhou-ting", "/search?q=steel"),
    ("zhou-ting", "/search?q=nothing-like-that"),
    ("zhou-ting", "/records/suppliers/baoshan-steel"),
    ("zhang-min", "/records/suppliers"),
    ("zhang-min", "/records/suppliers/new"),
    ("zhang-min", "/records/contracts"),
    ("zhang-min", "/records/contracts/CT-2025-031"),
    ("chen-jie", "/records/items"),
    ("chen-jie", "/records/items/pump-32"),
    ("li-qiang", "/records/customers"),
    ("li-qiang", "/records/customers/huatai-trading"),
    ("li-qiang", "/records/cost-centres?q=nothing-like-that"),
    ("analyst", "/processes"),
    ("analyst", "/processes/purchase-approval"),
    ("admin", "/administration/incidents"),
    ("admin", "/administration/jobs"),
    ("admin", "/administration/health"),
    ("analyst", "/decisions"),
    ("analyst", "/decisions/purchase-approval-level"),
    ("analyst", "/decisions/order-credit/compare"),
    ("auditor", "/audit"),
    ("admin", "/administration/people"),
    ("admin", "/administration/people?q=nothing-like-that"),
    ("admin", "/administration/new-person"),
    ("admin", "/administration/people/li-qiang"),
    ("admin", "/administration/people/li-qiang/password"),
    ("admin", "/administration/people/wang-lei/leave"),
    ("admin", "/administration/departments"),
    ("admin", "/administration/new-department"),
    ("admin", "/administration/departments/purchasing"),
    ("admin", "/administration/roles/buyer"),
    ("admin", "/administration/calendar"),
    ("admin", "/administration/calendar?year=2027"),
    ("admin", "/administration/changes"),
    ("admin", "/administration/tokens"),
    ("admin", "/administration/changes?person=li-qiang&by=admin"),
    ("auditor", "/audit?process=purchase-approval&f=amount~gte~9000&who=wang-lei&when=active"),
    ("auditor", "/audit?process=purchase-approval&f=amount~gte~many"),
    ("auditor", "/cases/PA-2026-0001"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with desk(tmp_path_factory.mktemp("desk")) as site:
        yield site


def findings(person: Person) -> list[str]:
    """What axe says of the page as it stands: all rules in the light theme, those of colour in the dark one."""
    person.page.evaluate(AXE)
    found = [f"{person.page.url} {line}" for line in person.page.evaluate(FINDINGS, None)]
    person.page.emulate_media(color_scheme="dark")
    found += [f"{person.page.url}, dark: {line}" for line in person.page.evaluate(FINDINGS, OF_COLOUR)]
    person.page.emulate_media(color_scheme="light")
    return found


@pytest.mark.slow
def test_axe_finds_nothing_on_any_page(person: People) -> None:
    found: list[str] = []
    for name, path in PAGES:
        somebody = person(name)
        somebody.refusals.add(404)
        found += findings(somebody.go(path))
    assert found == []


@pytest.mark.slow
def test_axe_finds_nothing_in_what_opens_on_a_page(person: People) -> None:
    wang, zhou = person("wang-lei", language="zh"), person("zhou-ting")
    found = findings(zhou.start("purchase-approval"))
    zhou.page.get_by_role("button", name="Send", exact=True).click()
    expect(zhou.page.locator(".fjs-form-field-error").first).to_be_visible()
    found += findings(zhou)
    wang.inbox()
    wang.page.keyboard.press("r")
    expect(wang.page.locator("[data-reason]:visible")).to_be_visible()
    found += findings(wang)
    wang.page.keyboard.press("Escape")
    for opener, shown in (
        ("#complete summary", "#complete .menu-panel"),
        (".person summary", ".person .menu-panel"),
        (".filter summary", ".filter .menu-panel"),
    ):
        wang.page.locator(opener).first.click()
        expect(wang.page.locator(shown).first).to_be_visible()
        found += findings(wang)
    zhou.open_case("PA-2026-0001").page.locator(".files summary").first.click()
    expect(zhou.page.locator(".file-delete").first).to_be_visible()
    found += findings(zhou)
    wang.page.locator(".side-head .link").click()
    expect(wang.page.locator(".diagram-dialog svg[data-element-id]")).to_be_visible()
    found += findings(wang)
    wang.page.context.clear_cookies()
    found += findings(wang.go("/sign-in"))
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_is_wider_than_a_small_phone(person: People, language: str) -> None:
    too_wide = []
    for name, path in PAGES:
        somebody = person(name, language=language, phone=True)
        somebody.page.set_viewport_size({"width": SMALLEST, "height": 700})
        somebody.refusals.add(404)
        somebody.go(path)
        width = somebody.page.evaluate("document.documentElement.scrollWidth")
        too_wide += [f"{path}: {width}"] if width > SMALLEST else []
    assert too_wide == []


@pytest.mark.slow
def test_axe_finds_nothing_in_what_lists_and_records_answer(person: People) -> None:
    zhang, analyst = person("zhang-min", language="zh"), person("analyst")
    zhang.refusals.add(422)
    zhang.go("/records/contracts/new")
    zhang.page.locator(".sheet-actions .primary").click()
    expect(zhang.page.locator(".field-error").first).to_be_visible()
    found = findings(zhang)
    model = ROOT / "processes" / "purchase-approval.bpmn"
    analyst.go("/processes").page.locator('input[type="file"]').set_input_files(model)
    expect(analyst.page.locator("[data-chosen] li")).to_have_text(model.name)
    analyst.page.get_by_role("button", name="Check only").click()
    expect(analyst.page.locator(".report.refused .findings")).to_contain_text("has no form")
    found += findings(analyst)
    auditor = person("auditor").go("/audit")
    auditor.page.get_by_role("button", name="Verify the whole history").click()
    expect(auditor.page.locator(".report")).to_contain_text("entries in")
    found += findings(auditor)
    assert found == []


def test_a_row_of_a_list_is_as_large_as_a_finger_and_opens_its_record(person: People) -> None:
    zhang = person("zhang-min", phone=True).go("/records/contracts")
    row = zhang.page.locator("[data-rows] tr", has_text="CT-2025-031")
    box = row.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    zhang.page.touchscreen.tap(box["x"] + box["width"] - 30, box["y"] + box["height"] / 2)  # not on its name
    expect(zhang.page.locator("h1")).to_have_text("Steel sheets, frame contract")


def test_the_lists_are_walked_and_opened_by_keys(person: People) -> None:
    zhang = person("zhang-min").go("/records/contracts")
    links, keyboard = zhang.page.locator("[data-rows] a[data-row]"), zhang.page.keyboard
    keyboard.press("j")
    keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    name = links.nth(1).inner_text()
    keyboard.press("Enter")
    expect(zhang.page.locator("h1")).to_have_text(name)


def test_on_a_phone_one_decides_with_a_thumb_and_goes_back_to_the_list(person: People) -> None:
    wang = person("wang-lei", phone=True)
    wang.open_task("PA-2026-0005", "Department head approves")
    expect(wang.page.locator("#task-title")).to_have_text(LONG)
    for name in ("More", "Return for changes", "Approve"):
        button = wang.page.locator("#complete .actions-bar").get_by_text(name).first
        assert is_in_reach(button), f"{name} is not at the lower edge, or too small"
    wang.page.locator("#complete summary").click()
    reject = wang.page.locator("#complete .menu-panel").get_by_role("button", name="Reject")
    reject.click()  # the menu opens upwards, into the screen
    expect(wang.page.locator("[data-reason]:visible textarea")).to_be_focused()
    wang.page.get_by_role("button", name="Cancel").click()
    wang.page.get_by_role("link", name="Back to the list").click()
    expect(wang.row("PA-2026-0005")).to_be_visible()


def is_in_reach(button: Locator) -> bool:
    """At least 44 pixels high, in the lowest quarter of the screen."""
    box = button.locator("xpath=ancestor-or-self::*[self::button or self::summary]").last.bounding_box()
    height = button.page.viewport_size["height"]
    return box is not None and box["height"] >= 44 and height * 0.75 <= box["y"] <= height - box["height"]


# ---- the keyboard --------------------------------------------------------------------------------------------------------


def test_the_list_is_walked_and_opened_by_keys(person: People) -> None:
    wang = person("wang-lei").inbox()
    rows, keyboard = wang.page.locator("a.row"), wang.page.keyboard
    expect(rows.first).to_have_attribute("aria-current", "true")
    keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    keyboard.press("j")
    keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    assert rows.nth(1).evaluate("row => getComputedStyle(row).outlineStyle") == "solid"
    keyboard.press("Enter")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    expect(rows.first).not_to_have_attribute("aria-current", "true")
    number = rows.nth(1).locator(".row-line").inner_text().partition(" ")[0]
    expect(wang.page.locator("#detail .task-line")).to_contain_text(number)


def test_an_outcome_that_needs_a_reason_asks_for_it_by_its_key(person: People) -> None:
    wang = person("wang-lei").inbox()
    panel = wang.page.locator("[data-reason]:visible")
    wang.page.keyboard.press("r")
    expect(panel.locator("textarea")).to_be_focused()
    wang.page.keyboard.type("a r c")  # what is typed is text
    expect(panel.locator("textarea")).to_have_value("a r c")
    wang.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(wang.page.locator('[data-key="r"]')).to_be_focused()


def test_keys_search_and_go_to_the_pages(person: People) -> None:
    wang = person("wang-lei").inbox()
    wang.page.keyboard.press("/")
    expect(wang.page.locator("#search")).to_be_focused()
    wang.page.locator("#search").blur()
    for key, path in (("s", "start"), ("c", "cases"), ("i", "inbox")):
        wang.page.keyboard.press("g")
        wang.page.keyboard.press(key)
        wang.page.wait_for_url(f"**/{path}")
        expect(wang.page.locator(".bell")).to_be_visible()


def test_a_dialog_keeps_the_focus_and_gives_it_back(person: People) -> None:
    wang = person("wang-lei").inbox()
    row = wang.page.locator("a.row").nth(1)
    row.focus()
    wang.page.keyboard.press("?")
    dialog = wang.page.locator("#keys")
    expect(dialog).to_be_visible()
    for _ in range(4):
        wang.page.keyboard.press("Tab")
        assert wang.page.evaluate("document.activeElement === document.body || Boolean(document.activeElement.closest('#keys'))")
    wang.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(row).to_be_focused()
    link = wang.page.locator(".side-head .link").first
    link.focus()
    wang.page.keyboard.press("Enter")
    expect(wang.page.locator(".diagram-dialog svg[data-element-id]")).to_be_visible()
    wang.page.keyboard.press("Escape")
    expect(wang.page.locator(".diagram-dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_dialog_from_a_menu_gives_the_focus_back_to_the_menu(person: People) -> None:
    zhao = person("zhao-min").inbox("claimable")
    menu = zhao.page.locator("#complete summary")
    menu.focus()
    zhao.page.keyboard.press("Enter")
    zhao.page.get_by_role("button", name="Give to somebody else").click()
    expect(zhao.page.locator("#reassign")).to_be_visible()
    expect(zhao.page.locator("#complete .menu-panel")).to_be_hidden()
    zhao.page.keyboard.press("Escape")
    expect(menu).to_be_focused()


# ---- diagrams ------------------------------------------------------------------------------------------------------------

PLACED = """() => {
  const name = (it) => it.closest("[data-element-id]")?.dataset.elementId ?? it.closest("[data-container-id]").dataset.containerId;
  const boxes = (selector) => [...document.querySelectorAll(selector)].map((it) => ({ name: name(it), box: it.getBoundingClientRect() }));
  const overlap = (from, to, start, end) => from < end - 1 && start < to - 1;
  const meet = ({ box: one }, { box: other }) =>
    overlap(one.left, one.right, other.left, other.right) && overlap(one.top, one.bottom, other.top, other.bottom);
  const names = boxes(".large .djs-shape text").filter(({ box }) => box.width);
  return boxes(".large .waiting").flatMap((badge) => names.filter((it) => meet(badge, it)).map((it) => `${badge.name} covers ${it.name}`));
}"""
DRAWN_ANEW = """([elements]) => {
  const old = document.querySelector(".diagram.large");
  const state = JSON.parse(old.dataset.state);
  state.marks = elements.map((element) => ({ element, state: "late", holder: "General management", time: "12 d 23 h" }));
  const diagram = document.createElement("div");
  diagram.className = "diagram large";
  Object.assign(diagram.dataset, { island: "diagram", state: JSON.stringify(state) });
  old.replaceWith(diagram);
  diagram.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}"""
USER_TASK = re.compile(r'<bpmn:userTask id="(\w+)"')
MARK = """(name) => {
  const diagram = document.querySelector(`.diagram.${name}`).getBoundingClientRect();
  const mark = document.querySelector(`.${name} .bjs-powered-by svg`).getBoundingClientRect();
  const canvas = document.querySelector(`.${name} .djs-container`).getBoundingClientRect();
  const isInside = mark.bottom <= diagram.bottom && mark.left >= diagram.left && mark.right <= diagram.right;
  return mark.width > 40 && mark.top >= canvas.bottom && isInside;
}"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_time_of_a_step_never_covers_a_name(person: People, language: str) -> None:
    zhou = person("zhou-ting", language=language)
    for number, process in (("PA-2026-0004", "purchase-approval"), ("OF-2026-0001", "order-fulfilment")):
        tasks = USER_TASK.findall((ROOT / "processes" / f"{process}.bpmn").read_text("utf-8"))
        zhou.open_case(number)
        zhou.page.evaluate(DRAWN_ANEW, [tasks])
        zhou.wait_for_islands()
        expect(zhou.page.locator(".large .waiting")).to_have_count(len(tasks))
        assert zhou.page.evaluate(PLACED) == []


def test_the_mark_of_bpmn_io_stands_beside_the_canvas_and_the_lanes_in_view_are_named(person: People) -> None:
    zhou = person("zhou-ting").open_case("PA-2026-0004")
    assert zhou.page.evaluate(MARK, "large")
    lanes = zhou.page.locator(".large .diagram-lane:visible span:visible").all_inner_texts()
    assert "Purchasing" in lanes
    assert zhou.page.locator(".large .djs-shape", has_text="Purchasing approves").first.bounding_box()["height"] > 50
    zhang = person("zhang-min").inbox()
    assert zhang.page.evaluate(MARK, "small")
