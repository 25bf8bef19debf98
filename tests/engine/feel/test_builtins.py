"""The built-in functions, one row for each behaviour."""

from __future__ import annotations

import pytest

from engine.feel.builtins import BUILTINS
from tests.engine.feel.evaluating import null, same

ROWS = """
substring("foobar", 3) | "obar"
substring("foobar", 3, 3) | "oba"
substring("foobar", -2, 1) | "a"
substring("采购审批", 2, 2) | "购审"
substring("\\U01F40Efoo", 2) | "foo"
string length("采🐎") | 2
upper case("aBc4") | "ABC4"
lower case("aBc4") | "abc4"
substring before("foobar", "bar") | "foo"
substring before("foobar", "xyz") | ""
substring after("foobar", "ob") | "ar"
contains("foobar", "ob") | true
starts with("foobar", "fo") | true
ends with("foobar", "r") | true
matches("foobar", "^fo*b") | true
matches("FOO", "foo", "i") | true
matches("a\\nb", "a.b", "s") | true
matches("ab", "a b", "x") | true
matches("a.b", "a.b", "q") | true
replace("banana", "a", "o") | "bonono"
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") | "[1=ab][2=]cd"
replace("a.b", "\\.", "-") | "a-b"
split("John Doe", "\\\\s") | ["John", "Doe"]
split("a;b;;", ";") | ["a", "b", "", ""]
string join(["a", "b"], "-") | "a-b"
string join(["a", null, "c"]) | "ac"
string join([]) | ""
string(1.10) | "1.1"
string(2000 / 3 * 3) | "2000"
string(0.00) | "0"
string(-100) | "-100"
string(1e-7) | "0.0000001"
string(1e3) | "1000"
string(true) | "true"
string("a") | "a"
string([1, "a", {b: null}]) | "[1, \\"a\\", {b: null}]"
string({a: 1, "b c": "x"}) | "{a: 1, b c: \\"x\\"}"
string(@"2026-01-31T09:15:00.120+08:00") | "2026-01-31T09:15:00.12+08:00"
string(@"P1DT2H") | "P1DT2H"
string(@"-P14M") | "-P1Y2M"
string([1..3)) | "[1..3)"
number("1 000,5", " ", ",") | 1000.5
number("1,000.5", ",", ".") | 1000.5
number("12") | 12
number(from: "1.5", grouping separator: null, decimal separator: ".") | 1.5
date("2026-01-31") | @"2026-01-31"
date(2026, 1, 31) | @"2026-01-31"
date(@"2026-01-31T09:15:00Z") | @"2026-01-31"
time("09:15:00") | @"09:15:00"
time(9, 15, 0.5) | @"09:15:00.5"
time(9, 15, 0, @"PT8H") | @"09:15:00+08:00"
time(@"2026-01-31T09:15:00Z") | @"09:15:00Z"
date and time("2026-01-31") | @"2026-01-31T00:00:00"
date and time(@"2026-01-31", @"09:15:00@Asia/Shanghai") | @"2026-01-31T09:15:00@Asia/Shanghai"
date and time(2026, 1, 31, 9, 15, 0, @"PT8H") | @"2026-01-31T09:15:00+08:00"
date and time(@"2026-01-31T01:15:00Z", "Asia/Shanghai") | @"2026-01-31T09:15:00@Asia/Shanghai"
date and time("2026-12-31T24:00:00") | @"2027-01-01T00:00:00"
duration("P1DT2H") | @"P1DT2H"
duration("P1Y2M") | @"P14M"
years and months duration(date("2025-12-31"), date("2026-02-28")) | @"P1M"
years and months duration(@"2026-03-01", @"2025-01-31") | @"-P1Y1M"
list contains([1, null], null) | true
list contains([1, 2], 3) | false
count([1, null]) | 2
min(3, 1, 2) | 1
min([3, 1]) | 1
max("a", "c", "b") | "c"
max([@"2026-01-01", @"2025-01-01"]) | @"2026-01-01"
sum([1, 2.5]) | 3.5
sum([@"PT1H", @"PT2H"]) | @"PT3H"
sum(1, 2) | 3
mean([1, 2, 6]) | 3
median([8, 2, 5]) | 5
median([1, 2, 3, 4]) | 2.5
stddev([2, 4, 6]) | 2
mode([6, 3, 9, 6, 6, 3, 3]) | [3, 6]
mode([]) | []
product([2, 3, 4]) | 24
all([true, false]) | false
all([]) | true
any([false, true]) | true
any([]) | false
sublist([1, 2, 3], 2) | [2, 3]
sublist([1, 2, 3], -2, 1) | [2]
append([1], 2, 3) | [1, 2, 3]
concatenate([1], [2], 3) | [1, 2, 3]
insert before([1, 3], 2, 2) | [1, 2, 3]
remove([1, 2, 3], 2) | [1, 3]
list replace([1, 2, 3], -1, 9) | [1, 2, 9]
list replace([1, 2, 3], function(item, newItem) item > 1, 0) | [1, 0, 0]
reverse([1, 2]) | [2, 1]
index of([1, 2, 1], 1) | [1, 3]
union([1, 2], [2, 3]) | [1, 2, 3]
distinct values([1, 1.0, "1", null, [1], [1]]) | [1, "1", null, [1]]
duplicate values([1, 2, 1]) | [1]
flatten([[1, [2]], 3]) | [1, 2, 3]
sort([3, 1, 2]) | [1, 2, 3]
decimal(2.5, 0) | 2
decimal(3.5, 0) | 4
decimal(1234, -2) | 1200
floor(-1.5) | -2
floor(1.56, 1) | 1.5
ceiling(-1.5) | -1
round up(5.51, 1) | 5.6
round up(-5.5, 0) | -6
round down(5.59, 1) | 5.5
round half up(5.5, 0) | 6
round half up(-5.5, 0) | -6
round half down(5.5, 0) | 5
abs(-5) | 5
abs(@"-P1D") | @"P1D"
modulo(-12, 5) | 3
modulo(10.1, -4.5) | -3.4
sqrt(16) | 4
odd(5) | true
even(-2) | true
even(1e20) | true
odd(1.5) | false
day of year(@"2026-12-31") | 365
day of week(@"2026-11-24") | "Tuesday"
month of year(@"2026-11-24") | "November"
week of year(@"2003-12-29") | 1
last day of month(@"2024-02-01") | @"2024-02-29"
is(@"10:00:00Z", @"10:00:00+00:00") | true
is(1, "1") | false
get value({a: 1}, "a") | 1
get value({a: {b: 2}}, ["a", "b"]) | 2
get entries({a: 1}) | [{key: "a", value: 1}]
context([{key: "a", value: 1}]) | {a: 1}
context put({a: 1}, "b", 2) | {a: 1, b: 2}
context put({a: {b: 1}}, ["a", "b"], 2) | {a: {b: 2}}
context merge([{a: 1}, {a: 2, b: 3}]) | {a: 2, b: 3}
not(true) | false
before(1, [2..3]) | true
after([5..6], 4) | true
meets([1..5], [5..9]) | true
met by([5..9], [1..5]) | true
overlaps([1..5], [3..9]) | true
overlaps([1..5), [5..9]) | false
overlaps before([1..5], [3..9]) | true
overlaps after([3..9], [1..5]) | true
finishes(5, [1..5]) | true
finished by([1..5], [3..5]) | true
includes([1..9], [2..5]) | true
during(3, [1..5]) | true
starts([1..3], [1..9]) | true
started by([1..9], 1) | true
coincides([1..5], [1..5]) | true
range("[18..21)") | [18..21)
range("[@\\"2026-01-01\\"..@\\"2026-12-31\\"]") | [@"2026-01-01"..@"2026-12-31"]
is defined(null) | false
get or else(null, 3) | 3
trim("  a ") | "a"
"""

