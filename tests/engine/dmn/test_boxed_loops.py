"""Boxed conditionals, iterators and filters."""

from __future__ import annotations

import pytest

from engine.dmn import compile_dmn
from engine.errors import DeploymentRefused, ModelFault
from engine.feel import Environment, Limits
from tests.engine.dmn.tables import definitions, escaped


def box(source: str) -> str:
    return f"<literalExpression><text>{escaped(source)}</text></literalExpression>"


def decide(logic: str, environment: Environment | None = None, **context: object) -> object:
    model = compile_dmn(definitions(f'<decision id="a" name="a"><variable name="a"/>{logic}</decision>'), "test.dmn")
    return model.decide("a", context, environment).result


def loop(kind: str, domain: str, body: str, part: str = "satisfies") -> str:
    return f'<{kind} iteratorVariable="x"><in>{box(domain)}</in><{part}>{box(body)}</{part}></{kind}>'


@pytest.mark.parametrize(("amount", "expected"), [(1, "small"), (11, "large"), (None, "small")])
def test_only_true_leads_to_then(amount: object, expected: str) -> None:
    large, small = box('"large"'), box('"small"')
    logic = f"<conditional><if>{box('amount > 10')}</if><then>{large}</then><else>{small}</else></conditional>"
    assert decide(logic, amount=amount) == expected


@pytest.mark.parametrize(
    ("domain", "body", "expected"),
    [
        ("[1, 2, 3]", "x * 10", [10, 20, 30]),
        ("[1..3]", "x + n", [6, 7, 8]),
        ("[1, 2, 3]", "count(partial)", [0, 1, 2]),
        ("4", "x", None),
        ("[]", "x", []),
        ("null", "x", None),
    ],
)
def test_for_gives_a_list(domain: str, body: str, expected: object) -> None:
    assert decide(loop("for", domain, body, "return"), n=5) == expected


@pytest.mark.parametrize(
    ("kind", "domain", "body", "expected"),
    [
        ("some", "[1, 2]", "x > 1", True),
        ("some", "[1, 2]", "x > 2", False),
        ("some", "[]", "true", False),
        ("some", "[1, 2]", 'if x = 1 then true else "no"', None),
        ("every", "[1, 2]", "x > 0", True),
        ("every", "[1, 2]", "x > 1", False),
        ("every", "[]", "false", True),
        ("every", "[1, 2]", "null", None),
        ("every", "null", "true", None),
    ],
)
def test_quantifiers_need_conditions_that_are_true_or_false(kind: str, domain: str, body: str, expected: object) -> None:
    assert decide(loop(kind, domain, body)) is expected


@pytest.mark.parametrize(
    ("domain", "match", "expected"),
    [
        ("[1, 2, 3]", "item > 1", [2, 3]),
        ("[1, 2, 3]", "item > 3", []),
        ("[{price: 1}, {price: 5}]", "price > 2", [{"price": 5}]),
        ("[1, 2, 3]", '"yes"', None),
        ("null", "true", None),
    ],
)
def test_a_filter_always_gives_a_list(domain: str, match: str, expected: object) -> None:
    assert decide(f"<filter><in>{box(domain)}</in><match>{box(match)}</match></filter>") == expected


def test_what_cannot_be_told_leaves_a_warning_with_its_decision() -> None:
    environment = Environment()
    assert decide(loop("some", "[1]", "null"), environment) is None
    assert [str(warning) for warning in environment.warnings] == ["line 1, column 1: a: a condition is neither true nor false"]


def test_the_turns_of_a_boxed_loop_share_one_limit() -> None:
    with pytest.raises(ModelFault, match="more than 1000 steps"):
        decide(loop("for", "[1..900]", "x + 1 + 1", "return"), Environment(limits=Limits(steps=1000)))


def test_boxed_loops_in_boxed_loops_are_limited_too() -> None:
    inner = loop("for", "[1..1000]", "x", "return")
    logic = f'<for iteratorVariable="y"><in>{box("[1..1000]")}</in><return>{inner}</return></for>'
    with pytest.raises(ModelFault, match=r"steps|longer than"):
        decide(logic)


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        (f"<conditional><if>{box('true')}</if><then>{box('1')}</then></conditional>", "the conditional has no 'else'"),
        (f"<for><in>{box('[1]')}</in><return>{box('1')}</return></for>", "the for has no iteratorVariable"),
        (f'<some iteratorVariable="x"><in>{box("[1]")}</in></some>', "the some has no 'satisfies'"),
        ("<filter/>", "the filter has no 'in'"),
    ],
)
def test_a_part_that_is_missing_is_named(logic: str, reason: str) -> None:
    with pytest.raises(DeploymentRefused) as caught:
        decide(logic)
    assert any(reason in problem.message for problem in caught.value.problems)
