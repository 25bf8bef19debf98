"""The cells of decision tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.feel import Environment, compile_unary_tests


@pytest.mark.parametrize(
    ("cell", "passing", "failing"),
    [
        ("-", [1, "x", None], []),
        (" - ", [1], []),
        ("5", [5, Decimal("5.0")], [4, "5", None]),
        ("-5", [-5], [5]),
        ('"a"', ["a"], ["b", None, 1]),
        ("< 10", [9], [10, None, "x"]),
        (">= 10", [10], [9]),
        ("= 10", [10], [9]),
        ("!= 10", [9], [10]),
        ("[1..5]", [1, 5], [0, 6]),
        ("]1..5[", [2, 4], [1, 5]),
        ("(1..5]", [5], [1]),
        ('"a", "b"', ["a", "b"], ["c"]),
        ("< 1, > 10, 5", [0, 11, 5], [1, 10]),
        ('not("a")', ["b", None], ["a"]),
        ("not(1, 2)", [3], [1, 2]),
        ("not(< 5)", [5], [4]),
        ("true", [True], [False, None, 1]),
        ("null", [None], [0, ""]),
        ("? > 5 and ? < 10", [6], [5, 10]),
        ("? * 2 = limit", [5], [4]),
        ("limit", [10], [9]),
        ("< limit", [9], [10]),
        ("[1, 2, 3]", [2], [4]),
        ("limits", [7, 8], [9]),
        ("limit > 5", ["anything", 1], []),
        ("limit < 5", [], ["anything", 1]),
        ('date("2026-01-31")', [date(2026, 1, 31)], [date(2026, 1, 30)]),
        ('>= date("2026-01-31")', [date(2026, 2, 1)], [date(2026, 1, 30)]),
        ('contains(?, "x")', ["axb"], ["ab"]),
        ("some x in limits satisfies x = ?", [7], [9]),
        ("not(?)", [False], [True]),
        ("not(limit = 10) or ? = 1", [1], [2]),
        ("-5, -3", [-5, -3], [5]),
        ("- 5", [-5], [5]),
        ('"-"', ["-"], ["x"]),
    ],
)
def test_a_cell_lets_pass_what_it_says(cell: str, passing: list[object], failing: list[object]) -> None:
    tests = compile_unary_tests(cell)
    variables = {"limit": 10, "limits": [7, 8]}
    for value in passing:
        assert tests.evaluate(value, variables) is True, value
    for value in failing:
        assert tests.evaluate(value, variables) is False, value


def test_what_cannot_be_told_passes_neither_a_test_nor_its_negation() -> None:
    environment = Environment()
    assert compile_unary_tests("< 10").evaluate("x", {}, environment) is False
    assert compile_unary_tests("not(< 10)").evaluate("x", {}, environment) is False
    assert len(environment.warnings) == 2


def test_only_a_dash_accepts_all() -> None:
    assert compile_unary_tests("-").accepts_all
    assert not compile_unary_tests("-1").accepts_all
