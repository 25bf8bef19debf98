"""What a case waits for is told wherever it is shown: on its page, in lists, beside the inbox, and after a completion."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient

from engine import Case
from tests.app.conftest import Site
from tests.app.pages import send, sign_in
from tests.processes.company import order, request

SMALL = request(amount="900", contract=None, items=[{"item": "carton", "quantity": "100", "price": "9"}], supplier="pudong-packaging")


@pytest.fixture
def stocked(site: Site) -> Site:
    """With records."""
    for found_records in site.services.founders:
        found_records()
    return site


def reader(site: Site, person: str, language: str = "en") -> FlaskClient:
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, person)
    return client


def words(page: str) -> str:
    """The text of a page as it is read, with the hints under the pointer behind it."""
    hints = re.findall(r'title="([^"]*)"', page)
    plain = re.sub(r"<script.*?</script>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(f"{plain} {' '.join(hints)}").split())


def marks(page: str) -> dict[str, dict[str, str]]:
    """What the diagram is given, by element."""
    state = json.loads(html.unescape(re.search(r'data-island="diagram" data-state="([^"]*)"', page)[1]))
    return {mark["element"]: mark for mark in state["marks"] if mark["state"] != "done"}


def ordered(site: Site) -> Case:
    """A purchase that waits for its supplier."""
    company = site.company
    case = company.start("zhou-ting", "purchase-approval", **SMALL)
    company.do("gao-yuan", case, "place_order", "ordered", order_number="PO-1", order_date="2026-03-02", promised_for="2026-03-09")
    return case


@pytest.mark.parametrize(
    ("language", "said", "step"),
    [("en", "aits for: Supplier has confirmed", "Supplier confirms"), ("zh", "等待：供应商已确认", "供应商确认")],
    ids=["en", "zh"],
)
def test_a_case_that_waits_for_a_message_says_so_everywhere(stocked: Site, language: str, said: str, step: str):
    case = ordered(stocked)
    zhou = reader(stocked, "zhou-ting", language)
    page = zhou.get(f"/cases/{case.number}").text
    assert words(page).count(said) == 2  # the fact at the top, the timeline
    assert step in words(page)
    mark = marks(page)["supplier_confirms"]
    assert (mark["state"], said in mark["holder"], bool(mark["time"])) == ("current", True, True)
    for address in ("/cases", "/inbox?section=started", "/inbox"):
        assert said in words(zhou.get(address).text), address


def test_of_several_open_steps_each_is_told(stocked: Site):
    items = [{"item": "pump-32", "quantity": "20", "price": "3100"}]
    case = stocked.company.start("zhou-ting", "order-fulfilment", **order(items=items))
    zhou = reader(stocked, "zhou-ting")
    page = words(zhou.get(f"/cases/{case.number}").text)
    assert re.search(r"(Write the invoice|Pick what is there|Order the goods) and 2 more", page)
    assert re.search(r"With (Finance|Warehouse|Purchasing), for 1 min; (Finance|Warehouse|Purchasing), for 1 min; ", page)
    listed = words(zhou.get("/cases").text)
    assert re.search(r"(Finance|Warehouse|Purchasing), (Finance|Warehouse|Purchasing) and 1 more", listed)
    for one in ("Write the invoice, Finance", "Pick what is there, Warehouse", "Order the goods, Purchasing"):
        assert one in listed
    mark = marks(zhou.get(f"/cases/{case.number}").text)["replenish"]
    assert (mark["state"], mark["holder"]) == ("current", "Purchasing")  # who has the called case


def test_after_one_of_two_parallel_steps_only_what_came_of_it_is_next(stocked: Site):
    items = [{"item": "pump-32", "quantity": "2", "price": "3100"}]
    company = stocked.company
    case = company.start("zhou-ting", "order-fulfilment", **order(items=items))
    for person, element in (("feng-qi", "write_invoice"), ("chen-jie", "pick_goods")):
        stocked.services.engine.tasks.claim(company.person(person), company.task(case, element).task_id)

    def completes(person: str, element: str, outcome: str, **data: str) -> str:
        client, task = reader(stocked, person), company.task(case, element).task_id
        send(client, f"/tasks/{task}/complete", f"/tasks/{task}", outcome=outcome, data=json.dumps(data))
        return words(client.get("/notices").text)

    said = completes("feng-qi", "write_invoice", "invoiced", sales_invoice_number="RG-1", sales_invoice_date="2026-03-02")
    assert "Invoice written. Still open: Pick what is there, Chen Jie." in said
    assert "Picked. Next: Ship the goods, Logistics." in completes("chen-jie", "pick_goods", "picked")
