"""Where the variables go that come with the end of a task, and what is answered: as Camunda 7 does it."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client

MODEL = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="completing">
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">
  <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="first"/>
  <bpmn:userTask id="first"><bpmn:extensionElements><camunda:inputOutput>
   <camunda:inputParameter name="made">${1}</camunda:inputParameter>
   <camunda:outputParameter name="mapped">${made}</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements></bpmn:userTask>
  <bpmn:boundaryEvent id="failed" attachedToRef="first"><bpmn:errorEventDefinition id="e1"/></bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="f4" sourceRef="failed" targetRef="mend"/><bpmn:userTask id="mend"/>
  <bpmn:sequenceFlow id="f2" sourceRef="first" targetRef="sum"/>
  <bpmn:scriptTask id="sum" scriptFormat="feel" camunda:resultVariable="sum"><bpmn:script>amount + 1</bpmn:script></bpmn:scriptTask>
  <bpmn:sequenceFlow id="f3" sourceRef="sum" targetRef="end"/><bpmn:endEvent id="end"/>
 </bpmn:process></bpmn:definitions>"""


@pytest.fixture
def case(admin: Client, key: str) -> str:
    """A case with an amount, whose task has a draft of it."""
    assert admin.deploy(p=MODEL.replace("KEY", key)).status == 200
    found = admin.start(key, {"amount": {"value": 1}})
    task = admin.tasks(found)["first"]
    admin.ok("POST", f"/task/{task}/localVariables", {"modifications": {"amount": {"value": 50}, "draft": {"value": "x"}}})
    return found


SENT = {"amount": {"value": 99}, "made": {"value": 7}, "more": {"value": "y"}}


def test_a_program_completes_with_what_its_case_is_to_know(admin: Client, case: str):
    sent = {"variables": SENT, "withVariablesInReturn": True}
    told = admin.ok("POST", f"/task/{admin.tasks(case)['first']}/complete", sent)
    assert {name: it["value"] for name, it in told.items()} == {"amount": 99, "more": "y", "mapped": 7, "sum": 100}
    assert admin.ok("GET", f"/history/process-instance/{case}")["state"] == "COMPLETED"


def test_a_form_that_is_sent_goes_to_the_task_first(admin: Client, case: str):
    sent = {"variables": SENT, "withVariablesInReturn": True}
    told = admin.ok("POST", f"/task/{admin.tasks(case)['first']}/submit-form", sent)
    assert {name: it["value"] for name, it in told.items()} == {"amount": 1, "more": "y", "mapped": 7, "sum": 2}


def test_what_is_resolved_is_known_by_the_case(admin: Client, case: str):
    task = admin.tasks(case)["first"]
    admin.ok("POST", f"/task/{task}/resolve", {"variables": SENT})
    assert admin.ok("GET", f"/process-instance/{case}/variables/amount")["value"] == 99
    local = admin.ok("GET", f"/task/{task}/localVariables")
    assert {name: it["value"] for name, it in local.items()} == {"amount": 50, "draft": "x"}
    assert admin.ok("GET", f"/task/{task}/variables/made")["value"] == 7, "what the model made belongs to the execution"


def test_a_task_that_is_gone_is_not_completed_again(admin: Client, case: str):
    task = admin.tasks(case)["first"]
    admin.ok("POST", f"/task/{task}/complete")
    again = admin.post(f"/task/{task}/complete", {"withVariablesInReturn": True})
    assert (again.status, again.value["type"]) == (500, "RestException")


def test_what_comes_with_an_error_is_known_by_the_case(admin: Client, case: str):
    task = admin.tasks(case)["first"]
    admin.ok("POST", f"/task/{task}/bpmnError", {"errorCode": "any", "variables": SENT})
    assert list(admin.tasks(case)) == ["mend"]
    values = admin.ok("GET", f"/process-instance/{case}/variables")
    assert {name: it["value"] for name, it in values.items()} == {"amount": 99, "more": "y", "mapped": 7}


def test_an_error_and_an_escalation_need_a_code(admin: Client, case: str):
    task = admin.tasks(case)["first"]
    for verb in ("bpmnError", "bpmnEscalation"):
        for code in ({}, {"errorCode": "", "escalationCode": ""}):
            refused = admin.post(f"/task/{task}/{verb}", code)
            assert (refused.status, refused.value["type"], refused.value["code"]) == (400, "RestException", 0)
