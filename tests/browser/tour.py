"""The five-minute tour of the README: what its reader clicks, in either language. A test walks it, and a command takes its pictures."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Person
from tests.browser.requests import fill_in_request
from tests.browser.serving import Site
from tests.browser.test_studio import edit

Picture = Callable[[str, Page], None]
HEAD, REVISE, ORDER = (
    {"en": "Department head approves", "zh": "部门负责人审批"},
    {"en": "Revise the request", "zh": "修改申请"},
    {"en": "Place the order", "zh": "下单"},
)
NEW_STEP = {"en": "Finance takes note", "zh": "财务知悉"}
SUBJECT = {"en": "Shelving for warehouse B", "zh": "B 仓货架"}
SMALL = {"en": "Two bays more", "zh": "再要两组货架"}
SMALLER = {"en": "One bay more", "zh": "再要一组货架"}
WHY_RETURNED = {"en": "Which aisles? Please add them.", "zh": "是哪几条通道？请补充。"}
WHY_NEEDED = {"en": "Goods stand in aisles 4 to 9.", "zh": "货物堆放在 4 至 9 号通道。"}
WHY_CHANGED = {"en": "Finance wants to know of small purchases", "zh": "财务需要了解小额采购"}

ON_THE_ARROW = """(path) => {
  const at = path.getPointAtLength(path.getTotalLength() * 0.3);
  const { x, y } = new DOMPoint(at.x, at.y).matrixTransform(path.getScreenCTM());
  return [x, y];
}"""


@dataclass
class Tour:
    """The tour, step after step: each leaves its picture, and its facts are asserted."""

    site: Site
    come: Callable[[str], Person]  # who sits down at a browser, signed in
    language: str
    picture: Picture

    def walk(self) -> None:
        """All six steps."""
        number = self.a_request_over_200000()
        self.returned_and_resubmitted(number)
        self.overdue_and_escalated(number)
        self.a_new_step()
        self.an_altered_entry(number)
        self.ten_lines_of_python()

    def a_request_over_200000(self) -> str:
        """Before sending it one sees who will have to approve it, and what the contract has left."""
        zhou = self._ask(180, self._said(SUBJECT))
        expect(zhou.page.locator("#preview")).to_contain_text(self._name("Wang Lei", "王磊"))
        expect(zhou.page.locator("#preview")).to_contain_text(self._name("He Jing", "何静"))
        expect(zhou.field("contract").locator("input").first).to_have_value(re.compile("260,000.00"))
        self.picture("1-request", zhou.page)
        return zhou.send()

    def returned_and_resubmitted(self, number: str) -> None:
        """The head sends it back with a reason; the requester answers it."""
        wang, zhou = self.come("wang-lei"), self.come("zhou-ting")
        wang.open_task(number, self._said(HEAD))
        decide(wang, "return", self._said(WHY_RETURNED))
        zhou.open_task(number, self._said(REVISE))
        expect(zhou.page.locator("#side")).to_contain_text(self._said(WHY_RETURNED))
        zhou.fill(reason=self._said(WHY_NEEDED))
        self.picture("2-returned", zhou.page)
        decide(zhou, "resubmit")

    def overdue_and_escalated(self, number: str) -> None:
        """Two working days are over: it is late, and the superior may take it over."""
        wang, he = self.come("wang-lei"), self.come("he-jing")
        self.site.move_clock("+49h")
        expect(he.bell).to_have_text("1")
        assert number in he.notices()[0]
        wang.inbox()
        expect(wang.page.locator("h3.group.late")).to_be_visible()
        expect(wang.row(number)).to_be_visible()
        self.picture("3-overdue", wang.page)

    def a_new_step(self) -> None:
        """The analyst draws it; a new request takes it, the old case keeps its version."""
        old = self._ask(2, self._said(SMALL)).send()
        analyst = self.come("analyst")
        draw_step(analyst, NEW_STEP)
        self.picture("4-step", analyst.page)
        analyst.page.locator('[data-studio="publish"]').click()  # saves it first
        analyst.page.locator("#reason").fill(self._said(WHY_CHANGED))
        analyst.page.locator(".publish-form .primary").click()
        expect(analyst.page.locator("table.versions")).to_contain_text(self._said(WHY_CHANGED))
        zhou = self.come("zhou-ting")
        for number, version, step in ((self._ask(1, self._said(SMALLER)).send(), 2, NEW_STEP), (old, 1, ORDER)):
            zhou.open_case(number)
            expect(zhou.page.locator(".task-line").first).to_contain_text(re.compile(rf"\b{version}(?!\d)"))
            expect(zhou.page.locator(".task-line").first).to_contain_text(self._said(step))

    def an_altered_entry(self, number: str) -> None:
        """Somebody with access to the database replaces who decided; the auditor's page names the entry."""
        seq = re.findall(r"\d+", self._example("tamper.py", number))[0]
        auditor = self.come("auditor").go("/audit")
        auditor.page.locator('form[action$="verify"] button').click()
        found = auditor.page.locator(".report.refused .findings")
        expect(found).to_contain_text(number)
        expect(found).to_contain_text(seq)
        self.picture("5-altered", auditor.page)

    def ten_lines_of_python(self) -> None:
        """A program starts a case."""
        case = self._example("start_case.py").strip()
        zhou = self.come("zhou-ting").open_case(case)
        expect(zhou.page.locator(".facts")).to_contain_text("¥5,200.00")
        self.picture("6-python", zhou.page)

    def _ask(self, bays: int, subject: str) -> Person:
        return fill_in_request(self.come("zhou-ting"), bays, title=subject, reason=self._said(WHY_NEEDED))

    def _said(self, words: dict[str, str]) -> str:
        return words[self.language]

    def _name(self, english: str, chinese: str) -> str:
        return chinese if self.language == "zh" else english

    def _example(self, name: str, *arguments: str) -> str:
        return self.site.run([sys.executable, f"examples/{name}", *arguments])


