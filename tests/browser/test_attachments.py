"""Files on cases in a real browser: chosen, sent by themselves, told when too large, deleted by keys, and all of it without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.desk import desk
from tests.browser.people import Person
from tests.browser.serving import Site

pytestmark = pytest.mark.browser

People = Callable[..., Person]
NUMBER = "PA-2026-0001"
OFFER: FilePayload = {"name": "offer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 the second offer"}
LIST: FilePayload = {"name": "清单.txt", "mimeType": "text/plain", "buffer": "两台泵".encode()}
LARGE: FilePayload = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * (10 * 1024 * 1024 + 1)}


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with desk(tmp_path_factory.mktemp("desk")) as site:
        yield site


def names(page: Page) -> list[str]:
    return page.locator(".file-name span:not(.hidden)").all_inner_texts()


def choose(page: Page, *files: FilePayload) -> None:
    page.locator("#attachment-files").set_input_files(list(files))


def test_files_are_sent_as_soon_as_they_are_chosen_and_others_see_them_at_once(person: People) -> None:
    zhou, wang = person("zhou-ting").open_case(NUMBER), person("wang-lei")
    wang.open_task(NUMBER, "Department head approves")
    before = len(names(zhou.page))
    choose(zhou.page, OFFER, LIST)
    expect(zhou.toast).to_contain_text("2 files were added: offer.pdf, 清单.txt")
    expect(zhou.page.locator(".files li")).to_have_count(before + 2)
    expect(wang.page.locator(".files li")).to_have_count(before + 2)
    with wang.page.expect_download() as saved:
        wang.page.locator(".file-name", has_text="offer.pdf").click()
    assert saved.value.suggested_filename == "offer.pdf"
    assert saved.value.path().read_bytes() == OFFER["buffer"]
    expect(zhou.page.locator(".timeline").last).to_contain_text("added the file offer.pdf")


def test_a_file_added_at_a_task_leaves_what_was_typed_and_the_task_can_be_decided(person: People) -> None:
    wang = person("wang-lei").open_task(NUMBER, "Department head approves")
    wang.page.keyboard.press("r")
    wang.page.keyboard.type("See the file.")
    choose(wang.page, OFFER)
    expect(wang.page.locator(".file-name", has_text="offer.pdf")).to_be_visible()
    expect(wang.page.locator("[data-reason]:visible textarea")).to_have_value("See the file.")
    wang.page.locator("[data-reason]:visible").get_by_role("button", name="Return for changes").click()
    expect(wang.toast).to_contain_text("Return for changes")


def test_what_is_too_large_is_told_before_it_is_sent(person: People) -> None:
    zhou = person("zhou-ting", language="zh", phone=True).open_case(NUMBER)
    sent: list[str] = []
    zhou.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    choose(zhou.page, LARGE)
    expect(zhou.page.locator("[data-refused]")).to_have_text("单个文件不超过 10 MB，一次上传合计不超过 20 MB。")
    assert sent == []
    choose(zhou.page, LIST)
    expect(zhou.page.locator(".file-name", has_text="清单.txt")).to_be_visible()


def test_a_file_is_deleted_by_keys_after_a_question(person: People) -> None:
    zhou = person("zhou-ting").open_case(NUMBER)
    before = len(names(zhou.page))
    zhou.page.locator(".files summary").first.focus()
    zhou.page.keyboard.press("Enter")
    expect(zhou.page.locator(".file-delete").first).to_contain_text("The file is deleted for everybody.")
    zhou.page.keyboard.press("Tab")
    expect(zhou.page.locator(".file-delete button").first).to_be_focused()
    zhou.page.keyboard.press("Escape")
    expect(zhou.page.locator(".file-delete").first).to_be_hidden()
    zhou.page.keyboard.press("Enter")
    zhou.page.keyboard.press("Tab")
    zhou.page.keyboard.press("Enter")
    expect(zhou.page.locator(".files li")).to_have_count(before - 1)
    expect(zhou.toast).to_contain_text("Deleted:")


def test_it_works_without_scripts(site: Site, browser: Browser) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto("/sign-in")
    page.locator('button[data-person="zhou-ting"]').click()
    page.goto(f"/cases/{NUMBER}")
    choose(page, OFFER)
    page.locator(".attach").get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Added: offer.pdf")
    line = page.locator(".files li", has_text="offer.pdf")
    line.locator("summary").click()
    line.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("Deleted: offer.pdf")
    context.close()
