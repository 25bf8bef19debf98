"""What pages say of a case: who will be asked, what the handlers did, what was entered, how it ended. In both languages."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.app.conftest import Site
from tests.app.pages import sign_in, token_of
from tests.processes.company import ADMIN, order, request
from tests.processes.company import shipped as shipped_files
from tests.processes.test_order_fulfilment import prepared, replenish, shipped, short_order
from tests.processes.test_purchase_approval import ordered, receive

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def page(site: Site, person: str, path: str, language: str = "en") -> str:
    """The words of a page."""
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, person)
    return words(client.get(path).text)


def words(text: str) -> str:
    plain = re.sub(r"<script.*?</script>|<[^>]+>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(plain).split())


def preview(site: Site, key: str, data: dict[str, object], language: str = "en") -> str:
    """What the start form says before it is sent."""
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, "zhou-ting")
    token = token_of(client.get(f"/start/{key}"))
    return words(client.post(f"/start/{key}/preview", data=json.dumps(data), headers={"X-CSRFToken": token}).text)


def test_an_order_in_stock_and_within_credit_is_foretold_without_a_decision_on_the_credit(site: Site):
    said = preview(site, "order-fulfilment", order())
    assert "Decide on the credit" not in said
    assert "Pick what is there" in said
    assert "depends" not in said


@LANGUAGES
def test_what_would_be_refused_is_said_before_it_is_sent(site: Site, language: str):
    said = preview(site, "purchase-approval", request("213600.01"), language)
    start = {
        "en": "As things stand, “Check and use the contract” will refuse it: Contract",
        "zh": "按目前情况，“核对并占用合同”将不予通过：",
    }
    assert said.startswith(start[language])
    assert "¥213,600.00" in said
    assert "decided by rule" not in said


def test_the_page_of_a_case_says_where_its_forecast_ends(site: Site):
    case = ordered(site.company)
    goods = [{"item": "steel-sheet-4mm", "ordered": "24", "received": "20"}, {"item": "cutting", "ordered": "24", "received": "24"}]
    receive(site.company, case, goods)
    invoice = {"invoice_number": "RE-1", "invoice_date": "2026-03-10", "invoice_amount": "166800"}
    site.company.do("feng-qi", case, "enter_invoice", "entered", **invoice)
    assert "What comes after that depends on “Three-way match”." in page(site, "zhou-ting", f"/cases/{case.number}")


RESERVED = {
    "en": ("Pump 32 m: 12 pc reserved", "Pump 32 m: 8 pc missing", "Pump 32 m: 8 pc received", "Hefei Solar: limit ¥1,200,000.00",
           "1 item ordered from Nordflow Valves for ¥19,040.00"),
    "zh": ("水泵 32 米：已预留 12 台", "水泵 32 米：缺 8 台", "水泵 32 米：已收到 8 台", "信用额度 ¥1,200,000.00",
           "订购 1 种物料，金额 ¥19,040.00"),
}  # fmt: skip


@LANGUAGES
def test_what_the_handlers_did_is_told_with_names_units_and_amounts(site: Site, language: str):
    case = site.company.start("zhou-ting", "order-fulfilment", **short_order())
    replenish(site.company, case, "8", "8")
    said = page(site, "zhou-ting", f"/cases/{case.number}", language)
    assert [line for line in RESERVED[language] if line not in said] == []


@LANGUAGES
def test_choices_days_and_amounts_are_told_as_forms_show_them_and_empty_fields_are_left_out(site: Site, language: str):
    case = shipped(site.company)
    said = page(site, "admin", f"/cases/{case.number}", language)
    shown = {
        "en": ("Carrier SF Express", "Wednesday 4 March 2026", "Customer Suzhou Precision"),
        "zh": ("承运商 顺丰速运", "2026年3月4日", "客户 苏州精机"),
    }
    assert [text for text in shown[language] if text not in said] == []
    assert {"en": "nothing", "zh": "（空）"}[language] not in said
    assert "2026-03-04" not in said


def test_what_a_step_hides_is_not_told_of_its_handler_either(site: Site):
    files = shipped_files()
    plain, name = files["order-fulfilment.bpmn"].decode(), '<crossdesk:field name="pick_remark"'
    files["order-fulfilment.bpmn"] = plain.replace(name, f'<crossdesk:field name="credit_limit" access="hidden" />{name}', 1).encode()
    form = json.loads(files["pick-list.form"])
    form["components"].append(
        {"type": "number", "id": "limit", "key": "credit_limit", "label": "Limit", "properties": {"label:zh": "额度"}}
    )
    files["pick-list.form"] = json.dumps(form).encode()
    site.services.engine.definitions.deploy(ADMIN, "guarded", files)
    case = prepared(site.company)
    seen = {person: page(site, person, f"/cases/{case.number}") for person in ("zhou-ting", "chen-jie")}
    assert "Suzhou Precision: limit" in seen["zhou-ting"]
    assert "Suzhou Precision: limit" not in seen["chen-jie"]  # picked the goods, where the limit is hidden
    assert "Pump 32 m: 4 pc reserved" in seen["chen-jie"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Your case has ended: Refused"), ("zh", "你发起的事项已结束：已拒绝")],
)
def test_a_refused_order_is_told_as_refused(site: Site, language: str, said: str):
    case = site.company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold"))
    site.company.do("liu-fang", case, "decide_credit", "reject", "First the arrears.")
    deliver(site)
    notices = page(site, "zhou-ting", "/notices", language)
    assert f"{said} {case.number}" in notices
    assert "First the arrears." in notices
    how = said.rpartition(": ")[2].rpartition("：")[2]
    for path in (f"/cases/{case.number}", "/inbox?section=started"):
        assert how in page(site, "zhou-ting", path, language)
    assert how in page(site, "auditor", "/audit", language)


def test_a_cancelled_order_is_told_as_cancelled(site: Site):
    case = site.company.start("zhou-ting", "order-fulfilment", **order())
    site.company.say("wu-hao", case, "customer_cancels")
    deliver(site)
    assert f"Your case has ended: Cancelled {case.number}" in page(site, "zhou-ting", "/notices")
    timeline = page(site, "zhou-ting", f"/cases/{case.number}")
    assert "Ended: Cancelled" in timeline
    assert "Pump 32 m: 4 pc given back to stock" in timeline
    assert "¥13,380.00 taken off the account of Suzhou Precision" in timeline


def deliver(site: Site) -> None:
    """Put what is in the outbox under the bell."""
    while site.services.engine.notices.deliver():
        pass


@pytest.mark.parametrize(("language", "said"), [("en", "A case that you no longer see"), ("zh", "你已无权查看的事项")])
def test_a_notice_of_a_case_that_somebody_no_longer_sees_says_so(site: Site, language: str, said: str):
    case = site.purchase()
    task = site.company.task(case, "head_approves")
    site.services.engine.tasks.reassign(ADMIN, task.task_id, "li-qiang", "Away until Monday")
    site.company.do("li-qiang", case, "head_approves", "approve")
    deliver(site)
    notices = page(site, "wang-lei", "/notices", language)
    assert said in notices
    assert case.number not in notices
