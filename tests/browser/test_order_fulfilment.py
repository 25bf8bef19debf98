"""Orders across five desks: with a shortage up to the payment, over the credit limit, refused, cancelled by the customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.serving import Site

pytestmark = pytest.mark.browser

People = Callable[..., Person]
PUMPS = "Pumps for the solar park"
SUPPLIER = "Nordflow Valves"
PUMP_CODE = "2000000000077"


def enter_order(zhou: Person, title: str, customer: str, item: str, quantity: str, price: str) -> str:
    """Zhou Ting of Sales enters an order of one line; the number of its case."""
    zhou.start("order-fulfilment").fill(
        title=title,
        customer=customer,
        customer_reference="HS-4410",
        items_0_item=item,
        items_0_quantity=quantity,
        items_0_price=price,
        deliver_by=date(2026, 3, 20),
        payment_days="30",
        ship_to="800 Wangjiang Road",
    )
    return zhou.send()


def test_an_order_with_a_shortage_goes_through_five_desks_to_paid(site: Site, person: People) -> None:
    zhou, feng, chen, gao = (person(name) for name in ("zhou-ting", "feng-qi", "chen-jie", "gao-yuan"))
    lin = person("lin-xue")
    number = enter_order(zhou, PUMPS, "Hefei Solar", "Pump 32 m", "20", "3100")
    three_desks_have_it_at_once(zhou, feng, chen, gao, number)
    what_is_missing_arrives_short(zhou, chen, gao, number)
    invoice_and_picking_go_on_beside_it(feng, chen, number)
    the_rest_arrives_and_is_picked(chen, gao, number)
    logistics_ships(chen, lin, number)
    delivery_is_asked_and_confirmed(site, lin, number)
    payment_is_dunned_and_comes(site, feng, number)
    is_finished_and_proved(site, zhou, person("auditor"), number)


def three_desks_have_it_at_once(zhou: Person, feng: Person, chen: Person, gao: Person, number: str) -> None:
    """What is there is reserved; invoice, picking and replenishment wait at the same time, and the case says so."""
    facts = zhou.facts()
    assert (facts["Amount"], facts["Customer"]) == ("¥62,000.00", "Hefei Solar")
    waiting = " ".join(zhou.timeline())
    for desk in ("Finance, Write the invoice", "Warehouse, Pick what is there", "Purchasing, Order the goods"):
        assert f"Waits for {desk}" in waiting
    assert set(zhou.marks()) == {"write_invoice", "pick_goods", "replenish"}
    assert zhou.marks()["replenish"].endswith("Purchasing")  # who has what is called
    zhou.page.locator(".links a", has_text="Replenishment").click()
    zhou.wait_for_islands()
    assert zhou.marks()["order_goods"].endswith("Purchasing")
    zhou.page.locator(".links a", has_text=number).click()  # and back to the one that calls it
    expect(zhou.page.locator("h1")).to_contain_text(number)
    for someone, step in ((feng, "Write the invoice"), (chen, "Pick what is there"), (gao, "Order the goods")):
        someone.inbox("claimable")
        expect(someone.row(number, step)).to_contain_text(PUMPS)
    assert chen.stock("pump-32") == ("12", "12", "0")


def what_is_missing_arrives_short(zhou: Person, chen: Person, gao: Person, number: str) -> None:
    """Of eight pumps that are ordered five come: the rest is ordered again, by another called case."""
    gao.claim(number, "Order the goods")
    expect(gao.page.locator(".task-form")).to_contain_text("Pump 32 m")
    gao.fill(replenishment_supplier=SUPPLIER, expected_on=date(2026, 3, 6), orders_0_price="2380")
    assert "Receive the goods, Warehouse" in gao.press("Ordered")
    chen.claim(number, "Receive the goods").fill(replenishment_delivery_note="LS-9")
    chen.scan("4711", "No line has the code 4711.")
    chen.scan(f"4*{PUMP_CODE}", "Pump 32 m: 4 of 8 pc")
    chen.scan(PUMP_CODE, "Pump 32 m: 5 of 8 pc")
    expect(chen.field("received[0].quantity").locator("input")).to_have_value("5")
    assert "Next: Book into stock" in chen.press("Received")
    gao.inbox("claimable")
    expect(gao.row(number, "Order the goods")).to_be_visible()  # it was booked
    zhou.open_case(number)
    assert [text.rpartition("·")[2].strip() for text in zhou.page.locator(".links li").all_inner_texts()] == ["Stock is there", "running"]
    assert chen.stock("pump-32") == ("17", "17", "0")


def invoice_and_picking_go_on_beside_it(feng: Person, chen: Person, number: str) -> None:
    """Finance and Warehouse do not wait for the replenishment."""
    feng.claim(number, "Write the invoice").fill(sales_invoice_number="RG-881")
    feng.press("Invoice written")
    chen.claim(number, "Pick what is there")
    expect(chen.page.locator(".task-form")).to_contain_text("12")
    chen.scan(f"11*{PUMP_CODE}", "Pump 32 m: 11 of 12 pc")
    chen.page.reload()  # what was scanned is not forgotten
    chen.wait_for_islands()
    chen.scan("pump-32", "Pump 32 m: 12 of 12 pc")
    chen.scan(PUMP_CODE, "Pump 32 m: 13 pc, more than 12")
    chen.press("Picked")
    chen.open_case(number)
    assert set(chen.marks()) == {"replenish"}  # nobody has to do anything in this diagram: it waits for what it has called
    assert "Waits for Purchasing, Order the goods" in chen.timeline()[0]


def the_rest_arrives_and_is_picked(chen: Person, gao: Person, number: str) -> None:
    """Three more pumps: all that was asked for is there."""
    gao.claim(number, "Order the goods").fill(replenishment_supplier=SUPPLIER, expected_on=date(2026, 3, 9), orders_0_price="2380")
    gao.press("Ordered")
    chen.claim(number, "Receive the goods").fill(replenishment_delivery_note="LS-10")
    assert "Next: Book into stock" in chen.press("Received")
    chen.claim(number, "Pick the rest")
    assert "Ship the goods, Logistics" in chen.press("Picked")
    assert chen.stock("pump-32") == ("20", "20", "0")


def logistics_ships(chen: Person, lin: Person, number: str) -> None:
    """What leaves is out of stock, and from then on nobody cancels."""
    lin.claim(number, "Ship the goods").fill(carrier="SF Express", tracking_number="SF88")
    lin.press("Shipped")
    assert chen.stock("pump-32") == ("0", "0", "0")
    lin.open_case(number)
    assert lin.timeline()[0].startswith("Waits for: Delivered, Delivery is confirmed since")
    assert "waits for: Delivered" in lin.marks()["delivery_confirmed"]
    assert [button.strip() for button in lin.page.locator(".case-actions button").all_inner_texts()] == ["Delivered"]


def delivery_is_asked_and_confirmed(site: Site, lin: Person, number: str) -> None:
    """Five days without a word: Logistics asks. Then the customer confirms, and says so by telephone."""
    site.move_clock("+5d")
    lin.inbox("claimable")
    expect(lin.row(number, "Ask for the delivery")).to_be_visible()
    lin.claim(number, "Ask for the delivery")
    lin.press("Not yet", "Stuck in Wuxi")
    lin.open_case(number)
    awaited, until, asked = lin.timeline()[:3]
    assert awaited.startswith("Waits for: Delivered")
    assert until.startswith("Waits until 12 Mar 10:0")  # five more days, then Logistics asks again
    assert "Not yet" in asked
    assert "Stuck in Wuxi" in asked
    assert "case goes on" in lin.give_message("Delivered", date(2026, 3, 8), "Signed by Ning Hao")
    awaited, delivered = lin.timeline()[:2]
    assert awaited.startswith("Waits for: Paid")
    assert "Lin Xue, Logistics: Delivered" in delivered
    assert "Signed by Ning Hao" in delivered


def payment_is_dunned_and_comes(site: Site, feng: Person, number: str) -> None:
    """Thirty days are over: Finance sends a letter, and then another; then the money is there."""
    for days in ("+30d", "+10d"):
        site.move_clock(days)
        feng.inbox("claimable")
        expect(feng.row(number, "Send a dunning letter")).to_be_visible()
        feng.claim(number, "Send a dunning letter").press("Letter sent")
    assert feng.owes("hefei-solar") == "¥492,000.00"
    feng.open_case(number).give_message("Paid", date(2026, 4, 16), "BANK-7")
    assert "Feng Qi, Finance: Paid" in feng.timeline()[2]  # before the booking and the end
    assert feng.owes("hefei-solar") == "¥430,000.00"


def is_finished_and_proved(site: Site, zhou: Person, auditor: Person, number: str) -> None:
    """Sales reads that it is finished; the auditor reads the whole way and proves that the history is whole."""
    assert zhou.notices()[0].startswith(f"Your case has ended: Paid {number} {PUMPS}")
    told = " ".join(auditor.open_case(number).timeline())
    for desk in ("Purchasing: Order the goods, Ordered", "Warehouse: Pick the rest, Picked", "Logistics: Ship the goods, Shipped"):
        assert desk in told
    auditor.page.get_by_role("button", name="Verify").click()
    expect(auditor.page.locator(".record")).to_contain_text("whole")
    assert site.command("verify-audit").splitlines()[0].endswith(": whole")


def test_credit_is_decided_by_finance_and_a_customer_cancels(site: Site, person: People) -> None:
    zhou, liu, chen = person("zhou-ting"), person("liu-fang"), person("chen-jie")
    released = enter_order(zhou, "Motors for hall 2", "Huatai Trading", "Motor 15 kW", "4", "18420")
    finance_reads_the_limit_and_releases(zhou, liu, chen, released)
    refused = enter_order(zhou, "Pumps on credit", "Qingdao Cold Chain", "Pump 32 m", "2", "3100")
    finance_refuses(zhou, liu, chen, refused)
    the_customer_cancels(zhou, chen, liu, released)
    assert site.command("verify-audit").splitlines()[0].endswith(": whole")


def finance_reads_the_limit_and_releases(zhou: Person, liu: Person, chen: Person, number: str) -> None:
    """Over the limit nothing is reserved before Finance has decided; then it is."""
    assert zhou.marks()["decide_credit"].endswith("Finance")
    assert chen.stock("motor-15kw") == ("5", "0", "5")
    liu.claim(number, "Decide on the credit")
    form = liu.page.locator(".task-form")
    for figure in ("¥73,680.00", "¥200,000.00", "¥140,000.00"):  # this order, the limit, open before
        expect(form).to_contain_text(figure)
    liu.fill(credit_remark="Pays by the end of the month.").press("Release the order")
    assert chen.stock("motor-15kw") == ("5", "4", "1")
    assert liu.owes("huatai-trading") == "¥213,680.00"
    chen.inbox("claimable")
    expect(chen.row(number, "Pick what is there")).to_be_visible()


def finance_refuses(zhou: Person, liu: Person, chen: Person, number: str) -> None:
    """A customer with arrears is refused: the reason is read, the credit is given back, nothing was reserved."""
    liu.claim(number, "Decide on the credit").press("Refuse", "First the arrears of February.")
    assert zhou.notices()[0].startswith(f"Your case has ended: Refused {number}")
    lines = zhou.open_case(number).timeline()
    assert any("Liu Fang, Finance: rejected" in line and "First the arrears of February." in line for line in lines)
    assert liu.owes("qingdao-cold") == "¥38,000.00"
    assert chen.stock("pump-32") == ("12", "0", "12")


def the_customer_cancels(zhou: Person, chen: Person, liu: Person, number: str) -> None:
    """Before shipping Sales notes it on the case page. Who has the picking list open reads who was faster; all is undone."""
    chen.claim(number, "Pick what is there").fill(pick_remark="Two of them are at gate 4")
    zhou.open_case(number).give_message("Customer cancels", date(2026, 3, 2), "Hall 2 is not built")
    assert zhou.page.locator(".case-actions button").count() == 0
    chen.refusals.add(409)
    chen.page.locator("#complete").get_by_role("button", name="Picked").click()
    gone = chen.page.locator("#detail")
    expect(gone).to_contain_text("Zhou Ting was faster: the case went another way.")
    expect(gone).to_contain_text("Two of them are at gate 4")
    assert chen.stock("motor-15kw") == ("5", "0", "5")
    assert liu.owes("huatai-trading") == "¥140,000.00"
    chen.inbox()
    expect(chen.row(number)).to_have_count(0)
