from __future__ import annotations

import re

from tests.api.conftest import Client, Site

AMOUNT = {"amount": {"value": 5000, "type": "Integer"}, "lines": {"value": '[{"sku": "s1", "price": 1.50}]', "type": "Json"}}


def test_a_camunda_model_runs_from_start_to_end(admin: Client, purchase: str):
    instance = admin.start(purchase, AMOUNT, "BK-1")
    tasks = admin.tasks(instance)
    assert list(tasks) == ["submit"]
    admin.ok("POST", f"/task/{tasks['submit']}/complete", {"variables": {"note": {"value": "ok", "type": "String"}}})
    tasks = admin.tasks(instance)
    assert list(tasks) == ["finance"]
    admin.ok("POST", f"/task/{tasks['finance']}/complete", {})
    assert admin.ok("GET", f"/process-instance/count?processDefinitionKey={purchase}") == {"count": 0}
    assert admin.ok("GET", f"/history/activity-instance/count?processInstanceId={instance}") == {"count": 5}
    done = admin.ok("GET", f"/history/task?processInstanceId={instance}&sortBy=startTime&sortOrder=asc")
    assert [(it["taskDefinitionKey"], it["deleteReason"], it["assignee"], it["taskState"]) for it in done] == [
        ("submit", "completed", "admin", "Completed"),
        ("finance", "completed", "admin", "Completed"),
    ]


def test_a_small_amount_takes_the_default_flow(admin: Client, purchase: str):
    instance = admin.start(purchase, {"amount": {"value": 1000, "type": "Integer"}})
    admin.ok("POST", f"/task/{admin.tasks(instance)['submit']}/complete")
    assert admin.tasks(instance) == {}


def test_a_task_is_shown_as_camunda_shows_it(admin: Client, purchase: str):
    instance = admin.start(purchase, AMOUNT, "BK-1")
    task = admin.ok("GET", f"/task/{admin.tasks(instance)['submit']}")
    created = task.pop("created")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", created)
    assert task == {
        "id": task["id"], "name": "Submit", "assignee": None, "due": None, "followUp": None, "lastUpdated": None, "delegationState": None,
        "description": "Say what.", "executionId": instance, "owner": None, "parentTaskId": None, "priority": 50,
        "processDefinitionId": task["processDefinitionId"], "processInstanceId": instance, "taskDefinitionKey": "submit",
        "caseExecutionId": None, "caseInstanceId": None, "caseDefinitionId": None, "suspended": False, "formKey": None,
        "camundaFormRef": None, "tenantId": None, "taskState": "Created",
    }  # fmt: skip
    assert task["processDefinitionId"].startswith(f"{purchase}:1:")


def test_a_start_answers_with_the_new_instance(admin: Client, site: Site, purchase: str):
    started = admin.ok("POST", f"/process-definition/key/{purchase}/start", {"businessKey": "BK-9", "variables": None})
    instance = started.pop("id")
    assert started.pop("links") == [
        {"method": "GET", "href": f"http://127.0.0.1:{site.port}/engine-rest/process-instance/{instance}", "rel": "self"}
    ]
    assert started == {
        "definitionId": started["definitionId"], "definitionKey": purchase, "businessKey": "BK-9", "caseInstanceId": None, "ended": False,
        "suspended": False, "tenantId": None,
    }  # fmt: skip
    assert admin.ok("GET", f"/process-instance/{instance}") == {"id": instance, "links": [], **started}


def test_a_start_returns_its_variables_when_asked(admin: Client, purchase: str):
    started = admin.ok("POST", f"/process-definition/key/{purchase}/start", {"variables": AMOUNT, "withVariablesInReturn": True})
    assert started["variables"]["amount"] == {"type": "Integer", "value": 5000, "valueInfo": {}}
    assert started["variables"]["lines"] == {"type": "Json", "value": '[{"sku": "s1", "price": 1.50}]', "valueInfo": {}}


def test_a_version_is_started_by_its_id(admin: Client, purchase: str):
    definition = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    started = admin.ok("POST", f"/process-definition/{definition}/start", {})
    assert started["definitionId"] == definition


def test_an_unknown_process_is_not_found(admin: Client):
    answer = admin.post("/process-definition/key/nope/start", {})
    assert answer.status == 404
    assert answer.value == {
        "type": "RestException",
        "message": "No matching process definition with key: nope and no tenant-id",
        "code": None,
    }
    assert admin.post("/process-definition/nope:1:x/start", {}).status == 404


def test_a_fault_of_the_model_rolls_everything_back_and_names_the_place(admin: Client, purchase: str):
    instance = admin.start(purchase, {})
    answer = admin.post(f"/task/{admin.tasks(instance)['submit']}/complete", {})
    assert answer.status == 500
    assert answer.value["type"] == "ProcessEngineException"
    assert "amount" in answer.value["message"]
    assert list(admin.tasks(instance)) == ["submit"]


def test_a_task_cannot_be_completed_twice(admin: Client, purchase: str):
    instance = admin.start(purchase, AMOUNT)
    task = admin.tasks(instance)["submit"]
    admin.ok("POST", f"/task/{task}/complete", {})
    answer = admin.post(f"/task/{task}/complete", {})
    assert answer.status == 500
    assert answer.value == {
        "type": "RestException",
        "message": f"Cannot complete task {task}: Cannot find task with id {task}: task is null",
        "code": 0,
    }


def test_two_claims_at_once_have_one_winner(admin: Client, purchase: str):
    task = admin.tasks(admin.start(purchase, AMOUNT))["submit"]
    admin.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    admin.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    answer = admin.post(f"/task/{task}/claim", {"userId": "sam"})
    assert (answer.status, answer.value["type"], answer.value["code"]) == (500, "TaskAlreadyClaimedException", 0)
    assert admin.ok("GET", f"/task/{task}")["assignee"] == "sue"
    admin.ok("POST", f"/task/{task}/assignee", {"userId": "sam"})
    assert admin.ok("GET", f"/task/{task}")["assignee"] == "sam"
    admin.ok("POST", f"/task/{task}/unclaim")
    assert admin.ok("GET", f"/task/{task}")["assignee"] is None
