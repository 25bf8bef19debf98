"""A file that cannot be decided is refused, with every problem, each with element, line and reason."""

from __future__ import annotations

import pytest

from engine.dmn import compile_dmn
from engine.errors import DeploymentRefused, ModelProblem
from tests.engine.dmn.tables import NAMESPACE, decision_requirement, definitions, input_requirement, literal, table


def problems(xml: bytes) -> list[ModelProblem]:
    with pytest.raises(DeploymentRefused) as caught:
        compile_dmn(xml, "test.dmn")
    return [problem for problem in caught.value.problems if not problem.warning]


def test_a_bad_cell_names_rule_column_element_and_line() -> None:
    found = problems(definitions(table([["> 1", '"a"'], ["> ", '"b"']])))
    assert len(found) == 1
    assert (found[0].resource, found[0].element, found[0].line) == ("test.dmn", "decide", 7)
    assert found[0].message.startswith("decide, rule 2, input 'amount', column 3: unexpected end of the expression")


def test_the_line_inside_a_long_expression_counts_from_the_file() -> None:
    found = problems(definitions(literal("top", "1 +\n2 +\n)")))
    assert found[0].line == 4


def test_all_problems_are_told_at_once() -> None:
    found = problems(definitions(literal("a", "1 +"), literal("b", "foo(1)"), literal("c", "1", decision_requirement("none"))))
    assert [problem.element for problem in found] == ["a", "b", "c"]
    assert "there is no function 'foo'" in found[1].message
    assert "requires '#none', which is not in this file" in found[2].message


REFUSED = [
    (definitions('<decision id="a" name="a"><expression/></decision>'), "its logic 'expression' is not supported"),
    (definitions(), "The file has no decision"),
    (definitions(literal("a", "1"), '<decisionService id="s" name="s"/>'), "The decision service 's' has no output decision"),
    (definitions(literal("a", "1"), '<import name="i" namespace="x" importType="y"/>'), "Only DMN files can be imported"),
    (definitions(literal("a", "1"), f'<import name="i" namespace="x" importType="{NAMESPACE}"/>'), "no file of the namespace 'x'"),
    (definitions(literal("a", "1"), f'<import name="i" namespace="n" importType="{NAMESPACE}"/>'), "'n' imports itself"),
    (definitions(literal("a", "1"), "<strange/>"), "The element 'strange' is not known"),
    (definitions(literal("a", "1"), literal("a", "2")), "has the id 'a', which is taken"),
    (definitions('<decision name="a"><literalExpression><text>1</text></literalExpression></decision>'), "needs an id"),
    (definitions(literal("a", "b", decision_requirement("b")), literal("b", "a", decision_requirement("a"))), "requires itself"),
    (definitions(literal("a", "a", decision_requirement("a"))), "requires itself"),
    (definitions(literal("a", "1", input_requirement("i"))), "requires '#i', which is not in this file"),
    (definitions(literal("a", "1", type_ref="tNone")), "There is no type 'tNone'"),
    (definitions(table([["1", "2"]], policy="SOMETIMES")), "There is no hit policy 'SOMETIMES"),
    (definitions(table([["1", "2"]], policy="COLLECT", aggregation="AVERAGE")), "There is no hit policy 'COLLECT AVERAGE'"),
    (definitions(table([["1", "2", "3"]], outputs=["a", "b"], policy="COLLECT", aggregation="SUM")), "needs a table with one output"),
    (definitions(table([["1"]])), "rule 1: its entries do not match the columns"),
    (definitions(table([["1", "2"]]).replace("amount</text>", "</text>")), "the input expression is empty"),
    (definitions(table([["1", "2"]]).replace("<text>1</text>", '<text>"open</text>')), "the string is not closed"),
    (
        definitions(literal("a", "1").replace("<literalExpression>", '<literalExpression expressionLanguage="groovy">')),
        "The expression language 'groovy' is not supported",
    ),
    (
        definitions('<decision id="a" name="a"><conditional/></decision>'),
        "the conditional has no 'if'",
    ),
    (
        definitions(
            literal("a", "1"),
            '<businessKnowledgeModel id="b" name="b"><encapsulatedLogic kind="Java"><context/></encapsulatedLogic>'
            "</businessKnowledgeModel>",
        ),
        "functions in Java are not supported",
    ),
    (definitions(literal("a", "1"), namespace="urn:other"), "This is not a DMN file"),
    (b"<definitions", "not well-formed"),
    (b'<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>', "DOCTYPE"),
]


@pytest.mark.parametrize(("xml", "reason"), REFUSED)
def test_a_file_is_refused_with_its_reason(xml: bytes, reason: str) -> None:
    assert any(reason in problem.message for problem in problems(xml)), problems(xml)


def test_what_is_always_null_is_a_warning_of_the_model() -> None:
    model = compile_dmn(definitions(literal("a", "substring()")), "test.dmn")
    assert [(problem.element, problem.line, problem.warning) for problem in model.warnings] == [("a", 2, True)]
    assert "The value is always null" in model.warnings[0].message


def test_a_decision_without_logic_is_null_and_a_warning() -> None:
    model = compile_dmn(definitions('<decision id="a" name="a"/>'), "test.dmn")
    assert model.decide("a", {}).result is None
    assert [problem.message for problem in model.warnings] == ["The decision 'a' has no logic. It is always null."]


def test_documentation_and_drawings_are_passed() -> None:
    parts = '<textAnnotation id="t"><text>note</text></textAnnotation><knowledgeSource id="k" name="law"/>'
    assert compile_dmn(definitions(literal("a", "1"), parts), "test.dmn").decide("a", {}).result == 1
