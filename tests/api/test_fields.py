"""Field by field: every answer has the fields that Camunda 7.23 answers with, and values of the same kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.api.camunda_fields import FIELDS
from tests.api.conftest import PURCHASE, Client, Site
from tests.api.test_attachments import create
from tests.api.test_definitions import FAILS
from tests.api.test_executions_and_jobs import DECISION, WAITS

KINDS: Mapping[type, str] = {bool: "flag", int: "number", float: "number", str: "text", list: "list", dict: "object", type(None): "null"}
OURS = {
    "activity-instances": {"incidents"},
    "external-task": {"createTime"},
    "process-instance": set(),
}
"""What we tell and Camunda does not, or not always."""
PATHS = {
    "task": "/task?processInstanceId={case}",
    "comment": "/task/{task}/comment",
    "attachment": "/task/{task}/attachment",
    "identity-link": "/task/{task}/identity-links",
    "form": "/task/{task}/form",
    "group-count": "/task/report/candidate-group-count",
    "process-definition": "/process-definition?key={key}",
    "process-instance": "/process-instance?processInstanceIds={case}",
    "deployment": "/deployment?id={deployment}",
    "execution": "/execution?processInstanceId={case}",
    "activity-instances": "/process-instance/{case}/activity-instances",
    "external-task": "/external-task?processInstanceId={failed}",
    "job": "/job?processDefinitionKey={key}w",
    "incident": "/incident?processInstanceId={failed}",
    "event-subscription": "/event-subscription?processInstanceId={waiting}",
    "decision-definition": "/decision-definition?key={key}d",
    "history/task": "/history/task?processInstanceId={case}",
    "history/process-instance": "/history/process-instance?processInstanceId={case}",
    "history/activity-instance": "/history/activity-instance?processInstanceId={case}",
    "history/variable-instance": "/history/variable-instance?processInstanceId={case}",
    "history/detail": "/history/detail?processInstanceId={case}",
    "history/incident": "/history/incident?processInstanceId={failed}",
    "history/external-task-log": "/history/external-task-log?processInstanceId={failed}",
    "history/identity-link-log": "/history/identity-link-log?processInstanceId={case}",
    "statistics": "/process-definition/key/{key}/statistics",
    "statistics of versions": "/process-definition/statistics",
    "history statistics": "/history/process-definition/{definition}/statistics",
    "resources": "/deployment/{deployment}/resources",
    "xml": "/process-definition/{definition}/xml",
}


@pytest.fixture
def names(site: Site, admin: Client, key: str) -> dict[str, str]:
    """Something of everything that an address asks for."""
    files = {
        "p": PURCHASE.replace("KEY", key),
        "f": FAILS.replace("KEY", f"{key}f"),
        "w": WAITS.replace("KEY", f"{key}w"),
        "d.dmn": DECISION.replace("KEY", f"{key}d"),
    }
    deployment = admin.deploy(**files).value["id"]
    case = admin.start(key, {"amount": {"value": 5000, "type": "Integer"}})
    task = admin.tasks(case)["submit"]
    admin.ok("POST", f"/task/{task}/claim", {"userId": "sue"})
    admin.ok("POST", f"/task/{task}/comment/create", {"message": "x"})
    create(admin, task, attachment_name="x")
    admin.start(key)
    failed, waiting, timed = admin.start(f"{key}f"), admin.start(f"{key}w"), admin.start(f"{key}w")
    admin.post(f"/execution/{timed}/signal", {})
    topics = [{"topicName": f"ship-{key}f", "lockDuration": 60000}]
    (locked,) = admin.ok("POST", "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": topics})
    compare("fetchAndLock", [locked])
    failure = {"workerId": "w", "errorMessage": "x", "retries": 0, "retryTimeout": 0}
    admin.ok("POST", f"/external-task/{locked['id']}/failure", failure)
    definition = admin.ok("GET", f"/process-definition/key/{key}")["id"]
    return {
        "key": key, "case": case, "task": task, "failed": failed, "waiting": waiting, "deployment": deployment, "definition": definition,
    }  # fmt: skip


def compare(name: str, rows: list[dict[str, Any]]) -> None:
    """The names of the fields, and the kinds of those that have a value on both sides."""
    theirs = {field: set(kinds.split("|")) for field, _, kinds in (it.partition(":") for it in FIELDS[name].split())}
    assert rows, name
    for row in rows:
        assert row.keys() - OURS.get(name, set()) == theirs.keys() - OURS.get(name, set()), name
        for field, kinds in theirs.items():
            found = KINDS[type(row.get(field))]
            known = kinds - {"null"}
            assert found == "null" or not known or found in known, f"{name}: {field} is a {found}, not a {known}"


def test_the_fields_are_those_of_camunda(admin: Client, names: dict[str, str]):
    for name, path in PATHS.items():
        answer = admin.ok("GET", path.format(**names))
        compare(name, answer if isinstance(answer, list) else [answer])


def test_a_case_that_is_started_and_a_remark_have_the_fields_of_camunda(admin: Client, purchase: str):
    started = admin.ok("POST", f"/process-definition/key/{purchase}/start", {})
    compare("process-definition/start", [started])
    task = admin.tasks(started["id"])["submit"]
    compare("comment/create", [admin.ok("POST", f"/task/{task}/comment/create", {"message": "x"})])


def test_nothing_that_was_asked_of_camunda_is_left_out():
    assert FIELDS.keys() == {*PATHS, "fetchAndLock", "process-definition/start", "comment/create", "history/job-log"}
