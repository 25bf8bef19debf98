"""A purchase, from the request to the payment, across six desks: returned twice, reminded, escalated."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.requests import SUBJECT, fill_in_request
from tests.browser.serving import Site

pytestmark = pytest.mark.browser

People = Callable[..., Person]
AMOUNT = "¥232,200.00"


def request_shelving(zhou: Person) -> str:
    """Zhou Ting of Sales asks for 180 bays of shelving: so much that everybody is asked."""
    fill_in_request(zhou, 180)
    expect(zhou.page.locator(".task-form")).to_contain_text(AMOUNT)
    expect(zhou.page.locator("#preview")).to_contain_text("Department head approves")
    expect(zhou.page.locator("#preview")).to_contain_text("Wang Lei")
    return zhou.send()


def test_a_purchase_goes_through_six_desks_to_paid(site: Site, person: People) -> None:
    zhou, wang = person("zhou-ting"), person("wang-lei")
    number = request_shelving(zhou)
    assert re.fullmatch(r"PA-2026-\d{4,}", number)
    expect(zhou.page.locator(".facts")).to_contain_text(AMOUNT)
    expect(zhou.page.locator(".facts")).to_contain_text("Wang Lei")
    assert zhou.marks()["head_approves"].endswith("Wang Lei")

    be_late(site, wang, person("he-jing"), person("song-yu"), number)
    head_returns_and_is_asked_again(zhou, wang, number)
    finance_returns_and_goes_on_there(zhou, person("zhang-min"), person("li-qiang"), number)
    general_manager_approves(person("he-jing"), number)
    supplier_is_late_and_confirms(site, person("zhang-min"), number)
    goods_and_invoice_come(person("chen-jie"), person("li-qiang"), number)
    is_paid_and_proved(zhou, person("auditor"), number)
    assert site.command("verify-audit").splitlines()[0].endswith(": whole")


def be_late(site: Site, wang: Person, he: Person, song: Person, number: str) -> None:
    """Half of the time is over, then all of it, then half of it again: each stage is told to the next."""
    wang.inbox()
    assert wang.row(number).inner_text().split("\n")[1:] == [
        SUBJECT,
        AMOUNT,
        f"{number} · Department head approves · Huayu Shelving",
        "2 d",
    ]
    expect(wang.bell).to_have_text("1")
    site.move_clock("+25h")
    expect(wang.bell).to_have_text("2")  # by itself: nobody reloads the page
    assert wang.notices()[0].startswith(f"Half of the time is over {number} {SUBJECT}")
    site.move_clock("+1d")
    expect(he.bell).to_have_text("1")
    assert he.notices()[0].startswith(f"An overdue task: you may take it over {number}")
    assert wang.notices()[0].startswith(f"Your task is overdue {number}")
    wang.inbox()
    expect(wang.page.locator("h3.group.late")).to_contain_text("Overdue")
    expect(wang.row(number).locator(".row-time")).to_have_text("1 h late")
    expect(song.bell).to_have_text("")
    site.move_clock("+1d")
    expect(song.bell).to_have_text("1")
    song.open_case(number)
    lines = song.timeline()
    assert "Department head approves is overdue; He Jing may take it over" in lines[2]
    assert "Reminder for Department head approves sent to Wang Lei" in lines[3]


def head_returns_and_is_asked_again(zhou: Person, wang: Person, number: str) -> None:
    """The head returns it with a reason; after the resubmission he is asked again."""
    wang.open_task(number, "Department head approves")
    assert "Revise the request" in wang.press("Return for changes", "Which aisles?")
    expect(zhou.bell).to_have_text("1")
    assert zhou.notices()[0].startswith("Wang Lei sent it back to you")
    assert "Which aisles?" in zhou.notices()[0]
    zhou.open_task(number, "Revise the request")
    expect(zhou.page.locator("#side")).to_contain_text("Which aisles?")
    zhou.fill(reason="Goods stand in aisles 4 to 9.")
    assert "Department head approves" in zhou.press("Resubmit")
    wang.open_task(number, "Department head approves")
    expect(wang.page.locator(".task-form")).to_contain_text("aisles 4 to 9")
    wang.press("Approve")


def finance_returns_and_goes_on_there(zhou: Person, zhang: Person, li: Person, number: str) -> None:
    """Both are asked at once. What Finance returns goes on with Finance alone: nothing was changed that Purchasing saw."""
    zhang.claim(number, "Purchasing approves").fill(terms="Free to warehouse B")
    zhang.press("Approve")
    li.claim(number, "Finance approves")
    li.press("Return for changes", "The offer is missing.")
    zhou.open_task(number, "Revise the request")
    zhou.press("Resubmit")
    zhou.open_case(number)
    assert set(zhou.marks()) & {"head_approves", "purchasing_approves", "finance_approves"} == {"finance_approves"}
    li.claim(number, "Finance approves")
    li.press("Approve")


def general_manager_approves(he: Person, number: str) -> None:
    """Over 200,000: the general manager, too. She uses the key."""
    he.open_task(number, "General manager approves")
    expect(he.page.locator(".facts")).to_contain_text(AMOUNT)
    he.page.keyboard.press("a")
    expect(he.toast).to_contain_text("Place the order")


def supplier_is_late_and_confirms(site: Site, zhang: Person, number: str) -> None:
    """Three working days without an answer: Purchasing is asked to remind the supplier; then the supplier confirms."""
    zhang.claim(number, "Place the order").fill(order_number="PO-77", order_date=date(2026, 3, 6), promised_for=date(2026, 4, 10))
    zhang.press("Order placed")
    site.move_clock("+6d")
    zhang.inbox("claimable")
    expect(zhang.row(number, "Remind the supplier")).to_be_visible()
    zhang.claim(number, "Remind the supplier").fill(reminder_remark="Called Dai Rong.")
    zhang.press("Supplier reminded")
    zhang.open_case(number)
    assert "case goes on" in zhang.give_message("Supplier has confirmed", date(2026, 3, 11), "By telephone")
    assert "Supplier has confirmed" in zhang.timeline()[1]
    assert "By telephone" in zhang.timeline()[1]


def goods_and_invoice_come(chen: Person, li: Person, number: str) -> None:
    """Warehouse books the receipt; order, receipt and invoice match; Finance pays."""
    chen.claim(number, "Receive the goods").fill(delivery_note="DN-5", received_on=date(2026, 3, 11), receipt_0_received="180")
    chen.press("Goods received")
    li.claim(number, "Enter the invoice").fill(invoice_number="INV-9", invoice_date=date(2026, 3, 11), invoice_amount="232200")
    assert "Pay the invoice" in li.press("Invoice entered")
    li.claim(number, "Pay the invoice").fill(paid_on=date(2026, 3, 12), payment_reference="BANK-1")
    li.press("Paid")


def is_paid_and_proved(zhou: Person, auditor: Person, number: str) -> None:
    """The requester reads that it is finished; the auditor finds the case and proves that its history is whole."""
    assert zhou.notices()[0].startswith(f"Your case has ended: Paid {number}")
    auditor.page.locator("tr", has_text=number).get_by_role("link", name=SUBJECT).click()
    auditor.wait_for_islands()
    assert any("Finance: Pay the invoice, Paid" in line for line in auditor.timeline())
    assert any("looked at it" in line for line in auditor.open_case(number).timeline())
    auditor.page.get_by_role("button", name="Verify").click()
    expect(auditor.page.locator(".record")).to_contain_text("whole")
    auditor.go("/audit")
    auditor.page.get_by_role("button", name="Verify the whole history").click()
    expect(auditor.page.locator(".report")).to_contain_text("The history is whole")
