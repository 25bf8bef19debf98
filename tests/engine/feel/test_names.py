"""Names: with spaces and signs when they are in scope, Chinese, of several words even when they are not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import compile_expression
from tests.engine.feel.evaluating import value


def test_a_known_name_with_signs_wins_over_the_subtraction() -> None:
    names = {"monthly fee - discount": 7, "monthly fee": 10, "discount": 1}
    assert value("monthly fee - discount", **names) == 7
    assert value("monthly fee  -   discount", **names) == 7
    assert value("monthly fee-discount", **names) == 7
    assert value("(monthly fee) - discount", **names) == 9


def test_without_that_name_it_is_a_subtraction() -> None:
    assert value("monthly fee - discount", **{"monthly fee": 10, "discount": 1}) == 9


def test_the_longest_known_name_is_taken() -> None:
    names = {"a": 1, "a + b": 2, "a + b + c": 3, "b": 10, "c": 100}
    assert value("a + b + c", **names) == 3
    assert value("a + b + cc", **names, cc=1000) == 1002
    assert value("a + c", **names) == 101


def test_words_that_are_no_operator_form_one_name_even_unknown() -> None:
    expression = compile_expression("order total > credit limit and customer is blocked")
    assert expression.names == {"order total", "credit limit", "customer is blocked"}


def test_chinese_names_need_no_spaces_around_operators() -> None:
    assert value('金额>1000 and 部门="财务"', 金额=2000, 部门="财务") is True
    assert value("采购 金额 + 1", **{"采购 金额": 1}) == 2


def test_names_with_and_belong_to_builtin_functions() -> None:
    assert str(value('date and time("2026-01-31T09:15:00")')) == "2026-01-31 09:15:00"
    assert value('years and months duration(date("2025-01-01"), date("2026-03-01")).years') == 1


def test_a_name_may_contain_a_keyword_when_it_is_known() -> None:
    assert value("in and out", **{"in and out": 5}) == 5
    assert value("for sale = 1", **{"for sale": 1}) is True


def test_emoji_and_accents_are_letters() -> None:
    assert value("🐎 + é", **{"🐎": 1, "é": 2}) == 3


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{foo bar: "x"}.foo bar', "x"),
        ('{foo+bar: "x"}.foo+bar', "x"),
        ('{"foo bar": "x"}.foo bar', "x"),
        ("{a b: 1, c: a b + 1}.c", Decimal(2)),
        ("{a-b: 3, c: a-b}.c", Decimal(3)),
        ("for line item in [1, 2] return line item * 2", [2, 4]),
        ("(function(unit price, quantity) unit price * quantity)(2, 3)", Decimal(6)),
        ("[{unit price: 1}, {unit price: 2}][unit price > 1].unit price", [2]),
        ("some order line in [1] satisfies order line = 1", True),
    ],
)
def test_keys_and_variables_of_the_expression_may_have_several_words(source: str, expected: object) -> None:
    assert value(source) == expected


def test_names_of_a_filtered_item_come_before_those_outside() -> None:
    assert value("items[price > limit]", items=[{"price": 5}, {"price": 15, "limit": 20}], limit=1) == [{"price": 5}]
    assert value("[1, 2, 3][item >= least]", least=2) == [2, 3]
    assert value("[{item: 1}, {item: 2}][item = 2]") == [{"item": 2}]


def test_a_local_variable_hides_one_of_the_host() -> None:
    assert value("for x in [1, 2] return x", x=9) == [1, 2]
    assert value("{x: 1, y: x}.y", x=9) == 1


def test_variables_are_told_with_their_places() -> None:
    expression = compile_expression("amount > limit\n and x[price > bound]")
    assert expression.names == {"amount", "limit", "x"}
    assert expression.possible_names == {"price", "bound"}
    assert expression.places["limit"] == (1, 10)
    assert expression.places["x"] == (2, 6)
    assert compile_expression("for i in [1] return i").names == frozenset()


def test_comments_and_all_kinds_of_blanks_are_passed() -> None:
    assert value("1 /* one */ + // two\n 2\u3000+\u00a03") == 6
