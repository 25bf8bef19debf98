"""Whatever stands in an address or a body: what cannot be read or stored is refused, and the server never fails."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client

PATHS = (
    "/task?nameLike={v}", "/task?name={v}", "/task?taskId={v}", "/task?description={v}", "/process-definition?startableBy={v}",
    "/process-definition?incidentMessageLike={v}", "/process-instance?activityIdIn={v}", "/deployment?nameLike={v}",
    "/deployment/{v}/resources", "/deployment/x/resources/{v}/data", "/decision-definition?keyLike={v}", "/job?exceptionMessage={v}",
    "/history/user-operation?taskId={v}", "/history/detail?processInstanceId={v}",
    "/history/process-instance?executedActivityIdIn={v}&processInstanceId=x", "/history/task?taskDeleteReasonLike={v}",
    "/history/activity-instance?executionId={v}", "/task/{v}/comment", "/task/{v}/identity-links", "/execution/{v}/localVariables/x",
    "/task/{v}/attachment", "/task/{v}/attachment/{v}/data",
    "/history/process-definition/{v}/statistics", "/process-definition/{v}/statistics", "/decision-definition/{v}",
)  # fmt: skip
BODIES = (
    ("PUT", "/task/{task}", {"name": "a\0"}), ("PUT", "/task/{task}", {"assignee": "\ud800"}), ("PUT", "/task/{task}", {"priority": 2**61}),
    ("POST", "/task/{task}/comment/create", {"message": "a\0"}), ("POST", "/task/{task}/comment/create", {"message": "\ud800x"}),
    ("POST", "/task/{task}/identity-links", {"userId": "a\0", "type": "candidate"}),
    ("POST", "/task/{task}/identity-links/delete", {"userId": "a\0", "type": "candidate"}),
    ("POST", "/task/{task}/identity-links", {"userId": "a\0", "type": "assignee"}),
    ("PUT", "/external-task/retries", {"retries": 1, "externalTaskIds": ["a\0"]}),
    ("PUT", "/external-task/retries", {"retries": 2**40, "externalTaskIds": ["a"]}),
    ("POST", "/message", {"messageName": "x", "localCorrelationKeys": {"a\0": {"value": "b\0"}}}),
    ("POST", "/task", {"processVariables": [{"name": "a\0", "operator": "eq", "value": "b"}]}),
    ("POST", "/process-definition/key/{key}/start", {"startInstructions": [{"type": "startBeforeActivity", "activityId": "a\0"}]}),
    ("POST", "/history/variable-instance", {"processInstanceId": "a\0"}), ("POST", "/job", {"dueDates": [1]}),
    ("POST", "/job", {"dueDates": [{"operator": "gt", "value": None}]}),
)  # fmt: skip


@pytest.mark.parametrize("value", ["%00", "%5C", "a%5C", "%ED%A0%80", "%25%5C", "x" * 3000, "'"])
def test_no_address_makes_the_server_fail(admin: Client, value: str):
    answers = {path: admin.get(path.replace("{v}", value)).status for path in PATHS}
    assert {path: status for path, status in answers.items() if status not in {200, 400, 404}} == {}


@pytest.mark.parametrize(("method", "path", "sent"), BODIES)
def test_what_cannot_be_stored_or_read_is_refused(admin: Client, purchase: str, method: str, path: str, sent: dict[str, object]):
    task = admin.tasks(admin.start(purchase))["submit"]
    refused = admin.call(method, path.format(task=task, key=purchase), sent)
    assert refused.status in {400, 404}, refused.body


def test_a_pattern_may_end_with_a_backslash(admin: Client, purchase: str):
    task = admin.tasks(admin.start(purchase))["submit"]
    admin.ok("PUT", f"/task/{task}", {"name": "C:\\"})
    for pattern in ("c:%5C", "c:%5C%5C"):
        assert admin.ok("GET", f"/task/count?processDefinitionKey={purchase}&nameLike={pattern}") == {"count": 1}
