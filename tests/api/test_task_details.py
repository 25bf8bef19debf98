"""What user tasks say, whom they are offered to, remarks on them, and their forms."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import Client, Site

FORM = json.dumps({"type": "default", "id": "odd", "components": [
    {"type": "number", "key": "amount", "label": "Amount", "id": "f1", "validate": {"required": True, "max": 100}},
]})  # fmt: skip
WITH_FORM = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:crossdesk="urn:crossdesk:schema:1.0" id="d" targetNamespace="forms">
 <bpmn:process id="KEY" isExecutable="true"><bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="fill"/>
  <bpmn:userTask id="fill" camunda:formKey="odd">
   <bpmn:extensionElements><crossdesk:fields><crossdesk:field name="amount" access="write"/></crossdesk:fields></bpmn:extensionElements>
  </bpmn:userTask><bpmn:sequenceFlow id="f2" sourceRef="fill" targetRef="end"/><bpmn:endEvent id="end"/>
 </bpmn:process></bpmn:definitions>"""
DUE, FOLLOW_UP = "2031-02-03T09:15:00.000+0000", "2031-02-01T09:15:00.000+0000"


@pytest.fixture
def task(admin: Client, purchase: str) -> str:
    return admin.tasks(admin.start(purchase, {"amount": {"value": 5}}))["submit"]


@pytest.fixture
def with_form(admin: Client, key: str) -> str:
    """A task with a form. Its id."""
    assert admin.deploy(**{"p": WITH_FORM.replace("KEY", key), "odd.form": FORM}).status == 200
    return admin.tasks(admin.start(key, {"colour": {"value": "red"}}))["fill"]


def test_a_task_says_what_is_put_into_it_and_what_is_left_out_is_gone(admin: Client, task: str):
    before = admin.ok("GET", f"/task/{task}")
    assert (before["description"], before["lastUpdated"], before["taskState"]) == ("Say what.", None, "Created")
    said = {
        "name": "Say it", "description": "All of it.", "assignee": "sue", "owner": "sam", "delegationState": "PENDING", "due": DUE,
        "followUp": FOLLOW_UP, "priority": 7,
    }  # fmt: skip
    assert admin.ok("PUT", f"/task/{task}", said) is None
    found = admin.ok("GET", f"/task/{task}")
    assert {name: found[name] for name in said} == said
    assert (found["taskState"], found["lastUpdated"] is None) == ("Updated", False)
    admin.ok("PUT", f"/task/{task}", {"name": "Again"})
    found = admin.ok("GET", f"/task/{task}")
    assert {name: found[name] for name in said} == {**dict.fromkeys(said), "name": "Again", "priority": 7}


def test_what_was_changed_stands_in_the_history(site: Site, admin: Client, task: str):
    admin.ok("PUT", f"/task/{task}", {"name": "Submit", "description": "Say what.", "priority": 7, "assignee": "sue"})
    case = admin.ok("GET", f"/task/{task}")["processInstanceId"]
    engine = site.services.engine
    (entry, _) = engine.history.entries(engine.organisation.actor("admin"), case)
    changes = {"priority": [50, 7]}
    assert entry.events == (
        ("UserTaskReassigned", {"task": task, "assignee": "sue", "reason": ""}),
        ("UserTaskChanged", {"task": task, "element": "submit", "changes": changes}),
    )


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"priority": 2**31}, "priority"),
        ({"priority": "high"}, "priority"),
        ({"due": "tomorrow"}, "due"),
        ({"due": "0001-01-01T00:00:00.000+1400"}, "due"),
        ({"delegationState": "LOST"}, "delegationState"),
        ({"assignee": "x" * 256}, "assignee"),
        ({"description": "x" * 4001}, "description"),
        ({"name": "a\0b"}, "character"),
        ({"parentTaskId": "other"}, "parentTaskId"),
        ({"tenantId": "other"}, "tenantId"),
    ],
)
def test_what_a_task_cannot_say_is_refused(admin: Client, task: str, sent: dict[str, object], why: str):
    before = admin.ok("GET", f"/task/{task}")
    refused = admin.call("PUT", f"/task/{task}", sent)
    assert (refused.status, refused.value["type"]) == (400, "InvalidRequestException"), refused.body
    assert why in refused.value["message"] or why == "character"
    assert admin.ok("GET", f"/task/{task}") == before


