"""Decisions that require each other, input data, business knowledge models, types and boxed expressions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.dmn import compile_dmn
from engine.errors import ModelFault
from engine.feel import Environment
from tests.engine.dmn.tables import (
    decision_requirement,
    definitions,
    input_requirement,
    knowledge_requirement,
    literal,
    table,
)

PMT = """<businessKnowledgeModel id="pmt" name="monthly payment"><variable name="monthly payment"/><encapsulatedLogic>
<formalParameter name="amount" typeRef="number"/><formalParameter name="months" typeRef="number"/>
<literalExpression><text>amount / months</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"""


def test_required_decisions_are_decided_first_and_once() -> None:
    model = compile_dmn(
        definitions(
            literal("top", "left + right", decision_requirement("left") + decision_requirement("right")),
            literal("left", "base * 2", decision_requirement("base")),
            literal("right", "base * 3", decision_requirement("base")),
            literal("base", "amount + 1"),
        ),
        "test.dmn",
    )
    result = model.decide("top", {"amount": 1})
    assert result.result == 10
    assert [trace.decision_id for trace in result.trace] == ["base", "left", "right", "top"]
    assert result.rows == ({"top": Decimal(10)},)
    assert [decision.kind for decision in model.decisions.values()] == ["literalExpression"] * 4


def test_a_table_reads_what_a_required_decision_gives() -> None:
    model = compile_dmn(
        definitions(
            literal("tier", 'if amount > 10 then "big" else "small"'),
            table([['"big"', '"head"'], ['"small"', '"nobody"']], inputs=["tier"], requires=decision_requirement("tier")),
        ),
        "test.dmn",
    )
    assert model.decide("decide", {"amount": 11}).result == "head"
    assert [trace.decision_id for trace in model.decide("decide", {"amount": 1}).trace] == ["tier", "decide"]


def test_the_outputs_of_a_required_decision_are_known_by_name() -> None:
    """As Camunda 7 hands them on; the names that the standard gives come first."""
    model = compile_dmn(
        definitions(
            literal("top", 'season + " " + hot wind + string(level)', "".join(map(decision_requirement, ("weather", "level")))),
            table([["> 30", '"Summer"', '"sirocco "']], outputs=["season", "hot wind"], identity="weather"),
            table([["> 5", "1"], ["> 30", "2"]], outputs=["level"], policy="COLLECT", aggregation="COUNT", identity="level"),
        ),
        "test.dmn",
    )
    assert model.decide("top", {"amount": 40, "season": "Winter"}).result == "Summer sirocco 2"


@pytest.mark.parametrize(("policy", "expected"), [("COLLECT", [1, 2]), ("FIRST", 1)])
def test_many_rules_of_a_required_decision_make_a_list_of_each_output(policy: str, expected: object) -> None:
    parts = (
        literal("top", "one", decision_requirement("many")),
        table([["> 5", "1", "3"], ["> 30", "2", "4"]], outputs=["one", "other"], policy=policy, identity="many"),
    )
    assert compile_dmn(definitions(*parts), "test.dmn").decide("top", {"amount": 40}).result == expected


def test_what_is_required_comes_before_variables_of_the_same_name() -> None:
    model = compile_dmn(definitions(literal("top", "base", decision_requirement("base")), literal("base", "1")), "test.dmn")
    assert model.decide("top", {"base": 99}).result == 1


def test_a_name_with_signs_is_known_where_it_is_required() -> None:
    part = '<inputData id="i" name="fee - discount"><variable name="fee - discount"/></inputData>'
    model = compile_dmn(definitions(part, literal("top", "fee - discount", input_requirement("i"))), "test.dmn")
    assert model.decide("top", {"fee - discount": 5}).result == 5


def test_input_data_must_conform_to_its_type() -> None:
    types = """<itemDefinition name="tColour"><typeRef>string</typeRef>
    <allowedValues><text>"red", "blue"</text></allowedValues></itemDefinition>
    <itemDefinition name="tOrder"><itemComponent name="unit price"><typeRef>number</typeRef></itemComponent>
    <itemComponent name="colour"><typeRef>tColour</typeRef></itemComponent></itemDefinition>
    <inputData id="i" name="order"><variable name="order" typeRef="tOrder"/></inputData>"""
    model = compile_dmn(definitions(types, literal("top", "order.unit price", input_requirement("i"))), "test.dmn")
    assert model.decide("top", {"order": {"unit price": 5, "colour": "red"}}).result == 5
    environment = Environment()
    assert model.decide("top", {"order": {"unit price": 5, "colour": "green"}}, environment).result is None
    assert "the input 'order' does not conform to its type" in environment.warnings[0].message


def test_a_result_must_conform_to_the_type_of_its_decision() -> None:
    model = compile_dmn(definitions(literal("top", '"text"', type_ref="number")), "test.dmn")
    environment = Environment()
    assert model.decide("top", {}, environment).result is None
    assert "the result does not conform to its type" in environment.warnings[0].message


def test_business_knowledge_models_are_called_by_position_and_by_name() -> None:
    model = compile_dmn(
        definitions(
            PMT,
            literal("a", "monthly payment(1200, 12)", knowledge_requirement("pmt")),
            literal("b", "monthly payment(months: 12, amount: 2400)", knowledge_requirement("pmt")),
        ),
        "test.dmn",
    )
    assert model.decide("a", {}).result == 100
    assert model.decide("b", {}).result == 200


def test_a_business_knowledge_model_may_call_itself_within_limits() -> None:
    part = """<businessKnowledgeModel id="f" name="fac"><encapsulatedLogic><formalParameter name="n"/>
    <literalExpression><text>if n = 0 then 1 else n * fac(n - 1)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"""
    model = compile_dmn(definitions(part, literal("top", "fac(n)", knowledge_requirement("f"))), "test.dmn")
    assert model.decide("top", {"n": 10}).result == 3628800
    with pytest.raises(ModelFault, match="functions call each other too deeply"):
        model.decide("top", {"n": -1})


def test_boxed_contexts_invocations_lists_and_relations() -> None:
    invocation = """<invocation><literalExpression><text>monthly payment</text></literalExpression>
    <binding><parameter name="amount"/><literalExpression><text>600</text></literalExpression></binding>
    <binding><parameter name="months"/><literalExpression><text>n</text></literalExpression></binding></invocation>"""
    boxed = f"""<decision id="top" name="top">{knowledge_requirement("pmt")}<context>
    <contextEntry><variable name="n"/><literalExpression><text>6</text></literalExpression></contextEntry>
    <contextEntry><variable name="rate"/>{invocation}</contextEntry>
    <contextEntry><variable name="both"/><list><literalExpression><text>n</text></literalExpression>
    <literalExpression><text>rate</text></literalExpression></list></contextEntry>
    <contextEntry><variable name="rows"/><relation><column name="a"/><column name="b"/>
    <row><literalExpression><text>1</text></literalExpression><literalExpression><text>n</text></literalExpression></row>
    </relation></contextEntry>
    </context></decision>"""
    model = compile_dmn(definitions(PMT, boxed), "test.dmn")
    assert model.decide("top", {}).result == {"n": 6, "rate": 100, "both": [6, 100], "rows": [{"a": 1, "b": 6}]}


def test_a_context_entry_without_a_name_is_the_result() -> None:
    boxed = """<decision id="top" name="top"><context><contextEntry><variable name="n"/>
    <literalExpression><text>6</text></literalExpression>
    </contextEntry><contextEntry><literalExpression><text>n * 7</text></literalExpression></contextEntry></context></decision>"""
    assert compile_dmn(definitions(boxed), "test.dmn").decide("top", {}).result == 42


def test_a_limit_that_is_passed_is_a_fault_of_the_model() -> None:
    model = compile_dmn(definitions(literal("top", "for i in 1..9000, j in 1..9000 return 1")), "test.dmn")
    with pytest.raises(ModelFault, match="Decision 'top'") as caught:
        model.decide("top", {}, Environment(stopwatch=lambda: 0.0))
    assert caught.value.element == "top"
    assert caught.value.line == 2
