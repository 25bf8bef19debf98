"""Cases, open and ended, found by what only their histories tell: values, incidents, when something was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.api.conftest import Client, Site
from tests.api.test_definitions import FAILS, NESTED
from tests.api.test_executions_and_jobs import WAITS
from tests.api.test_history_logs import fetched
from tests.api.test_task_details import FORM

Found = Callable[[str], set[str]]


@pytest.fixture
def found(admin: Client, key: str) -> Found:
    """The ids of the cases of this test that a query finds, which their number agrees with."""
    return lambda query: admin.found("/history/process-instance", f"processDefinitionKey={key}&{query}")


@pytest.fixture
def cases(admin: Client, purchase: str) -> tuple[str, str, str]:
    """One that is open, one that has ended, and one that has ended with less."""
    values = ((5000, "Red"), (7, "Red"), (3, "blue"))
    started = [admin.start(purchase, {"amount": {"value": n}, "colour": {"value": colour}}, f"BK-{n}") for n, colour in values]
    for case in started[1:]:
        sent = {"variables": {"Remark": {"value": "x" * 5000 if case == started[1] else None}}}
        admin.ok("POST", f"/task/{admin.tasks(case)['submit']}/complete", sent)
    first, second, third = started
    return first, second, third


def test_open_and_ended_cases_are_found_by_their_variables(admin: Client, purchase: str, cases: tuple[str, str, str], found: Found):
    first, second, third = cases
    for query, expected in {
        "variables=colour_eq_Red": {first, second}, "variables=colour_neq_Red": {third}, "variables=colour_like_%25e%25": set(cases),
        "variables=colour_notLike_R%25": {third}, "variables=colour_eq_red": set(), "variables=amount_eq_7": set(),
        "variables=colour_eq_red&variableValuesIgnoreCase=true": {first, second}, "variables=COLOUR_eq_Red": set(),
        "variables=COLOUR_eq_Red&variableNamesIgnoreCase=true": {first, second},
        "variables=colour_eq_Red&finished=true": {second}, "variables=colour_eq_Red&unfinished=true": {first},
        "variables=remark_neq_x&variableNamesIgnoreCase=true": {second, third}, "variables=nothing_eq_1": set(),
    }.items():  # fmt: skip
        assert found(query) == expected, query
    for conditions, expected in [
        ([("amount", "gt", 4)], {first, second}), ([("amount", "lteq", 7), ("colour", "eq", "Red")], {second}),
        ([("amount", "eq", 3)], {third}), ([("amount", "neq", 3)], {first, second}), ([("Remark", "eq", None)], {third}),
        ([("colour", "gteq", "Red")], set(cases)), ([("Remark", "eq", "x" * 5000)], {second}),
    ]:  # fmt: skip
        sent = {"variables": [dict(zip(("name", "operator", "value"), it, strict=True)) for it in conditions]}
        rows = admin.ok("POST", "/history/process-instance", {"processDefinitionKey": purchase, **sent})
        assert {it["id"] for it in rows} == expected, conditions


def test_the_last_value_counts_and_one_that_was_removed_is_none(admin: Client, purchase: str, found: Found):
    case = admin.start(purchase, {"amount": {"value": 1}, "gone": {"value": "x"}})
    admin.ok("PUT", f"/process-instance/{case}/variables/colour", {"value": "red", "type": "String"})
    admin.ok("PUT", f"/process-instance/{case}/variables/colour", {"value": "blue", "type": "String"})
    admin.ok("DELETE", f"/process-instance/{case}/variables/gone")
    for _ in range(2):
        assert [found(f"variables={it}") for it in ("colour_eq_blue", "colour_eq_red", "gone_eq_x")] == [{case}, set(), set()]
        for task in admin.tasks(case).values():
            admin.ok("POST", f"/task/{task}/complete", {})


def test_one_of_several_groups_may_ask_for_variables(admin: Client, purchase: str, cases: tuple[str, str, str]):
    first, second, third = cases
    blue = [{"name": "colour", "operator": "eq", "value": "blue"}, {"name": "amount", "operator": "eq", "value": 7}]
    for group, expected in [
        ({"variables": blue}, {second, third}), ({"variables": blue[:1], "unfinished": True}, {first, third}),
        ({"variables": blue[:1], "executedActivityIdIn": ["nowhere"]}, {third}),
    ]:  # fmt: skip
        rows = admin.ok("POST", "/history/process-instance", {"processDefinitionKey": purchase, "orQueries": [group]})
        assert {it["id"] for it in rows} == expected, group


def test_no_more_histories_are_read_than_the_bound(
    admin: Client, cases: tuple[str, str, str], found: Found, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.store.queries.told.MOST_CHAINS", 1)
    first, second, _ = cases
    key = admin.ok("GET", f"/history/process-instance/{first}")["processDefinitionKey"]
    for query in (
        "variables=colour_eq_Red",
        "executedActivityIdIn=submit",
        "withIncidents=true",
        "executedJobAfter=2020-01-01T00:00:00.000%2B0000",
    ):
        for path in ("", "/count"):
            refused = admin.get(f"/history/process-instance{path}?processDefinitionKey={key}&{query}")
            assert (refused.status, "Narrow the list" in refused.value["message"]) == (400, True), query
            assert query.partition("=")[0] in refused.value["message"]
    assert found("variables=colour_eq_Red&unfinished=true") == {first}, "the table of variables knows"
    assert found("variables=colour_eq_Red&processInstanceBusinessKey=BK-7") == {second}
    assert found("incidentStatus=open") == set(), "so does that of incidents"


def test_who_does_not_see_all_data_does_not_look_for_it(site: Site, admin: Client, cases: tuple[str, str, str]):
    sue = site.client("sue")
    assert sue.get("/history/process-instance?executedActivityIdIn=submit").status == 200
    for query in ("variables=amount_gt_1", "variables=amount_gt_1&unfinished=true"):
        for path in ("", "/count"):
            assert sue.get(f"/history/process-instance{path}?{query}").status == 403, query
    sent = {"orQueries": [{"variables": [{"name": "amount", "operator": "gt", "value": 1}]}]}
    assert sue.post("/history/process-instance", sent).status == 403
    for person in ("sue", "robot"):
        for query in ("incidentMessage=x", "incidentMessageLike=x", "incidentType=x", "incidentIdIn=x"):
            assert site.client(person).get(f"/history/process-instance?{query}").status == 403, (person, query)


def test_cases_are_found_by_incidents_that_are_open_and_that_are_gone(admin: Client, key: str, found: Found):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    plain, mended, broken = (admin.start(key) for _ in range(3))
    failure = {"workerId": "w", "errorMessage": "no 100% paper", "retries": 0, "retryTimeout": 0}
    topics = [{"topicName": f"ship-{key}", "lockDuration": 60000}]
    tasks = {
        it["processInstanceId"]: it["id"]
        for it in admin.ok("POST", "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 3, "topics": topics})
    }
    assert found("withIncidents=true") == set()
    for case in (mended, broken):
        admin.ok("POST", f"/external-task/{tasks[case]}/failure", failure)
    (incident,) = admin.ok("GET", f"/incident?processInstanceId={mended}")
    admin.ok("PUT", f"/external-task/{tasks[mended]}/retries", {"retries": 1})
    for _ in range(2):
        both = {mended, broken}
        for query, expected in {
            "withIncidents=true": both, "withRootIncidents=true": both,
            "incidentStatus=open": {broken}, "incidentStatus=resolved": {mended},
            "incidentType=failedExternalTask": both, "incidentType=failedJob": set(), "incidentMessage=no%20100%25%20paper": both,
            "incidentMessageLike=no%20100\\%25%25": both, "incidentMessageLike=NO%25": set(), f"incidentIdIn=x,{incident['id']}": {mended},
            f"incidentIdIn={incident['id']}&incidentStatus=open": set(), "incidentType=failedExternalTask&incidentStatus=open": {broken},
            "withIncidents=false": {plain, mended, broken},
        }.items():  # fmt: skip
            assert found(query) == expected, query
        told = {it["id"] for it in admin.ok("GET", f"/history/incident?processInstanceId={mended}")}
        assert found(f"incidentIdIn={','.join(told)}") == {mended}
        if admin.get(f"/external-task/{tasks[mended]}").status == 200:
            admin.ok("POST", f"/external-task/{tasks[mended]}/complete", {"workerId": "w"})
    group = {"incidentStatus": "open", "incidentIdIn": [incident["id"]]}
    rows = admin.ok("POST", "/history/process-instance", {"processDefinitionKey": key, "orQueries": [group]})
    assert {it["id"] for it in rows} == {mended, broken}
    assert admin.get("/history/process-instance?incidentStatus=deleted").status == 400


def moment(text: str, **later: float) -> str:
    """A moment of an answer, or one near it, as a filter."""
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z") + timedelta(**later)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "%2B0000"


def test_cases_are_found_by_when_something_was_done_in_them(admin: Client, cases: tuple[str, str, str], found: Found):
    _, second, third = cases
    rows = admin.ok("GET", f"/history/activity-instance?processInstanceId={second}")
    begun, ended = min(it["startTime"] for it in rows), max(it["endTime"] for it in rows)
    for query, expected in {
        f"executedActivityAfter={moment(begun, days=-1)}": set(cases), f"executedActivityBefore={moment(ended, days=1)}": set(cases),
        f"executedActivityAfter={moment(ended, days=1)}": set(), f"executedActivityBefore={moment(begun, days=-1)}": set(),
        f"executedActivityAfter={moment(begun)}&executedActivityBefore={moment(begun)}&processInstanceId={second}": {second},
        f"executedActivityAfter={moment(ended)}&processInstanceId={second}": {second},
        f"executedActivityAfter={moment(ended)}&executedActivityBefore={moment(begun, seconds=-1)}": set(),
    }.items():  # fmt: skip
        assert found(query) == expected, query
    told = admin.ok("GET", f"/history/process-instance/{second}")
    exact = f"startedAfter={moment(told['startTime'])}&startedBefore={moment(told['startTime'])}"
    assert second in found(exact), "both bounds are within"
    assert second in found(f"finishedAfter={moment(told['endTime'])}&finishedBefore={moment(told['endTime'])}")
    assert third not in found(f"finishedBefore={moment(told['endTime'], days=-1)}")


def test_cases_are_found_by_when_the_engine_did_something_by_itself(admin: Client, key: str, found: Found):
    assert admin.deploy(p=WAITS.replace("KEY", key)).status == 200
    still, done = (admin.start(key) for _ in range(2))
    for case in (still, done):
        admin.post(f"/execution/{case}/signal", {})
    (job,) = admin.ok("GET", f"/job?processInstanceId={done}")
    at = admin.ok("GET", f"/history/process-instance/{done}")["startTime"]
    ago, later = moment(at, days=-1), moment(at, days=1)
    assert found(f"executedJobAfter={ago}") == set()
    assert admin.post(f"/job/{job['id']}/execute").status == 204
    for query, expected in {
        f"executedJobAfter={ago}": {done}, f"executedJobBefore={later}": {done}, f"executedJobAfter={later}": set(),
        f"executedJobBefore={ago}": set(), f"executedJobAfter={ago}&executedJobBefore={later}": {done},
    }.items():  # fmt: skip
        assert found(query) == expected, query


def test_called_cases_have_their_own_values(admin: Client, key: str):
    files = {"p": NESTED.replace("KEY", key).replace("CALLED", f"{key}c"), "c": FAILS.replace("KEY", f"{key}c"), "odd.form": FORM}
    assert admin.deploy(**files).status == 200
    case = admin.start(key, {"amount": {"value": 1, "type": "Integer"}})
    while tasks := admin.ok("GET", f"/task?processInstanceId={case}"):
        admin.ok("POST", f"/task/{tasks[0]['id']}/complete", {})
    (called,) = admin.ok("GET", f"/history/process-instance?superProcessInstanceId={case}")
    admin.ok("PUT", f"/process-instance/{called['id']}/variables/weight", {"value": 3, "type": "Integer"})
    task = fetched(admin, f"{key}c")
    admin.ok("POST", f"/external-task/{task}/complete", {"workerId": "w"})
    for name, expected in (("weight", called["id"]), ("amount", case)):
        sent = {"processInstanceIds": [case, called["id"]], "variables": [{"name": name, "operator": "lt", "value": 9}], "finished": True}
        assert [it["id"] for it in admin.ok("POST", "/history/process-instance", sent)] == [expected]


def test_there_are_no_cases_of_cmmn(admin: Client, cases: tuple[str, str, str], found: Found):
    assert [found(f"{it}=x") for it in ("caseInstanceId", "superCaseInstanceId", "subCaseInstanceId")] == [set()] * 3


def test_very_many_conditions_are_refused_and_very_many_ids_are_not(admin: Client, cases: tuple[str, str, str]):
    condition = {"name": "amount", "operator": "gt", "value": 4}
    for path in ("/history/process-instance", "/process-instance", "/task"):
        name = "processVariables" if path == "/task" else "variables"
        for sent in ({name: [condition] * 2000}, {"orQueries": [{name: [condition]}] * 2000}):
            assert admin.post(path, sent).status == 400, path
    refused = admin.post("/history/process-instance", {"orQueries": [{"executedActivityIdIn": ["a"] * 9}] * 21})
    assert (refused.status, "more than 20 conditions" in refused.value["message"]) == (400, True)
    sent = {
        "processInstanceIds": [*(f"none-{it}" for it in range(10_000)), *cases],
        "executedActivityIdIn": ["submit"],
        "variables": [condition],
    }
    assert {it["id"] for it in admin.ok("POST", "/history/process-instance", sent)} == {cases[1]}