def test_whom_a_task_is_offered_to_is_read_and_changed(site: Site, admin: Client, purchase: str, task: str):
    def links() -> set[tuple[str | None, str | None, str]]:
        return {(it["userId"], it["groupId"], it["type"]) for it in admin.ok("GET", f"/task/{task}/identity-links")}

    def offered(condition: str) -> int:
        found: int = admin.ok("GET", f"/task/count?processDefinitionKey={purchase}&{condition}")["count"]
        return found

    assert links() == {(None, "sales", "candidate")}
    path = f"/task/{task}/identity-links"
    for sent in ({"userId": "fay"}, {"groupId": "finance"}, {"userId": "fay"}):
        admin.ok("POST", path, {**sent, "type": "candidate"})
    admin.ok("POST", path, {"userId": "sam", "type": "owner"})
    assert links() == {(None, "sales", "candidate"), (None, "finance", "candidate"), ("fay", None, "candidate"), ("sam", None, "owner")}
    assert [it["id"] for it in site.client("fay").ok("GET", f"/task?processDefinitionKey={purchase}")] == [task]
    assert (offered("candidateGroup=finance"), offered("candidateGroupLike=fin%25"), offered("owner=sam")) == (1, 1, 1)
    admin.ok("POST", path, {"userId": "sue", "type": "assignee"})
    assert admin.ok("GET", f"{path}?type=assignee") == [{"userId": "sue", "groupId": None, "type": "assignee"}]
    assert (offered("withCandidateGroups=true"), offered("withCandidateGroups=true&includeAssignedTasks=true")) == (0, 1)
    for sent in ({"groupId": "finance", "type": "candidate"}, {"userId": "fay", "type": "candidate"}, {"userId": "sam", "type": "owner"},
                 {"userId": "sue", "type": "assignee"}):  # fmt: skip
        admin.ok("POST", f"{path}/delete", sent)
    assert links() == {(None, "sales", "candidate")}
    assert site.client("fay").ok("GET", f"/task?processDefinitionKey={purchase}") == []


@pytest.mark.parametrize(
    "sent",
    [
        {"userId": "sue"}, {"type": "candidate"}, {"userId": "sue", "groupId": "sales", "type": "candidate"},
        {"groupId": "sales", "type": "assignee"}, {"userId": "sue", "type": "watcher"}, {"userId": "x" * 256, "type": "candidate"},
    ],
)  # fmt: skip
def test_links_that_are_none_are_refused(admin: Client, task: str, sent: dict[str, str]):
    for path in ("", "/delete"):
        if path and len(sent.get("userId", "")) > 255:
            continue
        assert admin.post(f"/task/{task}/identity-links{path}", sent).status == 400


def test_who_sees_a_task_does_not_change_what_it_says(site: Site, task: str):
    sue = site.client("sue")
    calls = [("PUT", "", {"name": "mine"}), ("POST", "/identity-links", {"userId": "sue", "type": "candidate"}),
             ("POST", "/identity-links/delete", {"groupId": "sales", "type": "candidate"}),
             ("POST", "/identity-links", {"userId": "sue", "type": "owner"})]  # fmt: skip
    for method, path, sent in calls:
        refused = sue.call(method, f"/task/{task}{path}", sent)
        assert (refused.status, refused.value["type"]) == (403, "AuthorizationException"), refused.body
        assert site.client("fay").call(method, f"/task/{task}{path}", sent).status in {400, 404}, "who sees nothing of it"


def test_remarks_are_kept_and_told_the_newest_first(site: Site, admin: Client, purchase: str, task: str):
    made = admin.ok("POST", f"/task/{task}/comment/create", {"message": "Which one?"})
    assert made["links"][0]["href"].endswith(f"/engine-rest/task/{task}/comment/{made['id']}")
    site.client("sue").ok("POST", f"/task/{task}/comment/create", {"message": "The red one. 红色"})
    found = admin.ok("GET", f"/task/{task}/comment")
    assert [(it["userId"], it["message"], it["taskId"]) for it in found] == [
        ("sue", "The red one. 红色", task), ("admin", "Which one?", task),
    ]  # fmt: skip
    assert admin.ok("GET", f"/task/{task}/comment/{made['id']}") == {**made, "links": []}
    assert admin.get(f"/task/{task}/comment/other").status == 404
    assert admin.get("/task/other/comment").status == 404
    assert admin.post("/task/other/comment/create", {"message": "x"}).status == 400
    assert admin.post(f"/task/{task}/comment/create", {"message": " "}).status == 400
    fay = site.client("fay")
    assert (fay.get(f"/task/{task}/comment").status, fay.post(f"/task/{task}/comment/create", {"message": "x"}).status) == (404, 400)
    admin.ok("POST", f"/task/{task}/complete", {})
    assert len(admin.ok("GET", f"/task/{task}/comment")) == 2, "also when it is done"
    assert admin.post(f"/task/{task}/comment/create", {"message": "late"}).status == 400


