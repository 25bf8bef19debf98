"""Signals for one execution, conditions of one version, and what waits for a condition in a suspended case: as Camunda 7 answers."""

from __future__ import annotations

from tests.api.conftest import Client

HEAD = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="waits">
 <bpmn:signal id="told" name="told-KEY"/><bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">"""
CONDITION = """<bpmn:conditionalEventDefinition id="c1">
 <bpmn:condition xsi:type="bpmn:tFormalExpression">${n_KEY == 1}</bpmn:condition></bpmn:conditionalEventDefinition>"""
TAIL = '<bpmn:sequenceFlow id="f9" sourceRef="wait" targetRef="task"/><bpmn:userTask id="task"/></bpmn:process></bpmn:definitions>'
CATCH = (
    HEAD
    + """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
 <bpmn:intermediateCatchEvent id="wait">EVENT</bpmn:intermediateCatchEvent>"""
    + TAIL
)
STARTS = HEAD + f'<bpmn:startEvent id="wait">{CONDITION}</bpmn:startEvent>' + TAIL
SIGNAL = '<bpmn:signalEventDefinition id="s1" signalRef="told"/>'


def test_a_signal_for_one_execution_has_to_be_awaited_there(admin: Client, key: str):
    assert admin.deploy(p=CATCH.replace("EVENT", SIGNAL).replace("KEY", key)).status == 200
    first, second = admin.start(key), admin.start(key)
    (waiting,) = admin.ok("GET", f"/execution?processInstanceId={first}&activityId=wait")
    for name, execution in ((f"told-{key}", "unknown"), ("other", waiting["id"])):
        refused = admin.post("/signal", {"name": name, "executionId": execution})
        assert (refused.status, refused.value["type"]) == (500, "RestException")
    refused = admin.post("/signal", {"name": f"told-{key}", "executionId": waiting["id"], "withoutTenantId": True})
    assert (refused.status, refused.value["type"]) == (400, "BadUserRequestException")
    assert admin.post("/signal", {"name": f"told-{key}", "executionId": waiting["id"]}).status == 204
    assert [list(admin.tasks(it)) for it in (first, second)] == [["task"], []]
    assert admin.post("/signal", {"name": f"nobody-{key}"}).status == 204


def test_a_suspended_case_does_not_go_on_by_a_condition(admin: Client, key: str):
    """The variable is set only where nothing waits for it."""
    assert admin.deploy(p=CATCH.replace("EVENT", CONDITION).replace("KEY", key)).status == 200
    case = admin.start(key, {f"n_{key}": {"value": 0}})
    admin.ok("PUT", f"/process-instance/{case}/suspended", {"suspended": True})
    refused = admin.call("PUT", f"/process-instance/{case}/variables/n_{key}", {"value": 1})
    assert (refused.status, refused.value["type"]) == (400, "SuspendedEntityInteractionException")
    assert admin.call("PUT", f"/process-instance/{case}/variables/n_{key}", {"value": 2}).status == 204
    admin.ok("PUT", f"/process-instance/{case}/suspended", {"suspended": False})
    assert list(admin.tasks(case)) == []
    assert admin.call("PUT", f"/process-instance/{case}/variables/n_{key}", {"value": 1}).status == 204
    assert list(admin.tasks(case)) == ["task"]


def test_conditions_are_evaluated_for_one_version_also_an_older_one(admin: Client, key: str):
    assert admin.deploy(p=STARTS.replace("KEY", key)).status == 200
    version = admin.ok("GET", f"/process-definition/key/{key}")["id"]
    assert admin.deploy(p=STARTS.replace('id="task"', 'id="task" name="other"').replace("KEY", key)).status == 200
    sent = {"variables": {f"n_{key}": {"value": 1}}}
    assert [it["definitionId"] for it in admin.ok("POST", "/condition", {**sent, "processDefinitionId": version})] == [version]
    (latest,) = admin.ok("POST", "/condition", sent)
    assert latest["definitionId"] not in {version, None}
    admin.ok("PUT", f"/process-definition/{version}/suspended", {"suspended": True})
    assert admin.ok("POST", "/condition", {**sent, "processDefinitionId": version}) == []
    assert admin.post("/condition", {**sent, "processDefinitionId": "unknown"}).status == 404


def test_conditions_of_a_tenant_and_of_what_has_none_are_refused(admin: Client, purchase: str):
    without = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    for sent in ({"tenantId": "t"}, {"processDefinitionId": without}):
        refused = admin.post("/condition", {"variables": {"n": {"value": 1}}, **sent})
        assert (refused.status, refused.value["type"]) == (500, "ProcessEngineException")
    assert admin.post("/condition", {"variables": {}, "tenantId": "t", "withoutTenantId": True}).status == 400
