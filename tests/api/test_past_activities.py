"""Activities and values of cases that were: in what each began, and which values came with the start, as Camunda 7 tells them."""

from __future__ import annotations

from tests.api.conftest import Client

LOOPS = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="past">
 <bpmn:process id="KEY" isExecutable="true" camunda:historyTimeToLive="30">
 <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="outer"/>
 <bpmn:subProcess id="outer" name="Outer"><bpmn:startEvent id="begin"/><bpmn:sequenceFlow id="g1" sourceRef="begin" targetRef="each"/>
  <bpmn:userTask id="each" name="Each"><bpmn:multiInstanceLoopCharacteristics>
   <bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>
  <bpmn:sequenceFlow id="g2" sourceRef="each" targetRef="done"/><bpmn:endEvent id="done"/></bpmn:subProcess>
 <bpmn:sequenceFlow id="f2" sourceRef="outer" targetRef="end"/><bpmn:endEvent id="end"/></bpmn:process></bpmn:definitions>"""
BODY = "each#multiInstanceBody"


def activities(admin: Client, case: str, query: str = "") -> list[dict[str, object]]:
    """The activities of a case, in the order in which they began."""
    path = f"/history/activity-instance?processInstanceId={case}&sortBy=occurrence&sortOrder=asc"
    return admin.ok("GET", f"{path}&{query}" if query else path)


def test_each_activity_names_in_what_it_began(admin: Client, key: str):
    assert admin.deploy(p=LOOPS.replace("KEY", key)).status == 200
    case = admin.start(key)
    for task in admin.ok("GET", f"/task?processInstanceId={case}"):
        admin.ok("POST", f"/task/{task['id']}/complete", {})
    found = activities(admin, case)
    named = {case: "", **{it["id"]: it["activityId"] for it in found}}
    assert [(it["activityId"], named[it["parentActivityInstanceId"]]) for it in found] == [
        ("start", ""),
        ("outer", ""),
        ("begin", "outer"),
        (BODY, "outer"),
        ("each", BODY),
        ("each", BODY),
        ("done", "outer"),
        ("end", ""),
    ]


def test_the_body_of_many_instances_is_no_task(admin: Client, key: str):
    assert admin.deploy(p=LOOPS.replace("KEY", key)).status == 200
    case = admin.start(key)
    for task in admin.ok("GET", f"/task?processInstanceId={case}"):
        admin.ok("POST", f"/task/{task['id']}/complete", {})
    (body,) = activities(admin, case, f"activityId={BODY.replace('#', '%23')}")
    assert (body["activityName"], body["taskId"], body["completeScope"]) == (None, None, False)
    each = activities(admin, case, "activityId=each")
    assert [(it["activityName"], it["taskId"] is None, it["completeScope"]) for it in each] == [("Each", False, True)] * 2
    assert [it["activityId"] for it in activities(admin, case, "activityName=Each")] == ["each", "each"]


def test_values_that_came_with_the_start_are_initial_and_what_was_removed_begins_anew(admin: Client, key: str):
    assert admin.deploy(p=LOOPS.replace("KEY", key)).status == 200
    case = admin.start(key, {"n": {"value": 1}})
    path = f"/process-instance/{case}/variables/m"
    for sent in ({"value": 2}, None, {"value": "3"}):
        admin.ok("PUT" if sent else "DELETE", path, sent)
    rows = admin.ok("GET", f"/history/detail?processInstanceId={case}&executionId={case}&sortBy=time&sortOrder=asc")
    assert [(it["variableName"], it["variableType"], it["value"], it["revision"], it["initial"]) for it in rows] == [
        ("n", "Integer", 1, 0, True),
        ("m", "Integer", 2, 0, False),
        ("m", "Integer", None, 1, False),
        ("m", "String", "3", 0, False),
    ]
    for kind in ("string", "String", "STRING"):
        assert admin.ok("GET", f"/history/detail/count?processInstanceId={case}&variableTypeIn={kind}") == {"count": 1}
        assert admin.ok("GET", f"/history/variable-instance/count?processInstanceId={case}&variableTypeIn={kind}") == {"count": 1}
