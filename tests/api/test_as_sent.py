"""What Camunda 7 reads from bodies that are not written to the letter: numbers and flags as texts, lists without anything."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client
from tests.api.test_external_tasks import asking, fetch, robot, topic  # noqa: F401 - fixtures


@pytest.mark.parametrize("lease", ["60000", " 60000 ", 60_000.7])
def test_a_number_may_be_a_text_or_have_a_fraction(robot: Client, admin: Client, key: str, topic: str, lease: object):  # noqa: F811
    admin.start(key)
    (task,) = fetch(robot, topic, lockDuration=lease, usePriority="true")
    path = f"/external-task/{task['id']}"
    robot.ok("POST", f"{path}/extendLock", {"workerId": "w1", "newDuration": lease})
    robot.ok("POST", f"{path}/failure", {"workerId": "w1", "retries": "2", "retryTimeout": 0.0})
    assert admin.ok("GET", path)["retries"] == 2
    for number, kept in (("5", 5), (2.7, 2)):
        admin.ok("PUT", f"{path}/retries", {"retries": number})
        admin.ok("PUT", f"{path}/priority", {"priority": number})
        assert (admin.ok("GET", path)["retries"], admin.ok("GET", path)["priority"]) == (kept, kept)
    for number in (True, "5.7", "0x5", "", [5]):
        assert admin.call("PUT", f"{path}/retries", {"retries": number}).status == 400, number


@pytest.mark.parametrize("flag", [True, 1, "true", "TRUE"])
def test_a_flag_may_be_a_text_or_a_number(admin: Client, purchase: str, flag: object):
    case = admin.start(purchase, {"amount": {"value": 5}})
    task = admin.tasks(case)["submit"]
    asked = {"processInstanceId": case, "unassigned": flag, "priority": "50"}
    assert [it["id"] for it in admin.ok("POST", "/task", asked)] == [task]
    assert admin.ok("POST", f"/task/{task}/complete", {"variables": None, "withVariablesInReturn": flag})["amount"]["value"] == 5


def test_a_list_without_anything_is_no_filter(admin: Client, purchase: str):
    case = admin.start(purchase)
    for name in ("taskIdIn", "processInstanceIdIn", "assigneeIn", "taskDefinitionKeyIn", "processDefinitionKeyIn", "tenantIdIn"):
        asked = {"processInstanceId": case, name: []}
        assert len(admin.ok("POST", "/task", asked)) == admin.ok("POST", "/task/count", asked)["count"] == 1, name
    for name in ("priority", "unassigned", "dueBefore"):
        assert len(admin.ok("POST", "/task", {"processInstanceId": case, name: ""})) == 1, name
    assert admin.ok("POST", "/task", {"processInstanceId": case, "candidateGroups": []}) == []  # 500 in Camunda
    assert admin.ok("POST", "/process-instance", {"processDefinitionKey": purchase, "processInstanceIds": []}) == []  # as well
    assert len(admin.ok("POST", "/history/task", {"processInstanceId": case, "taskDefinitionKeyIn": []})) == 1


def test_a_topic_may_have_lists_without_anything(robot: Client, admin: Client, key: str, topic: str):  # noqa: F811
    admin.start(key)
    assert fetch(robot, topic, tenantIdIn=["somebody"]) == []
    assert robot.post("/external-task/fetchAndLock", {**asking(topic), "topics": {}}).status == 400
    (task,) = fetch(robot, topic, processDefinitionKeyIn=[], processDefinitionIdIn=[], tenantIdIn=[])
    assert task["extensionProperties"] == {}


def test_a_count_ignores_where_a_page_begins(admin: Client, purchase: str):
    case = admin.start(purchase)
    asked = f"processInstanceId={case}&firstResult=5&maxResults=0&sortBy=name&sortOrder=asc"
    assert admin.ok("GET", f"/task/count?{asked}") == {"count": 1}
    assert admin.ok("POST", "/task/count?firstResult=5", {"processInstanceId": case}) == {"count": 1}


def test_a_condition_that_is_written_as_a_moment_is_about_dates(admin: Client, purchase: str):
    moment = "2026-01-31T09:15:00.000+0000"
    case = admin.start(purchase, {"on": {"value": moment, "type": "Date"}, "said": {"value": moment, "type": "String"}})
    for name, operator, value, count in (
        ("on", "eq", moment, 1), ("on", "gt", "2026-01-30T09:15:00.000+0000", 1), ("on", "lt", moment, 0), ("said", "eq", moment, 0),
        ("on", "eq", "2026-01-31T09:15:00", 0),
    ):  # fmt: skip
        condition = {"name": name, "operator": operator, "value": value}
        assert len(admin.ok("POST", "/task", {"processInstanceId": case, "processVariables": [condition]})) == count, condition
        query = f"processVariables={name}_{operator}_{value}".replace("+", "%2B")
        assert len(admin.found("/task", f"processInstanceId={case}&{query}")) == count, query


def test_what_says_that_it_is_not_json_is_refused_with_415(admin: Client, purchase: str):
    task = admin.tasks(admin.start(purchase))["submit"]
    for media in ("text/plain", "application/x-www-form-urlencoded"):
        refused = admin.call("POST", f"/task/{task}/claim", b'{"userId": "sue"}', **{"Content-Type": media})
        told = {"type": "NotSupportedException", "message": "HTTP 415 Unsupported Media Type", "code": None}
        assert (refused.status, refused.value) == (415, told)
    assert (
        admin.call("POST", f"/task/{task}/claim", b'{"userId": "sue"}', **{"Content-Type": "application/json; charset=utf-8"}).status == 204
    )


def test_what_is_set_and_deleted_at_once_is_deleted(admin: Client, purchase: str):
    case = admin.start(purchase, {"old": {"value": 1}})
    for path in (f"/process-instance/{case}/variables", f"/task/{admin.tasks(case)['submit']}/localVariables"):
        admin.ok("POST", path, {"modifications": {"k": {"value": 1}, "kept": {"value": 2}}, "deletions": ["k", "none"]})
        assert "kept" in admin.ok("GET", path)
        assert admin.get(f"{path}/k").status == 404


def test_a_call_on_a_task_that_is_not_there_or_waits_says_so_as_camunda_does(admin: Client, purchase: str):
    case = admin.start(purchase)
    task = admin.tasks(case)["submit"]
    body = {"userId": "sue", "errorCode": "x", "escalationCode": "x", "type": "candidate", "name": "x"}
    expected: dict[str, tuple[tuple[int, str], tuple[int, str]]] = {
        "claim": ((500, "NullValueException"), (400, "SuspendedEntityInteractionException")),
        "delegate": ((500, "NullValueException"), (400, "SuspendedEntityInteractionException")),
        "resolve": ((500, "NullValueException"), (400, "SuspendedEntityInteractionException")),
        "assignee": ((400, "NotFoundException"), (400, "SuspendedEntityInteractionException")),
        "unclaim": ((400, "NotFoundException"), (400, "SuspendedEntityInteractionException")),
        "complete": ((500, "RestException"), (500, "RestException")),
        "submit-form": ((500, "RestException"), (500, "RestException")),
        "bpmnError": ((404, "RestException"), (400, "RestException")),
        "bpmnEscalation": ((404, "RestException"), (400, "RestException")),
    }
    admin.ok("PUT", f"/process-instance/{case}/suspended", {"suspended": True})
    for verb, told in expected.items():
        answers = [admin.post(f"/task/{it}/{verb}", body) for it in ("nothing", task)]
        assert tuple((it.status, it.value["type"]) for it in answers) == told, verb
    changed = admin.call("PUT", f"/task/{task}", {"name": "other"})
    assert (changed.status, changed.value["type"]) == (400, "SuspendedEntityInteractionException")


def test_a_job_that_never_failed_has_no_stack_trace_and_null_is_now(admin: Client, key: str, topic: str):  # noqa: F811
    case = admin.start(key)
    later = {"suspended": True, "executionDate": "2099-01-01T00:00:00.000+0000"}
    admin.ok("PUT", f"/process-instance/{case}/suspended", later)
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    assert admin.get(f"/job/{job['id']}/stacktrace").status == 204
    admin.ok("PUT", f"/job/{job['id']}/retries", {"retries": 4})
    assert admin.ok("GET", f"/job/{job['id']}")["dueDate"] == later["executionDate"]
    admin.ok("PUT", f"/job/{job['id']}/retries", {"retries": 4, "dueDate": None})
    assert admin.ok("GET", f"/job/{job['id']}")["dueDate"] < later["executionDate"]