def decide(person: Person, outcome: str, reason: str = "") -> None:
    """Press an outcome by its id, giving the reason where one is asked."""
    bar = person.page.locator("#complete")
    if reason:
        bar.locator(f'[data-opens-reason="reason-{outcome}"]').click()
        bar.locator(f"#reason-{outcome} textarea").fill(reason)
    bar.locator(f'button[name="outcome"][value="{outcome}"]:visible').click()
    expect(person.toast).to_be_visible()


def draw_step(analyst: Person, name: dict[str, str]) -> None:
    """Put an approval into the way of small purchases: dropped on the arrow, made a user task, and told who does it."""
    analyst.provoked.add("ContextPad#getPad is deprecated")  # the editor's own code calls it
    page = edit(analyst, "purchase-approval").page
    arrow = page.locator('.djs-connection[data-element-id="approval_needed_to_place_order"]')
    x, y = arrow.locator(".djs-visual > path").evaluate(ON_THE_ARROW)
    page.locator('.djs-palette .entry[data-action="create.task"]').click()
    page.mouse.move(x - 20, y - 20)
    page.mouse.move(x, y, steps=3)
    expect(arrow).to_have_class(re.compile("new-parent"))
    page.mouse.click(x, y)
    page.keyboard.press("Escape")  # its name is given in the panel
    page.locator('.djs-context-pad .entry[data-action="replace"]').click()
    page.locator('.djs-popup .entry[data-id="replace-with-user-task"]').click()
    panel = page.locator(".studio-panel")
    expect(panel.locator("p.mono")).to_contain_text("UserTask")
    parts = panel.locator(":scope > fieldset")
    enter(parts.nth(0).locator("input").nth(0), name["en"])
    enter(parts.nth(0).locator("input").nth(1), name["zh"])
    parts.nth(1).locator("select").first.select_option("finance")
    expect(parts.nth(1).locator(".chosen li")).to_have_count(1)
    parts.nth(2).locator("select").first.select_option("purchase-request")
    enter(parts.nth(2).locator("input").first, "1")
    parts.nth(3).locator("button").last.click()
    outcome = parts.nth(3).locator(".outcome")
    for at_, text in enumerate(("Noted", "已知悉", "noted")):
        enter(outcome.locator("input").nth(at_), text)
    outcome.locator("select").select_option("approve")
    expect(outcome.locator("select")).to_have_value("approve")


def enter(field: Locator, text: str) -> None:
    """Fill in a field of the panel, which takes it when it is left, and is made anew then."""
    field.fill(text)
    field.press("Tab")
    expect(field).to_have_value(text)