def test_the_groups_count_what_nobody_has(site: Site, admin: Client, purchase: str):
    def counts(client: Client) -> dict[str | None, int]:
        return {it["groupName"]: it["taskCount"] for it in client.ok("GET", "/task/report/candidate-group-count")}

    before = counts(admin)
    tasks = [admin.tasks(admin.start(purchase))["submit"] for _ in range(3)]
    assert counts(admin)["sales"] == before.get("sales", 0) + 3
    admin.ok("POST", f"/task/{tasks[0]}/claim", {"userId": "sue"})
    assert counts(admin)["sales"] == before.get("sales", 0) + 2
    admin.ok("POST", f"/task/{tasks[1]}/identity-links", {"groupId": f"only-{purchase}", "type": "candidate"})
    assert counts(admin)[f"only-{purchase}"] == 1
    assert f"only-{purchase}" not in counts(site.client("max"))


def test_a_form_is_named_read_and_sent(admin: Client, with_form: str):
    assert admin.ok("GET", f"/task/{with_form}/form") == {"key": "odd", "camundaFormRef": None, "contextPath": None}
    assert admin.ok("GET", f"/task/{with_form}/deployed-form") == json.loads(FORM)
    variables = {"colour": {"type": "String", "value": "red", "valueInfo": {}}}
    assert admin.ok("GET", f"/task/{with_form}/form-variables") == variables
    assert admin.ok("GET", f"/task/{with_form}/form-variables?variableNames=colour,other") == variables
    assert admin.ok("GET", f"/task/{with_form}/form-variables?variableNames=other") == {}
    for sent in ({}, {"variables": {"amount": {"value": 101}}}):
        refused = admin.post(f"/task/{with_form}/submit-form", sent)
        assert (refused.status, refused.value["type"]) == (400, "RestException"), refused.body
        assert f"Cannot submit task form {with_form}: " in refused.value["message"]
    sent = {"variables": {"amount": {"value": 100}}, "withVariablesInReturn": True}
    told = admin.ok("POST", f"/task/{with_form}/submit-form", sent)
    assert {name: it["value"] for name, it in told.items()} == {"colour": "red", "amount": 100}
    assert admin.get(f"/task/{with_form}").status == 404
    gone = admin.post(f"/task/{with_form}/submit-form", {})
    assert (gone.status, gone.value["message"]) == (
        500, f"Cannot submit task form {with_form}: Cannot find task with id {with_form}: task is null",
    )  # fmt: skip


def test_a_form_that_is_sent_gives_a_delegated_task_back(admin: Client, with_form: str):
    admin.ok("POST", f"/task/{with_form}/assignee", {"userId": "sam"})
    admin.ok("POST", f"/task/{with_form}/delegate", {"userId": "sue"})
    assert admin.post(f"/task/{with_form}/submit-form", {"variables": {"amount": {"value": 101}}}).status == 400
    admin.ok("POST", f"/task/{with_form}/submit-form", {"variables": {"amount": {"value": 5}}})
    found = admin.ok("GET", f"/task/{with_form}")
    assert (found["assignee"], found["delegationState"]) == ("sam", "RESOLVED")
    assert admin.ok("GET", f"/task/{with_form}/variables")["amount"]["value"] == 5


def test_a_task_without_a_form_has_none(admin: Client, task: str):
    assert admin.ok("GET", f"/task/{task}/form")["key"] is None
    assert (admin.get(f"/task/{task}/deployed-form").status, admin.get("/task/other/deployed-form").status) == (400, 404)
    rendered = admin.get(f"/task/{task}/rendered-form")
    assert (rendered.status, rendered.value["message"]) == (404, f"No matching rendered form for task with the id {task} found.")
    assert admin.get("/task/other/form").value["message"] == "Cannot get form for task other"
