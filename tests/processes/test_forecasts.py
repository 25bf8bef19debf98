"""What is foretold before submitting and on the page of a case: the handlers are asked what they would answer, and change nothing."""

from __future__ import annotations

import re

import pytest
import sqlalchemy
from sqlalchemy import func, inspect, select

from app.records.handlers import HANDLERS
from engine import Case, InvalidSubmission, Preview, start_fields
from tests.processes.company import Company, order, request
from tests.processes.test_order_fulfilment import prepared, replenish, ship, short_order
from tests.processes.test_purchase_approval import FINANCE, HEAD, PURCHASING, RECEIPT, approve, enter_invoice, ordered, receive
from tests.statements import statements

WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b|\bNEXTVAL\b", re.IGNORECASE)
MOTORS = [{"item": "motor-15kw", "quantity": "5", "price": "18420"}]


def before_sending(company: Company, key: str, fields: dict[str, object]) -> Preview:
    """What the page foretells while the form is filled in."""
    definition = company.engine.definitions.latest(key)
    start = next(node for node in definition.process.nodes.values() if node.type == "startEvent" and node.form_key)
    form = company.engine.definitions.form(definition.row.id, start.form_key.source)
    values = company.engine.runtime.forms.validate(form, fields, {}, start_fields(start))
    return company.engine.instances.preview(company.person("zhou-ting"), key, values)


def expected(company: Company, case: Case) -> Preview:
    return company.engine.instances.expected(company.person("zhou-ting"), case.id)


def steps(found: Preview) -> list[str]:
    return [it.element_id for it in found.expected]


def test_an_order_in_stock_and_within_credit_is_picked_invoiced_and_shipped(company: Company):
    found = before_sending(company, "order-fulfilment", order())
    assert steps(found) == ["write_invoice", "pick_goods", "ship_goods"]
    assert found.complete
    assert found.stopped_at is None


def test_an_order_over_the_limit_is_decided_by_finance_first(company: Company):
    found = before_sending(company, "order-fulfilment", order(customer="huatai-trading", items=MOTORS))
    assert steps(found) == ["decide_credit", "write_invoice", "pick_goods", "ship_goods"]


def test_an_order_of_a_customer_with_arrears_is_decided_by_finance_first(company: Company):
    assert steps(before_sending(company, "order-fulfilment", order(customer="qingdao-cold")))[0] == "decide_credit"


def test_what_is_missing_is_replenished_and_picked_later(company: Company):
    found = before_sending(company, "order-fulfilment", short_order())
    assert sorted(steps(found)) == sorted(
        ["order_goods", "pick_goods", "write_invoice", "receive_replenishment", "pick_rest", "ship_goods"]
    )
    assert steps(found).index("receive_replenishment") < steps(found).index("pick_rest")
    assert found.complete


def test_of_what_is_not_there_at_all_nothing_is_picked_before_it_came(company: Company):
    found = before_sending(company, "order-fulfilment", order(items=[{"item": "shelving-bay", "quantity": "3", "price": "2100"}]))
    assert "pick_goods" not in steps(found)
    assert steps(found)[-2:] == ["pick_rest", "ship_goods"]


def test_what_is_foretold_is_what_happens(company: Company):
    for fields in (order(), short_order("14"), order(customer="qingdao-cold")):
        foretold = before_sending(company, "order-fulfilment", fields)
        case = company.start("zhou-ting", "order-fulfilment", **fields)
        opened = sorted(company.open(case))
        assert sorted(steps(foretold)[: len(opened)]) == opened


def test_two_orders_for_the_same_goods_are_foretold_by_what_the_first_has_left(company: Company):
    company.start("zhou-ting", "order-fulfilment", **order(items=[{"item": "pump-32", "quantity": "10", "price": "3100"}]))
    assert "order_goods" in steps(before_sending(company, "order-fulfilment", order()))


def test_an_open_order_foretells_the_rest_when_the_goods_are_there(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **short_order())
    assert steps(expected(company, case)) == ["receive_replenishment", "pick_rest", "ship_goods"]
    replenish(company, case, "8", "8")
    assert steps(expected(company, case)) == ["ship_goods"]


def test_an_order_that_has_left_foretells_no_step_but_its_end(company: Company):
    case = prepared(company)
    ship(company, case)
    found = expected(company, case)
    assert (steps(found), found.complete) == ([], True)


def test_a_purchase_within_its_contract_is_foretold_up_to_the_payment(company: Company):
    found = before_sending(company, "purchase-approval", request())
    assert steps(found)[:3] == ["head_approves", "purchasing_approves", "finance_approves"]
    assert steps(found)[-4:] == ["place_order", "receive_goods", "enter_invoice", "pay_invoice"]
    assert "purchasing_clears" not in steps(found)
    assert found.complete


