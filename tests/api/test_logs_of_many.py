"""Logs of several cases at once: by their ids, by a process, by what is of a case; few enough, and seen."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client, Site
from tests.api.test_definitions import FAILS, NESTED
from tests.api.test_history_logs import LOGS
from tests.api.test_looks import looks
from tests.api.test_task_details import FORM


@pytest.fixture
def cases(admin: Client, purchase: str) -> tuple[str, str]:
    """An open case and an ended one, each with two variables and a task that somebody has done."""
    made = [admin.start(purchase, {"amount": {"value": n}, "Colour": {"value": "Red"}}) for n in (5000, 7)]
    for case in made:
        task = admin.tasks(case)["submit"]
        admin.ok("PUT", f"/task/{task}/localVariables/rank", {"value": 1, "type": "Integer"})
        admin.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
        admin.ok("POST", f"/task/{task}/complete", {})
    return made[0], made[1]


def count(admin: Client, log: str, query: str) -> int:
    """How many rows there are, which the list agrees with."""
    found: int = admin.ok("GET", f"/history/{log}/count?{query}")["count"]
    assert len(admin.ok("GET", f"/history/{log}?{query}")) == found
    return found


@pytest.mark.parametrize(
    ("log", "each"),
    [
        ("variable-instance", 3), ("detail", 3), ("user-operation", 4), ("identity-link-log", None), ("incident", 0), ("job-log", 0),
        ("external-task-log", 0),
    ],
)  # fmt: skip
def test_a_log_of_several_is_that_of_each(admin: Client, purchase: str, cases: tuple[str, str], log: str, each: int | None):
    alone = [count(admin, log, f"processInstanceId={it}") for it in cases]
    if each is not None:
        assert alone == [each, each]
    definition = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    for query in (f"processInstanceIdIn={','.join(cases)},x", f"processDefinitionKey={purchase}", f"processDefinitionId={definition}"):
        assert count(admin, log, query) == sum(alone), query
    assert count(admin, log, f"processDefinitionKey={purchase}&processInstanceId={cases[1]}") == alone[1]
    assert count(admin, log, f"processInstanceIdIn={cases[0]}&processInstanceId={cases[1]}") == 0
    assert count(admin, log, f"processDefinitionKey={purchase}&processDefinitionId=x") == 0


def test_values_are_found_by_their_names_in_all_cases_of_a_process(admin: Client, purchase: str, cases: tuple[str, str]):
    first, second = cases
    every = f"processDefinitionKey={purchase}"
    rows = admin.ok("GET", f"/history/variable-instance?{every}&variableName=amount&sortBy=instanceId&sortOrder=asc")
    assert [(it["processInstanceId"], it["value"]) for it in rows] == [(first, 5000), (second, 7)]
    for query, expected in {
        "variableName=amount&variableValue=7": 1, "variableNameIn=amount,rank": 4, "variableName=colour": 0,
        "variableName=colour&variableNamesIgnoreCase=true": 2, "variableNameLike=COL%25&variableNamesIgnoreCase=true": 2,
        "variableName=Colour&variableValue=red": 0, "variableName=Colour&variableValue=red&variableValuesIgnoreCase=true": 2,
        "caseInstanceId=x": 0, "caseExecutionIdIn=x": 0,
    }.items():  # fmt: skip
        assert count(admin, "variable-instance", f"{every}&{query}") == expected, query
    sent = {"processInstanceIdIn": [first, second], "variableName": "amount"}
    assert len(admin.ok("POST", "/history/variable-instance", sent)) == 2
    assert len(admin.ok("POST", "/history/detail", {"processInstanceIdIn": [first, second], "variableNameLike": "am%"})) == 2
    assert admin.ok("POST", "/history/detail/count", {"processInstanceIdIn": [first]}) == {"count": 3}


def test_the_id_of_a_task_or_of_an_execution_is_enough(admin: Client, cases: tuple[str, str]):
    first, _ = cases
    (task,) = [it["id"] for it in admin.ok("GET", f"/history/task?processInstanceId={first}") if it["taskDefinitionKey"] == "submit"]
    for query, expected in {
        f"executionIdIn={first}": 2, f"executionIdIn={first},{task}": 3, f"taskIdIn={task}": 1, f"activityInstanceIdIn={task}": 1,
        "taskIdIn=x": 0,
    }.items():  # fmt: skip
        assert count(admin, "variable-instance", query) == expected, query
    for query, expected in {f"executionId={first}": 2, f"taskId={task}": 1, f"variableInstanceId={first}:amount": 1}.items():
        assert count(admin, "detail", query) == expected, query
    (operation,) = {it["userOperationId"] for it in admin.ok("GET", f"/history/detail?taskId={task}")}
    assert count(admin, "detail", f"processInstanceId={first}&userOperationId={operation}") == 1


def test_called_cases_keep_their_own_among_several(admin: Client, key: str):
    files = {"p": NESTED.replace("KEY", key).replace("CALLED", f"{key}c"), "c": FAILS.replace("KEY", f"{key}c"), "odd.form": FORM}
    assert admin.deploy(**files).status == 200
    both = [admin.start(key, {"amount": {"value": n, "type": "Integer"}}) for n in (1, 2)]
    for case in both:
        while tasks := admin.ok("GET", f"/task?processInstanceId={case}"):
            admin.ok("POST", f"/task/{tasks[0]['id']}/complete", {})
    called = {it["id"] for it in admin.ok("GET", f"/process-instance?processDefinitionKey={key}c")}
    rows = admin.ok("GET", f"/history/external-task-log?processDefinitionKey={key}c")
    assert {it["processInstanceId"] for it in rows} == called
    assert admin.ok("POST", "/history/external-task-log/count", {"processInstanceIdIn": both}) == {"count": 0}
    assert admin.ok("POST", "/history/external-task-log", {"processInstanceIdIn": [*both, *called]}) == rows


def test_failures_of_all_cases_of_a_process_are_told(site: Site, admin: Client, key: str):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    mended, _ = (admin.start(key) for _ in range(2))
    topics = [{"topicName": f"ship-{key}", "lockDuration": 60000}]
    failure = {"workerId": "w", "errorMessage": "no paper", "retries": 0, "retryTimeout": 0}
    for task in admin.ok("POST", "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 2, "topics": topics}):
        admin.ok("POST", f"/external-task/{task['id']}/failure", failure)
        if task["processInstanceId"] == mended:
            admin.ok("PUT", f"/external-task/{task['id']}/retries", {"retries": 1})
    every = f"processDefinitionKey={key}"
    (gone,) = admin.ok("GET", f"/history/incident?{every}&resolved=true")
    assert gone["processInstanceId"] == mended
    end = gone["endTime"].replace("+", "%2B")
    for query, expected in {
        "": 2, "&open=true": 1, f"&endTimeAfter={end}&endTimeBefore={end}": 1, "&endTimeBefore=2020-01-01T00:00:00.000%2B0000": 0,
    }.items():  # fmt: skip
        assert count(admin, "incident", every + query) == expected, query
    assert admin.ok("POST", "/history/job-log/count", {"processDefinitionKey": key}) == {"count": 0}
    assert admin.ok("POST", "/history/job-log", {"processDefinitionKey": key}) == []


@pytest.mark.parametrize("log", LOGS)
def test_no_more_histories_are_read_than_the_bound(
    admin: Client, purchase: str, cases: tuple[str, str], log: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.store.queries.log_cases.MOST_CASES", 1)
    for path in (log, f"{log}/count"):
        refused = admin.get(f"/history/{path}?processDefinitionKey={purchase}")
        assert (refused.status, "more than 1 cases" in refused.value["message"]) == (400, True)
    assert admin.get(f"/history/{log}?processDefinitionKey={purchase}&processInstanceIdIn={cases[0]}").status == 200


@pytest.mark.parametrize("log", LOGS)
def test_logs_of_many_are_for_who_sees_all_and_each_look_of_an_auditor_is_noted(
    site: Site, purchase: str, cases: tuple[str, str], log: str
):
    for query in (f"processDefinitionKey={purchase}", f"processInstanceIdIn={','.join(cases)}"):
        assert {who: site.client(who).get(f"/history/{log}?{query}").status for who in ("robot", "sue", "axel")} == {
            "robot": 200,
            "sue": 403,
            "axel": 200,
        }
    assert [looks(site, it) for it in cases] == [[("axel", "interface")] * 2] * 2
