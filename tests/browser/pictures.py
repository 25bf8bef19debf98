"""The pictures of the README and of docs/, taken from the running application: `make pictures`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.desk import desk
from tests.browser.failing import failing
from tests.browser.people import Person
from tests.browser.serving import ROOT, Site, serve
from tests.browser.tour import Tour
from tools.system import chromium

PLACE = ROOT / "docs" / "images"
FROM_THE_TOP = """() => {
  document.activeElement?.blur();
  for (const it of document.querySelectorAll("*")) if (it.scrollTop) it.scrollTop = 0;
}"""
LANGUAGES = ("en", "zh")

Come = Callable[[str], Person]


def main() -> None:
    """Take all pictures, in both languages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        for language in LANGUAGES:
            with company() as site:
                Tour(site, people(browser, site, language), language, camera(f"tour-{{}}-{language}.png")).walk()
        with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as site:
            for language in LANGUAGES:
                take = camera(f"{{}}-{language}.png")
                wang = people(browser, site, language)("wang-lei").inbox()
                take("inbox", wang.page)
                administration(people(browser, site, language)("admin"), take)
                sun = people(browser, site, language)("auditor")
                sun.go("/audit?process=purchase-approval&f=amount~gte~9000&who=wang-lei&when=active&from=2026-03-01").page.locator(
                    ".for-fields summary"
                ).click()
                take("auditor-search", sun.page)
                as_both_were_asked(sun)
                take("auditor-replay", sun.page)
        for language, title in (("en", "Shelves for hall 2"), ("zh", "二号厂房货架")):
            with tempfile.TemporaryDirectory() as folder, failing(Path(folder), title) as (site, _):
                operations(people(browser, site, language)("admin"), camera(f"{{}}-{language}.png"))
        browser.close()


def administration(admin: Person, take: Callable[[str, Page], None]) -> None:
    """A person, what it means that somebody leaves, the calendar."""
    for name, path in (("person", "people/li-qiang"), ("leave", "people/zhang-min/leave"), ("calendar", "calendar")):
        take(f"administration-{name}", admin.go(f"/administration/{path}").page)


def operations(admin: Person, take: Callable[[str, Page], None]) -> None:
    """What failed, with each try, and the state of the server."""
    admin.go("/administration/incidents").page.locator(".tries summary").click()
    take("administration-incidents", admin.page)
    take("administration-health", admin.go("/administration/health").page)


def as_both_were_asked(person: Person) -> None:
    """A case as it stood when its second entry had been written."""
    page = person.open_case("PA-2026-0004").page
    page.locator('[data-replay="slider"]').focus()
    page.keyboard.press("Home")
    expect(page.locator(".replay-panel")).to_be_visible()
    page.get_by_role("button", name="下一步" if person.language == "zh" else "One moment on").click()
    expect(page.locator('[data-replay="standing"]')).to_contain_text("、" if person.language == "zh" else ", ")


@contextmanager
def company() -> Iterator[Site]:
    """A server with the sample company, at 10:00 on a Monday."""
    with tempfile.TemporaryDirectory() as folder, serve(f"sqlite:///{folder}/crossdesk.sqlite3", Path(folder) / "server") as site:
        yield site


def people(browser: Browser, site: Site, language: str) -> Come:
    """People who sit down at a browser once."""
    there: dict[str, Person] = {}

    def come(name: str) -> Person:
        if name not in there:
            there[name] = Person(browser, site.url, name, language=language)
            there[name].sign_in()
        return there[name]

    return come


def camera(pattern: str) -> Callable[[str, Page], None]:
    """Takes pictures into docs/images, without what passes."""

    def take(name: str, page: Page) -> None:
        page.locator("#toasts").evaluate_all("all => all.forEach((it) => it.replaceChildren())")
        page.evaluate(FROM_THE_TOP)
        PLACE.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PLACE / pattern.format(name))

    return take


if __name__ == "__main__":
    main()
