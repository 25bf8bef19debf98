"""The logs of one case: operations, values, failures, hands; and how often the nodes of a version were passed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Client, Site
from tests.api.test_definitions import FAILS, NESTED
from tests.api.test_task_details import FORM


@pytest.fixture
def case(site: Site, admin: Client, purchase: str) -> dict[str, str]:
    """A case that was worked on: its id, that of its first task, and of its second."""
    instance = admin.start(purchase, {"amount": {"value": 5000, "type": "Integer"}})
    task = admin.tasks(instance)["submit"]
    site.client("sue").ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    admin.ok("POST", f"/task/{task}/identity-links", {"userId": "max", "type": "candidate"})
    admin.ok("PUT", f"/process-instance/{instance}/variables/amount", {"value": 9000, "type": "Integer"})
    admin.ok("PUT", f"/process-instance/{instance}/variables/note", {"value": "x", "type": "String"})
    admin.ok("DELETE", f"/process-instance/{instance}/variables/note")
    admin.ok("PUT", f"/task/{task}/localVariables/rank", {"value": 1, "type": "Integer"})
    before = admin.ok("GET", f"/task/{task}")
    admin.ok("PUT", f"/task/{task}", {**{name: before[name] for name in ("name", "description", "assignee", "owner")}, "priority": 7})
    site.client("sue").ok("POST", f"/task/{task}/complete", {"variables": {"colour": {"value": "red"}}})
    return {"id": instance, "submit": task, "finance": admin.tasks(instance)["finance"]}


def test_operations_are_told_with_who_did_them_and_what_changed(admin: Client, case: dict[str, str]):
    rows = admin.ok("GET", f"/history/user-operation?processInstanceId={case['id']}")
    assert [(it["operationType"], it["entityType"], it["property"], it["orgValue"], it["newValue"], it["userId"]) for it in rows] == [
        ("Create", "ProcessInstance", None, None, None, "admin"),
        ("Claim", "Task", "assignee", None, "sue", "sue"),
        ("AddUserLink", "IdentityLink", "candidate", None, "max", "admin"),
        ("SetVariable", "Variable", "amount", "5000", "9000", "admin"),
        ("SetVariable", "Variable", "note", None, "x", "admin"),
        ("RemoveVariable", "Variable", "note", "x", None, "admin"),
        ("SetVariable", "Variable", "rank", None, "1", "admin"),
        ("Update", "Task", "priority", "50", "7", "admin"),
        ("Complete", "Task", "delete", "false", "true", "sue"),
    ]
    assert {it["processInstanceId"] for it in rows} == {case["id"]}
    assert [it["category"] for it in rows[:3]] == ["Operator", "TaskWorker", "TaskWorker"]
    of_task = admin.ok("GET", f"/history/user-operation?taskId={case['submit']}")
    assert [it["operationType"] for it in of_task] == ["Claim", "AddUserLink", "Update", "Complete"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("userId=sue", 2), ("operationType=SetVariable", 3), ("entityType=Task", 3), ("entityTypeIn=Task,IdentityLink", 4),
        ("property=amount", 1), ("category=Operator", 5), ("categoryIn=Operator,TaskWorker", 9),
        ("afterTimestamp=2020-01-01T00:00:00.000%2B0000", 9),
        ("beforeTimestamp=2020-01-01T00:00:00.000%2B0000", 0), ("tenantIdIn=t", 0), ("operationId=x", 0), ("firstResult=7", 9),
    ],
)  # fmt: skip
def test_operations_are_narrowed(admin: Client, case: dict[str, str], query: str, count: int):
    path = f"processInstanceId={case['id']}&{query}"
    if query.startswith("firstResult"):
        assert len(admin.ok("GET", f"/history/user-operation?{path}")) == 2
        return
    assert admin.ok("GET", f"/history/user-operation/count?{path}") == {"count": count}
    assert len(admin.ok("GET", f"/history/user-operation?{path}&sortBy=timestamp&sortOrder=desc")) == count


def test_each_value_of_a_variable_is_told(admin: Client, case: dict[str, str]):
    path = f"/history/detail?processInstanceId={case['id']}"
    rows = admin.ok("GET", path)
    assert [(it["variableName"], it["value"], it["revision"], it["initial"]) for it in rows] == [
        ("amount", 5000, 0, True), ("amount", 9000, 1, False), ("note", "x", 0, False), ("note", None, 1, False), ("rank", 1, 0, False),
        ("colour", "red", 0, False),
    ]  # fmt: skip
    assert [it["taskId"] for it in rows] == [None, None, None, None, case["submit"], None]
    by_name = admin.ok("GET", f"{path}&sortBy=variableName&sortOrder=asc&maxResults=1")
    assert by_name == [rows[0]]
    for query, count in (
        ("initial=true", 1), ("variableTypeIn=Integer", 3), ("excludeTaskDetails=true", 5), (f"taskId={case['submit']}", 1),
        ("formFields=true", 0), (f"variableInstanceId={case['id']}:amount", 2), ("variableNameLike=%25o%25", 5),
    ):  # fmt: skip
        assert admin.ok("GET", f"/history/detail/count?processInstanceId={case['id']}&{query}") == {"count": count}, query


def test_the_last_values_are_told_of_every_scope(admin: Client, case: dict[str, str]):
    path = f"/history/variable-instance?processInstanceId={case['id']}"
    rows = {it["name"]: it for it in admin.ok("GET", path)}
    assert {name: (it["value"], it["taskId"], it["state"]) for name, it in rows.items()} == {
        "amount": (9000, None, "CREATED"), "rank": (1, case["submit"], "CREATED"), "colour": ("red", None, "CREATED"),
    }  # fmt: skip
    for query, names in (
        ("variableName=amount&variableValue=9000", ["amount"]), ("variableName=amount&variableValue=5000", []),
        ("variableNameLike=%25r%25", ["colour", "rank"]), ("variableTypeIn=String", ["colour"]),
        ("includeDeleted=true", ["amount", "colour", "note", "rank"]), (f"taskIdIn=x,{case['submit']}", ["rank"]),
        ("variableNameIn=rank,colour", ["colour", "rank"]),
    ):  # fmt: skip
        found = admin.ok("GET", f"{path}&{query}&sortBy=variableName&sortOrder=asc")
        assert [it["name"] for it in found] == names, query
    sent = {"processInstanceId": case["id"], "variableName": "amount", "variableValue": 9000}
    assert admin.ok("POST", "/history/variable-instance/count", sent) == {"count": 1}


def test_in_whose_hands_a_task_was_is_told(admin: Client, case: dict[str, str]):
    rows = admin.ok("GET", f"/history/identity-link-log?taskId={case['submit']}")
    assert [(it["operationType"], it["type"], it["userId"], it["groupId"], it["assignerId"]) for it in rows] == [
        ("add", "candidate", None, "sales", None), ("add", "assignee", "sue", None, "sue"), ("add", "candidate", "max", None, "admin"),
    ]  # fmt: skip
    admin.ok("POST", f"/task/{case['finance']}/claim", {"userId": "fay"})
    admin.ok("POST", f"/task/{case['finance']}/delegate", {"userId": "max"})
    admin.ok("POST", f"/task/{case['finance']}/resolve", {})
    rows = admin.ok("GET", f"/history/identity-link-log?taskId={case['finance']}&type=assignee")
    changes = [("add", "fay"), ("delete", "fay"), ("add", "max"), ("delete", "max"), ("add", "fay")]
    assert [(it["operationType"], it["userId"]) for it in rows] == changes
    path = f"/history/identity-link-log/count?processInstanceId={case['id']}"
    assert admin.ok("GET", f"{path}&type=owner&userId=fay&operationType=add") == {"count": 1}
    assert admin.ok("GET", f"{path}&groupId=finance") == {"count": 1}


def fetched(admin: Client, key: str) -> str:
    topics = [{"topicName": f"ship-{key}", "lockDuration": 60000}]
    (task,) = admin.ok("POST", "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": topics})
    found: str = task["id"]
    return found


def test_what_became_of_external_tasks_and_their_incidents_is_told(admin: Client, key: str):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    case = admin.start(key)

    def incidents() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = admin.ok("GET", f"/history/incident?processInstanceId={case}")
        return found

    def fail(task: str, retries: int) -> None:
        failure = {"workerId": "w", "errorMessage": "no paper", "retries": retries, "retryTimeout": 0}
        admin.ok("POST", f"/external-task/{task}/failure", failure)

    task = fetched(admin, key)
    fail(task, 1)
    assert incidents() == []
    fail(fetched(admin, key), 0)
    (found,) = incidents()
    (open_one,) = admin.ok("GET", f"/incident?processInstanceId={case}")
    assert (found["id"], found["open"], found["incidentMessage"], found["configuration"]) == (open_one["id"], True, "no paper", task)
    admin.ok("PUT", f"/external-task/{task}/retries", {"retries": 2})
    (found,) = incidents()
    assert (found["id"], found["open"], found["resolved"], found["endTime"] is None) == (open_one["id"], False, True, False)
    fail(fetched(admin, key), 0)
    assert [it["open"] for it in incidents()] == [False, True]
    assert admin.ok("GET", f"/history/incident/count?processInstanceId={case}&resolved=true") == {"count": 1}
    assert admin.call("DELETE", f"/process-instance/{case}").status == 204
    assert [(it["resolved"], it["deleted"]) for it in incidents()] == [(True, False), (False, True)]
    rows = admin.ok("GET", f"/history/external-task-log?processInstanceId={case}")
    steps = ("creationLog", "failureLog", "successLog", "deletionLog")
    assert [(next(step for step in steps if it[step]), it["retries"], it["errorMessage"]) for it in rows] == [
        ("creationLog", None, None),
        ("failureLog", None, "no paper"),
        ("failureLog", 1, "no paper"),
        ("failureLog", 2, "no paper"),
        ("deletionLog", 0, None),
    ]  # fmt: skip - as in Camunda, of a failure the retries that there were before it
    for query, count in (
        ("failureLog=true", 3),
        ("workerId=w", 3),
        (f"externalTaskId={task}", 5),
        ("topicName=x", 0),
        ("activityIdIn=ship", 5),
    ):
        assert admin.ok("GET", f"/history/external-task-log/count?processInstanceId={case}&{query}") == {"count": count}, query


def test_a_task_that_was_done_says_so(admin: Client, key: str):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    case = admin.start(key)
    admin.ok("POST", f"/external-task/{fetched(admin, key)}/complete", {"workerId": "w"})
    rows = admin.ok("GET", f"/history/external-task-log?processInstanceId={case}&sortBy=timestamp&sortOrder=desc")
    assert {(it["successLog"], it["workerId"]) for it in rows} == {(True, "w"), (False, None)}


def test_the_events_of_a_called_case_are_its_own(site: Site, admin: Client, key: str):
    files = {"p": NESTED.replace("KEY", key).replace("CALLED", f"{key}c"), "c": FAILS.replace("KEY", f"{key}c"), "odd.form": FORM}
    assert admin.deploy(**files).status == 200
    case = admin.start(key, {"amount": {"value": 1, "type": "Integer"}})
    for _ in range(2):
        for task in admin.tasks(case).values():
            admin.ok("POST", f"/task/{task}/complete", {})
        for it in admin.ok("GET", f"/task?processInstanceId={case}"):
            admin.ok("POST", f"/task/{it['id']}/complete", {})
    (called,) = admin.ok("GET", f"/process-instance?superProcessInstance={case}")
    admin.ok("PUT", f"/process-instance/{called['id']}/variables/own", {"value": 1})
    names = {it: {row["variableName"] for row in admin.ok("GET", f"/history/detail?processInstanceId={it}")} for it in (case, called["id"])}
    assert "own" in names[called["id"]]
    assert "own" not in names[case]
    assert admin.ok("GET", f"/history/external-task-log/count?processInstanceId={case}") == {"count": 0}
    assert admin.ok("GET", f"/history/external-task-log/count?processInstanceId={called['id']}") == {"count": 1}


def test_passages_are_counted_by_node(site: Site, admin: Client, purchase: str):
    cases = [admin.start(purchase, {"amount": {"value": amount}}) for amount in (5, 5000, 5000)]
    for case in cases:
        admin.ok("POST", f"/task/{admin.tasks(case)['submit']}/complete", {})
    assert admin.call("DELETE", f"/process-instance/{cases[2]}").status == 204
    definition = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    path = f"/history/process-definition/{definition}/statistics"

    def told(client: Client, query: str) -> dict[str, tuple[int, int, int, int]]:
        rows = client.ok("GET", f"{path}?{query}")
        return {it["id"]: (it["instances"], it["finished"], it["canceled"], it["completeScope"]) for it in rows}

    every = "finished=true&canceled=true&completeScope=true"
    assert told(admin, every) == {
        "start": (0, 3, 0, 0), "submit": (0, 3, 0, 0), "level": (0, 3, 0, 0), "finance": (1, 1, 1, 0), "end": (0, 1, 0, 1),
    }  # fmt: skip
    assert told(admin, "")["finance"] == (1, 0, 0, 0)
    assert told(admin, f"{every}&processInstanceIdIn={cases[0]}") == {
        "start": (0, 1, 0, 0),
        "submit": (0, 1, 0, 0),
        "level": (0, 1, 0, 0),
        "end": (0, 1, 0, 1),
    }
    assert told(admin, f"{every}&startedBefore=2020-01-01T00:00:00.000%2B0000") == {}
    assert told(site.client("late"), every) == {}
    assert admin.get("/history/process-definition/other/statistics").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "user-operation", "detail", "incident", "job-log", "external-task-log", "identity-link-log", "variable-instance",
        "user-operation?processInstanceId=x&deploymentId=y",
        "job-log?processInstanceId=x&successLog=true",
        "incident?processInstanceId=x&sortBy=colour&sortOrder=asc", "variable-instance?processInstanceId=x&variableValue=1",
        "detail?executionId=x", "variable-instance?activityInstanceIdIn=x", "detail?variableInstanceId=x:y", "incident?colour=red",
    ],
)  # fmt: skip
def test_what_is_of_no_case_or_not_told_is_refused(admin: Client, path: str):
    refused = admin.get(f"/history/{path}")
    assert (refused.status, refused.value["type"]) == (400, "InvalidRequestException"), refused.body


LOGS = ("user-operation", "detail", "incident", "job-log", "external-task-log", "identity-link-log", "variable-instance")


@pytest.mark.parametrize("log", LOGS)
def test_logs_are_for_who_sees_all_and_the_look_of_an_auditor_is_noted(site: Site, case: dict[str, str], log: str):
    path = f"/history/{log}?processInstanceId={case['id']}"
    assert {who: site.client(who).get(path).status for who in ("admin", "robot", "axel", "sue")} == {
        "admin": 200,
        "robot": 200,
        "axel": 200,
        "sue": 403,
    }
    engine = site.services.engine
    newest = engine.history.entries(engine.organisation.actor("admin"), case["id"])[0]
    assert (newest.actor, newest.events[0][0]) == ("axel", "CaseRead")
    assert site.client("admin").ok("GET", f"/history/{log}?processInstanceId=nothing") == []


def test_the_tries_of_a_job_that_failed_are_told(site: Site, admin: Client, key: str):
    model = FAILS.replace("KEY", key).replace(
        f'<bpmn:serviceTask id="ship" camunda:type="external" camunda:topic="ship-{key}"/>',
        '<bpmn:userTask id="ship" camunda:asyncBefore="true" camunda:assignee="${missing}"/>',
    )
    assert admin.deploy(p=model).status == 200
    case = admin.start(key)
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    site.services.engine.jobs.run_due()
    rows = admin.ok("GET", f"/history/job-log?processInstanceId={case}")
    assert [(it["jobId"], it["failureLog"], it["failedActivityId"]) for it in rows] == [(job["id"], True, "ship")]
    assert admin.ok("GET", f"/history/job-log/count?processInstanceId={case}&jobId={job['id']}&failureLog=true") == {"count": 1}
