"""Decision services, and files that import others."""

from __future__ import annotations

import pytest

from engine.dmn import compile_dmn
from engine.errors import DeploymentRefused
from engine.feel import Environment
from tests.engine.dmn.tables import NAMESPACE, decision_requirement, definitions, input_requirement, knowledge_requirement, literal

INPUT = '<inputData id="amount" name="amount"><variable name="amount" typeRef="number"/></inputData>'
RATE = literal("rate", "0.1", type_ref="number")
TAX = literal("tax", "amount * rate", input_requirement("amount") + decision_requirement("rate"), "number")
SERVICE = (
    '<decisionService id="service" name="taxing"><variable name="taxing"/><outputDecision href="#tax"/>'
    '<inputDecision href="#rate"/><inputData href="#amount"/></decisionService>'
)


def test_a_service_is_called_with_its_input_data_and_then_its_input_decisions() -> None:
    caller = literal("top", "taxing(200, 0.5)", knowledge_requirement("service"))
    model = compile_dmn(definitions(INPUT, RATE, TAX, SERVICE, caller), "test.dmn")
    assert model.decide("top", {}).result == 100
    assert model.decide("tax", {"amount": 200}).result == 20


def test_a_service_is_called_by_the_names_of_its_parameters() -> None:
    caller = literal("top", "taxing(rate: 0.5, amount: 10)", knowledge_requirement("service"))
    assert compile_dmn(definitions(INPUT, RATE, TAX, SERVICE, caller), "test.dmn").decide("top", {}).result == 5


@pytest.mark.parametrize("call", ["taxing(1)", "taxing(1, 2, 3)", 'taxing("much", 1)', "taxing(amount: 1, other: 2)"])
def test_arguments_that_do_not_suit_are_null_with_a_warning(call: str) -> None:
    environment = Environment()
    model = compile_dmn(definitions(INPUT, RATE, TAX, SERVICE, literal("top", call, knowledge_requirement("service"))), "test.dmn")
    assert model.decide("top", {}, environment).result is None
    assert "taxing: " in environment.warnings[0].message


def test_a_service_with_several_outputs_gives_a_context() -> None:
    outputs = '<outputDecision href="#tax"/><outputDecision href="#rate"/>'
    service = f'<decisionService id="s" name="both">{outputs}<inputData href="#amount"/></decisionService>'
    model = compile_dmn(definitions(INPUT, RATE, TAX, service, literal("top", "both(10)", knowledge_requirement("s"))), "test.dmn")
    assert model.decide("top", {}).result == {"tax": 1, "rate": model.decide("rate", {}).result}


def test_a_service_and_a_knowledge_model_are_invoked_directly() -> None:
    knowledge = (
        '<businessKnowledgeModel id="double" name="double"><encapsulatedLogic><formalParameter name="x"/>'
        "<literalExpression><text>x * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    )
    model = compile_dmn(definitions(INPUT, RATE, TAX, SERVICE, knowledge), "test.dmn")
    assert model.invoke("service", {"amount": 10, "rate": 2}).result == 20
    assert model.invoke("double", {"x": 4}).result == 8
    assert model.invoke("double", {}).result is None
    with pytest.raises(KeyError):
        model.invoke("tax", {})


def test_a_service_that_calls_itself_by_way_of_its_decisions_is_refused() -> None:
    service = '<decisionService id="s" name="s"><outputDecision href="#top"/></decisionService>'
    with pytest.raises(DeploymentRefused, match="requires itself"):
        compile_dmn(definitions(service, literal("top", "s()", knowledge_requirement("s"))), "test.dmn")


# ---- imports ---------------------------------------------------------------------------------------------------------------

ITEMS = '<itemDefinition name="tAmount"><typeRef>number</typeRef><allowedValues><text>[0..100]</text></allowedValues></itemDefinition>'
COMMON = definitions(ITEMS, INPUT, RATE, TAX, SERVICE).replace(b'namespace="n"', b'namespace="urn:common"')


def importing(*parts: str, name: str = "common rules") -> bytes:
    return definitions(f'<import name="{name}" namespace="urn:common" importType="{NAMESPACE}"/>', *parts)


def test_what_is_imported_is_read_behind_the_name_of_the_import() -> None:
    requires = decision_requirement("tax").replace("#tax", "urn:common#tax")
    model = compile_dmn(importing(literal("top", "common rules.tax + 1", requires)), "top.dmn", others={"common.dmn": COMMON})
    assert model.decide("top", {"amount": 20}).result == 3
    assert model.decide("top", {"common rules": {"amount": 30}}).result == 4
    assert list(model.decisions) == ["top"]


def test_an_import_without_a_name_needs_none() -> None:
    requires = decision_requirement("tax").replace("#tax", "urn:common#tax")
    model = compile_dmn(importing(literal("top", "tax + 1", requires), name=""), "top.dmn", others={"common.dmn": COMMON})
    assert model.decide("top", {"amount": 20}).result == 3


def test_an_imported_service_is_called_behind_the_name_of_the_import() -> None:
    requires = knowledge_requirement("service").replace("#service", "urn:common#service")
    model = compile_dmn(importing(literal("top", "common rules.taxing(3, 2)", requires)), "top.dmn", others={"common.dmn": COMMON})
    assert model.decide("top", {}).result == 6


@pytest.mark.parametrize(("value", "expected"), [("7", 7), ("101", None), ('"x"', None)])
def test_imported_types_check_results(value: str, expected: object) -> None:
    top = literal("top", value, type_ref="common rules.tAmount")
    assert compile_dmn(importing(top), "top.dmn", others={"common.dmn": COMMON}).decide("top", {}).result == expected


def test_imports_that_lead_in_a_circle_are_refused() -> None:
    first = importing(literal("top", "1")).replace(b'namespace="n"', b'namespace="urn:first"')
    second = definitions(f'<import name="f" namespace="urn:first" importType="{NAMESPACE}"/>', RATE).replace(
        b'namespace="n"', b'namespace="urn:common"'
    )
    with pytest.raises(DeploymentRefused, match="imports itself"):
        compile_dmn(first, "first.dmn", others={"second.dmn": second})


def test_a_fault_of_an_imported_file_is_told_with_its_name() -> None:
    broken = definitions(literal("rate", "1 +")).replace(b'namespace="n"', b'namespace="urn:common"')
    with pytest.raises(DeploymentRefused) as caught:
        compile_dmn(importing(literal("top", "1")), "top.dmn", others={"common.dmn": broken})
    assert [problem.resource for problem in caught.value.problems] == ["common.dmn"]


def test_what_an_import_does_not_hold_is_named() -> None:
    requires = decision_requirement("none").replace("#none", "urn:common#none")
    with pytest.raises(DeploymentRefused, match=r"which is not in 'common\.dmn'"):
        compile_dmn(importing(literal("top", "1", requires)), "top.dmn", others={"common.dmn": COMMON})
