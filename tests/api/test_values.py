from __future__ import annotations

import pytest

from tests.api.conftest import Client

GIVEN = [
    ({"value": 7, "type": "Integer"}, {"type": "Integer", "value": 7}),
    ({"value": "7", "type": "integer"}, {"type": "Integer", "value": 7}),
    ({"value": 7, "type": "Long"}, {"type": "Long", "value": 7}),
    ({"value": 5, "type": "Double"}, {"type": "Double", "value": 5.0}),
    ({"value": 1, "type": "String"}, {"type": "String", "value": "1"}),
    ({"value": "true", "type": "boolean"}, {"type": "Boolean", "value": True}),
    ({"value": "2026-01-31T09:15:00.000+0800", "type": "Date"}, {"type": "Date", "value": "2026-01-31T01:15:00.000+0000"}),
    ({"value": '{"a": 1.50}', "type": "Json"}, {"type": "Json", "value": '{"a": 1.50}'}),
    ({"value": None, "type": "String"}, {"type": "Null", "value": None}),
    ({"value": None}, {"type": "Null", "value": None}),
    ({}, {"type": "Null", "value": None}),
    ({"value": "", "type": "Integer"}, {"type": "Null", "value": None}),
    ({"value": " ", "type": "Double"}, {"type": "Null", "value": None}),
    ({"value": "", "type": "Boolean"}, {"type": "Null", "value": None}),
    ({"value": "", "type": "Date"}, {"type": "Null", "value": None}),
    ({"value": "", "type": "String"}, {"type": "String", "value": ""}),
    ({"value": " 5 ", "type": "Integer"}, {"type": "Integer", "value": 5}),
    ({"value": 5}, {"type": "Integer", "value": 5}),
    ({"value": 3000000000}, {"type": "Long", "value": 3000000000}),
    ({"value": 1.5}, {"type": "Double", "value": 1.5}),
    ({"value": "采购"}, {"type": "String", "value": "采购"}),
    ({"value": [1, {"a": "b"}]}, {"type": "Json", "value": '[1, {"a": "b"}]'}),
    ({"value": "x" * 5000, "type": "String"}, {"type": "String", "value": "x" * 5000}),
]
REFUSED = [
    {"value": "x", "type": "Integer"},
    {"value": 7.5, "type": "Integer"},
    {"value": True, "type": "Integer"},
    {"value": 3000000000, "type": "Integer"},
    {"value": 2**63, "type": "Long"},
    {"value": "9" * 5000, "type": "Long"},
    {"value": "1e999999", "type": "Double"},
    {"value": "NaN", "type": "Double"},
    {"value": "yes", "type": "Boolean"},
    {"value": "2026-01-31", "type": "Date"},
    {"value": {"a": 1}, "type": "Json"},
    {"value": "{bad", "type": "Json"},
    {"value": "x", "type": "Null"},
    {"value": "x", "type": "Nope"},
    {"value": "x", "type": 3},
    "plain",
]


def test_values_come_back_with_their_types(admin: Client, purchase: str):
    instance = admin.start(purchase, {f"v{number}": sent for number, (sent, _) in enumerate(GIVEN)})
    found = admin.ok("GET", f"/process-instance/{instance}/variables")
    assert found == {f"v{number}": {**expected, "valueInfo": {}} for number, (_, expected) in enumerate(GIVEN)}


@pytest.mark.parametrize("sent", REFUSED, ids=str)
def test_a_value_that_does_not_fit_its_type_is_refused_and_named(admin: Client, purchase: str, sent: object):
    answer = admin.post(f"/process-definition/key/{purchase}/start", {"variables": {"amount": sent}})
    assert answer.status == 400
    assert answer.value["type"] == "InvalidRequestException"
    assert "amount" in answer.value["message"]


def test_variables_of_an_instance_are_set_and_removed(admin: Client, purchase: str):
    instance = admin.start(purchase, {"amount": {"value": 1}})
    path = f"/process-instance/{instance}/variables"
    admin.ok("PUT", f"{path}/amount", {"value": 2, "type": "Long"})
    assert admin.ok("GET", f"{path}/amount") == {"type": "Long", "value": 2, "valueInfo": {}}
    admin.ok("POST", path, {"modifications": {"note": {"value": "n"}}, "deletions": ["amount", "unknown"]})
    assert list(admin.ok("GET", path)) == ["note"]
    admin.ok("DELETE", f"{path}/note")
    answer = admin.get(f"{path}/note")
    assert (answer.status, answer.value["type"]) == (404, "InvalidRequestException")
    assert admin.get(f"{path}/note/data").status == 404
    assert admin.get("/process-instance/nope/variables").status == 500


def test_variables_of_a_task_are_those_of_its_case_and_its_own(admin: Client, purchase: str):
    instance = admin.start(purchase, {"amount": {"value": 1}})
    task = admin.tasks(instance)["submit"]
    admin.ok("PUT", f"/task/{task}/variables/amount", {"value": 2})
    admin.ok("PUT", f"/task/{task}/localVariables/own", {"value": "o"})
    assert {name: it["value"] for name, it in admin.ok("GET", f"/task/{task}/variables").items()} == {"amount": 2, "own": "o"}
    assert list(admin.ok("GET", f"/task/{task}/localVariables")) == ["own"]
    assert list(admin.ok("GET", f"/process-instance/{instance}/variables")) == ["amount"]


def test_a_removed_variable_is_unknown_to_the_finished_case(admin: Client, purchase: str, site):
    instance = admin.start(purchase, {"amount": {"value": 1}, "note": {"value": "n"}})
    admin.ok("DELETE", f"/process-instance/{instance}/variables/note")
    admin.ok("POST", f"/task/{admin.tasks(instance)['submit']}/complete", {})
    actor = site.services.actor("admin")
    assert list(site.services.engine.instances.variables(actor, instance)) == ["amount"]


DECIDES = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="values">
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">
 <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="which"/>
 <bpmn:exclusiveGateway id="which" default="f2"/><bpmn:sequenceFlow id="f2" sourceRef="which" targetRef="other"/>
 <bpmn:sequenceFlow id="f3" sourceRef="which" targetRef="wanted"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">
  ${secret == 'x'}</bpmn:conditionExpression></bpmn:sequenceFlow>
 <bpmn:userTask id="wanted"/><bpmn:userTask id="other"/></bpmn:process></bpmn:definitions>"""


def test_a_transient_value_is_there_for_its_step_alone_and_kept_nowhere(admin: Client, key: str):
    """It was kept, and stood in the history."""
    assert admin.deploy(p=DECIDES.replace("KEY", key)).status == 200
    secret = {"value": "x", "type": "String", "valueInfo": {"transient": True}}
    case = admin.start(key, {"secret": secret, "plain": {"value": 1}})
    assert list(admin.tasks(case)) == ["wanted"]
    assert list(admin.ok("GET", f"/process-instance/{case}/variables")) == ["plain"]
    assert admin.ok("GET", f"/history/variable-instance/count?processInstanceId={case}&includeDeleted=true") == {"count": 1}
    assert admin.ok("GET", f"/history/detail/count?processInstanceId={case}") == {"count": 1}
    path = f"/process-instance/{case}/variables"
    assert admin.call("PUT", f"{path}/other", secret).status == 204
    assert admin.get(f"{path}/other").status == 404
    assert admin.call("PUT", f"{path}/plain", secret).status == 400  # it would be lost
    assert admin.post(f"/task/{admin.tasks(case)['wanted']}/complete", {"variables": {"secret": secret}}).status == 204
    assert admin.ok("GET", f"/history/detail/count?processInstanceId={case}") == {"count": 1}
