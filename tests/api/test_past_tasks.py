"""User tasks, open and ended, found by values, by the hands they were in, and by what they said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.conftest import Client, Site
from tests.api.test_task_details import DUE, FOLLOW_UP

Found = Callable[[str], set[str]]


@pytest.fixture
def found(admin: Client, purchase: str) -> Found:
    """The ids of the tasks of this test that a query finds, which their number agrees with."""
    return lambda query: admin.found("/history/task", f"processDefinitionKey={purchase}&{query}")


@pytest.fixture
def tasks(site: Site, admin: Client, purchase: str) -> dict[str, str]:
    """Of one open case the first task, which sue did, and the second; of an ended one the only one; one that is as it was created."""
    case, ended = (admin.start(purchase, {"amount": {"value": n}, "colour": {"value": "Red"}}) for n in (5000, 7))
    fresh = admin.tasks(admin.start(purchase, {"amount": {"value": 3}}))["submit"]
    submit, only = admin.tasks(case)["submit"], admin.tasks(ended)["submit"]
    admin.ok("POST", f"/task/{submit}/identity-links", {"userId": "ann", "type": "candidate"})
    admin.ok("POST", f"/task/{submit}/identity-links", {"groupId": "office", "type": "candidate"})
    admin.ok("POST", f"/task/{submit}/identity-links/delete", {"groupId": "office", "type": "candidate"})
    site.client("sue").ok("POST", f"/task/{submit}/claim", {"userId": "sue"})
    admin.ok("PUT", f"/task/{submit}/localVariables/rank", {"value": 1, "type": "Integer"})
    said = {"name": "Submit", "description": "Say it.", "assignee": "sue", "owner": "sam", "due": DUE, "followUp": FOLLOW_UP, "priority": 7}
    admin.ok("PUT", f"/task/{submit}", said)
    site.client("sue").ok("POST", f"/task/{submit}/complete", {})
    admin.ok("POST", f"/task/{only}/complete", {})
    finance = admin.tasks(case)["finance"]
    admin.ok("PUT", f"/task/{finance}/localVariables/rank", {"value": 2, "type": "Integer"})
    return {"submit": submit, "finance": finance, "only": only, "fresh": fresh}


def named(tasks: dict[str, str], ids: set[str]) -> set[str]:
    """Which of these tasks they are."""
    return {name for name, it in tasks.items() if it in ids}


def test_tasks_are_found_by_their_hands_open_and_ended(tasks: dict[str, str], found: Found):
    for query, expected in {
        "taskHadCandidateUser=ann": {"submit"}, "taskHadCandidateUser=max": {"finance"}, "taskHadCandidateUser=sue": set(),
        "taskHadCandidateGroup=office": {"submit"}, "taskHadCandidateGroup=sales": {"submit", "only", "fresh"},
        "taskHadCandidateGroup=finance": {"finance"}, "taskInvolvedUser=ann": {"submit"}, "taskInvolvedUser=sue": {"submit"},
        "taskInvolvedUser=sam": {"submit"}, "taskInvolvedUser=max": {"finance"}, "taskInvolvedUser=admin": {"only"},
        "taskInvolvedGroup=office": {"submit"}, "taskInvolvedGroup=sue": set(), "withCandidateGroups=true": set(tasks),
        "withoutCandidateGroups=true": set(), "withCandidateGroups=false": set(tasks),
        "taskHadCandidateGroup=sales&finished=true": {"submit", "only"}, "taskHadCandidateGroup=sales&taskHadCandidateUser=ann": {"submit"},
    }.items():  # fmt: skip
        assert named(tasks, found(query)) == expected, query


def test_tasks_are_found_by_their_variables_and_those_of_their_cases(admin: Client, purchase: str, tasks: dict[str, str], found: Found):
    for query, expected in {
        "processVariables=colour_eq_Red": {"submit", "finance", "only"}, "processVariables=colour_eq_red": set(),
        "processVariables=COLOUR_eq_red&variableNamesIgnoreCase=true&variableValuesIgnoreCase=true": {"submit", "finance", "only"},
        "processVariables=colour_like_R%25&processFinished=true": {"only"}, "processVariables=rank_eq_1": set(),
        "taskVariables=colour_eq_Red": set(),
    }.items():  # fmt: skip
        assert named(tasks, found(query)) == expected, query
    for sent, expected in [
        ({"taskVariables": [{"name": "rank", "operator": "eq", "value": 1}]}, {"submit"}),
        ({"taskVariables": [{"name": "rank", "operator": "gteq", "value": 1}]}, {"submit", "finance"}),
        ({"processVariables": [{"name": "amount", "operator": "gt", "value": 5}]}, {"submit", "finance", "only"}),
        ({"processVariables": [{"name": "amount", "operator": "lt", "value": 8}], "taskHadCandidateGroup": "sales"}, {"only", "fresh"}),
    ]:  # fmt: skip
        rows = admin.ok("POST", "/history/task", {"processDefinitionKey": purchase, **sent})
        assert named(tasks, {it["id"] for it in rows}) == expected, sent
    group = {"taskHadCandidateUser": "max", "taskVariables": [{"name": "rank", "operator": "eq", "value": 1}]}
    rows = admin.ok("POST", "/history/task", {"processDefinitionKey": purchase, "orQueries": [group]})
    assert named(tasks, {it["id"] for it in rows}) == {"submit", "finance"}


def test_what_an_ended_task_said_is_kept_and_found(admin: Client, tasks: dict[str, str], found: Found):
    (row,) = admin.ok("GET", f"/history/task?taskId={tasks['submit']}")
    shown = {name: row[name] for name in ("owner", "priority", "followUp", "due", "description", "taskState", "assignee")}
    assert shown == {
        "owner": "sam", "priority": 7, "followUp": FOLLOW_UP, "due": DUE, "description": "Say it.", "taskState": "Completed",
        "assignee": "sue",
    }  # fmt: skip
    moment = FOLLOW_UP.replace("+", "%2B")
    for query, expected in {
        "taskOwner=sam": {"submit"}, "taskOwnerLike=s%25": {"submit"}, "taskPriority=7": {"submit"}, "taskPriority=70": {"finance"},
        "taskPriority=50": {"only", "fresh"}, f"taskFollowUpDate={moment}": {"submit"},
        "taskFollowUpDateBefore=2031-02-02T00:00:00.000%2B0000": {"submit"},
        "taskFollowUpDateAfter=2031-02-02T00:00:00.000%2B0000": set(), "taskDescription=say%20it.": {"submit"},
        "taskDescriptionLike=SAY%25": {"submit", "only", "fresh"}, "taskName=submit": {"submit", "only", "fresh"},
        "taskNameLike=%25NANCE": {"finance"}, "assigned=true": {"submit", "only"}, "unassigned=true": {"finance", "fresh"},
        "taskParentTaskId=x": set(), "caseInstanceId=x": set(), "caseDefinitionKey=x": set(),
    }.items():  # fmt: skip
        assert named(tasks, found(query)) == expected, query
    exact = row["endTime"].replace("+", "%2B")
    assert named(tasks, found(f"finishedAfter={exact}&finishedBefore={exact}")) >= {"submit"}, "both bounds are within"


@pytest.mark.parametrize(
    "key", ["taskDescription", "priority", "owner", "followUpDate", "caseInstanceId", "caseDefinitionId", "caseExecutionId"]
)
def test_past_tasks_are_sorted_by_what_they_said(admin: Client, purchase: str, tasks: dict[str, str], key: str):
    rows = admin.ok("GET", f"/history/task?processDefinitionKey={purchase}&sortBy={key}&sortOrder=asc")
    assert {it["id"] for it in rows} == set(tasks.values())
    if key == "priority":
        assert [it["priority"] for it in rows] == [7, 50, 50, 70]


def test_no_more_histories_are_read_than_the_bound(admin: Client, tasks: dict[str, str], found: Found, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.store.queries.told.MOST_CHAINS", 1)
    for query in ("taskHadCandidateGroup=sales", "taskVariables=rank_eq_1", "taskInvolvedUser=sue", "withoutCandidateGroups=true"):
        refused = admin.get(f"/history/task?{query}")
        assert (refused.status, "Narrow the list" in refused.value["message"]) == (400, True), query
    assert named(tasks, found("processVariables=colour_eq_Red&processUnfinished=true")) == {"submit", "finance"}, "the tables know"
    assert named(tasks, found(f"taskHadCandidateGroup=sales&taskId={tasks['only']}")) == {"only"}


def test_people_find_what_they_see_and_look_for_no_data(site: Site, tasks: dict[str, str]):
    sue = site.client("sue")
    mine = sue.ok("GET", "/history/task?taskInvolvedUser=sue&taskHadCandidateUser=ann")
    assert named(tasks, {it["id"] for it in mine}) == {"submit"}
    assert [it["id"] for it in sue.ok("GET", f"/history/task?taskHadCandidateGroup=office&taskId={tasks['submit']}")] == [tasks["submit"]]
    assert site.client("fay").ok("GET", f"/history/task?taskHadCandidateGroup=sales&taskId={tasks['only']}") == [], "not hers to see"
    for name in ("processVariables", "taskVariables"):
        for path in ("", "/count"):
            assert sue.get(f"/history/task{path}?{name}=amount_gt_1").status == 403
            group = {name: [{"name": "amount", "operator": "gt", "value": 1}]}
            assert sue.post(f"/history/task{path}", {"orQueries": [group]}).status == 403
