"""Lists, filters, contexts, loops, functions and closures."""

from __future__ import annotations

import pytest

from engine.feel import Environment, FeelFunction, compile_expression
from tests.engine.feel.evaluating import null, value

ITEMS = [{"name": "pen", "price": 2}, {"name": "ink", "price": 8}, {"name": "pad", "price": 5}]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[1, 2, 3][1]", 1),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[1, 2, 3][n]", 2),
        ("[1, 2, 3][n - 1]", 1),
        ("5[1]", 5),
        ("5[item > 9]", []),
        ("[][item > 1]", []),
        ("items[price > 4].name", ["ink", "pad"]),
        ("items[2].name", "ink"),
        ("items.price", [2, 8, 5]),
        ("items[item.price > 4][1].name", "ink"),
        ('items[name = "pad"].price', [5]),
        ("items[price > 4][price < 6].name", ["pad"]),
        ("[[1, 2], [3]][count(item) > 1]", [[1, 2]]),
        ("[1, 2, 3][true]", [1, 2, 3]),
        ("[1..4][item > 2]", [3, 4]),
    ],
)
def test_filters(source: str, expected: object) -> None:
    assert value(source, items=ITEMS, n=2) == expected


@pytest.mark.parametrize("source", ["[1][2]", "[1][0]", "[1][1.5]", "null[1]", "[][1]", '[1]["a"]', "[][n]"])
def test_an_index_that_leads_nowhere_is_null(source: str) -> None:
    assert null(source, n=1)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for i in [1, 2] return i * 2", [2, 4]),
        ("for i in 1..3 return i", [1, 2, 3]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1..3] return i", [1, 2, 3]),
        ("for i in [1, 2], j in [10, 20] return i + j", [11, 21, 12, 22]),
        ("for x in [[1, 2], [3]], y in x return y", [1, 2, 3]),
        ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
        ("some i in [1, 2] satisfies i > 1", True),
        ("some i in [] satisfies true", False),
        ("every i in [1, 2] satisfies i > 0", True),
        ("every i in [] satisfies false", True),
        ("some i in [1, 2], j in [2, 3] satisfies i = j", True),
        ("every i in 1..3 satisfies i < 3", False),
        ("some i in [null, 2] satisfies i = 2", True),
    ],
)
def test_loops(source: str, expected: object) -> None:
    assert value(source) == expected


def test_days_can_be_iterated() -> None:
    days = value('for d in @"2026-02-27"..@"2026-03-01" return string(d)')
    assert days == ["2026-02-27", "2026-02-28", "2026-03-01"]


@pytest.mark.parametrize(
    "source", ["for i in null return i", 'for i in "a".."c" return i', "for i in 1..1.5 return i", "some i in [1] satisfies 5"]
)
def test_what_cannot_be_iterated_or_decided_is_null(source: str) -> None:
    assert null(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{a: 1, b: a + 1}.b", 2),
        ("{a: {b: {c: 5}}}.a.b.c", 5),
        ('{"a b": 1}', {"a b": 1}),
        ("{}", {}),
        ("{a: 1}.a + 1", 2),
        ("{f: function(x) x * 2, y: f(4)}.y", 8),
        ("{n: 3, f: function(x) x * n}.f(4)", 12),
        ("(for i in 1..3 return function(x) x + i)[2](10)", 12),
        ("{add: function(x) function(y) x + y, r: add(1)(2)}.r", 3),
        ("(function(a, b) a - b)(b: 1, a: 5)", 4),
        ("(function() 7)()", 7),
        ("(function(a: number) a)([5])", 5),
        ("(function(a: list<number>) a)(5)", [5]),
        ("{fac: function(n, self) if n = 0 then 1 else n * self(n - 1, self), r: fac(10, fac)}.r", 3628800),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("{apply: function(f, x) f(x), r: apply(abs, -3)}.r", 3),
    ],
)
def test_contexts_and_functions(source: str, expected: object) -> None:
    assert value(source) == expected


def test_a_function_remembers_where_it_was_made() -> None:
    function = value("{n: 10, f: function(x) x + n}.f")
    assert isinstance(function, FeelFunction)
    assert value("g(5) + n", g=function, n=1) == 16


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{a: 1}.b", "the context has no entry 'b'"),
        ("null.b", "Null has no property 'b'"),
        ("1.5.b", "number has no property 'b'"),
        ("(function(a) a)()", "function: it takes 1 arguments, not 0"),
        ("(function(a) a)(b: 1)", "function: its parameters are a"),
        ('(function(a: number) a)("x")', "function: 'a' does not conform to its type"),
        ("x(1)", "number cannot be called"),
        ("missing", "there is no variable 'missing'"),
        ("{a: missing}.a", "there is no variable 'missing'"),
    ],
)
def test_the_reason_of_a_null_is_told(source: str, reason: str) -> None:
    assert null(source, **({"x": 1} if source.startswith("x") else {})) == reason


def test_properties_of_dates_times_durations_and_ranges() -> None:
    assert value('@"2026-11-24".weekday') == 2
    assert value('@"2026-11-24T10:30:05.25@Asia/Shanghai".timezone') == "Asia/Shanghai"
    assert value('@"2026-11-24T10:30:05.25+08:00".second') == value("5.25")
    assert str(value('@"10:30:00-01:00".time offset')) == "-1 day, 23:00:00"
    assert value('@"P1Y14M".years') == 2
    assert value('@"-P1Y2M".months') == -2
    assert value('@"P1DT25H".days') == 2
    assert value('@"-PT90M".minutes') == -30
    assert value("[1..5).end included") is False
    assert value("(> 3).start") == 3


def test_a_builtin_function_may_be_hidden_by_a_variable_that_is_a_function() -> None:
    own = value("function(list) 42")
    assert value("count([1])", count=own) == 42
    assert value("count([1]) + count", count=5) == 6


def test_one_evaluation_asks_the_host_once_for_each_variable() -> None:
    class Asking(dict):  # a lazy mapping of the host
        asked: list[str]

        def __getitem__(self, name: str) -> object:
            self.asked.append(name)
            return super().__getitem__(name)

    variables = Asking(a=1, b=2)
    variables.asked = []
    assert compile_expression("a + a + a").evaluate(variables, Environment()) == 3
    assert variables.asked == ["a"]
