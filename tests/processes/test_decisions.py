"""The decision tables at their limits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.dmn import compile_dmn
from engine.feel import Environment
from tests.processes.company import shipped


def decide(file: str, decision: str, **facts: object) -> object:
    result = compile_dmn(shipped()[file], file).decide(decision, facts, Environment())
    assert len(result.rows) == 1, result.rows
    return next(iter(result.rows[0].values()))


@pytest.mark.parametrize(
    ("amount", "level"),
    [
        ("0", 0),
        ("4999.99", 0),
        ("5000", 1),
        ("5000.01", 1),
        ("50000", 1),
        ("50000.01", 2),
        ("186400.00", 2),
        ("200000", 2),
        ("200000.01", 3),
        ("999999999.99", 3),
    ],
)
def test_the_approval_level_follows_the_amount(amount: str, level: int):
    assert decide("purchase-approval.dmn", "purchase-approval-level", amount=Decimal(amount)) == level


@pytest.mark.parametrize(
    ("amount", "open_", "limit", "overdue", "decision"),
    [
        ("1000", "0", "1000", "0", "release"),
        ("1000.01", "0", "1000", "0", "finance"),
        ("60000", "140000", "200000", "0", "release"),
        ("60000.01", "140000", "200000", "0", "finance"),
        ("1", "0", "1000", "0.01", "finance"),
        ("2000", "0", "1000", "5", "finance"),
    ],
)
def test_credit_is_released_within_the_limit_and_without_arrears(amount: str, open_: str, limit: str, overdue: str, decision: str):
    facts = {"amount": amount, "credit_open": open_, "credit_limit": limit, "credit_overdue": overdue}
    assert decide("order-fulfilment.dmn", "order-credit", **{name: Decimal(value) for name, value in facts.items()}) == decision
