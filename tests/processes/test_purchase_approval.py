"""The purchase approval, walked from start to end by the people of the sample company."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine import Case, CaseState, Forbidden, InvalidSubmission, Message
from tests.processes.company import Company, request

FRAME = "CT-2025-031"  # 186,400.00 of 400,000.00 are used
RECEIPT = [{"item": "steel-sheet-4mm", "ordered": "24", "received": "24"}, {"item": "cutting", "ordered": "24", "received": "24"}]


def approve(company: Company, case: Case, *steps: tuple[str, str]) -> None:
    for person, element in steps:
        company.do(person, case, element, "approve")


HEAD = ("wang-lei", "head_approves")
PURCHASING = ("zhang-min", "purchasing_approves")
FINANCE = ("li-qiang", "finance_approves")
MANAGER = ("he-jing", "general_manager_approves")


def place_order(company: Company, case: Case) -> None:
    company.do("gao-yuan", case, "place_order", "ordered", order_number="PO-7731", order_date="2026-03-02", promised_for="2026-03-09")


def receive(company: Company, case: Case, receipt: list[dict[str, str]] | None = None) -> None:
    given = {"delivery_note": "LS 4410", "received_on": "2026-03-09", "receipt": receipt or RECEIPT}
    company.do("chen-jie", case, "receive_goods", "received", **given)


def enter_invoice(company: Company, case: Case, amount: str) -> None:
    invoice = {"invoice_number": "RE-2201", "invoice_date": "2026-03-10", "invoice_amount": amount}
    company.do("feng-qi", case, "enter_invoice", "entered", **invoice)


def pay(company: Company, case: Case) -> None:
    company.do("feng-qi", case, "pay_invoice", "paid", paid_on="2026-03-12", payment_reference="BANK 5521")


def ordered(company: Company, price: object = None) -> Case:
    """A case whose order is placed and confirmed; by default for 166,800.00."""
    case = company.start("zhou-ting", "purchase-approval", **request(price))
    approve(company, case, *((HEAD, PURCHASING, FINANCE) if price is None else ()))
    place_order(company, case)
    company.say("zhang-min", case, "supplier_confirms")
    return case


def test_a_purchase_goes_from_the_request_to_the_payment(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request())
    assert case.number
    assert company.case(case).subject == "Steel sheets for hall 3"
    assert company.case(case).key_fields["amount"] == Decimal("166800.00")
    assert company.used(FRAME) == Decimal("353200.00")
    assert company.open(case) == ["head_approves"]
    approve(company, case, HEAD)
    assert sorted(company.open(case)) == ["finance_approves", "purchasing_approves"]
    approve(company, case, FINANCE, PURCHASING)
    place_order(company, case)
    assert company.open(case) == []
    company.say("zhang-min", case, "supplier_confirms")
    stock = company.stock("steel-sheet-4mm")
    receive(company, case)
    assert company.stock("steel-sheet-4mm") == stock + 24
    assert company.stock("cutting") == 0  # a service
    enter_invoice(company, case, "166800.00")
    assert company.open(case) == ["pay_invoice"]
    pay(company, case)
    assert company.case(case).state is CaseState.COMPLETED
    assert company.case(case).subject == "Steel sheets for hall 3"
    assert company.case(case).key_fields["supplier_name"] == "Baoshan Steel"
    assert "purchase_paid" in company.path(case)
    assert company.used(FRAME) == Decimal("353200.00")


def test_under_5000_nobody_is_asked(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("4999.99"))
    assert company.open(case) == ["place_order"]


def test_at_50000_the_head_alone_decides(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("50000"))
    approve(company, case, HEAD)
    assert company.open(case) == ["place_order"]


def test_above_200000_the_general_manager_is_asked_too(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("200000.01"))
    approve(company, case, HEAD, PURCHASING, FINANCE)
    assert company.open(case) == ["general_manager_approves"]
    approve(company, case, MANAGER)
    assert company.open(case) == ["place_order"]


def test_nobody_approves_their_own_request(company: Company):
    case = company.start("wang-lei", "purchase-approval", **request("20000"))
    task = company.task(case, "head_approves")
    with pytest.raises(Forbidden):
        company.engine.tasks.claim(company.person("wang-lei"), task.task_id)
    approve(company, case, ("he-jing", "head_approves"))
    assert company.open(case) == ["place_order"]


def test_a_buyer_who_requests_cannot_approve_for_purchasing(company: Company):
    case = company.start("zhang-min", "purchase-approval", **request("60000"))
    approve(company, case, ("zhao-min", "head_approves"))
    with pytest.raises(Forbidden):
        company.engine.tasks.claim(company.person("zhang-min"), company.task(case, "purchasing_approves").task_id)
    approve(company, case, ("gao-yuan", "purchasing_approves"), FINANCE)
    assert company.open(case) == ["place_order"]


def test_a_request_over_the_contract_is_refused_with_line_and_figures(company: Company):
    with pytest.raises(InvalidSubmission) as refused:
        company.start("zhou-ting", "purchase-approval", **request(items=[
            {"item": "steel-sheet-4mm", "quantity": "30", "price": "6100"},
            {"item": "cutting", "quantity": "40", "price": "850"},
        ]))  # fmt: skip
    problem = refused.value.problems[0]
    assert (problem.path, problem.code) == ("contract", "over-contract")
    assert "¥213,600.00 left of ¥400,000.00" in problem.message
    assert "Line 2 (Cutting to size)" in problem.message
    assert "¥3,400.00 too much" in problem.message
    assert company.used(FRAME) == Decimal("186400.00")


def test_a_return_ends_what_the_sibling_was_asked_and_goes_on_there_after_the_resubmission(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request())
    approve(company, case, HEAD)
    company.do("li-qiang", case, "finance_approves", "return", "Which budget?")
    assert company.open(case) == ["revise_request"]
    company.do("zhou-ting", case, "revise_request", "resubmit", **request(reason="Budget 4100 has room."))
    assert sorted(company.open(case)) == ["finance_approves", "purchasing_approves"]
    approve(company, case, FINANCE, PURCHASING)
    assert company.open(case) == ["place_order"]


def test_an_approval_already_given_is_not_asked_again(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request())
    approve(company, case, HEAD, PURCHASING)
    company.do("li-qiang", case, "finance_approves", "return", "Which budget?")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request(reason="Budget 4100 has room."))
    assert company.open(case) == ["finance_approves"]
    company.do("li-qiang", case, "finance_approves", "return", "Say it in the reason.")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request(reason="Budget 4100 has room until April."))
    assert company.open(case) == ["finance_approves"]
    approve(company, case, FINANCE)
    assert company.open(case) == ["place_order"]


@pytest.mark.parametrize(
    "change",
    [
        {"items": [{"item": "steel-sheet-4mm", "quantity": "25", "price": "6100"}, {"item": "cutting", "quantity": "24", "price": "850"}]},
        {"items": [{"item": "steel-sheet-8mm", "quantity": "24", "price": "6100"}, {"item": "cutting", "quantity": "24", "price": "850"}]},
        {"supplier": "nordflow-valves", "contract": None},
    ],
    ids=["amount", "items", "supplier"],
)
def test_after_a_change_that_matters_everybody_is_asked_again(company: Company, change: dict[str, object]):
    case = company.start("zhou-ting", "purchase-approval", **request())
    approve(company, case, HEAD, PURCHASING)
    company.do("li-qiang", case, "finance_approves", "return", "Too little detail.")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request(**change))
    assert company.open(case) == ["head_approves"]
    company.do("wang-lei", case, "head_approves", "return", "Say why.")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request(**change, reason="Another hall."))
    approve(company, case, HEAD)
    assert sorted(company.open(case)) == ["finance_approves", "purchasing_approves"]


def test_the_general_manager_gets_it_back_where_it_was_returned(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("200000.01"))
    approve(company, case, HEAD, PURCHASING, FINANCE)
    company.do("he-jing", case, "general_manager_approves", "return", "Ask for a discount first.")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request("200000.01", terms="2 % discount within 10 days"))
    assert company.open(case) == ["general_manager_approves"]


def test_a_return_by_the_head_comes_back_to_the_head(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("20000"))
    company.do("wang-lei", case, "head_approves", "return", "Say why.")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request("20000"))
    assert company.open(case) == ["head_approves"]


@pytest.mark.parametrize("rejecting", ["head_approves", "purchasing_approves", "finance_approves", "general_manager_approves"])
def test_a_rejection_ends_the_case_and_gives_the_contract_back(company: Company, rejecting: str):
    case = company.start("zhou-ting", "purchase-approval", **request("200000.01"))
    people = {element: person for person, element in (HEAD, PURCHASING, FINANCE, MANAGER)}
    for element in ("head_approves", "purchasing_approves", "finance_approves", "general_manager_approves"):
        if element == rejecting:
            break
        if not (element == "purchasing_approves" and rejecting == "finance_approves"):
            company.do(people[element], case, element, "approve")
    company.do(people[rejecting], case, rejecting, "reject", "Not this year.")
    assert company.open(case) == []
    assert company.case(case).ended_at is not None
    assert "request_rejected" in company.path(case)
    assert company.used(FRAME) == Decimal("186400.00")


def test_a_returned_request_can_be_withdrawn(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("20000"))
    company.do("wang-lei", case, "head_approves", "return", "Is this needed?")
    company.do("zhou-ting", case, "revise_request", "withdraw")
    assert company.case(case).ended_at is not None
    assert company.used(FRAME) == Decimal("186400.00")


def test_a_resubmission_takes_only_the_difference_from_the_contract(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("200000"))
    company.do("wang-lei", case, "head_approves", "return", "More.")
    company.do("zhou-ting", case, "revise_request", "resubmit", **request("213600"))
    assert company.used(FRAME) == Decimal("400000.00")


def test_the_supplier_is_reminded_every_three_working_days_and_the_message_is_still_heard(company: Company, clock):
    case = company.start("zhou-ting", "purchase-approval", **request("1000"))
    place_order(company, case)
    clock.move(days=2)
    company.due()
    assert company.open(case) == []
    clock.move(days=1)  # Thursday 10:00: three working days after Monday 10:00
    company.due()
    assert company.open(case) == ["remind_supplier"]
    company.do("zhang-min", case, "remind_supplier", "reminded", reminder_remark="They promise Friday.")
    clock.move(days=5)  # Tuesday: the weekend does not count
    company.due()
    assert company.open(case) == ["remind_supplier"]
    company.engine.messages.correlate(company.person("admin"), Message("supplier-confirmed", instance_id=case.id))
    assert company.open(case) == ["receive_goods"]


def test_only_purchasing_may_say_that_the_supplier_confirmed(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request("1000"))
    place_order(company, case)
    assert company.engine.messages.offers(company.person("zhou-ting"), case.id) == []
    offers = company.engine.messages.offers(company.person("zhang-min"), case.id)
    assert [offer.event.label for offer in offers] == ["Supplier has confirmed"]
    assert offers[0].event.label_translations.get("zh", "") == "供应商已确认"


def test_a_mismatch_goes_to_purchasing_and_finance_until_it_is_accepted(company: Company):
    case = ordered(company)
    receive(company, case, [RECEIPT[0] | {"received": "20"}, RECEIPT[1]])
    enter_invoice(company, case, "166800.00")
    assert sorted(company.open(case)) == ["finance_checks", "purchasing_clears"]
    differences = company.values(case)["differences"]
    assert [(row["what"], row["expected"], row["found"]) for row in differences] == [
        ("quantity", Decimal(24), Decimal(20)),
        ("invoice", Decimal("142400.00"), Decimal("166800.00")),
    ]
    company.do("zhang-min", case, "purchasing_clears", "cleared", purchasing_finding="4 t come later, with a credit note.")
    finding = {"invoice_number": "RE-2201", "invoice_amount": "142400.00", "finance_finding": "Credit note booked."}
    company.do("feng-qi", case, "finance_checks", "corrected", **finding)
    assert sorted(company.open(case)) == ["finance_checks", "purchasing_clears"]  # four tons are still missing
    company.do("zhang-min", case, "purchasing_clears", "cleared", purchasing_finding="The supplier stops the rest.")
    company.do("feng-qi", case, "finance_checks", "accept", **finding)
    pay(company, case)
    assert company.case(case).state is CaseState.COMPLETED
    assert company.used(FRAME) == Decimal("328800.00")  # what was invoiced


def test_more_than_was_ordered_cannot_be_received(company: Company):
    case = ordered(company)
    with pytest.raises(InvalidSubmission) as refused:
        receive(company, case, [RECEIPT[0] | {"received": "25"}, RECEIPT[1]])
    assert refused.value.problems[0].code == "more-than-ordered"
    assert "Line 1 (Steel sheet 4 mm, Q235): 25 t received, 24 t ordered." in refused.value.problems[0].message
    assert company.stock("steel-sheet-4mm") == 27


def test_each_approval_reminds_at_half_time_and_escalates_at_the_deadline(company: Company, clock):
    case = company.start("zhou-ting", "purchase-approval", **request("20000"))
    clock.move(days=1, hours=1)
    company.due()
    assert [facts["element"] for name, facts in company.told(case) if name == "UserTaskReminded"] == ["head_approves"]
    clock.move(days=1)
    company.due()
    escalated = [facts for name, facts in company.told(case) if name == "UserTaskEscalated"]
    assert set(escalated[0]["told"]) == {"he-jing", "wang-lei"}
    approve(company, case, ("he-jing", "head_approves"))
    assert company.open(case) == ["place_order"]


def test_before_submitting_the_requester_sees_who_will_be_asked(company: Company):
    values = company.engine.instances.preview(
        company.person("zhou-ting"), "purchase-approval", {**request("200000.01"), "amount": Decimal("200000.01")}
    )
    asked = [expected.element_id for expected in values.expected]
    assert asked[:4] == ["head_approves", "purchasing_approves", "finance_approves", "general_manager_approves"]
    assert "purchasing_clears" not in asked
    assert asked[-1] == "pay_invoice"
    assert values.complete


def test_what_finance_has_paid_is_locked(company: Company):
    case = ordered(company, "1000")
    receive(company, case, [{"item": "steel-sheet-4mm", "ordered": "1", "received": "1"}])
    enter_invoice(company, case, "1000")
    pay(company, case)
    performed = [facts for name, facts in company.told(case) if name == "ServicePerformed"]
    assert performed[-1]["handler"] == "confirm-purchase"
    assert date(2026, 3, 12) == company.values(case)["paid_on"]
