"""Files are validated against the XML schema of their version of DMN."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.dmn import Schemas, compile_dmn
from engine.dmn.schema import FILES
from engine.errors import DeploymentRefused
from tests.engine.dmn.tables import definitions, literal, table

BUILT = Path(__file__).resolve().parents[3] / "app" / "static" / "dist" / "schemas"
DMN_1_1 = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"
SCHEMAS = Schemas(BUILT)


def test_the_build_of_the_front_end_brings_the_schemas() -> None:
    assert SCHEMAS.namespaces == {DMN_1_1, *FILES}, "run 'make build' first"


@pytest.mark.parametrize("namespace", [DMN_1_1, *FILES])
def test_a_good_file_passes_in_every_version(namespace: str) -> None:
    xml = definitions(literal("a", "1"), table([["> 1", "2"]]), namespace=namespace)
    assert compile_dmn(xml, "test.dmn", schemas=SCHEMAS).decide("a", {}).result == 1


@pytest.mark.parametrize("namespace", [DMN_1_1, *FILES])
def test_what_breaks_the_schema_is_told_with_element_and_line(namespace: str) -> None:
    xml = definitions(literal("a", "1").replace("<decision ", '<decision colour="red" '), namespace=namespace)
    with pytest.raises(DeploymentRefused) as caught:
        compile_dmn(xml, "test.dmn", schemas=SCHEMAS)
    problem = next(problem for problem in caught.value.problems if problem.code == "dmn-schema")
    assert (problem.element, problem.line) == ("a", 2)
    assert "The attribute 'colour' is not allowed" in problem.message


def test_elements_in_the_wrong_order_are_told() -> None:
    xml = definitions('<decision id="a" name="a"><literalExpression><text>1</text></literalExpression><variable name="a"/></decision>')
    with pytest.raises(DeploymentRefused, match="variable"):
        compile_dmn(xml, "test.dmn", schemas=SCHEMAS)


def test_extensions_of_other_tools_pass() -> None:
    tool = '<extensionElements xmlns:t="urn:tool"><t:note size="2">x</t:note></extensionElements>'
    xml = definitions(literal("a", "1").replace('name="a">', f'name="a" xmlns:c="urn:tool" c:versionTag="v1">{tool}'))
    assert compile_dmn(xml, "test.dmn", schemas=SCHEMAS).decide("a", {}).result == 1


def test_without_a_folder_only_dmn_1_1_is_validated() -> None:
    assert Schemas().namespaces == {DMN_1_1}
