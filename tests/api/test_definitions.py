"""Process definitions: filters by what stands in models, statistics, start forms, and starting in the middle."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import PURCHASE, Client, Site
from tests.api.test_task_details import FORM

STARTERS = PURCHASE.replace(
    'camunda:versionTag="v1"',
    'camunda:candidateStarterGroups="sales" camunda:candidateStarterUsers="fay" camunda:isStartableInTasklist="false"',
)
NESTED = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="nested">
 <bpmn:process id="KEY" isExecutable="true"><bpmn:startEvent id="start" camunda:formKey="odd"/>
  <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="inside"/>
  <bpmn:subProcess id="inside"><bpmn:startEvent id="s2"/><bpmn:sequenceFlow id="g1" sourceRef="s2" targetRef="each"/>
   <bpmn:userTask id="each"><bpmn:multiInstanceLoopCharacteristics isSequential="false">
    <bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>
   <bpmn:sequenceFlow id="g2" sourceRef="each" targetRef="alone"/><bpmn:userTask id="alone"/></bpmn:subProcess>
  <bpmn:sequenceFlow id="f2" sourceRef="inside" targetRef="calls"/><bpmn:callActivity id="calls" calledElement="CALLED"/>
 </bpmn:process></bpmn:definitions>"""
FAILS = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 id="d" targetNamespace="fails"><bpmn:process id="KEY" isExecutable="true"><bpmn:startEvent id="start"/>
 <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="ship"/>
 <bpmn:serviceTask id="ship" camunda:type="external" camunda:topic="ship-KEY"/></bpmn:process></bpmn:definitions>"""


def count(admin: Client, key: str, condition: str) -> int:
    found: int = admin.ok("GET", f"/process-definition/count?key={key}&{condition}")["count"]
    return found


def test_versions_are_found_by_who_may_start_them(site: Site, admin: Client, key: str):
    assert admin.deploy(p=STARTERS.replace("KEY", key)).status == 200
    expected = {
        "startableBy=sue": 1,
        "startableBy=fay": 1,
        "startableBy=max": 0,
        "startableInTasklist=true": 0,
        "notStartableInTasklist=true": 1,
    }
    assert {condition: count(admin, key, condition) for condition in expected} == expected
    assert (
        count(site.client("sue"), key, "startablePermissionCheck=true"),
        count(site.client("max"), key, "startablePermissionCheck=true"),
    ) == (1, 0)
    assert admin.ok("GET", f"/process-definition?key={key}&startableBy=sue&processDefinitionIdIn=x") == []


def test_versions_and_cases_are_found_by_their_incidents(site: Site, admin: Client, key: str):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    case = admin.start(key)
    assert count(admin, key, "incidentType=failedExternalTask") == 0
    topics = [{"topicName": f"ship-{key}", "lockDuration": 1000}]
    (task,) = admin.ok("POST", "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": topics})
    failure = {"workerId": "w", "errorMessage": "no 100% paper", "retries": 0, "retryTimeout": 0}
    admin.ok("POST", f"/external-task/{task['id']}/failure", failure)
    (incident,) = admin.ok("GET", f"/incident?processInstanceId={case}")
    for condition, number in [
        ("incidentType=failedExternalTask", 1), ("incidentType=failedJob", 0), (f"incidentId={incident['id']}", 1),
        ("incidentMessage=no%20100%25%20paper", 1), ("incidentMessageLike=no%20100\\%25%25", 1), ("incidentMessageLike=NO%25", 0),
    ]:  # fmt: skip
        assert count(admin, key, condition) == number, condition
        assert admin.ok("GET", f"/process-instance/count?processDefinitionKey={key}&{condition}")["count"] == number, condition
        for who in ("robot", "sue"):
            assert site.client(who).get(f"/process-definition?{condition}").status == 403
            assert site.client(who).get(f"/process-instance?{condition}").status == 403
    told = admin.ok("GET", f"/process-definition/key/{key}/statistics?incidents=true")
    assert told == [{
        "@class": "org.camunda.bpm.engine.rest.dto.repository.ActivityStatisticsResultDto", "id": "ship", "instances": 1, "failedJobs": 0,
        "incidents": [{"incidentType": "failedExternalTask", "incidentCount": 1}],
    }]  # fmt: skip
    assert admin.ok("GET", f"/process-definition/key/{key}/statistics?incidentsForType=failedJob")[0]["incidents"] == []
    assert admin.get(f"/process-definition/key/{key}/statistics?incidents=true&incidentsForType=failedJob").status == 400


def test_statistics_count_what_stands_where_and_only_what_is_seen(site: Site, admin: Client, key: str):
    assert (
        admin.deploy(
            **{"p": NESTED.replace("KEY", key).replace("CALLED", f"{key}c"), "c": FAILS.replace("KEY", f"{key}c"), "odd.form": FORM}
        ).status
        == 200
    )
    sent = {"variables": {"amount": {"value": 1, "type": "Integer"}}}
    case = admin.ok("POST", f"/process-definition/key/{key}/start", sent)["id"]

    def standing(client: Client) -> dict[str, int]:
        return {it["id"]: it["instances"] for it in client.ok("GET", f"/process-definition/key/{key}/statistics")}

    assert standing(admin) == {"each": 3, "each#multiInstanceBody": 1}
    assert standing(site.client("max")) == {}
    for task in admin.ok("GET", f"/task?processInstanceId={case}"):
        admin.ok("POST", f"/task/{task['id']}/complete", {})
    assert standing(admin) == {"alone": 1}
    admin.ok("POST", f"/task/{admin.tasks(case)['alone']}/complete", {})
    assert standing(admin) == {"calls": 1}
    (version,) = [it for it in admin.ok("GET", "/process-definition/statistics") if it["definition"]["key"] == key]
    assert (version["instances"], version["failedJobs"], version["incidents"]) == (1, 0, [])
    path = f"/process-instance/count?processDefinitionKeyIn={key},{key}c&"
    (called,) = admin.ok("GET", f"/process-instance?superProcessInstance={case}")
    for condition, number in [
        (f"subProcessInstance={called['id']}", 1), (f"superProcessInstance={called['id']}", 0), ("leafProcessInstances=true", 1),
        ("activityIdIn=calls,ship", 2), ("activityIdIn=calls", 1), ("rootProcessInstances=true", 1),
    ]:  # fmt: skip
        assert admin.ok("GET", path + condition) == {"count": number}, condition
    assert [it["definitionKey"] for it in admin.ok("GET", path.replace("/count", "") + "sortBy=definitionKey&sortOrder=desc")] == [
        f"{key}c",
        key,
    ]
    refused = admin.call("DELETE", f"/process-instance/{called['id']}")
    assert (refused.status, admin.get(f"/process-instance/{case}").status) == (400, 200)


def test_start_forms_are_named_and_read(admin: Client, key: str, purchase: str):
    assert admin.deploy(**{"p": NESTED.replace("KEY", f"{key}n"), "odd.form": FORM}).status == 200
    definition = admin.ok("GET", f"/process-definition/key/{key}n")["id"]
    for path in (f"/process-definition/key/{key}n", f"/process-definition/{definition}"):
        assert admin.ok("GET", f"{path}/startForm") == {"key": "odd", "camundaFormRef": None, "contextPath": None}
        assert admin.ok("GET", f"{path}/deployed-start-form") == json.loads(FORM)
        assert admin.ok("GET", f"{path}/form-variables") == {}
        assert admin.get(f"{path}/diagram").status == 204
        assert admin.get(f"{path}/rendered-form").status == 404
    assert admin.get(f"/process-definition/key/{purchase}/deployed-start-form").status == 400
    assert admin.get("/process-definition/key/nothing/startForm").status == 404
    assert admin.get(f"/process-definition/key/{purchase}/tenant-id/t").status == 404


def test_a_case_begins_where_instructions_say(site: Site, admin: Client, purchase: str):
    def start(client: Client, **sent: object):
        return client.post(f"/process-definition/key/{purchase}/start", sent)

    given = {"x": {"value": 1, "type": "Integer"}, "y": {"value": 2, "type": "Integer", "local": True}}
    instructions = [
        {"type": "startBeforeActivity", "activityId": "finance", "variables": given},
        {"type": "startAfterActivity", "activityId": "start"},
    ]
    answer = start(admin, startInstructions=instructions, withVariablesInReturn=True, skipCustomListeners=True)
    assert answer.status == 200, answer.body
    case = answer.value["id"]
    assert {name: it["value"] for name, it in answer.value["variables"].items()} == {"x": 1}
    tasks = admin.tasks(case)
    assert set(tasks) == {"finance", "submit"}
    assert admin.ok("GET", f"/task/{tasks['finance']}/localVariables")["y"]["value"] == 2
    entry = site.services.engine.history.entries(site.services.engine.organisation.actor("admin"), case)[0]
    (modified,) = [fields for name, fields in entry.events if name == "InstanceModified"]
    assert modified["instructions"] == ["startBeforeActivity finance", "startAfterActivity start"]
    by_flow = start(admin, startInstructions=[{"type": "startTransition", "transitionId": "f5"}])
    assert (by_flow.status, by_flow.value["ended"]) == (200, True)
    for wrong in (
        [{"type": "startBeforeActivity", "activityId": "nothing"}], [{"type": "cancel", "activityId": "finance"}], [{"type": "jump"}],
        [{"type": "startBeforeActivity"}], "finance",
    ):  # fmt: skip
        assert start(admin, startInstructions=wrong).status == 400, wrong
    assert start(admin, skipCustomListeners=True).status == 400
    assert start(admin, skipIoMappings=True).status == 400
    assert start(admin, startInstructions=instructions, skipIoMappings=True).status == 200
    refused = start(site.client("sue"), startInstructions=instructions)
    assert (refused.status, refused.value["type"]) == (403, "AuthorizationException")


def test_a_case_is_ended_from_outside(site: Site, admin: Client, purchase: str):
    case = admin.start(purchase)
    path = f"/process-instance/{case}"
    assert site.client("sue").call("DELETE", path).status == 403
    assert site.client("max").call("DELETE", path).status == 404
    assert admin.call("DELETE", f"{path}?skipIoMappings=perhaps").status == 400
    assert admin.call("DELETE", f"{path}?skipSubprocesses=true").status == 400
    assert admin.call("DELETE", f"{path}?skipCustomListeners=true&skipIoMappings=true").status == 204
    assert admin.ok("GET", f"/history/process-instance/{case}")["state"] == "EXTERNALLY_TERMINATED"
    assert (admin.call("DELETE", path).status, admin.call("DELETE", f"{path}?failIfNotExists=false").status) == (404, 204)


def test_one_variable_of_an_execution_is_read(admin: Client, purchase: str):
    case = admin.start(purchase, {"amount": {"value": 5, "type": "Integer"}})
    path = f"/execution/{case}/localVariables/amount"
    assert admin.ok("GET", path) == {"type": "Integer", "value": 5, "valueInfo": {}}
    data = admin.get(f"{path}/data")
    assert (data.status, data.value["message"]) == (400, "Value of variable 'amount' is not a binary value.")
    missing = admin.get(f"/execution/{case}/localVariables/other")
    assert (missing.status, missing.value["message"]) == (404, "execution variable with name other does not exist")


@pytest.mark.parametrize(
    "path", ["/process-instance?caseInstanceId=x", "/process-definition?sortBy=colour&sortOrder=asc", "/process-definition?version=x"]
)
def test_what_cannot_be_asked_of_definitions_and_cases_is_refused(admin: Client, path: str):
    assert admin.get(path).status == 400


def test_versions_are_found_by_the_category_that_they_show(admin: Client, purchase: str):
    """The target namespace of a model that names no category."""
    assert admin.ok("GET", f"/process-definition/key/{purchase}")["category"] == "buying"
    for query, count in (("category=buying", 1), ("categoryLike=buy%25", 1), ("category=other", 0), ("category=buying&latest=true", 1)):
        assert admin.ok("GET", f"/process-definition/count?key={purchase}&{query}") == {"count": count}, query


def test_incidents_are_asked_for_in_one_way(admin: Client, purchase: str):
    query = "incidents=true&incidentsForType=failedJob"
    for path in (f"key/{purchase}/statistics", "statistics"):
        assert admin.get(f"/process-definition/{path}?{query}").status == 400
