"""How a case ended is kept with it, in the words of its model, and told to who started it."""

from __future__ import annotations

from engine import Case, CaseState, NoticeKind
from tests.processes.company import ADMIN, Company, order, request
from tests.processes.test_order_fulfilment import replenish, shipped, short_order


def notice(company: Company, case: Case) -> tuple[str, dict[str, object]]:
    """The newest notice of who started the case."""
    while company.engine.notices.deliver():
        pass
    newest = company.engine.notices.newest(company.person("zhou-ting"), 1)[0]
    assert newest.case_id == case.id
    return newest.kind, dict(newest.args or {})


def test_a_refused_order_says_so_with_the_reason(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order(customer="qingdao-cold"))
    company.do("liu-fang", case, "decide_credit", "reject", "First the arrears.")
    assert company.case(case).end_element == "ended_refused"
    assert notice(company, case) == (NoticeKind.CASE_FINISHED, {"by": "liu-fang", "reason": "First the arrears."})


def test_a_cancelled_order_says_so(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order())
    company.say("wu-hao", case, "customer_cancels")
    assert company.case(case).end_element == "ended_cancelled"
    assert notice(company, case) == (NoticeKind.CASE_FINISHED, {})


def test_a_paid_order_says_so(company: Company):
    case = shipped(company)
    company.say("lin-xue", case, "delivery_confirmed")
    company.say("feng-qi", case, "payment_received")
    assert company.case(case).end_element == "order_completed"


def test_a_called_case_has_an_end_of_its_own(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **short_order())
    replenish(company, case, "8", "8")
    called = company.engine.instances.get(ADMIN, case.id).called
    assert [it.end_element for it in called] == ["stock_there"]
    assert company.case(case).end_element is None


def test_a_rejected_purchase_was_rejected(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("8000"))
    company.do("wang-lei", case, "head_approves", "reject", "No budget.")
    assert company.case(case).end_element == "request_rejected"
    assert notice(company, case)[1]["reason"] == "No budget."


def test_a_withdrawn_purchase_was_withdrawn(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("8000"))
    company.do("wang-lei", case, "head_approves", "return", "Which hall?")
    company.do("zhou-ting", case, "revise_request", "withdraw", **request("8000"))
    assert company.case(case).end_element == "request_withdrawn"


def test_a_case_that_was_ended_from_outside_has_reached_no_end(company: Company):
    case = company.start("zhou-ting", "order-fulfilment", **order())
    company.engine.instances.cancel(ADMIN, case.id, "double entry")
    found = company.case(case)
    assert (found.state, found.end_element) == (CaseState.EXTERNALLY_TERMINATED, None)
