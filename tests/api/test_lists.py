from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.api.conftest import Client, Site


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements of all connections, in order."""
    said: list[str] = []

    def note(_connection, _cursor, sql, *_rest) -> None:
        if not sql.startswith("BEGIN"):
            said.append(sql)

    database = site.services.database
    engines = {database._writer, database._reader} if database.dialect == "sqlite" else {database._writer}  # there they are one
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def test_a_list_of_tasks_takes_the_same_statements_for_two_rows_and_for_forty(site: Site, admin: Client, purchase: str):
    query = f"/task?processDefinitionKey={purchase}&candidateGroup=sales&sortBy=dueDate&sortOrder=asc"
    costs: list[int] = []
    for more in (2, 38):
        for _ in range(more):
            admin.start(purchase)
        with counted(site) as said:
            rows = admin.ok("GET", query)
        costs.append(len(said))
    assert len(rows) == 40
    assert costs[0] == costs[1] <= 6, said


def test_a_start_and_a_completion_cost_the_engines_step_and_the_look_at_who_calls(site: Site, admin: Client, purchase: str):
    admin.start(purchase, {"amount": {"value": 5000}})
    with counted(site) as started:
        instance = admin.start(purchase, {"amount": {"value": 5000}})
    task = admin.tasks(instance)["submit"]
    with counted(site) as completed:
        admin.ok("POST", f"/task/{task}/complete", {})
    caller = [sql for sql in completed if "credential" in sql]
    assert len(caller) == 1
    assert len(completed) <= 12 + 2, "\n".join(completed)
    assert len(started) <= 12 + 2 + 2, "\n".join(started)


def test_pages_are_cut_and_sorted(admin: Client, purchase: str):
    ids = sorted(admin.tasks(admin.start(purchase))["submit"] for _ in range(5))
    base = f"/task?processDefinitionKey={purchase}&sortBy=id&sortOrder="
    assert [it["id"] for it in admin.ok("GET", f"{base}asc")] == ids
    assert [it["id"] for it in admin.ok("GET", f"{base}desc&firstResult=1&maxResults=2")] == ids[::-1][1:3]
    assert admin.ok("GET", f"/task/count?processDefinitionKey={purchase}") == {"count": 5}
    body = {"processDefinitionKey": purchase, "sorting": [{"sortBy": "id", "sortOrder": "desc"}], "candidateGroups": None}
    assert [it["id"] for it in admin.ok("POST", "/task?maxResults=2", body)] == ids[::-1][:2]
    assert admin.ok("POST", "/task/count", body) == {"count": 5}


def test_one_of_several_groups_of_filters_is_enough(admin: Client, purchase: str):
    first, second, _ = (admin.start(purchase, None, f"BK-{number}") for number in range(3))
    body = {
        "processDefinitionKey": purchase,
        "orQueries": [{"processInstanceId": first, "processInstanceBusinessKey": "BK-1"}],
        "sorting": [{"sortBy": "id", "sortOrder": "asc"}],
    }
    assert [it["processInstanceId"] for it in admin.ok("POST", "/task", body)] == [first, second]


def test_candidates_match_tasks_that_nobody_has(admin: Client, purchase: str):
    task = admin.tasks(admin.start(purchase))["submit"]
    query = f"/task/count?processDefinitionKey={purchase}&"
    for condition in ("candidateGroup=sales", "candidateGroups=finance,sales", "candidateUser=sue", "unassigned=true"):
        assert admin.ok("GET", query + condition) == {"count": 1}, condition
    admin.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    for condition in ("candidateGroup=sales", "candidateUser=sue", "unassigned=true", "assignee=sam"):
        assert admin.ok("GET", query + condition) == {"count": 0}, condition
    for condition in ("candidateGroup=sales&includeAssignedTasks=true", "assignee=sue", "assigned=true", "involvedUser=sue"):
        assert admin.ok("GET", query + condition) == {"count": 1}, condition


def test_tasks_are_found_by_variables_of_their_process(site: Site, admin: Client, purchase: str):
    for amount in (500, 5000):
        admin.start(purchase, {"amount": {"value": amount}, "supplier": {"value": f"S{amount}"}})
    conditions = [
        ([{"name": "amount", "operator": "gt", "value": 1000}], 1),
        ([{"name": "amount", "operator": "gteq", "value": 500}], 2),
        ([{"name": "amount", "operator": "eq", "value": "500", "type": "Integer"}], 1),
        ([{"name": "supplier", "operator": "like", "value": "S5%"}, {"name": "amount", "operator": "neq", "value": 500}], 1),
    ]
    for variables, count in conditions:
        body = {"processDefinitionKey": purchase, "processVariables": variables}
        assert admin.ok("POST", "/task/count", body) == {"count": count}, variables
    query = f"processDefinitionKey={purchase}&processVariables=supplier_eq_S500"
    assert admin.ok("GET", f"/task/count?{query}") == {"count": 1}
    assert admin.ok("GET", f"/process-instance/count?processDefinitionKey={purchase}&variables=supplier_like_S%25") == {"count": 2}
    assert site.client("sue").get(f"/task?{query}").status == 403


@pytest.mark.parametrize(
    "query",
    [
        "sortBy=created", "sortOrder=asc", "sortBy=nope&sortOrder=asc", "sortBy=id&sortOrder=up", "priority=x", "dueBefore=x",
        "dueBefore=2026-01-31", "maxResults=x", "firstResult=-1", "maxResults=99999999999999999999", "active=x", "processVariables=amount",
        "ownerExpression=x",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_and_named(admin: Client, query: str):
    answer = admin.get(f"/task?{query}")
    assert answer.status == 400
    assert answer.value["type"] == "InvalidRequestException"
    assert set(answer.value) == {"type", "message", "code"}


def test_metacharacters_of_sql_are_plain_text(admin: Client, purchase: str):
    admin.start(purchase, None, "x")
    for value in ("'%20OR%201=1--", "%25", "%22;drop%20table%20user_task;--"):
        assert admin.ok("GET", f"/task/count?processDefinitionKey={purchase}&processInstanceBusinessKey={value}") == {"count": 0}
    assert admin.get("/task?sortBy=id;drop%20table%20user_task&sortOrder=asc").status == 400
    assert admin.ok("GET", f"/task/count?processDefinitionKey={purchase}") == {"count": 1}


def test_an_unknown_filter_is_refused_and_null_is_as_good_as_none(admin: Client, purchase: str):
    admin.start(purchase)
    for body in ({"unknown": 1}, {"orQueries": [{"unknown": 1}]}):
        answer = admin.post("/task/count", {"processDefinitionKey": purchase, **body})
        assert (answer.status, "'unknown'" in answer.value["message"]) == (400, True)
    assert admin.get(f"/task/count?processDefinitionKey={purchase}&unknown=1").status == 400
    assert admin.ok("POST", "/task/count", {"processDefinitionKey": purchase, "unknown": None}) == {"count": 1}


@pytest.mark.parametrize("number", [2**31, 2**63, -(2**70)])
def test_a_number_that_no_database_holds_is_refused(admin: Client, number: int):
    answer = admin.post("/task/count", {"maxPriority": number})
    assert (answer.status, "'maxPriority'" in answer.value["message"]) == (400, True)
    assert admin.get(f"/task/count?maxPriority={number}").status == 400


def test_an_empty_list_of_variables_is_no_filter(admin: Client, purchase: str):
    admin.start(purchase)
    for path, names in {"/task": ("processVariables", "taskVariables"), "/process-instance": ("variables",)}.items():
        for name in names:
            sent = {"processDefinitionKey": purchase, name: []}
            assert admin.ok("POST", f"{path}/count", sent) == {"count": 1}
            assert len(admin.ok("POST", path, sent)) == 1


def test_null_is_no_text_in_filters_by_variables(admin: Client, purchase: str):
    empty, text = (admin.start(purchase, {"note": {"value": it}}) for it in (None, "x"))
    of = f"processDefinitionKey={purchase}"
    for query, ids in ((f"{of}&variables=note_eq_null", {empty}), (f"{of}&variables=note_neq_null", {text})):
        assert {it["id"] for it in admin.ok("GET", f"/process-instance?{query}")} == ids
    for value in (None, "null"):
        sent = {"processDefinitionKey": purchase, "variables": [{"name": "note", "operator": "eq", "value": value}]}
        assert admin.ok("POST", "/process-instance/count", sent) == {"count": 1}


def test_there_are_no_tenants(admin: Client, purchase: str):
    admin.start(purchase)
    query = f"/task/count?processDefinitionKey={purchase}"
    assert admin.ok("GET", f"{query}&withoutTenantId=true") == {"count": 1}
    assert admin.ok("GET", f"{query}&tenantIdIn=t1") == {"count": 0}
    for path in ("/job", "/incident"):
        assert admin.ok("GET", f"{path}?tenantIdIn=t1") == []
        assert admin.ok("GET", f"{path}/count?tenantIdIn=t1") == {"count": 0}
    of_a_tenant = f"/process-definition/key/{purchase}/tenant-id/t1"
    for answer in (admin.get(of_a_tenant), admin.get(f"{of_a_tenant}/xml"), admin.post(f"{of_a_tenant}/start", {})):
        message = f"No matching process definition with key: {purchase} and tenant-id: t1"
        assert (answer.status, answer.value["type"], answer.value["message"]) == (404, "RestException", message)


@pytest.mark.parametrize("body", ["{bad", "[]", "3", '{"a": NaN}', "[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(admin: Client, purchase: str, body: str):
    answer = admin.call("POST", f"/process-definition/key/{purchase}/start", body.encode())
    assert answer.status == 400
    assert answer.value["type"] == "InvalidRequestException"


def test_a_path_that_is_not_there_and_a_wrong_method_answer_as_json(admin: Client):
    assert (admin.get("/nothing-here").status, admin.get("/nothing-here").value["type"]) == (404, "NotFoundException")
    answer = admin.call("PUT", "/task", {})
    assert (answer.status, answer.value["type"]) == (405, "NotAllowedException")
