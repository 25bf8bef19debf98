from __future__ import annotations

import pytest

from tests.api.conftest import Client

MODEL = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="messages">
 <bpmn:message id="begun" name="begin-KEY"/><bpmn:message id="came" name="came-KEY"/>
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">
  <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
  <bpmn:startEvent id="by"><bpmn:messageEventDefinition id="m1" messageRef="begun"/></bpmn:startEvent>
  <bpmn:sequenceFlow id="f2" sourceRef="by" targetRef="wait"/>
  <bpmn:receiveTask id="wait" messageRef="came"/><bpmn:sequenceFlow id="f3" sourceRef="wait" targetRef="after"/>
  <bpmn:userTask id="after"/><bpmn:sequenceFlow id="f4" sourceRef="after" targetRef="end"/><bpmn:endEvent id="end"/>
 </bpmn:process></bpmn:definitions>"""


@pytest.fixture
def waiting(admin: Client, key: str) -> str:
    assert admin.deploy(p=MODEL.replace("KEY", key)).status == 200
    return key


def test_a_message_reaches_the_one_that_waits(admin: Client, waiting: str):
    first, second = admin.start(waiting, None, "BK-1"), admin.start(waiting, None, "BK-2")
    sent = {"messageName": f"came-{waiting}", "businessKey": "BK-2", "processVariables": {"by": {"value": "post"}}}
    assert admin.post("/message", sent).status == 204
    assert (list(admin.tasks(first)), list(admin.tasks(second))) == ([], ["after"])
    assert admin.ok("GET", f"/process-instance/{second}/variables/by")["value"] == "post"


def test_a_message_that_fits_none_or_several_is_refused(admin: Client, waiting: str):
    sent = {"messageName": f"came-{waiting}", "resultEnabled": True, "withoutTenantId": True}
    nobody = admin.post("/message", sent)
    for _ in range(2):
        admin.start(waiting)
    several = admin.post("/message", sent)
    for answer in (nobody, several):
        assert (answer.status, answer.value["type"], answer.value["code"]) == (400, "RestException", 0)
        assert "MismatchingMessageCorrelationException: Cannot correlate message" in answer.value["message"]
    found = admin.ok("POST", "/message", {**sent, "all": True, "variablesInResultEnabled": True})
    assert [(it["resultType"], it["processInstance"], it["variables"]) for it in found] == [("Execution", None, {})] * 2


def test_correlation_keys_are_compared_with_variables(admin: Client, waiting: str):
    wanted = admin.start(waiting, {"order": {"value": 7, "type": "Long"}})
    admin.start(waiting, {"order": {"value": 8}})
    keys = {"order": {"value": 7, "type": "Integer"}}
    found = admin.ok("POST", "/message", {"messageName": f"came-{waiting}", "correlationKeys": keys, "resultEnabled": True})
    assert [it["execution"]["processInstanceId"] for it in found] == [wanted]


def test_a_message_starts_a_process(admin: Client, waiting: str):
    sent = {"messageName": f"begin-{waiting}", "businessKey": "BK-7", "resultEnabled": True, "processVariables": {"a": {"value": 1}}}
    found = admin.ok("POST", "/message", sent)[0]
    instance = found["processInstance"]
    assert (found["resultType"], found["execution"], instance["definitionKey"]) == ("ProcessDefinition", None, waiting)
    assert admin.ok("GET", f"/process-instance/{instance['id']}")["businessKey"] == "BK-7"
    assert admin.ok("GET", f"/process-instance/{instance['id']}/variables/a")["value"] == 1


def test_a_message_needs_a_name_and_no_two_tenants(admin: Client):
    answer = admin.post("/message", {})
    assert answer.value == {"type": "InvalidRequestException", "message": "No message name supplied", "code": None}
    answer = admin.post("/message", {"messageName": "m", "tenantId": "t", "withoutTenantId": True})
    assert answer.status == 400
    assert "tenantId" in answer.value["message"]
