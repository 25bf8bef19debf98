"""Text or expression, and the `${…}` of Camunda 7's models."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.feel import (
    Environment,
    FeelEvaluationError,
    FeelSyntaxError,
    UnknownVariable,
    compile_condition,
    compile_text,
)

VARIABLES = {
    "amount": 2000,
    "name": "Wang Fang",
    "loopCounter": 3,
    "items": [{"price": 5}, {"price": 7}],
    "order": {"customer": {"city": "Shanghai"}, "key with space": 1},
    "nothing": None,
    "blank": "",
    "flag": True,
}
HOST = {"execution.processBusinessKey": "PO-1", "execution.processInstanceId": "i1", "task.assignee": "wangfang"}


def evaluate(source: str) -> object:
    return compile_text(source).evaluate(VARIABLES, Environment(host=HOST))


@pytest.mark.parametrize(
    "source",
    [
        "kermit",
        "PT1H",
        "R3/PT10H",
        "0 0/5 * * * ?",
        "2026-01-31T09:15:00Z",
        "fozzie, gonzo",
        "",
        "  ",
        "a = b",
        "$ {x}",
        "100%",
        "#1",
        "{a}",
    ],
)
def test_text_without_an_expression_is_literal(source: str) -> None:
    text = compile_text(source)
    assert text.is_literal
    assert text.literal == source
    assert text.evaluate({}) == source
    assert text.expression is None
    assert text.names == frozenset()


def test_a_leading_equals_sign_makes_feel() -> None:
    text = compile_text(' = department + ":head"')
    assert not text.is_literal
    assert text.literal is None
    assert text.names == {"department"}
    assert text.evaluate({"department": "finance"}) == "finance:head"


def test_a_template_of_one_expression_keeps_its_type() -> None:
    assert evaluate("${amount}") == Decimal(2000)
    assert evaluate("#{flag}") is True
    assert evaluate("${items}") == [{"price": 5}, {"price": 7}]
    assert evaluate("${nothing}") is None


def test_a_template_of_several_parts_is_a_string() -> None:
    assert evaluate("kermit_${loopCounter}") == "kermit_3"
    assert evaluate("${name}: #{amount} (${flag})") == "Wang Fang: 2000 (true)"
    assert evaluate("<${nothing}>") == "<>"
    assert evaluate(" ${amount}") == " 2000"
    assert compile_text("${a}${b}").names == {"a", "b"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("amount == 2000", True),
        ("amount != 2000", False),
        ("amount eq 2000 and name ne 'x'", True),
        ("amount gt 1000 && amount lt 3000", True),
        ("amount ge 2000 || false", True),
        ("amount le 1 or flag", True),
        ("!flag", False),
        ("not flag", False),
        ("!(amount < 1)", True),
        ("empty nothing", True),
        ("empty blank && empty nothing", True),
        ("empty items", False),
        ("not empty name", True),
        ("amount + 1 * 2", Decimal(2002)),
        ("amount / 8 * 3", Decimal(750)),
        ("7 % 4", Decimal(3)),
        ("-7 mod 4", Decimal(-3)),
        ("9 div 2", Decimal("4.5")),
        ("-amount", Decimal(-2000)),
        ("amount > 1000 ? 'big' : 'small'", "big"),
        ("flag ? amount > 1 ? 1 : 2 : 3", Decimal(1)),
        ("items[0].price", Decimal(5)),
        ("items[1]['price']", Decimal(7)),
        ("order.customer.city", "Shanghai"),
        ('order["key with space"]', Decimal(1)),
        ('"double"', "double"),
        (r"'it\'s'", "it's"),
        ("name == null", False),
        ("nothing == null", True),
        ("name != 5", True),
        ("name == 5", False),
        ("items.size()", Decimal(2)),
        ("items.isEmpty()", False),
        ("items.get(1).price", Decimal(7)),
        ("name.contains('Fang')", True),
        ("name.startsWith('Wang') && name.endsWith('Fang')", True),
        ("name.toUpperCase()", "WANG FANG"),
        ("order.containsKey('customer')", True),
        ("name.equals('Wang Fang')", True),
        ("true", True),
        ("null", None),
        ("execution.processBusinessKey", "PO-1"),
        ("execution.getProcessBusinessKey()", "PO-1"),
        ("execution.getProcessInstanceId() == 'i1'", True),
        ("task.assignee", "wangfang"),
        ("execution.getVariable('amount')", Decimal(2000)),
        ("execution.getVariable('none')", None),
        ("execution.hasVariable('amount')", True),
        ("execution.hasVariable('none')", False),
        ("loopCounter == 3", True),
        ("amount == '2000'", True),
        ("amount != '2000'", False),
        ("amount == 'many'", False),
        ("flag == 'true'", True),
        ("'10' < amount", True),
        ("amount >= '2000.0'", True),
        ("name.equals(5)", False),
        ("!nothing", True),
        ("nothing && flag", False),
        ("nothing || flag", True),
        ("nothing ? 1 : 2", Decimal(2)),
        ("'TRUE' && flag", True),
        ("name.substring(5)", "Fang"),
        ("name.substring(0, 4)", "Wang"),
        ("name.indexOf('Fang')", Decimal(5)),
        ("name.concat('!')", "Wang Fang!"),
        ("name.replace('an', 'AN')", "WANg FANg"),
        ("name.equalsIgnoreCase('wang fang')", True),
        ("amount.toString()", "2000"),
        ("items.size() > 1 && items.get(0).price < '6'", True),
    ],
)
def test_camundas_expressions(source: str, expected: object) -> None:
    assert evaluate("${" + source + "}") == expected
    assert evaluate("${ " + source + " }") == expected


def test_an_unknown_variable_is_an_error_with_its_place() -> None:
    with pytest.raises(UnknownVariable, match=r"line 1, column 9: unknown variable 'mising'") as caught:
        evaluate("x-${1 + mising}")
    assert caught.value.name == "mising"
    with pytest.raises(UnknownVariable):
        compile_condition("${mising == null}").evaluate({})


def test_an_unknown_variable_behind_a_decision_is_not_asked_for() -> None:
    assert evaluate("${flag || mising}") is True
    assert evaluate("${flag ? 1 : mising}") == 1


def test_a_name_that_the_host_does_not_give_is_an_error() -> None:
    with pytest.raises(FeelEvaluationError, match=r"column 13: 'execution\.id' is not known here"):
        evaluate("${execution.id}")


REFUSED = [
    ("${", 3, "unexpected end of the expression"),
    ("${a", 4, "unexpected end of the expression"),
    ("${}", 3, "unexpected '}'"),
    ("ab ${a b}", 8, "unexpected 'b'"),
    ("${a.b()}", 5, "the method 'b' may not be called"),
    ("${foo(1)}", 3, "there is no function 'foo'"),
    ("${execution.foo}", 13, "'execution.foo' is not supported"),
    ("${execution.getFoo()}", 13, "'execution.foo' is not supported"),
    ("${execution}", 12, "unexpected '}'"),
    ("${1 + execution.setVariable('a', 1)}", 17, "'setVariable' may only be the whole expression of a service task or listener"),
    ("${name.substring()}", 8, "'substring' takes 1 or 2 arguments"),
    ("${name.getClass()}", 8, "the method 'getClass' may not be called"),
    ("${execution.setVariable('a', 1)}", 13, "'setVariable' may only be the whole expression of a service task or listener"),
    ("${x.__class__}", 5, "the name '__class__' is not allowed"),
    ("${'open}", 3, "the string is not closed"),
    ("${a = 1}", 5, "unexpected '='"),
    ("${items.get()}", 9, "'get' takes 1 arguments"),
    ("${items.size(1)}", 9, "'size' takes 0 arguments"),
    ("${a ? b}", 8, "unexpected '}'"),
    ("${a instanceof b}", 5, "unexpected 'instanceof'"),
    ("${(a}", 5, "unexpected '}'"),
    ("= 1 +", 6, "unexpected end of the expression"),
]


@pytest.mark.parametrize(("source", "column", "message"), REFUSED)
def test_everything_else_is_refused_at_its_place(source: str, column: int, message: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_text(source)
    assert (caught.value.line, caught.value.column, caught.value.message) == (1, column, message)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dateTime()", "2026-01-31T09:00:00Z"),
        ("dateTime().plusDays(3).toDate()", "2026-02-03T09:00:00Z"),
        ("now().minusWeeks(1)", "2026-01-24T09:00:00Z"),
        ("now().plusMonths(1).minusMinutes(-30)", "2026-02-28T09:30:00Z"),
        ("now().plusYears(days).plusHours(days).minusSeconds(days)", "2028-01-31T10:59:58Z"),
    ],
)
def test_moments_are_moved(source: str, expected: str) -> None:
    moment = datetime(2026, 1, 31, 9, tzinfo=UTC)
    found = compile_text("${" + source + "}").evaluate({"days": 2}, Environment(functions={"now": lambda: moment}))
    assert found == datetime.fromisoformat(expected)


def test_set_variable_alone_is_an_assignment() -> None:
    told: list[tuple[str, object]] = []
    environment = Environment(assign=lambda name, value: told.append((name, value)))
    text = compile_text("${execution.setVariable('level', amount + 1)}", assigns=True)
    assert text.evaluate({"amount": 4}, environment) is None
    assert told == [("level", 5)]
    assert text.names == {"amount"}


SET = "${execution.setVariable('a', 1)}"


@pytest.mark.parametrize("source", [f"x {SET}", f"{SET} x", "${(execution.setVariable('a', 1))}"])
def test_set_variable_is_never_a_part(source: str) -> None:
    with pytest.raises(FeelSyntaxError, match="may only be the whole expression"):
        compile_text(source, assigns=True)


@pytest.mark.parametrize("name", ["5", "''", "null"])
def test_a_variable_without_a_name_is_an_error(name: str) -> None:
    text = compile_text("${execution.setVariable(" + name + ", 1)}", assigns=True)
    with pytest.raises(FeelEvaluationError, match="must be a string"):
        text.evaluate({}, Environment(assign=lambda *_: None))
    with pytest.raises(FeelEvaluationError, match="cannot be set here"):
        text.evaluate({})


def test_host_functions_may_be_called_in_both_notations() -> None:
    environment = Environment(functions={"department of": lambda person: f"d-{person}", "now": lambda: None, "twice": lambda n: n * 2})
    text = compile_text('= department of(initiator) + ":head"', functions=["department of"])
    assert text.functions == {"department of"}
    assert text.evaluate({"initiator": "li"}, environment) == "d-li:head"
    assert compile_text("${twice(amount)}", functions=["twice"]).evaluate({"amount": 2}, environment) == 4
    assert compile_text("${now()}").evaluate({}, environment) is None


def test_a_function_that_the_environment_lacks_is_an_error() -> None:
    with pytest.raises(FeelEvaluationError, match=r"column 3: there is no function 'now' here"):
        compile_text("= now()").evaluate({})


@pytest.mark.parametrize("source", ["amount > 1000", "= amount > 1000", "  =amount > 1000", "${amount > 1000}", " #{amount > 1000} "])
def test_a_condition_is_written_in_any_of_the_notations(source: str) -> None:
    condition = compile_condition(source)
    assert condition.evaluate({"amount": 2000}) is True
    assert condition.evaluate({"amount": 1}) is False
    assert condition.names == {"amount"}


def test_text_around_a_condition_is_refused() -> None:
    with pytest.raises(FeelSyntaxError, match="column 6: a condition is one expression"):
        compile_condition("${a} and b")
    with pytest.raises(FeelSyntaxError):
        compile_condition("")


def test_the_place_counts_lines_of_the_whole_text() -> None:
    with pytest.raises(FeelSyntaxError, match="line 3, column 3"):
        compile_text("first\nsecond\n${)}")


@pytest.mark.parametrize("source", ["> 5", "=<5", "  >= 5"])
def test_a_condition_is_no_range(source: str) -> None:
    """In FEEL `> 5` is a range; as a condition it would never hold."""
    with pytest.raises(FeelSyntaxError, match="needs a value at the left"):
        compile_condition(source)
