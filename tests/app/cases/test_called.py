"""The page of a called case: its number, its own timeline and offers, and the way to its caller and back."""

from __future__ import annotations

import re

import pytest

from tests.app.cases.test_standing import marks, reader, stocked, words
from tests.app.conftest import Site
from tests.processes.company import order

__all__ = ["stocked"]  # the fixture
PUMPS = [{"item": "pump-32", "quantity": "20", "price": "3100"}]


@pytest.mark.parametrize(
    ("language", "called_by", "waits"),
    [("en", "called by OF-2026-0001", "Waits for Purchasing"), ("zh", "由 OF-2026-0001", "等待采购部")],
    ids=["en", "zh"],
)
def test_a_called_case_has_a_page_of_its_own(stocked: Site, language: str, called_by: str, waits: str):
    case = stocked.company.start("zhou-ting", "order-fulfilment", **order(items=PUMPS, title="Pumps for the solar park"))
    zhou = reader(stocked, "zhou-ting", language)
    caller = zhou.get(f"/cases/{case.number}").text
    address = re.search(r'<li><a href="(/cases/RP-2026-\d+)">', caller)[1]
    page = zhou.get(address).text
    told = words(page)
    assert f"{address.rpartition('/')[2]} Pumps for the solar park" in told
    assert called_by in told
    assert f'href="/cases/{case.number}"' in page
    assert told.count(waits) == 1  # what the caller waits for besides is not told here
    assert set(marks(page)) == {"order_goods"}
    assert "offer-1" in caller  # the customer may cancel the order
    assert "offer-1" not in page


def test_a_task_in_a_called_case_names_both(stocked: Site):
    case = stocked.company.start("zhou-ting", "order-fulfilment", **order(items=PUMPS))
    gao = reader(stocked, "gao-yuan")
    inbox = words(gao.get("/inbox?section=claimable").text)
    assert f"RP-2026-0001 · {case.number} · Order the goods" in inbox
    task = words(gao.get(f"/tasks/{stocked.company.task(case, 'order_goods').task_id}").text)
    assert "RP-2026-0001" in task
    assert f"called by {case.number}" in task
