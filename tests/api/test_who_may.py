"""Security rows: who may call, and what a caller may see and do."""

from __future__ import annotations

import json

import pytest

from app.auth import passwords
from engine import SYSTEM
from tests.api.conftest import PURCHASE, Client, Site

AMOUNT = {"amount": {"value": 5000, "type": "Integer"}}


@pytest.mark.parametrize(("person", "password"), [(None, ""), ("sue", "wrong"), ("nobody", "demo"), ("", "demo")])
def test_without_a_right_password_nothing_is_told(site: Site, person: str | None, password: str):
    answer = site.client(person, password).get("/task")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Crossdesk"'
    assert answer.value["type"] == "AuthenticationException"


def test_a_session_of_the_pages_opens_nothing_here(site: Site):
    client = site.client(None)
    assert client.call("GET", "/task", None, Cookie="crossdesk=anything").status == 401


def test_no_cookie_is_set(admin: Client, purchase: str):
    answer = admin.post(f"/process-definition/key/{purchase}/start", {})
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers


def test_pages_of_other_sites_may_not_call(admin: Client):
    assert admin.call("POST", "/message", {"messageName": "m"}, **{"Sec-Fetch-Site": "cross-site"}).status == 403


def test_the_sixth_wrong_password_is_refused_also_when_it_is_right(site: Site):
    site.real_time.ahead += 120  # no password is remembered
    for _ in range(5):
        assert site.client("late", "wrong").get("/task").status == 401
    answer = site.client("late").get("/task")
    assert answer.status == 429
    assert answer.value["type"] == "RestException"
    assert site.client("sue").get("/task").status == 200


def test_a_right_password_is_verified_once_a_minute(site: Site, monkeypatch: pytest.MonkeyPatch):
    verified: list[str] = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda stored, password: verified.append(password) or matches(stored, password))
    client = site.client("sam")
    site.real_time.ahead += 120
    for _ in range(3):
        client.get("/task/count")
    assert len(verified) == 1
    site.real_time.ahead += 61
    client.get("/task/count")
    assert len(verified) == 2


def test_a_new_password_counts_at_once(site: Site):
    old = site.client("max")
    assert old.get("/task/count").status == 200
    site.services.doors.set_password("max", "a new and longer one")
    assert old.get("/task/count").status == 401
    assert site.client("max", "a new and longer one").get("/task/count").status == 200


def test_who_is_disabled_is_refused_at_once(site: Site):
    client = site.client("gone")
    assert client.get("/task/count").status == 200
    site.services.engine.organisation.set_active(SYSTEM, "gone", active=False)
    assert client.get("/task/count").status == 401


def test_a_person_sees_only_the_cases_that_concern_them(site: Site, admin: Client, purchase: str):
    instance = admin.start(purchase, AMOUNT)
    task = admin.tasks(instance)["submit"]
    sue, fay = site.client("sue"), site.client("fay")
    assert list(sue.tasks(instance)) == ["submit"]
    assert fay.tasks(instance) == {}
    assert fay.get(f"/task/{task}").status == 404
    assert fay.get(f"/process-instance/{instance}").status == 404
    assert fay.get(f"/process-instance/{instance}/variables").status == 500
    assert fay.get(f"/task/{task}/variables").status == 500
    for path in ("task", "process-instance", "history/task", "history/process-instance", "history/activity-instance"):
        of = "processInstanceIds" if path == "process-instance" else "processInstanceId"
        assert fay.ok("GET", f"/{path}/count?{of}={instance}") == {"count": 0}, path
        assert fay.ok("GET", f"/{path}?{of}={instance}") == [], path


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("claim", {"userId": "ann"}),
        ("claim", {"userId": "sue"}),
        ("claim", {}),
        ("unclaim", {}),
        ("assignee", {"userId": "ann"}),
        ("complete", {}),
        ("variables", {"modifications": {"amount": {"value": 1}}}),
    ],
)
def test_an_outsider_is_told_of_a_task_what_is_told_of_none(site: Site, admin: Client, purchase: str, verb: str, body: dict[str, object]):
    open_now, done = (admin.tasks(admin.start(purchase, {"amount": {"value": 10, "type": "Integer"}}))["submit"] for _ in range(2))
    admin.ok("POST", f"/task/{done}/complete", {})
    ann = site.client("ann")

    def answer(task: str) -> tuple[int, bytes]:
        told = ann.post(f"/task/{task}/{verb}", body)
        return told.status, told.body.replace(task.encode(), b"-")

    assert answer(open_now) == answer(done) == answer("never")
    assert answer("never")[0] in {400, 500}


