"""Filters and sort keys of `GET|POST /task` that look at more than one column."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client, Site


@pytest.fixture
def tasks(admin: Client, purchase: str) -> dict[str, str]:
    """Three tasks by the names of their suppliers."""
    found = {}
    for name, amount in (("Anton", 30), ("berta", 5), ("Cäsar", 200)):
        found[name] = admin.tasks(admin.start(purchase, {"supplier": {"value": name}, "amount": {"value": amount}}))["submit"]
    return found


def names(tasks: dict[str, str], rows: list[dict[str, str]]) -> list[str]:
    by_id = {task: name for name, task in tasks.items()}
    return [by_id[it["id"]] for it in rows]


def by_variable(kind: str, name: str, order: str, by: str = "processVariable") -> list[dict[str, object]]:
    return [{"sortBy": by, "sortOrder": order, "parameters": {"variable": name, "type": kind}}]


def test_tasks_are_sorted_by_what_variables_hold(admin: Client, purchase: str, tasks: dict[str, str]):
    def sorted_by(kind: str, name: str, order: str, by: str = "processVariable") -> list[str]:
        sent = {"processDefinitionKey": purchase, "sorting": by_variable(kind, name, order, by)}
        return names(tasks, admin.ok("POST", "/task", sent))

    assert sorted_by("Integer", "amount", "asc") == ["berta", "Anton", "Cäsar"]
    assert sorted_by("long", "amount", "desc") == ["Cäsar", "Anton", "berta"]
    assert set(sorted_by("String", "supplier", "asc")) == set(tasks)
    admin.ok("PUT", f"/task/{tasks['berta']}/localVariables/rank", {"value": 1, "type": "Integer"})
    admin.ok("PUT", f"/task/{tasks['Anton']}/localVariables/rank", {"value": 2, "type": "Integer"})
    assert sorted_by("Integer", "rank", "asc", "taskVariable") == ["berta", "Anton", "Cäsar"], "what has none comes last"
    assert sorted_by("Integer", "rank", "desc", "taskVariable") == ["Cäsar", "Anton", "berta"]


@pytest.mark.parametrize(
    "parameters", [None, {}, {"variable": "amount"}, {"variable": "amount", "type": "Thing"}, {"variable": 1, "type": "Long"}]
)
def test_sort_keys_by_variables_need_their_parameters(admin: Client, parameters: dict[str, object] | None):
    sent = {"sorting": [{"sortBy": "processVariable", "sortOrder": "asc", "parameters": parameters}]}
    assert admin.post("/task", sent).status == 400
    assert admin.get("/task?sortBy=processVariable&sortOrder=asc").status == 400


def test_only_who_sees_everything_sorts_by_variables(site: Site, tasks: dict[str, str], purchase: str):
    refused = site.client("sue").post("/task", {"sorting": by_variable("Integer", "amount", "asc")})
    assert (refused.status, refused.value["type"]) == (403, "AuthorizationException")


def test_names_and_descriptions_are_compared_whatever_their_case(admin: Client, purchase: str, tasks: dict[str, str]):
    admin.ok("PUT", f"/task/{tasks['Anton']}", {"name": "Ask 100% again", "description": "Look_here"})
    for condition, count in [
        ("name=ask 100%25 AGAIN", 1), ("nameLike=%25AGAIN", 1), ("nameLike=ask 100\\%25%25", 1), ("nameLike=ask 1\\%25%25", 0),
        ("nameNotEqual=SUBMIT", 1), ("nameNotLike=ask%25", 2), ("description=look_HERE", 1), ("descriptionLike=SAY%25", 2),
        ("descriptionLike=look\\_h%25", 1), ("descriptionLike=say\\_w%25", 0), ("assigneeNotIn=sue", 0),
    ]:  # fmt: skip
        path = f"/task/count?processDefinitionKey={purchase}&{condition.replace(' ', '%20')}"
        assert admin.ok("GET", path) == {"count": count}, condition
    by = f"/task?processDefinitionKey={purchase}&sortOrder=desc&sortBy="
    assert names(tasks, admin.ok("GET", f"{by}lastUpdated"))[0] == "Anton"
    assert names(tasks, admin.ok("GET", f"{by}description"))[-1] == "Anton"
    assert len(admin.ok("GET", f"{by}tenantId")) == 3


def test_tasks_that_were_changed_since_are_found(admin: Client, purchase: str, tasks: dict[str, str]):
    newest = max(it["created"] for it in admin.ok("GET", f"/task?processDefinitionKey={purchase}")).replace("+", "%2B")
    path = f"/task?processDefinitionKey={purchase}&updatedAfter={newest}"
    assert admin.ok("GET", path) == []
    admin.ok("POST", f"/task/{tasks['berta']}/claim", {"userId": "sue"})
    assert names(tasks, admin.ok("GET", path)) == ["berta"]


def test_case_is_ignored_where_that_is_asked_for(admin: Client, purchase: str, tasks: dict[str, str]):
    def count(operator: str, name: str, value: str, **how: bool) -> int:
        sent = {"processDefinitionKey": purchase, "processVariables": [{"name": name, "operator": operator, "value": value}], **how}
        found: int = admin.ok("POST", "/task/count", sent)["count"]
        return found

    assert (count("eq", "supplier", "BERTA"), count("eq", "supplier", "BERTA", variableValuesIgnoreCase=True)) == (0, 1)
    assert (count("like", "supplier", "B%"), count("like", "supplier", "B%", variableValuesIgnoreCase=True)) == (0, 1)
    assert count("neq", "supplier", "BERTA", variableValuesIgnoreCase=True) == 2
    assert (count("eq", "SUPPLIER", "berta"), count("eq", "SUPPLIER", "berta", variableNamesIgnoreCase=True)) == (0, 1)


def test_how_filters_are_meant_is_no_filter_in_a_group_of_which_one_is_enough(admin: Client, purchase: str, tasks: dict[str, str]):
    admin.ok("POST", f"/task/{tasks['berta']}/claim", {"userId": "sue"})
    group = {"taskId": "nothing", "candidateGroup": "sales"}
    sent = {"processDefinitionKey": purchase, "orQueries": [group]}
    assert admin.ok("POST", "/task/count", sent) == {"count": 2}
    assert admin.ok("POST", "/task/count", {**sent, "orQueries": [{**group, "includeAssignedTasks": True}]}) == {"count": 3}
    narrow = {"taskId": "nothing", "candidateGroup": "other", "includeAssignedTasks": True}
    assert admin.ok("POST", "/task/count", {**sent, "orQueries": [narrow]}) == {"count": 0}


@pytest.mark.parametrize("query", [
    "includeAssignedTasks=true", "delegationState=LOST", "candidateUser=sue&candidateGroup=sales", "dueDateExpression=x",
    "withCommentAttachmentInfo=true", "sortBy=colour&sortOrder=asc", "sortBy=id", "sortBy=id&sortOrder=up", "priority=high",
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(admin: Client, query: str):
    refused = admin.get(f"/task?{query}")
    assert (refused.status, refused.value["type"]) == (400, "InvalidRequestException"), refused.body


def test_of_conditions_in_a_group_one_is_enough(admin: Client, purchase: str, tasks: dict[str, str]):
    amounts = [{"name": "amount", "operator": "eq", "value": it} for it in (30, 5)]
    both = {"processDefinitionKey": purchase, "processVariables": amounts}
    either = {"processDefinitionKey": purchase, "orQueries": [{"processVariables": amounts}]}
    assert admin.ok("POST", "/task", both) == []
    assert set(names(tasks, admin.ok("POST", "/task", either))) == {"Anton", "berta"}
    past = admin.ok("POST", "/history/task", either)
    assert set(names(tasks, past)) == {"Anton", "berta"}
    cases = {"processDefinitionKey": purchase, "orQueries": [{"variables": amounts}]}
    assert len(admin.ok("POST", "/process-instance", cases)) == len(admin.ok("POST", "/history/process-instance", cases)) == 2


def test_a_group_and_several_must_both_name_it(admin: Client, purchase: str, tasks: dict[str, str]):
    for groups, count in (("sales,finance", 3), ("finance", 0)):
        query = f"processDefinitionKey={purchase}&candidateGroup=sales&candidateGroups={groups}"
        assert len(admin.found("/task", query)) == count, groups


def test_nothing_belongs_to_another_task_or_to_a_case_of_cmmn(admin: Client, purchase: str, tasks: dict[str, str]):
    for name in ("parentTaskId", "caseInstanceId", "caseDefinitionKey", "caseInstanceVariables"):
        value = "a_eq_1" if name == "caseInstanceVariables" else "x"
        assert admin.found("/task", f"processDefinitionKey={purchase}&{name}={value}") == set(), name
    for name in ("caseInstanceId", "caseExecutionId"):
        assert len(admin.ok("GET", f"/task?processDefinitionKey={purchase}&sortBy={name}&sortOrder=asc")) == 3