def test_a_purchase_over_its_contract_is_foretold_as_refused_with_the_figures(company: Company):
    found = before_sending(company, "purchase-approval", request("213600.01"))
    assert (steps(found), found.complete) == ([], False)
    assert found.stopped_at is not None
    assert found.stopped_at.element_id == "check_contract"
    assert isinstance(found.refusal, InvalidSubmission)
    assert [(it.code, it.figures["left"], it.figures["over"]) for it in found.refusal.problems] == [
        ("over-contract", "¥213,600.00", "¥0.01")
    ]


def test_a_resubmission_counts_what_the_request_has_taken_of_the_contract_already(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("200000"))
    company.do("wang-lei", case, "head_approves", "return", "Which hall?")
    found = expected(company, case)
    assert (found.refusal, found.complete) == (None, True)
    assert steps(found)[0] == "head_approves"


def test_goods_that_came_short_foretell_that_the_difference_is_cleared_and_nothing_beyond(company: Company):
    case = ordered(company)
    receive(company, case, [{**RECEIPT[0], "received": "20"}, RECEIPT[1]])
    found = expected(company, case)
    assert sorted(steps(found)) == ["finance_checks", "purchasing_clears"]
    assert found.stopped_at is not None
    assert found.stopped_at.element_id == "match_invoice"
    assert found.refusal is None
    enter_invoice(company, case, "166800.00")
    assert steps(expected(company, case)) == []
    assert expected(company, case).stopped_at == found.stopped_at


def test_a_forecast_ends_where_a_handler_cannot_say_what_it_will_answer(company: Company, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(company.engine.runtime.handlers, "reserve-stock", HANDLERS["reserve-stock"].run)  # type: ignore[attr-defined,arg-type]
    found = before_sending(company, "order-fulfilment", order(customer="qingdao-cold"))
    assert (steps(found), found.complete, found.refusal) == (["decide_credit"], False, None)
    assert found.stopped_at is not None
    assert found.stopped_at.element_id == "reserve_stock"


def test_a_forecast_ends_where_a_rehearsal_breaks(company: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    broken = HANDLERS["reserve-stock"].__class__(HANDLERS["reserve-stock"].run, lambda _context, _notes: {}["no"])  # type: ignore[attr-defined,call-arg]
    monkeypatch.setitem(company.engine.runtime.handlers, "reserve-stock", broken)  # type: ignore[arg-type]
    found = before_sending(company, "order-fulfilment", order())
    assert (steps(found), found.complete) == ([], False)
    assert found.stopped_at is not None
    assert "reserve-stock failed at reserve_stock" in caplog.text


def rows(company: Company) -> dict[str, int]:
    """How many rows each table has."""
    with company.database.read() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.execute(select(func.count()).select_from(sqlalchemy.table(name))).scalar_one() for name in names}


def test_a_forecast_writes_nothing_locks_nothing_and_uses_up_no_number(company: Company):
    cases = [
        company.start("zhou-ting", "order-fulfilment", **short_order()),
        company.start("zhou-ting", "purchase-approval", **request("8000")),
    ]
    approve(company, cases[1], HEAD)
    before, stock, owed = rows(company), company.reserved("pump-32"), company.owes("suzhou-precision")
    with statements() as sent:
        for fields in (order(), short_order(), order(customer="qingdao-cold")):
            assert before_sending(company, "order-fulfilment", fields).complete
        assert before_sending(company, "purchase-approval", request("9000")).complete
        for case in cases:
            assert expected(company, case).complete
    assert any("customer" in sql for sql in sent)
    assert [sql for sql in sent if WRITES.search(sql) or "FOR UPDATE" in sql] == []
    assert (rows(company), company.reserved("pump-32"), company.owes("suzhou-precision")) == (before, stock, owed)


def test_every_handler_that_a_shipped_process_names_can_be_rehearsed(company: Company):
    named = {
        node.service.handler
        for definition in company.engine.definitions.all_latest()
        for node in definition.process.nodes.values()
        if node.service and node.service.handler
    }
    assert named
    assert {name for name in named if not hasattr(HANDLERS[name], "rehearse")} == set()


def test_the_departments_that_are_asked_are_foretold_as_they_come(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request())
    approve(company, case, HEAD)
    assert steps(expected(company, case))[0] == "place_order"
    approve(company, case, PURCHASING, FINANCE)
    assert steps(expected(company, case))[0] == "receive_goods"