def test_a_person_may_not_act_for_others(site: Site, admin: Client, purchase: str):
    instance = admin.start(purchase, AMOUNT)
    task = admin.tasks(instance)["submit"]
    sue = site.client("sue")
    for path, body in {
        f"/task/{task}/claim": {"userId": "sam"},
        f"/task/{task}/assignee": {"userId": "sue"},
        f"/task/{task}/complete": {},
        f"/process-instance/{instance}/variables": {"modifications": {"amount": {"value": 1}}},
        "/message": {"messageName": "m"},
    }.items():
        answer = sue.post(path, body)
        assert answer.status == 403, path
        assert answer.value["type"] == "AuthorizationException"
        assert answer.value["userId"] == "sue"
        assert set(answer.value["missingAuthorizations"][0]) == {"permissionName", "resourceName", "resourceId"}
    assert sue.deploy(x="<x/>").status == 403
    deployment = admin.ok("GET", f"/process-definition/key/{purchase}")["deploymentId"]
    assert sue.call("DELETE", f"/deployment/{deployment}?cascade=true").status == 403
    sue.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    sue.ok("POST", f"/task/{task}/complete", {})


def test_a_worker_sees_everything_and_acts_for_others(site: Site, purchase: str):
    robot = site.client("robot")
    instance = robot.start(purchase, AMOUNT)
    task = robot.tasks(instance)["submit"]
    robot.ok("POST", f"/task/{task}/claim", {"userId": "kermit"})
    robot.ok("POST", f"/task/{task}/complete", {})
    assert list(robot.tasks(instance)) == ["finance"]
    assert robot.deploy(x="<x/>").status == 403


def test_an_auditor_sees_everything_and_changes_nothing(site: Site, admin: Client, purchase: str):
    instance = admin.start(purchase, AMOUNT)
    auditor = site.client("axel")
    task = auditor.tasks(instance)["submit"]
    assert auditor.post(f"/task/{task}/claim", {"userId": "axel"}).status == 403
    assert auditor.post(f"/process-definition/key/{purchase}/start", {}).status == 403


def test_fields_that_a_step_may_not_write_are_refused(site: Site, admin: Client, key: str):
    model = PURCHASE.replace("KEY", key).replace(
        "<bpmn:documentation>Say what.</bpmn:documentation>",
        '<bpmn:extensionElements xmlns:crossdesk="urn:crossdesk:schema:1.0"><crossdesk:fields>'
        '<crossdesk:field name="note" access="write"/><crossdesk:field name="secret" access="hidden"/></crossdesk:fields>'
        "</bpmn:extensionElements>",
    )
    model = model.replace('name="Submit"', f'name="Submit" camunda:formKey="f{key}"')
    form = json.dumps({"type": "default", "components": [{"type": "textfield", "key": it} for it in ("note", "secret", "amount")]})
    assert admin.deploy(**{"p": model, f"f{key}.form": form}).status == 200
    instance = admin.start(key, {**AMOUNT, "secret": {"value": "s"}})
    sue = site.client("sue")
    task = sue.tasks(instance)["submit"]
    sue.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    for read in (f"/task/{task}/variables", f"/process-instance/{instance}/variables"):
        assert "secret" not in sue.ok("GET", read)
        assert "amount" in sue.ok("GET", read)
    answer = sue.post(f"/task/{task}/complete", {"variables": {"amount": {"value": 1}}})
    assert answer.status == 400
    assert "amount" in answer.value["message"]
    sue.ok("POST", f"/task/{task}/complete", {"variables": {"note": {"value": "ok"}}})
    assert admin.ok("GET", f"/process-instance/{instance}/variables")["secret"]["value"] == "s"
