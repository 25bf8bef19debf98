"""Decisions made for programs and in cases, as Camunda 7 makes them: what COLLECT makes of many rules, and the types of columns."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import Client

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
 <decision id="KEY" name="Points"><decisionTable id="t" hitPolicy="HIT" AGGREGATION>
  <input id="i"><inputExpression id="ie" typeRef="TAKES"><text>amount</text></inputExpression></input>
  <output id="o" name="points" typeRef="GIVES"/>RULES</decisionTable></decision></definitions>"""
RULE = """<rule id="r{0}"><inputEntry id="a{0}"><text>{1}</text></inputEntry><outputEntry id="b{0}"><text>{2}</text></outputEntry></rule>"""
ASKS = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 id="d" targetNamespace="n"><bpmn:process id="pKEY" isExecutable="true" camunda:historyTimeToLive="30">
 <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
 <bpmn:businessRuleTask id="decide" camunda:decisionRef="KEY" camunda:mapDecisionResult="MAPPING" camunda:resultVariable="made"/>
 <bpmn:sequenceFlow id="f2" sourceRef="decide" targetRef="task"/><bpmn:userTask id="task"/></bpmn:process></bpmn:definitions>"""


def table(
    key: str, cells: list[tuple[str, str]], *, takes: str = "integer", gives: str = "long", policy: str = "UNIQUE", of: str = ""
) -> str:
    """A table over `amount`, with these tests and outputs."""
    rules = "".join(RULE.format(number, test, output) for number, (test, output) in enumerate(cells))
    aggregation = f'aggregation="{of}"' if of else ""
    text = TABLE.replace("KEY", key).replace("HIT", policy).replace("AGGREGATION", aggregation).replace("RULES", rules)
    return text.replace("TAKES", takes).replace("GIVES", gives)


def made(client: Client, key: str, amount: object) -> list[dict[str, object]]:
    """The rows of the decision, each output as `[type, value]`."""
    rows = client.ok("POST", f"/decision-definition/key/{key}/evaluate", {"variables": {"amount": {"value": amount}}})
    return [{name: [it["type"], it["value"]] for name, it in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("of", "total", "nothing"),
    [
        ("SUM", ["Long", 9], []),
        ("MIN", ["Long", 1], []),
        ("MAX", ["Long", 5], []),
        ("COUNT", ["Integer", 3], [{"points": ["Integer", 0]}]),
    ],
)
def test_what_collect_makes_of_the_rules_is_one_row(admin: Client, key: str, of: str, total: object, nothing: object):
    rules = table(key, [("&gt; 0", "3"), ("&gt; 0", "5"), ("&gt; 0", "1")], policy="COLLECT", of=of)
    assert admin.deploy(**{"d.dmn": rules}).status == 200
    assert made(admin, key, 1) == [{"points": total}]
    assert made(admin, key, -1) == nothing


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("singleEntry", ["Long", 9]),
        ("singleResult", ["Json", {"points": 9}]),
        ("collectEntries", ["Json", [9]]),
        ("resultList", ["Json", [{"points": 9}]]),
    ],
)
def test_a_case_gets_what_collect_made_of_the_rules(admin: Client, key: str, mapping: str, expected: list[object]):
    rules = table(key, [("&gt; 0", "3"), ("&gt; 0", "5"), ("&gt; 0", "1")], policy="COLLECT", of="SUM")
    assert admin.deploy(**{"d.dmn": rules, "p.bpmn": ASKS.replace("KEY", key).replace("MAPPING", mapping)}).status == 200
    case = admin.start(f"p{key}", {"amount": {"value": 1}})
    found = admin.ok("GET", f"/process-instance/{case}/variables/made")
    assert [found["type"], json.loads(found["value"]) if found["type"] == "Json" else found["value"]] == expected


@pytest.mark.parametrize(
    ("gives", "output", "expected"),
    [
        ("integer", "7", ["Integer", 7]),
        ("long", "7", ["Long", 7]),
        ("double", "7", ["Double", 7.0]),
        ("string", "7", ["String", "7"]),
        ("boolean", '"true"', ["Boolean", True]),
        ("number", "7", ["Integer", 7]),
    ],
)
def test_an_output_has_the_type_of_its_column(admin: Client, key: str, gives: str, output: str, expected: object):
    assert admin.deploy(**{"d.dmn": table(key, [("-", output)], gives=gives)}).status == 200
    assert made(admin, key, 1) == [{"points": expected}]


@pytest.mark.parametrize(
    ("takes", "test", "amount"),
    [
        ("integer", "5", "5"),
        ("long", "5", "5"),
        ("double", "5.5", "5.5"),
        ("string", '"5"', 5),
        ("boolean", "true", "True"),
        ("date", 'date and time("2026-01-31T09:00:00")', "2026-01-31T09:00:00"),
    ],
)
def test_an_input_is_read_as_its_column_says(admin: Client, key: str, takes: str, test: str, amount: object):
    assert admin.deploy(**{"d.dmn": table(key, [(test, "1")], takes=takes)}).status == 200
    assert made(admin, key, amount) == [{"points": ["Long", 1]}]
    assert made(admin, key, "something else") == []


def test_rules_that_contradict_their_policy_fail(admin: Client, key: str):
    assert admin.deploy(**{"d.dmn": table(key, [("-", "1"), ("-", "2")])}).status == 200
    refused = admin.post(f"/decision-definition/key/{key}/evaluate", {"variables": {"amount": {"value": 1}}})
    assert (refused.status, refused.value["type"]) == (500, "RestException")