CASES = [tuple(part.strip() for part in line.split(" | ")) for line in ROWS.strip().splitlines()]


@pytest.mark.parametrize(("source", "expected"), CASES, ids=[source for source, _ in CASES])
def test_a_builtin_function_gives(source: str, expected: str) -> None:
    same(source, expected)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('substring("a", 0)', "substring: 'start position' lies outside the string"),
        ("substring(null, 1)", "substring: 'string' is null"),
        ("string length(1)", "string length: 'string' must be a string, not a number"),
        ("count(null)", "count: 'list' is null"),
        ("sum([])", "sum: 'list' is empty"),
        ('sum([1, "a"])', "sum: number + string is not defined"),
        ('min([1, "a"])', "min: string and number cannot be compared with <"),
        ("string join([1])", "string join: 'list' must hold strings only"),
        ('date("2026-02-30")', "date: '2026-02-30' is not a date"),
        ('time("25:00:00")', "time: '25:00:00' is not a time"),
        ('date and time("2026-01-01T10:00:00@Mars/Base")', "date and time: there is no time zone 'Mars/Base'"),
        ('date and time("2026-01-01T10:00:00@../../etc/passwd")', "date and time: '10:00:00@../../etc/passwd' is not a time"),
        ('duration("P1Y1D")', "duration: 'P1Y1D' is not a duration"),
        ('duration("P")', "duration: 'P' is not a duration"),
        ('duration("P99999999999999999999D")', "duration: the duration is too long"),
        ('number("abc")', "number: 'from' is not a number"),
        ('number("1e99999")', "number: the number is too large"),
        ("sqrt(-1)", "sqrt: 'number' must be at least 0"),
        ("log(0)", "log: 'number' must be greater than 0"),
        ("modulo(1, 0)", "modulo: division by zero"),
        ("decimal(1, 99999)", "decimal: 'scale' must lie between -6111 and 6176"),
        ("context([{key: 1, value: 1}])", "context: each entry must be a context with 'key' and 'value'"),
        ("remove([1], 2)", "remove: 'position' lies outside the list"),
        ('matches("a", "a", "z")', "matches: flags are s, m, i, x and q"),
        ('replace("a", "b*", "c")', "replace: the pattern matches the empty string"),
        ("all([1, true])", "all: 'list' must hold true and false only"),
        ('sort([1, "a"])', None),
        ('range("[5..1]")', "range: the range ends before it starts"),
        ('substring(string: "a")', "substring: it is called as substring(string, start position, length)"),
        ("count(liste: [1])", "count: it is called as count(list)"),
    ],
)
def test_a_builtin_function_says_why_it_has_no_value(source: str, reason: str | None) -> None:
    told = null(source)
    assert reason is None or told == reason


