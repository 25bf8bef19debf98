"""Three-valued logic, `if`, comparison, `between`, `in`, `instance of`."""

from __future__ import annotations

import itertools

import pytest

from engine.feel import Environment, compile_expression
from tests.engine.feel.evaluating import null, value

TRUTHS = {"true": True, "false": False, "null": None}


def quiet(source: str, **variables: object) -> object:
    """The value, whatever it warns of."""
    return compile_expression(source, variables).evaluate(variables, Environment())


@pytest.mark.parametrize(("left", "right"), list(itertools.product(TRUTHS, TRUTHS)))
def test_and_and_or_are_three_valued(left: str, right: str) -> None:
    a, b = TRUTHS[left], TRUTHS[right]
    conjunction = False if a is False or b is False else (None if a is None or b is None else True)
    disjunction = True if a is True or b is True else (None if a is None or b is None else False)
    assert quiet(f"{left} and {right}") is conjunction
    assert quiet(f"{left} or {right}") is disjunction
    assert quiet(f"{left} and {right} and true") is conjunction
    assert quiet(f"{left} or {right} or false") is disjunction


@pytest.mark.parametrize(
    ("source", "expected"), [('"a" and false', False), ('"a" and true', None), ("1 or true", True), ("1 or false", None)]
)
def test_what_is_neither_true_nor_false_counts_as_null(source: str, expected: object) -> None:
    assert quiet(source) is expected


def test_and_binds_tighter_than_or() -> None:
    assert value("true or false and false") is True
    assert value("(true or false) and false") is False


def test_a_decided_operand_is_not_followed_by_an_evaluation() -> None:
    assert value("false and 1 / 0 = 1") is False
    assert value("true or missing") is True


def test_not_turns_truth_and_leaves_the_rest_null() -> None:
    assert value("not(false)") is True
    assert null("not(1)") == "not: 'negand' must be true or false"


@pytest.mark.parametrize("condition", ["false", "null", '"x"', "1"])
def test_only_true_leads_to_then(condition: str) -> None:
    assert quiet(f"if {condition} then 1 else 2") == 2
    assert quiet("if true then 1 else 2") == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("null = null", True),
        ("null != null", False),
        ("1 = null", False),
        ("1 = 1.00", True),
        ("-0 = 0", True),
        ('"a" != "b"', True),
        ("true = true", True),
        ("[1, 2] = [1, 2]", True),
        ("[1, 2] = [2, 1]", False),
        ('[1, 2] = [1, "2"]', False),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("{a: 1} = {a: 1, b: 2}", False),
        ("[1..3] = [1..3]", True),
        ("[1..3] = [1..3)", False),
        ("(< 10) = (< 10)", True),
        ('duration("P1D") = duration("PT24H")', True),
        ('duration("P1Y") = duration("P12M")', True),
        ('@"2026-01-01T00:00:00Z" = @"2026-01-01T08:00:00@Asia/Shanghai"', True),
        ('@"10:00:00+08:00" = @"02:00:00Z"', True),
    ],
)
def test_equality_is_by_value(source: str, expected: object) -> None:
    assert value(source) is expected


@pytest.mark.parametrize("source", ['1 = "1"', "true = 1", "[] = 0", 'duration("P1Y") = duration("P365D")', "{} != []"])
def test_values_of_different_types_are_neither_equal_nor_different(source: str) -> None:
    assert "cannot be equal" in null(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 < 2", True),
        ('"a" < "b"', True),
        ('@"2026-01-01" <= @"2026-01-01"', True),
        ('@"PT1H" > @"PT59M"', True),
        ('@"P1Y" >= @"P12M"', True),
        ('@"2026-01-01T00:00:00Z" < @"2026-01-01T01:00:00Z"', True),
        ('@"2026-03-29T02:30:00@Europe/Paris" < @"2026-03-29T03:30:00@Europe/Paris"', False),
    ],
)
def test_order(source: str, expected: object) -> None:
    assert value(source) is expected


@pytest.mark.parametrize(
    "source",
    ['1 < "2"', "null < 1", "true < false", "[1] < [2]", '@"10:00:00" < @"2020-01-01T10:00:00Z"', '@"P1Y" < @"P1D"'],
)
def test_what_has_no_order_is_null(source: str) -> None:
    assert "cannot be compared" in null(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("5 between 1 and 10", True),
        ("5 between 5 and 5", True),
        ("0 between 1 and 10 or true", True),
        ("3 in [1..3]", True),
        ("3 in [1..3)", False),
        ("1 in ]1..3]", False),
        ("3 in [1..3[", False),
        ("3 in (1, 2, 3)", True),
        ("3 in (< 2, > 2)", True),
        ("3 in > 5", False),
        ("3 in [1, 2, 3]", True),
        ("3 in [[1..2], [3..4]]", True),
        ("[3] in [[1], [3]]", True),
        ("3 in !=3", False),
        ('"b" in ["a".."c"]', True),
        ("5 in (> 1)", True),
        ("5 in [x..y]", True),
        ("5 in [list[1]..list[2]]", True),
    ],
)
def test_between_and_in(source: str, expected: object) -> None:
    assert value(source, x=1, y=10, list=[1, 10]) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 instance of number", True),
        ('"a" instance of string', True),
        ("1 instance of string", False),
        ("null instance of Any", False),
        ("null instance of Null", True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "2"] instance of list<number>', False),
        ("{a: 1} instance of context<a: number>", True),
        ('{a: {b: "x"}} instance of context<a: context<b: number>>', False),
        ("{} instance of context<a: number>", False),
        ("[1..2] instance of range<number>", True),
        ('@"2026-01-01" instance of date', True),
        ('@"2026-01-01T00:00:00" instance of date', False),
        ('@"2026-01-01T00:00:00" instance of date and time', True),
        ('@"P1Y" instance of years and months duration', True),
        ('@"P1D" instance of days and time duration', True),
        ("(function(a) a) instance of function<Any> -> Any", True),
        ("(function(a) a) instance of function<> -> Any", False),
        ("1 + 1 instance of number", None),
    ],
)
def test_instance_of(source: str, expected: object) -> None:
    assert quiet(source) is expected
