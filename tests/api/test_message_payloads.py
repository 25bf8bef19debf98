"""What comes with a message, and which of those who wait gets it."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client, Site

HEAD = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="payloads"><bpmn:message id="m" name="paid-KEY"/>
 <bpmn:process id="KEY" isExecutable="true">"""
MODEL = (
    HEAD
    + """<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="sub"/>
 <bpmn:subProcess id="sub"><bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="inner">first</camunda:inputParameter>
  </camunda:inputOutput></bpmn:extensionElements><bpmn:startEvent id="s2"/><bpmn:sequenceFlow id="g1" sourceRef="s2" targetRef="r"/>
  <bpmn:receiveTask id="r" messageRef="m"><bpmn:extensionElements><camunda:inputOutput>
   <camunda:inputParameter name="own">${a}</camunda:inputParameter><camunda:outputParameter name="kept">${pl}</camunda:outputParameter>
  </camunda:inputOutput></bpmn:extensionElements></bpmn:receiveTask>
  <bpmn:sequenceFlow id="g" sourceRef="r" targetRef="u"/><bpmn:userTask id="u"/></bpmn:subProcess></bpmn:process></bpmn:definitions>"""
)
EVENT_SUBPROCESS = (
    HEAD
    + """<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="u"/><bpmn:userTask id="u"/>
 <bpmn:subProcess id="esp" triggeredByEvent="true"><bpmn:startEvent id="s2" isInterrupting="false">
  <bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent><bpmn:sequenceFlow id="g1" sourceRef="s2" targetRef="way"/>
  <bpmn:exclusiveGateway id="way" default="g3"/><bpmn:sequenceFlow id="g3" sourceRef="way" targetRef="other"/><bpmn:userTask id="other"/>
  <bpmn:sequenceFlow id="g2" sourceRef="way" targetRef="chosen">
   <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${pt == 3}</bpmn:conditionExpression></bpmn:sequenceFlow>
  <bpmn:userTask id="chosen"/></bpmn:subProcess></bpmn:process></bpmn:definitions>"""
)


@pytest.fixture
def waiting(admin: Client, key: str) -> list[str]:
    """Two cases that wait in a subprocess."""
    assert admin.deploy(p=MODEL.replace("KEY", key)).status == 200
    return [admin.start(key, {"a": {"value": number, "type": "Integer"}}) for number in (1, 2)]


def test_local_keys_are_compared_with_what_waits_alone(admin: Client, key: str, waiting: list[str]):
    def send(**keys: object) -> int:
        status: int = admin.post("/message", {"messageName": f"paid-{key}", "processVariablesLocal": {"pl": {"value": 0}}, **keys}).status
        return status

    assert send(localCorrelationKeys={"a": {"value": 1}}) == 400, "a variable of the instance is not its own"
    assert send(localCorrelationKeys={"own": {"value": 3}}) == 400
    assert send(localCorrelationKeys={"own": {"value": 2}}, correlationKeys={"a": {"value": 1}}) == 400
    assert send(localCorrelationKeys={"own": {"value": 2}}) == 204
    assert [list(admin.tasks(it)) for it in waiting] == [[], ["u"]]


def test_variables_go_where_their_names_are_and_local_ones_to_what_waits(admin: Client, key: str, waiting: list[str]):
    sent = {
        "messageName": f"paid-{key}", "processInstanceId": waiting[0], "resultEnabled": True, "variablesInResultEnabled": True,
        "processVariables": {"pv": {"value": 1}, "inner": {"value": "second"}}, "processVariablesLocal": {"pl": {"value": 2}},
        "processVariablesToTriggeredScope": {"pt": {"value": 3}},
    }  # fmt: skip
    (told,) = admin.ok("POST", "/message", sent)
    assert {name: it["value"] for name, it in told["variables"].items()} == {"a": 1, "pv": 1, "kept": 2}
    seen = admin.ok("GET", f"/task/{admin.tasks(waiting[0])['u']}/variables")
    assert {name: it["value"] for name, it in seen.items()} == {"a": 1, "pv": 1, "inner": "second", "kept": 2}


def test_what_is_for_the_triggered_scope_is_there_before_anything_moves_in_it(admin: Client, key: str):
    assert admin.deploy(p=EVENT_SUBPROCESS.replace("KEY", key)).status == 200
    case = admin.start(key)
    sent = {"messageName": f"paid-{key}", "processInstanceId": case, "processVariablesToTriggeredScope": {"pt": {"value": 3}}}
    assert admin.post("/message", sent).status == 204
    tasks = admin.tasks(case)
    assert set(tasks) == {"u", "chosen"}
    assert admin.ok("GET", f"/process-instance/{case}/variables") == {}
    assert admin.ok("GET", f"/task/{tasks['chosen']}/variables")["pt"]["value"] == 3


def test_what_comes_to_many_comes_whole_to_those_who_get_it_later(site: Site, admin: Client, key: str):
    assert admin.deploy(p=EVENT_SUBPROCESS.replace("KEY", key)).status == 200
    cases = [admin.start(key) for _ in range(102)]
    sent = {
        "messageName": f"paid-{key}",
        "all": True,
        "processVariablesToTriggeredScope": {"pt": {"value": 3}},
        "processVariablesLocal": {"pl": {"value": 2}},
    }
    assert admin.post("/message", sent).status == 204
    site.services.engine.jobs.run_due()
    assert admin.ok("GET", f"/task/count?processDefinitionKey={key}&taskDefinitionKey=chosen") == {"count": 102}
    assert all(admin.ok("GET", f"/process-instance/{case}/variables/pl")["value"] == 2 for case in sorted(cases)[-2:])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"variablesInResultEnabled": True}, "Parameter 'variablesInResultEnabled' cannot be used without 'resultEnabled' set to true."),
        ({"tenantId": "t", "withoutTenantId": True}, "Parameter 'tenantId' cannot be used together with parameter 'withoutTenantId'."),
        ({"tenantId": "t"}, "No process definition or execution matches the parameters"),
        ({"localCorrelationKeys": []}, "'localCorrelationKeys' must be an object of variables"),
    ],
)
def test_messages_that_cannot_be_sent_are_refused(admin: Client, key: str, waiting: list[str], sent: dict[str, object], said: str):
    refused = admin.post("/message", {"messageName": f"paid-{key}", "processInstanceId": waiting[0], **sent})
    assert refused.status == 400
    assert said in refused.value["message"]


def test_nothing_belongs_to_a_tenant(admin: Client, key: str, waiting: list[str]):
    sent = {"messageName": f"paid-{key}", "tenantId": "t", "all": True, "resultEnabled": True}
    assert admin.ok("POST", "/message", sent) == []
    assert admin.post("/signal", {"name": "x", "tenantId": "t"}).status == 204
    refused = admin.post("/signal", {"name": "x", "tenantId": "t", "executionId": waiting[0]})
    assert (refused.status, refused.value["type"]) == (400, "BadUserRequestException")
