"""Two people at the same moment: the last unit, the last of a contract, the last of a credit limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from app.records import edits
from app.records.changes import Change
from engine import InvalidSubmission
from tests.processes.company import Company, order, request

ROUNDS = 5


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run them in threads that begin together; what each returned or raised."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        barrier.wait(timeout=30)
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            results[place] = error

    threads = [threading.Thread(target=run, args=it) for it in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_two_orders_for_the_last_unit_and_one_wins(company: Company):
    cabinet = [{"item": "control-cabinet", "quantity": "1", "price": "26000"}]

    def buy(person: str, customer: str) -> Callable[[], object]:
        return lambda: company.start(person, "order-fulfilment", **order(items=cabinet, customer=customer))

    cases = at_once(buy("zhou-ting", "suzhou-precision"), buy("wu-hao", "xian-aero"))
    assert not [it for it in cases if isinstance(it, Exception)]
    picked = [case for case in cases if "pick_goods" in company.open(case)]
    short = [case for case in cases if "order_goods" in company.open(case)]
    assert (len(picked), len(short)) == (1, 1)
    assert (company.stock("control-cabinet"), company.reserved("control-cabinet")) == (1, 1)


def test_two_orders_of_the_same_items_in_opposite_order_do_not_stand_in_each_others_way(company: Company):
    lines = [{"item": "pump-32", "quantity": "1", "price": "3100"}, {"item": "bearing-6204", "quantity": "1", "price": "20"}]
    for _ in range(ROUNDS):
        results = at_once(
            lambda: company.start("zhou-ting", "order-fulfilment", **order(items=lines)),
            lambda: company.start("wu-hao", "order-fulfilment", **order(items=lines[::-1], customer="xian-aero")),
        )
        assert not [it for it in results if isinstance(it, Exception)]
    assert company.reserved("pump-32") == 2 * ROUNDS
    assert company.reserved("bearing-6204") == 2 * ROUNDS


def test_two_requests_for_the_last_of_a_contract_and_one_wins(company: Company):
    results = at_once(
        lambda: company.start("zhou-ting", "purchase-approval", **request("150000")),
        lambda: company.start("yang-yi", "purchase-approval", **request("150000")),
    )
    refused = [it for it in results if isinstance(it, InvalidSubmission)]
    assert len(refused) == 1, results
    assert refused[0].problems[0].code == "over-contract"
    assert "¥63,600.00 left" in refused[0].problems[0].message
    assert company.used("CT-2025-031") == Decimal("336400.00")


def test_two_orders_together_do_not_pass_a_limit_that_each_alone_would_keep(company: Company):
    motors = [{"item": "motor-15kw", "quantity": "1", "price": "40000"}]
    cases = at_once(
        lambda: company.start("zhou-ting", "order-fulfilment", **order(items=motors, customer="huatai-trading")),
        lambda: company.start("wu-hao", "order-fulfilment", **order(items=motors, customer="huatai-trading")),
    )
    assert sorted("decide_credit" in company.open(case) for case in cases) == [False, True]
    assert company.owes("huatai-trading") == Decimal("220000.00")


def test_two_items_that_are_given_the_same_barcode_and_one_wins(company: Company):
    runtime = company.engine.runtime

    def give(item: str, code: str) -> Callable[[], object]:
        def work() -> str:
            with company.database.begin() as connection:
                by = Change(connection, runtime.clock, runtime.new_id, company.person("chen-jie"))
                edits.save(by, "items", item, {"barcode": code})
            return item

        return work

    for number in range(ROUNDS):
        results = at_once(give("pump-32", f"CODE-{number}"), give("valve-dn50", f"CODE-{number}"))
        assert len([it for it in results if isinstance(it, str)]) == 1
        assert len([it for it in results if isinstance(it, InvalidSubmission | IntegrityError)]) == 1
