"""Whoever sees everything of a case reads words, not ids: every value of the shipped processes as forms, models and tables call it."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable

import pytest

from engine import Case
from tests.app.conftest import Site
from tests.app.pages import sign_in
from tests.processes.company import Company, order, request
from tests.processes.test_order_fulfilment import replenish, ship, short_order, write_invoice
from tests.processes.test_purchase_approval import FINANCE, HEAD, PURCHASING, approve, enter_invoice, ordered, pay, receive

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
RAW = {
    "an id of a variable or element": re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b"),
    "an id of a record or person": re.compile(r"(?<![\w-])[a-z]+(?:-[a-z0-9]+)+\b"),
    "an ISO date": re.compile(r"\b\d{4}-\d\d-\d\d\b"),
    "a boolean of a program": re.compile(r"\b(?:true|false|True|False|None|null)\b"),
    "a number without separators": re.compile(r"(?<![\w-])\d{5,}\b"),
}
IDS = {"approve", "reject", "return", "release", "finance", "sf", "own", "picked", "shipped", "sent", "corrected", "accept"}


def purchase_with_differences(company: Company) -> Case:
    case = ordered(company)
    goods = [{"item": "steel-sheet-4mm", "ordered": "24", "received": "23"}, {"item": "cutting", "ordered": "24", "received": "24"}]
    receive(company, case, goods)
    enter_invoice(company, case, "166800")
    company.do("zhang-min", case, "purchasing_clears", "cleared", purchasing_finding="One sheet comes later.")
    fields = {"invoice_number": "RE-2202", "invoice_amount": "160700", "finance_finding": "Invoice corrected."}
    company.do("li-qiang", case, "finance_checks", "corrected", **fields)
    if "pay_invoice" in company.open(case):
        pay(company, case)
    return case


def purchase_returned(company: Company) -> Case:
    case = company.start("zhou-ting", "purchase-approval", **request())
    approve(company, case, HEAD, PURCHASING)
    company.do(FINANCE[0], case, FINANCE[1], "return", "Please split it.")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request("48000", needed_by="2026-12-11", cost_centre="4200"))
    return case


def order_with_shortage(company: Company) -> Case:
    case = company.start("zhou-ting", "order-fulfilment", **short_order())
    write_invoice(company, case)
    company.do("chen-jie", case, "pick_goods", "picked")
    replenish(company, case, "8", "8")
    company.do("chen-jie", case, "pick_rest", "picked")
    ship(company, case)
    return case


def order_with_credit(company: Company) -> Case:
    case = company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold"))
    company.do("liu-fang", case, "decide_credit", "approve", credit_remark="They pay on Friday.")
    return case


def replenishment(company: Company) -> Case:
    return company.engine.instances.get(company.person("admin"), order_with_shortage(company).id).called[0]


WALKS: dict[str, Callable[[Company], Case]] = {
    it.__name__: it for it in (purchase_with_differences, purchase_returned, order_with_shortage, order_with_credit, replenishment)
}


def timeline(site: Site, person: str, case: Case, language: str) -> str:
    """The HTML of what happened in a case."""
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, person)
    text = client.get(f"/cases/{case.number}").text
    return text[text.index('<ol class="timeline"') :].partition("</ol>")[0]


def texts(page: str, tag: str) -> list[str]:
    found = re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", page, flags=re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", it)).split()) for it in found]


@LANGUAGES
@pytest.mark.parametrize("walk", WALKS)
def test_the_auditor_reads_words_and_no_ids(site: Site, walk: str, language: str):
    page = timeline(site, "auditor", WALKS[walk](site.company), language)
    told = [*texts(page, "p"), *texts(page, "li class"), *texts(page, "dt"), *texts(page, "ins"), *texts(page, "del")]
    assert len(texts(page, "ins")) > 3
    raw = [(what, text) for text in told for what, pattern in RAW.items() if pattern.search(text)]
    assert raw == []
    assert [text for text in told if text in IDS] == []
    lists = re.findall(r'<dl class="changes">(.*?)</dl>', page, flags=re.DOTALL)
    pairs = [[" ".join(it.split()) for it in texts(changes, "div")] for changes in lists]
    assert [each for each in pairs if len(each) != len(set(each))] == []


@pytest.mark.parametrize("walk", WALKS)
def test_on_a_chinese_page_every_value_has_a_chinese_name(site: Site, walk: str):
    page = timeline(site, "auditor", WALKS[walk](site.company), "zh")
    labels = texts(page, "dt")
    assert labels
    assert [label for label in labels if not re.search(r"[\u4e00-\u9fff]", label)] == []


DECIDED = {
    "en": ("Check the credit: Finance decides", "rule 3: Over the limit by ", "Order credit Finance decides", "Initiator Zhou Ting"),
    "zh": ("信用检查：由财务部决定", "规则 3：超出额度 ", "订单信用 由财务部决定", "发起人 周婷"),
}


@LANGUAGES
def test_a_decision_is_told_in_the_words_of_its_table(site: Site, language: str):
    case = site.company.start(
        "zhou-ting", "order-fulfilment", **order(customer="hefei-solar", items=[{"item": "pump-32", "quantity": "300", "price": "3100"}])
    )
    page = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", timeline(site, "admin", case, language))).split())
    assert [text for text in DECIDED[language] if text not in page] == []


def test_the_test_of_a_rule_is_told_with_separators(site: Site):
    page = html.unescape(timeline(site, "auditor", site.purchase(), "en"))
    assert "rule 3: Amount ¥166,800.00 (50,000..200,000]" in page


@LANGUAGES
def test_tables_to_download_name_what_was_chosen(site: Site, language: str):
    site.purchase()
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, "auditor")
    head, row = list(csv.reader(io.StringIO(client.get("/cases/export?kind=csv&process=purchase-approval").data.decode("utf-8-sig"))))[:2]
    centre = dict(zip(head, row, strict=True))[{"en": "Cost centre", "zh": "成本中心"}[language]]
    assert centre == {"en": "4100 Hall 3", "zh": "4100 三号厂房"}[language]
