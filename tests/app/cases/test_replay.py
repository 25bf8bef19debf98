"""The replay of a case and its record as a table: who did what, when, for whom, with which data before and after, under which version."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient

from app.sheets import read_sheet
from engine import Case
from tests.app.cases.test_standing import reader, stocked
from tests.app.conftest import Site
from tests.app.records.test_pages import browser, text_of
from tests.app.test_audit import looks
from tests.processes.company import order, request

__all__ = ["stocked"]  # the fixture
PUMPS = [{"item": "pump-32", "quantity": "20", "price": "3100"}]


@pytest.fixture
def auditor(site: Site) -> FlaskClient:
    return browser(site, "auditor")


@pytest.fixture
def case(site: Site) -> Case:
    """A purchase that was sent back with a reason, revised, and approved by the administrator in the place of the head."""
    company = site.company
    case = site.purchase(amount="9000", contract=None, title="=1+1")
    company.do("wang-lei", case, "head_approves", "return", "Too much")
    amended = {**request(amount="8000", contract=None, title="Steel"), "needed_by": company.values(case)["needed_by"]}
    company.do("zhou-ting", case, "revise_request", "resubmit", **amended)
    task = company.task(case, "head_approves")
    assert task.assignee == "wang-lei"
    site.services.engine.tasks.complete(site.services.actor("admin"), task.task_id, {}, outcome="approve")
    return case


def moments(client: FlaskClient, number: str | None, at: int | None = None) -> dict:
    answer = client.get(f"/cases/{number}/moments" + (f"?at={at}" if at else ""))
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def test_each_moment_says_who_did_what_for_whom_and_what_it_changed(auditor: FlaskClient, case: Case):
    found = moments(auditor, case.number)
    told = [text_of(it["html"]) for it in found["moments"]]
    assert found["version"] == "Purchase approval, version 1"
    assert (found["lowest"], found["first"], found["before"]["tokens"]) == (1, 1, {})
    assert "Zhou Ting , Sales: submitted" in told[0]
    [returned] = [it for it in told if "sent it back" in it]
    assert "Too much" in returned
    [revised] = [it for it in told if "Revise the request" in it and "Resubmit" in it]
    assert "¥9,000.00 ¥8,000.00" in revised
    [approved] = [it for it in told if "approved" in it]
    assert "for Wang Lei" in approved
    data: dict[str, list[str]] = {}
    amounts = []
    for it in found["moments"]:
        data |= it["data"]
        amounts.append(data["amount"])
    assert amounts == [["Amount", "¥9,000.00"], ["Amount", "¥9,000.00"], ["Amount", "¥8,000.00"], ["Amount", "¥8,000.00"]]
    assert data["title"] == ["Subject", "Steel"]
    assert data["approval_level"] == ["Purchase approval level", "Department head"]  # in the words of the table
    assert [it["seq"] for it in found["moments"]] == sorted(it["seq"] for it in found["moments"])
    assert all(it["when"] and it["exact"] and it["said"] for it in found["moments"])


def test_the_moments_lead_to_where_the_case_stands_now(site: Site, auditor: FlaskClient, case: Case):
    found = moments(auditor, case.number)
    tokens: dict[str, str] = {}
    holders: dict[str, str] = {}
    times: dict[str, int] = {}
    for moment in found["moments"]:
        for token in moment["closed"]:
            del tokens[token]
        tokens |= moment["opened"]
        holders |= moment["holders"]
        for name, number in moment["times"].items():
            times[name] = times.get(name, 0) + number
    [open_now] = site.services.engine.tasks.of_case(site.services.actor("admin"), case.id)
    assert tokens[open_now.task_id] == open_now.element_id
    assert holders[open_now.task_id] == "Purchasing"
    assert set(tokens) & set(holders) == {open_now.task_id}
    assert times["head_approves"] == 2
    assert times["revise_request"] == 1
    path = set(site.company.path(case))
    assert {name for moment in found["moments"] for name in moment["seen"]} == path


def test_each_look_at_moments_and_at_the_record_is_written_down_and_is_no_moment(site: Site, auditor: FlaskClient, case: Case):
    before = moments(auditor, case.number)
    auditor.get(f"/cases/{case.number}/record?kind=csv")
    assert looks(site, case.number or "") == ["replay", "record"]
    after = moments(auditor, case.number, at=1)
    assert [it["seq"] for it in after["moments"]] == [it["seq"] for it in before["moments"]]
    zhou = browser(site, "zhou-ting")
    read = moments(zhou, case.number)["moments"]
    assert read[0]["data"]["amount"] == ["Amount", "¥9,000.00"]
    assert read[0]["data"]["items"] is None  # lists may hold what is hidden
    assert looks(site, case.number or "") == ["replay", "record", "replay"]


def test_a_called_case_is_a_link_and_has_a_replay_of_its_own(stocked: Site):
    case = stocked.company.start("zhou-ting", "order-fulfilment", **order(items=PUMPS, title="Pumps for the solar park"))
    auditor = reader(stocked, "auditor")
    page = moments(auditor, case.number)
    [called] = set(re.findall(r'href="(/cases/RP-[^"#]+)#replay"', "".join(it["html"] for it in page["moments"])))
    own = moments(auditor, called.rpartition("/")[2])
    assert own["version"].startswith("Replenishment")
    seen = {name for it in own["moments"] for name in it["seen"]}
    assert "order_goods" in seen
    assert "order_goods" not in {name for it in page["moments"] for name in it["seen"]}
    chinese = moments(reader(stocked, "auditor", "zh"), case.number)
    assert "的回放" in "".join(it["html"] for it in chinese["moments"])


def test_the_page_has_the_replay_and_asks_for_nothing_before_it_is_moved(site: Site, auditor: FlaskClient, case: Case):
    page = auditor.get(f"/cases/{case.number}").text
    [state] = re.findall(r'data-island="replay" data-state="([^"]+)"', page)
    given = json.loads(html.unescape(state))
    assert given["url"] == f"/cases/{case.number}/moments"
    assert given["highest"] == 4
    assert looks(site, case.number or "") == ["page"]


def test_who_may_not_see_a_case_gets_neither_its_moments_nor_its_record(site: Site, case: Case):
    lin, zhou = browser(site, "lin-xue"), browser(site, "zhou-ting")
    assert lin.get(f"/cases/{case.number}/moments").status_code == 404
    assert lin.get(f"/cases/{case.number}/record?kind=csv").status_code in {403, 404}
    assert zhou.get(f"/cases/{case.number}/record?kind=csv").status_code == 403
    assert 'id="replay"' in zhou.get(f"/cases/{case.number}").text
    assert "/record?" not in zhou.get(f"/cases/{case.number}").text


def test_the_record_is_a_table_with_one_row_for_each_value_that_changed(site: Site, auditor: FlaskClient, case: Case):
    answer = auditor.get(f"/cases/{case.number}/record?kind=csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={case.number}.csv"
    rows = [row.cells for row in read_sheet("record.csv", answer.data)]
    head, lines = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert head == (
        "Entry", "When", "Who", "Kind", "For whom", "What happened", "Why", "Field", "Before", "After", "Process", "Version", "Fingerprint",
    )  # fmt: skip
    [amount] = [it for it in lines if it["Field"] == "Amount" and it["Before"]]
    assert (amount["Who"], amount["Kind"], amount["Before"], amount["After"]) == ("Zhou Ting", "person", "¥9,000.00", "¥8,000.00")
    assert {it["Version"] for it in lines} == {"1"}
    assert [it["Why"] for it in lines if "sent it back" in str(it["What happened"])][:1] == ["Too much"]
    assert "Wang Lei" in {it["For whom"] for it in lines}
    entries = site.services.engine.history.entries(site.services.actor("admin"), case.id)
    assert {(int(str(it["Entry"])), it["Fingerprint"]) for it in lines} == {
        (it.seq, it.hash) for it in entries if it.events[0][0] != "CaseRead"
    }
    assert b"'=1+1" in answer.data  # no formula
    again = read_sheet("record.xlsx", auditor.get(f"/cases/{case.number}/record?kind=xlsx").data)
    assert len(again) == len(rows) + 1  # and the look at the first one
