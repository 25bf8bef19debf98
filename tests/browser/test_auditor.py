"""What an auditor does at a browser: cases are looked for, replayed and taken away as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from app.sheets import read_sheet
from tests.browser.desk import desk
from tests.browser.people import Person
from tests.browser.serving import Site
from tests.browser.test_access import findings

pytestmark = pytest.mark.browser

People = Callable[..., Person]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with desk(tmp_path_factory.mktemp("desk")) as site:
        yield site


def numbers(person: Person) -> list[str]:
    return person.page.locator("tbody .c-number").all_inner_texts()


def test_filters_are_combined_by_keys_alone_and_the_table_has_what_they_find(person: People) -> None:
    sun = person("auditor").go("/audit?process=purchase-approval")
    page = sun.page
    page.locator(".for-fields summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Field", exact=True).select_option("Amount")
    page.get_by_label("How", exact=True).select_option("at least")
    page.get_by_label("Value", exact=True).fill("100,000")
    assert findings(sun) == []
    page.keyboard.press("Enter")
    expect(page.locator(".for-fields summary")).to_have_text("Fields: Amount at least 100,000")
    assert numbers(sun) == ["PA-2026-0004"]
    page.locator(".for-people summary").click()
    page.get_by_label("Person", exact=True).select_option("Li Qiang")
    assert findings(sun) == []
    page.locator(".for-people").get_by_role("button", name="Show").click()
    expect(page.locator(".for-people summary")).to_have_text("Took part: Li Qiang")
    assert numbers(sun) == ["PA-2026-0004"]
    page.locator(".to-export summary").click()
    with page.expect_download() as loading:
        page.get_by_role("link", name="As CSV").click()
    rows = read_sheet("cases.csv", loading.value.path().read_bytes())
    assert [row.cells[0] for row in rows[1:]] == ["PA-2026-0004"]
    page.locator(".for-fields summary").click()
    page.locator(".for-fields .menu-panel a").click()
    expect(page.locator(".for-fields summary")).to_have_text("Fields: any")
    expect(page.locator(".for-people summary")).to_have_text("Took part: Li Qiang")


def test_on_a_phone_in_chinese_cases_are_looked_for_too(person: People) -> None:
    sun = person("auditor", phone=True, language="zh").go("/audit?process=purchase-approval&f=amount~gte~100000")
    expect(sun.page.locator(".for-fields summary")).to_have_text("字段：金额 不少于 100,000")
    sun.page.locator(".for-people summary").click()
    expect(sun.page.get_by_label("人员", exact=True)).to_be_visible()
    assert sun.page.evaluate("document.documentElement.scrollWidth") == 390
    assert findings(sun) == []
    expect(sun.page.locator("tbody tr")).to_have_count(1)


# ---- the replay ----------------------------------------------------------------------------------------------------------


def title(person: Person) -> str:
    return person.page.locator('[data-replay="title"]').inner_text()


def panel(person: Person) -> str:
    return " ".join(person.page.locator(".replay-panel").inner_text().split())


def step(person: Person, key: str, shown: str) -> None:
    """Press an arrow key, and wait for what is to be seen then."""
    person.page.keyboard.press(key)
    expect(person.page.locator(".replay-panel")).to_contain_text(shown)


def test_a_case_is_replayed_step_by_step_with_the_arrow_keys(person: People) -> None:
    sun = person("auditor").open_case("PA-2026-0004")
    page, now = sun.page, sun.marks()
    expect(page.locator(".replay-panel")).to_be_hidden()
    step(sun, "ArrowLeft", "Entry ")
    while "approved" not in panel(sun):
        before = title(sun)
        page.keyboard.press("ArrowLeft")
        expect(page.locator('[data-replay="title"]')).not_to_have_text(before)
    assert "Li Qiang, Finance: approved" in panel(sun)
    assert "Budget is there." in panel(sun)
    assert "Purchase approval, version 1" in panel(sun)
    assert "Stood at: Purchasing approves" in panel(sun)
    step(sun, "ArrowLeft", "Li Qiang took Finance approves")
    assert sun.marks() == {"purchasing_approves": "Purchasing", "finance_approves": "Li Qiang"}  # whom it asked, and who had it
    step(sun, "ArrowLeft", "Wang Lei, Sales: approved")
    expect(page.locator('[data-replay="standing"]')).to_have_text("Stood at: Purchasing approves, Finance approves")
    assert set(sun.marks()) == {"purchasing_approves", "finance_approves"}  # two branches, as it was then
    assert sun.marks()["finance_approves"] == "Finance"
    assert findings(sun) == []
    step(sun, "ArrowLeft", "Zhou Ting, Sales: submitted")
    assert sun.marks() == {"head_approves": "Wang Lei"}
    assert "¥186,400.00" in panel(sun)
    page.get_by_text("Data at this moment").click()
    expect(page.locator(".replay-data")).to_contain_text("Amount")
    expect(page.locator(".replay-data")).to_contain_text("¥186,400.00")
    page.keyboard.press("ArrowLeft")  # there is nothing before it
    assert "Zhou Ting, Sales: submitted" in panel(sun)
    page.locator('[data-replay="slider"]').focus()
    page.keyboard.press("End")
    expect(page.locator(".replay-panel")).to_be_hidden()
    assert sun.marks() == now
    expect(page.locator('[data-replay="slider"]')).to_have_attribute("aria-valuetext", "now")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    expect(page.locator(".replay-panel")).to_contain_text("submitted")
    said = page.locator('[data-replay="slider"]').get_attribute("aria-valuetext") or ""
    assert said.startswith("Entry 1 of ")
    assert "Zhou Ting, Sales: submitted" in said
    assert said.endswith("Stood at: Department head approves")


def test_who_looks_at_the_past_stays_there_while_the_case_goes_on_and_a_loop_is_counted(person: People) -> None:
    sun, zhou = person("auditor").open_case("PA-2026-0002"), person("zhou-ting")
    step(sun, "ArrowLeft", "sent it back")
    assert sun.marks() == {"revise_request": "Zhou Ting"}
    zhou.open_task("PA-2026-0002", "Revise the request").press("Resubmit")
    sun.page.wait_for_timeout(1_500)  # the news is there, and nothing moves
    assert "sent it back" in panel(sun)
    sun.page.get_by_role("button", name="Back to now").click()
    expect(sun.page.locator("ol.timeline:not(.coming)").first).to_contain_text("Resubmit")
    sun.wait_for_islands()
    step(sun, "ArrowLeft", "Resubmit")
    assert sun.marks()["head_approves"].startswith("×2")
    assert "Wang Lei" in sun.marks()["head_approves"]


def test_on_a_phone_in_chinese_a_case_with_a_called_one_is_replayed_by_touch(person: People) -> None:
    sun = person("auditor", phone=True, language="zh").open_case("OF-2026-0001")
    page = sun.page
    before = page.get_by_role("button", name="上一步")
    box = before.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    before.tap()
    expect(page.locator('[data-replay="title"]')).to_contain_text("条记录")
    assert findings(sun) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    while page.locator(".moment-called a").count() == 0:
        shown = title(sun)
        before.tap()
        expect(page.locator('[data-replay="title"]')).not_to_have_text(shown)
    page.locator(".moment-called a").tap()
    page.wait_for_url("**/cases/RP-2026-0001#replay")
    sun.wait_for_islands()
    page.get_by_role("button", name="上一步").tap()
    expect(page.locator(".replay-panel")).to_contain_text("补货")


def test_everybody_who_sees_a_case_replays_it_as_far_as_it_is_told_to_them(person: People) -> None:
    zhou = person("zhou-ting").open_case("PA-2026-0003")
    step(zhou, "ArrowLeft", "rejected")
    assert "Not in the budget" in panel(zhou)
    zhou.page.get_by_role("button", name="One moment on").click()
    expect(zhou.page.locator(".replay-panel")).to_be_hidden()
