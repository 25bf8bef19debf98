"""Filters of the lists of the history that look further than one column."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client
from tests.api.test_definitions import FAILS, NESTED
from tests.api.test_history_logs import fetched
from tests.api.test_task_details import FORM


@pytest.fixture
def cases(admin: Client, purchase: str) -> tuple[str, str, str]:
    """Three cases: at its first task, at its second, and ended."""
    first, second, third = (admin.start(purchase, {"amount": {"value": amount}}, f"BK-{amount}") for amount in (5, 5000, 7))
    for case in (second, third):
        admin.ok("POST", f"/task/{admin.tasks(case)['submit']}/complete", {})
    return first, second, third


def test_cases_are_found_by_where_they_stand_and_where_they_were(admin: Client, purchase: str, cases: tuple[str, str, str]):
    first, second, third = cases
    every = f"processInstanceIds={','.join(cases)}"

    def found(query: str) -> set[str]:
        return {it["id"] for it in admin.ok("GET", f"/history/process-instance?processDefinitionKey={purchase}&{query}")}

    assert found("activeActivityIdIn=submit,finance") == {first, second}
    assert found("activityIdIn=finance") == {second}
    assert found(f"executedActivityIdIn=finance,end&{every}") == {third}, "at finance one stands still"
    assert found(f"executedActivityIdIn=submit&processInstanceId={third}") == {third}
    assert found("executedActivityIdIn=end&processInstanceBusinessKeyIn=BK-5,BK-7") == {third}
    assert found("executedActivityIdIn=submit") == {second, third}
    assert found(f"withJobsRetrying=true&{every}") == found(f"withRootIncidents=true&{every}") == set()


def test_called_cases_are_found_by_their_callers_and_have_their_own_past(admin: Client, key: str):
    files = {"p": NESTED.replace("KEY", key).replace("CALLED", f"{key}c"), "c": FAILS.replace("KEY", f"{key}c"), "odd.form": FORM}
    assert admin.deploy(**files).status == 200
    case = admin.start(key, {"amount": {"value": 1, "type": "Integer"}})
    while tasks := admin.ok("GET", f"/task?processInstanceId={case}"):
        admin.ok("POST", f"/task/{tasks[0]['id']}/complete", {})
    (called,) = admin.ok("GET", f"/history/process-instance?superProcessInstanceId={case}")
    assert [it["id"] for it in admin.ok("GET", f"/history/process-instance?subProcessInstanceId={called['id']}")] == [case]
    rows = admin.ok("GET", f"/history/activity-instance?processInstanceId={case}")
    assert {it["activityId"]: it["calledProcessInstanceId"] for it in rows if it["calledProcessInstanceId"]} == {"calls": called["id"]}
    both = f"/history/process-instance?processInstanceIds={case},{called['id']}&executedActivityIdIn="
    assert (
        [it["id"] for it in admin.ok("GET", f"{both}each")]
        == [it["id"] for it in admin.ok("GET", f"{both}each%23multiInstanceBody")]
        == [case]
    )
    assert admin.ok("GET", f"{both}ship,alone%23multiInstanceBody") == [], "it stands there still"
    task = fetched(admin, f"{key}c")
    admin.ok("POST", f"/external-task/{task}/complete", {"workerId": "w"})
    assert [it["id"] for it in admin.ok("GET", f"{both}ship")] == [called["id"]]


def test_past_tasks_are_found_by_more(admin: Client, purchase: str, cases: tuple[str, str, str]):
    first, _, third = cases
    task = admin.tasks(first)["submit"]
    before = admin.ok("GET", f"/task/{task}")
    due = {"followUp": "2031-02-03T09:15:00.000+0000", "owner": "sam"}
    admin.ok("PUT", f"/task/{task}", {**{name: before[name] for name in ("name", "description", "assignee")}, **due})
    expected = {
        f"executionId={third}": 1, f"activityInstanceIdIn=submit:{task},x": 1, "taskDeleteReasonLike=comp%25": 2,
        "taskDeleteReasonLike=del%25": 0, "taskFollowUpDateBefore=2031-02-04T00:00:00.000%2B0000": 1,
        "taskFollowUpDateAfter=2031-02-04T00:00:00.000%2B0000": 0, "taskOwnerLike=s%25": 1,
    }  # fmt: skip
    assert {
        query: admin.ok("GET", f"/history/task/count?processDefinitionKey={purchase}&{query}")["count"] for query in expected
    } == expected
    for key in ("executionId", "activityInstanceId", "tenantId"):
        assert len(admin.ok("GET", f"/history/task?processDefinitionKey={purchase}&sortBy={key}&sortOrder=asc")) == 4


def test_activities_are_narrowed_and_never_asked_for_all_at_once(
    admin: Client, cases: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
):
    first, second, third = cases
    rows = admin.ok("GET", f"/history/activity-instance?processInstanceId={second}")
    finance = next(it for it in rows if it["activityId"] == "finance")
    expected = {
        "activityName=Finance": 1, "activityNameLike=%25n%25": 1, f"activityInstanceId={finance['id']}": 1,
        "startedAfter=2020-01-01T00:00:00.000%2B0000": 4,
        "startedBefore=2020-01-01T00:00:00.000%2B0000": 0, "finishedAfter=2020-01-01T00:00:00.000%2B0000": 3,
        "finishedBefore=2020-01-01T00:00:00.000%2B0000": 0, "completeScope=true": 0, "tenantIdIn=t": 0,
    }  # fmt: skip
    path = f"/history/activity-instance/count?executionId={second}&"
    assert {query: admin.ok("GET", path + query)["count"] for query in expected} == expected
    assert admin.ok("GET", f"/history/activity-instance/count?processInstanceId={third}&completeScope=true") == {"count": 1}
    both = f"processInstanceIdIn={second},{third}"
    key = finance["processDefinitionKey"]
    for query, count in {
        both: 8, f"{both}&activityIdIn=finance": 1, f"{both}&processInstanceId={third}": 4, f"{both}&processInstanceId={first}": 0,
        f"processDefinitionKey={key}": 10, f"processDefinitionKey={key}&processDefinitionId=x": 0,
        f"processDefinitionKey={key}&taskAssignee=admin": 2, f"processInstanceId={first}&taskAssignee=sue": 0,
    }.items():  # fmt: skip
        assert admin.ok("GET", f"/history/activity-instance/count?{query}") == {"count": count}, query
    assert {it["assignee"] for it in rows if it["activityId"] == "submit"} == {"admin"}
    monkeypatch.setattr("engine.store.queries.activities.MOST_CASES", 2)
    refused = admin.get(f"/history/activity-instance?processDefinitionKey={key}")
    assert (refused.status, "more than 2 cases" in refused.value["message"]) == (400, True)
    assert admin.ok("GET", f"/history/activity-instance/count?{both}") == {"count": 8}
    for query in ("", "?activityId=submit"):
        assert admin.get(f"/history/activity-instance{query}").status == 400, query