def test_named_parameters_come_in_any_order() -> None:
    same('substring(start position: 2, string: "abc")', '"bc"')
    same("round half up(scale: 1, n: 2.25)", "2.3")
    same('years and months duration(to: @"2026-03-01", from: @"2026-01-01")', '@"P2M"')


def test_one_item_lists_and_single_values_stand_for_each_other() -> None:
    same('upper case(["a"])', '"A"')
    same("count(5)", "1")
    same('string join("a", "-")', '"a"')


STANDARD = """
abs, after, all, any, append, before, ceiling, coincides, concatenate, contains, context, context merge, context put, count, date,
date and time, day of week, day of year, decimal, distinct values, duration, during, ends with, even, exp, finished by, finishes, flatten,
floor, get entries, get value, includes, index of, insert before, is, list contains, list replace, log, lower case, matches, max, mean,
median, meets, met by, min, mode, modulo, month of year, not, number, odd, overlaps, overlaps after, overlaps before, product, range,
remove, replace, reverse, round down, round half down, round half up, round up, sort, split, sqrt, started by, starts, starts with,
stddev, string, string join, string length, sublist, substring, substring after, substring before, sum, time, union, upper case,
week of year, years and months duration
"""


def test_every_function_of_the_standard_is_there() -> None:
    """DMN 1.5, tables 72 to 83; `now` and `today` are the host's."""
    assert {name.strip() for name in STANDARD.split(",")} <= set(BUILTINS)
