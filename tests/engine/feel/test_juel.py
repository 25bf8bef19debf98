"""What `${…}` has of JUEL, of Java's types and of Camunda's Spin. Each was asked of a Camunda 7.23."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.feel import Environment, FeelEvaluationError, FeelLimitExceeded, FeelSyntaxError, compile_text

MOMENT = datetime(2026, 1, 31, 9, 15, tzinfo=UTC)
VARIABLES = {
    "n": 5,
    "d": Decimal("2.5"),
    "s": "hello",
    "t": "7",
    "b": True,
    "nul": None,
    "day": MOMENT,
    "later": datetime(2026, 2, 28, tzinfo=UTC),
    "js": {"a": 1, "b": "x", "c": True, "l": [1, {"k": 2}], "o": {"k": "v", "two words": 3}, "nl": None, "time": "soon"},
}


def evaluate(source: str) -> object:
    now = {"now": lambda: datetime(2026, 2, 1, tzinfo=UTC)}
    return compile_text(source).evaluate(VARIABLES, Environment(functions=now))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'3' + 4", 7),
        ("'3' * 2", 6),
        ("t - n", 2),
        ("nul + 1", 1),
        ("nul * 2", 0),
        ("'' + 1", 1),
        ("-nul", 0),
        ("-t", -7),
        ("n % '3'", 2),
        ("nul > 1", False),
        ("nul < 1", False),
        ("nul <= nul", True),
        ("n * d", Decimal("12.5")),
        ("10 / 4", Decimal("2.5")),
        ("later - day == later - day", True),
    ],
)
def test_operands_are_read_as_numbers(source: str, expected: object):
    assert evaluate("${" + source + "}") == expected


@pytest.mark.parametrize(
    "source",
    [
        "s + 1",
        "n - s",
        "b + 1",
        "js + 1",
        "-s",
        "-b",
        "1 % 0",
        "s % 2",
        "1 / 0",
        "s < 5",
        "n > s",
        "js > 1",
        "n && b",
        "!n",
        "n ? 1 : 2",
        "day + 1",
    ],
)
def test_what_cannot_be_read_so_is_an_error_with_its_place(source: str):
    with pytest.raises(FeelEvaluationError, match="line 1, column"):
        evaluate("${" + source + "}")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("s.charAt(0)", "h"),
        ("s.matches('h.*')", True),
        ("s.matches('h')", False),
        ("s.lastIndexOf('l')", 3),
        ("s.isBlank()", False),
        ("s.split('l')[0]", "he"),
        ("'a,b,,'.split(',').size()", 2),
        ("s.replaceAll('[el]', '_')", "h___o"),
        ("s.compareTo('help')", -4),
        ("s.compareTo('he')", 3),
        ("s.compareTo('hello')", 0),
        ("d.intValue()", 2),
        ("n.longValue()", 5),
        ("d.doubleValue()", Decimal("2.5")),
        ("(-d).intValue()", -2),
        ("day.time", 1769850900000),
        ("day.getTime() > 0", True),
        ("day.before(later)", True),
        ("day.after(later)", False),
        ("later.isAfter(day)", True),
        ("day.isBeforeNow()", True),
        ("now().plusDays(1).isAfterNow()", True),
    ],
)
def test_methods_of_texts_numbers_and_moments(source: str, expected: object):
    assert evaluate("${" + source + "}") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("js.prop('a').numberValue() + 1", 2),
        ("js.prop('b').stringValue()", "x"),
        ("js.prop('c').boolValue()", True),
        ("js.prop('o').prop('k').value()", "v"),
        ("js.hasProp('a')", True),
        ("js.hasProp('z')", False),
        ("js.fieldNames().size()", 7),
        ("js.prop('l').elements().size()", 2),
        ("js.prop('l').elements()[1].prop('k').numberValue()", 2),
        ("js.prop('nl').isNull()", True),
        ("js.prop('nl').value() == null", True),
        ("js.prop('a').isNumber()", True),
        ("js.prop('b').isString()", True),
        ("js.isObject()", True),
        ("js.prop('l').isArray()", True),
        ("js.isValue()", False),
        ("js.prop('c').isBoolean()", True),
        ("js.prop('nl').isValue()", True),
        ("js.jsonPath('$.a').numberValue()", 1),
        ("js.jsonPath('$.l[1].k').numberValue()", 2),
        ("js.jsonPath('$').element().isObject()", True),
        ("js.jsonPath(\"$.o['two words']\").numberValue()", 3),
        ("js.jsonPath('$.l').elementList().get(0).numberValue()", 1),
        ("js.jsonPath('$.b').stringValue() == 'x'", True),
        ("S('[1,2]').elements().size()", 2),
        ("JSON('{\"a\":1.5}').prop('a').numberValue()", Decimal("1.5")),
        ("S(js.toString()).prop('l').elements()[0].numberValue()", 1),
        ("S(js).prop('a').numberValue()", 1),
        ("js.time", "soon"),
    ],
)
def test_json_as_spin_has_it(source: str, expected: object):
    assert evaluate("${" + source + "}") == expected


@pytest.mark.parametrize(
    "source",
    [
        "js.prop('nope')",
        "s.prop('a')",
        "js.prop('b').numberValue()",
        "js.prop('a').stringValue()",
        "js.prop('nl').stringValue()",
        "js.value()",
        "js.elements()",
        "s.fieldNames()",
        "js.jsonPath('$.nope').stringValue()",
        "js.jsonPath('$.l[2]').element()",
        "S('nope')",
        "JSON(s)",
        "JSON('NaN')",
        "S(n)",
        "js.prop('c').numberValue()",
        "js.prop(nul)",
    ],
)
def test_what_is_not_there_is_an_error(source: str):
    with pytest.raises(FeelEvaluationError, match="line 1, column"):
        evaluate("${" + source + "}")


@pytest.mark.parametrize(
    "source", ["js.prop('a', 2)", "js.append(1)", "js.remove('a')", "js.jsonPath(s)", "js.jsonPath('$..a')", "js.mapTo('x')", "XML(s)"]
)
def test_what_would_change_or_search_is_refused(source: str):
    with pytest.raises(FeelSyntaxError):
        compile_text("${" + source + "}")


def test_json_stands_as_json_in_a_text():
    said = evaluate("x ${js} ${js.prop('l').toString()}")
    assert said == 'x {"a":1,"b":"x","c":true,"l":[1,{"k":2}],"o":{"k":"v","two words":3},"nl":null,"time":"soon"} [1,{"k":2}]'
    assert compile_text("d ${it}").evaluate({"it": {"at": MOMENT, "q": 'a"b'}}) == 'd {"at":"2026-01-31T09:15:00Z","q":"a\\"b"}'


def test_a_json_text_that_is_nested_or_long_is_limited():
    for depth in (65, 5_000):
        with pytest.raises(FeelEvaluationError):
            compile_text("${S(text)}").evaluate({"text": "[" * depth + "]" * depth})
    with pytest.raises(FeelLimitExceeded):
        compile_text("${S(text).elements().size()}").evaluate({"text": f"[{'1,' * 99_999}1]"})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("execution.variables.n", 5),
        ("execution.variables['n']", 5),
        ("execution.getVariables().get('n')", 5),
        ("execution.getVariables().containsKey('z')", False),
        ("execution.variables.z", None),
    ],
)
def test_variables_of_the_execution_are_read_one_by_one(source: str, expected: object):
    assert evaluate("${" + source + "}") == expected


@pytest.mark.parametrize("source", ["execution.variables", "execution.getVariables().size()", "execution.variables.put('a', 1)"])
def test_all_of_them_at_once_are_not(source: str):
    with pytest.raises(FeelSyntaxError):
        compile_text("${" + source + "}")
