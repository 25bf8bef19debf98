"""Somebody at a browser: what people do with the pages, in their words. Everything waits for what a person would wait for."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, expect

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
_LOCALES = {"en": "en-US", "zh": "zh-CN"}


class Person:
    """A person with a browser of their own."""

    def __init__(self, browser: Browser, url: str, id_: str, *, language: str = "en", phone: bool = False, theme: str = "light") -> None:
        self.id = id_
        self.language = language
        self.context = browser.new_context(
            base_url=url,
            locale=_LOCALES[language],
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            color_scheme=theme,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.refusals: set[int] = set()  # statuses that this test provokes: the browser notes them as errors
        self.provoked: set[str] = set()  # other words of the console that this test provokes
        self._console: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._console.append(f"uncaught: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._console.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def complaints(self) -> list[str]:
        """What the console said, without what the test provoked."""
        expected = [*self.provoked, *(f"status of {status}" for status in self.refusals)]
        return [line for line in self._console if not any(part in line for part in expected)]

    def photograph(self, folder: Path) -> list[Path]:
        """Save what the person sees, and what the console says."""
        folder.mkdir(parents=True, exist_ok=True)
        picture, words = folder / f"{self.id}.png", folder / f"{self.id}.txt"
        words.write_text("\n".join([self.page.url, *self._console]), encoding="utf-8")
        try:
            self.page.screenshot(path=picture)
        except Error as error:
            words.write_text(f"{words.read_text('utf-8')}\nno picture: {error}", encoding="utf-8")
            return [words]
        return [picture, words]

    # ---- going somewhere -------------------------------------------------------------------------------------------------

    def sign_in(self) -> Person:
        """One click on the card."""
        self.page.goto("/sign-in")
        self.page.locator(f'button[data-person="{self.id}"]').click()
        expect(self.page.locator(".bell")).to_be_visible()
        return self

    def go(self, path: str) -> Person:
        """Open a page, and wait until it is whole."""
        self.page.goto(path)
        self.wait_for_islands()
        return self

    def wait_for_islands(self) -> None:
        """Until forms and diagrams are drawn."""
        expect(self.page.locator(".form .skeleton")).to_have_count(0)
        for diagram in self.page.locator(".diagram:visible").all():
            expect(diagram.locator("svg[data-element-id], .diagram-failed").first).to_be_visible()
        expect(self.page.locator(".diagram-failed")).to_have_count(0)

    def inbox(self, section: str = "todo") -> Person:
        """A section of the inbox."""
        return self.go("/inbox" if section == "todo" else f"/inbox?section={section}")

    def row(self, number: str, step: str = "") -> Locator:
        """The row of a task or a case in the list that is shown."""
        found = self.page.locator("a.row", has_text=number)
        return found.filter(has_text=step) if step else found

    def open_task(self, number: str, step: str, section: str = "todo") -> Person:
        """Find a task in the inbox and open it."""
        self.inbox(section)
        self.row(number, step).click()
        self.page.wait_for_url("**/tasks/*")  # the first task of the list was open before: that one is replaced now
        expect(self.page.locator("#detail .task-line")).to_contain_text(step)
        expect(self.page.locator("#detail .task-line")).to_contain_text(number)
        self.wait_for_islands()
        return self

    def claim(self, number: str, step: str) -> Person:
        """Take a task that one's department is offered, and stay with it."""
        self.open_task(number, step, "claimable")
        self.page.get_by_role("button", name="Claim").click()
        expect(self.toast).to_have_text(re.compile("It is yours now"))
        expect(self.page.locator("#detail .task-line")).to_contain_text(step)
        self.wait_for_islands()
        return self

    def open_case(self, number: str) -> Person:
        """The page of a case."""
        return self.go(f"/cases/{number}")

    # ---- forms -----------------------------------------------------------------------------------------------------------

    def field(self, path: str) -> Locator:
        """A field of the form by its path: `title`, `items[0].price`."""
        return self.page.locator(f'[data-path="{path}"]')

    def fill(self, **values: str | date) -> Person:
        """Fill in fields. Names of fields in lists are written `items_0_price`."""
        for name, value in values.items():
            self._fill(re.sub(r"_(\d+)_", r"[\1].", name), value)
        return self

    def _fill(self, path: str, value: str | date) -> None:
        field = self.field(path)
        expect(field).to_be_visible()
        kind = field.get_attribute("class") or ""
        entry = field.locator("input, textarea").first
        if isinstance(value, date):
            typed = f"{value.year}/{value.month}/{value.day}" if self.language == "zh" else f"{value.month}/{value.day}/{value.year}"
            entry.fill(typed)
            entry.press("Tab")
            expect(entry).to_have_value(typed)
        elif "fjs-form-field-select" in kind:
            field.locator(".fjs-input-group").click()
            if entry.is_visible():  # short lists have no search
                entry.fill(value)
            field.locator(".fjs-dropdownlist-item", has_text=value).first.click()
            expect(field.locator(".fjs-dropdownlist-item")).to_have_count(0)
            chosen = entry.input_value() if entry.is_visible() else field.locator(".fjs-select-display").inner_text()
            assert value in chosen
        else:
            entry.fill(value)

    def scan(self, code: str, says: str) -> Person:
        """Give a code into the barcode field, as a reader does, which then says something."""
        reader = self.page.get_by_label("Barcode" if self.language == "en" else "条码", exact=True)
        reader.press_sequentially(code)
        reader.press("Enter")
        expect(self.page.locator(".barcode .told")).to_have_text(says)
        return self

    def add_line(self) -> Person:
        """One more line of the list in the form."""
        self.page.locator("button.fjs-repeat-render-add").click()
        return self

    # ---- acting ----------------------------------------------------------------------------------------------------------

    @property
    def toast(self) -> Locator:
        """What the page says happened."""
        return self.page.locator("#toasts .toast")

    def start(self, process: str) -> Person:
        """The start form of a process."""
        return self.go(f"/start/{process}")

    def send(self) -> str:
        """Send the start form; the number of the case."""
        self.page.locator("#start .primary").click()
        self.page.wait_for_url("**/cases/*")
        self.wait_for_islands()
        return self.page.url.rpartition("/")[2]

    def press(self, outcome: str, reason: str = "") -> str:
        """Press an outcome, giving the reason where one is asked; what the page says then."""
        bar = self.page.locator("#complete")
        if not reason:
            bar.get_by_role("button", name=re.compile(rf"^{re.escape(outcome)}( \w)?$")).click()
        else:
            opener = bar.locator("[data-opens-reason]", has_text=outcome)
            if not opener.is_visible():
                bar.locator("summary", has_text="More").click()
            opener.click()
            panel = bar.locator("[data-reason]:visible")
            panel.locator("textarea").fill(reason)
            panel.get_by_role("button", name=outcome, exact=True).click()
        expect(self.page.locator("#complete:visible, .problems:visible, #toasts .toast").first).to_be_visible()
        expect(self.toast).to_be_visible()
        return self.toast.inner_text()

    def give_message(self, offer: str, day: date, remark: str) -> str:
        """Give a message that the case waits for, on the page of the case."""
        self.page.locator(".case-actions").get_by_role("button", name=offer).click()
        dialog = self.page.get_by_role("dialog")
        dialog.locator('input[name="at"]').fill(day.isoformat())
        dialog.locator("textarea").fill(remark)
        dialog.get_by_role("button", name=offer).click()
        expect(self.toast).to_be_visible()
        said = self.toast.inner_text()  # at once: it goes away by itself
        self.wait_for_islands()
        return said

    # ---- reading ---------------------------------------------------------------------------------------------------------

    @property
    def bell(self) -> Locator:
        """The number of unread notices."""
        return self.page.locator(".bell .count")

    def notices(self) -> list[str]:
        """What the bell's page tells, the newest first."""
        self.go("/notices")
        return [" ".join(text.split()) for text in self.page.locator(".notice").all_inner_texts()]

    def facts(self) -> dict[str, str]:
        """The strip of facts on the page: of a case, a task or a record."""
        pairs = self.page.locator("dl.facts > div").evaluate_all(
            "rows => rows.map(row => [row.querySelector('dt').innerText.trim(), row.querySelector('dd').innerText.trim()])"
        )
        return dict(pairs)

    def stock(self, item: str) -> tuple[str, str, str]:
        """What the page of an item says: in stock, reserved, available."""
        shown = self.go(f"/records/items/{item}").facts()
        return shown["Stock"], shown["Reserved"], shown["Available"]

    def owes(self, customer: str) -> str:
        """What the page of a customer says is open."""
        return self.go(f"/records/customers/{customer}").facts()["Open"]

    def timeline(self) -> list[str]:
        """The lines of the timeline, the newest first, without what is only expected."""
        more = self.page.locator("ol.timeline .earlier button")
        while more.count():
            before = self.page.locator("ol.timeline .entry").count()
            more.click()
            expect(self.page.locator("ol.timeline .entry")).not_to_have_count(before)
        lines = self.page.locator("ol.timeline:not(.coming) .entry").all_inner_texts()
        return [" ".join(text.split()) for text in lines]

    def marks(self) -> dict[str, str]:
        """What the diagram shows as it stands now: holders and times by element."""
        badges = self.page.locator(".diagram .djs-overlays").evaluate_all(
            "groups => groups.map(group => [group.dataset.containerId, group.innerText.replace(/\\s+/g, ' ').trim()])"
        )
        return {element: text for element, text in badges if text}
