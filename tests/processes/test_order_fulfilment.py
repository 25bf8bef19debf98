"""Order fulfilment with replenishment, walked from start to end by the people of the sample company."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine import Case, CaseState, CorrelationMismatch, Forbidden, InvalidSubmission, Message
from tests.processes.company import ADMIN, Company, order


def write_invoice(company: Company, case: Case) -> None:
    company.do("feng-qi", case, "write_invoice", "invoiced", sales_invoice_number="RG-881", sales_invoice_date="2026-03-03")


def ship(company: Company, case: Case) -> None:
    company.do("lin-xue", case, "ship_goods", "shipped", carrier="sf", tracking_number="SF88", shipped_on="2026-03-04")


def prepared(company: Company, **changes: object) -> Case:
    """An order that is invoiced and picked, all of it in stock."""
    case = company.start("zhou-ting", "order-fulfilment", **order(**changes))
    write_invoice(company, case)
    company.do("chen-jie", case, "pick_goods", "picked")
    return case


def shipped(company: Company) -> Case:
    case = prepared(company)
    ship(company, case)
    return case


def short_order(pumps: str = "20") -> dict[str, object]:
    """An order for more pumps than the twelve that are there."""
    return order(customer="hefei-solar", items=[{"item": "pump-32", "quantity": pumps, "price": "3100"}])


def replenish(company: Company, case: Case, quantity: str, received: str) -> None:
    row = {"item": "pump-32", "missing_quantity": quantity}
    given = {"replenishment_supplier": "nordflow-valves", "expected_on": "2026-03-10"}
    company.do("gao-yuan", case, "order_goods", "ordered", orders=[{**row, "quantity": quantity, "price": "2380"}], **given)
    arrived = [{"item": "pump-32", "ordered": quantity, "quantity": received}]
    company.do("chen-jie", case, "receive_replenishment", "received", received=arrived, replenishment_delivery_note="LS 9")
    company.due()  # it is booked in by itself


def test_an_order_goes_from_entry_to_payment(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order())
    assert company.case(case).key_fields["customer_name"] == "Suzhou Precision"
    assert sorted(company.open(case)) == ["pick_goods", "write_invoice"]
    assert (company.reserved("pump-32"), company.stock("pump-32")) == (4, 12)
    assert company.owes("suzhou-precision") == Decimal("77380.00")
    write_invoice(company, case)
    company.do("chen-jie", case, "pick_goods", "picked")
    ship(company, case)
    assert (company.reserved("pump-32"), company.stock("pump-32")) == (0, 8)
    company.say("lin-xue", case, "delivery_confirmed")
    company.say("feng-qi", case, "payment_received")
    assert company.case(case).state is CaseState.COMPLETED
    assert company.owes("suzhou-precision") == Decimal("64000.00")


def test_only_sales_may_start_an_order(company: Company):
    with pytest.raises(Forbidden):
        company.start("chen-jie", "order-fulfilment", **order())


def test_an_order_over_the_limit_goes_to_finance(company: Company):
    case = company.start(
        "zhou-ting",
        "order-fulfilment",
        **order(customer="huatai-trading", items=[{"item": "motor-15kw", "quantity": "5", "price": "18420"}]),
    )
    assert company.open(case) == ["decide_credit"]
    assert company.reserved("motor-15kw") == 0
    company.do("liu-fang", case, "decide_credit", "approve")
    assert sorted(company.open(case)) == ["pick_goods", "write_invoice"]


def test_a_customer_with_arrears_goes_to_finance(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold"))
    assert company.open(case) == ["decide_credit"]


def test_a_refused_order_ends_and_the_credit_is_given_back(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold"))
    assert company.owes("qingdao-cold") == Decimal("51380.00")
    company.do("liu-fang", case, "decide_credit", "reject", "First the arrears.")
    assert company.case(case).ended_at is not None
    assert "ended_refused" in company.path(case)
    assert company.owes("qingdao-cold") == Decimal("38000.00")


def test_what_is_missing_is_replenished_while_the_rest_is_picked(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **short_order())
    assert sorted(company.open(case)) == ["order_goods", "pick_goods", "write_invoice"]
    assert [(row["item"], str(row["quantity"])) for row in company.values(case)["missing"]] == [("pump-32", "8")]  # a form shows no 8.000
    assert (company.stock("pump-32"), company.reserved("pump-32")) == (12, 12)
    called = company.engine.instances.get(ADMIN, case.id).called
    assert [it.definition_key for it in called] == ["replenishment"]
    write_invoice(company, case)
    company.do("chen-jie", case, "pick_goods", "picked")
    replenish(company, case, "8", "8")
    assert company.open(case) == ["pick_rest"]
    assert (company.stock("pump-32"), company.reserved("pump-32")) == (20, 20)
    assert company.values(case)["rest"] == [{"item": "pump-32", "quantity": Decimal(8)}]
    company.do("chen-jie", case, "pick_rest", "picked")
    ship(company, case)
    assert (company.stock("pump-32"), company.reserved("pump-32")) == (0, 0)


def test_what_arrives_short_is_replenished_again(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **short_order())
    replenish(company, case, "8", "5")
    assert company.values(case)["missing"] == [{"item": "pump-32", "quantity": Decimal(3)}]
    replenish(company, case, "3", "3")
    assert "pick_rest" in company.open(case)


def test_an_order_of_which_nothing_is_there_is_only_picked_once(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order(items=[{"item": "shelving-bay", "quantity": "3", "price": "2100"}]))
    assert sorted(company.open(case)) == ["order_goods", "write_invoice"]


def test_a_service_is_neither_reserved_nor_missing(company: Company):
    items = [{"item": "installation", "quantity": "2", "price": "1800"}]
    case = company.start("zhou-ting", "order-fulfilment", **order(items=items))
    assert company.open(case) == ["write_invoice"]
    write_invoice(company, case)
    assert company.open(case) == ["ship_goods"]


def test_the_customer_may_cancel_before_shipping_and_everything_is_undone(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **short_order())
    assert company.owes("hefei-solar") == Decimal("492000.00")
    write_invoice(company, case)
    company.say("zhou-ting", case, "customer_cancels")
    assert company.open(case) == []
    assert company.case(case).ended_at is not None
    assert "ended_cancelled" in company.path(case)
    assert (company.reserved("pump-32"), company.stock("pump-32")) == (0, 12)
    assert company.owes("hefei-solar") == Decimal("430000.00")


def test_the_customer_may_cancel_while_finance_decides(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold"))
    company.say("wang-lei", case, "customer_cancels")
    assert company.case(case).ended_at is not None
    assert company.owes("qingdao-cold") == Decimal("38000.00")


def test_after_shipping_nobody_cancels(company: Company):
    case = shipped(company)
    with pytest.raises(CorrelationMismatch):
        company.engine.messages.correlate(company.person("admin"), Message("customer-cancels", instance_id=case.id))


def test_delivery_is_asked_after_five_days_and_again(company: Company, clock):
    case = shipped(company)
    clock.move(days=5)
    company.due()
    assert company.open(case) == ["ask_delivery"]
    company.do("lin-xue", case, "ask_delivery", "not_yet", delivery_remark="Stuck in Wuxi.")
    clock.move(days=5)
    company.due()
    company.do("lin-xue", case, "ask_delivery", "delivered", delivered_on="2026-03-12")
    assert company.open(case) == []
    company.say("feng-qi", case, "payment_received")
    assert company.case(case).state is CaseState.COMPLETED


def test_delivery_is_heard_while_it_is_asked_for(company: Company, clock):
    case = shipped(company)
    clock.move(days=5)
    company.due()
    company.say("lin-xue", case, "delivery_confirmed")
    assert company.open(case) == []


def test_payment_is_dunned_when_it_is_due_and_every_ten_days(company: Company, clock):
    case = shipped(company)
    company.say("lin-xue", case, "delivery_confirmed")
    clock.move(days=30)
    company.due()
    company.do("feng-qi", case, "send_dunning", "sent", dunning_remark="First letter.")
    clock.move(days=10)
    company.due()
    assert company.open(case) == ["send_dunning"]
    company.say("feng-qi", case, "payment_received")
    assert company.case(case).state is CaseState.COMPLETED
    assert company.owes("suzhou-precision") == Decimal("64000.00")


def test_two_orders_for_the_last_unit_and_one_has_it(company: Company):
    cabinet = [{"item": "control-cabinet", "quantity": "1", "price": "26000"}]
    first = company.start("zhou-ting", "order-fulfilment", **order(items=cabinet))
    second = company.start("wu-hao", "order-fulfilment", **order(items=cabinet, customer="xian-aero"))
    assert "pick_goods" in company.open(first)
    assert sorted(company.open(second)) == ["order_goods", "write_invoice"]
    assert company.reserved("control-cabinet") == 1


def test_an_unknown_customer_is_refused(company: Company):
    with pytest.raises(InvalidSubmission) as refused:
        company.start("zhou-ting", "order-fulfilment", **order(customer="nobody"))
    assert [problem.path for problem in refused.value.problems] == ["customer"]
