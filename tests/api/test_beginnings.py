"""Where a case begins that is started by hand: at the none start event, else at the timer's or the only one, as in Camunda 7."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client

HEAD = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="begins">
 <bpmn:message id="came" name="came-KEY"/><bpmn:message id="came2" name="other-KEY"/><bpmn:signal id="told" name="told-KEY"/>
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">"""
BRANCH = """<bpmn:startEvent id="{0}" camunda:initiator="who">{1}</bpmn:startEvent>
 <bpmn:sequenceFlow id="f_{0}" sourceRef="{0}" targetRef="after_{0}"/><bpmn:userTask id="after_{0}"/>"""
EVENTS = {
    "none": "",
    "message": '<bpmn:messageEventDefinition id="e1" messageRef="came"/>',
    "other": '<bpmn:messageEventDefinition id="e2" messageRef="came2"/>',
    "signal": '<bpmn:signalEventDefinition id="e3" signalRef="told"/>',
    "timer": """<bpmn:timerEventDefinition id="e4">
     <bpmn:timeDate xsi:type="bpmn:tFormalExpression">2099-01-01T00:00:00Z</bpmn:timeDate></bpmn:timerEventDefinition>""",
    "condition": """<bpmn:conditionalEventDefinition id="e5">
     <bpmn:condition xsi:type="bpmn:tFormalExpression">${never == 1}</bpmn:condition></bpmn:conditionalEventDefinition>""",
}
CALLER = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 id="d" targetNamespace="begins"><bpmn:process id="cKEY" isExecutable="true" camunda:historyTimeToLive="30">
 <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="call"/>
 <bpmn:callActivity id="call" calledElement="KEY"/></bpmn:process></bpmn:definitions>"""


def beginning(key: str, *events: str) -> str:
    """A process that begins by these events, each with a task behind it."""
    return (HEAD + "".join(BRANCH.format(it, EVENTS[it]) for it in events) + "</bpmn:process></bpmn:definitions>").replace("KEY", key)


@pytest.mark.parametrize(
    ("events", "begun"),
    [
        (["message"], "message"),
        (["signal"], "signal"),
        (["timer"], "timer"),
        (["condition"], "condition"),
        (["message", "none"], "none"),
        (["signal", "timer"], "timer"),
    ],
)
def test_a_case_that_is_started_begins_at_a_start_event(admin: Client, key: str, events: list[str], begun: str):
    assert admin.deploy(p=beginning(key, *events)).status == 200
    started = admin.ok("POST", f"/process-definition/key/{key}/start", {})
    assert started["ended"] is False
    assert list(admin.tasks(started["id"])) == [f"after_{begun}"]
    assert admin.ok("GET", f"/process-instance/{started['id']}/variables/who")["value"] == "admin"


def test_a_called_process_begins_there_too(admin: Client, key: str):
    assert admin.deploy(p=beginning(key, "message"), c=CALLER.replace("KEY", key)).status == 200
    case = admin.start(f"c{key}")
    (called,) = admin.ok("GET", f"/process-instance?superProcessInstance={case}")
    assert list(admin.tasks(called["id"])) == ["after_message"]


def test_what_begins_by_one_of_several_events_is_not_started(admin: Client, key: str):
    """It was begun, and ended at once, as if something had been done."""
    assert admin.deploy(p=beginning(key, "message", "other"), c=CALLER.replace("KEY", key)).status == 200
    refused = admin.post(f"/process-definition/key/{key}/start", {})
    assert (refused.status, refused.value["type"]) == (500, "ProcessEngineException")
    assert admin.post(f"/process-definition/key/c{key}/start", {}).status == 500
    assert admin.ok("GET", f"/history/process-instance/count?processDefinitionKeyIn={key},c{key}") == {"count": 0}
    assert admin.post("/message", {"messageName": f"other-{key}"}).status == 204
    assert admin.ok("GET", f"/process-instance/count?processDefinitionKey={key}") == {"count": 1}
