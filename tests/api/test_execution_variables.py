"""Executions by their ids, and the variables that are theirs alone, set over HTTP as in Camunda 7."""

from __future__ import annotations

from tests.api.conftest import Client, Site
from tests.api.test_past_activities import BODY, LOOPS


def test_an_execution_is_read_by_its_id(admin: Client, key: str):
    assert admin.deploy(p=LOOPS.replace("KEY", key)).status == 200
    case = admin.start(key)
    for it in admin.ok("GET", f"/execution?processInstanceId={case}"):
        assert admin.ok("GET", f"/execution/{it['id']}") == it
    missing = admin.get("/execution/nothing")
    assert (missing.status, missing.value["type"]) == (404, "InvalidRequestException")


def test_instances_are_found_by_their_activity_and_the_body_by_its_own(admin: Client, key: str):
    assert admin.deploy(p=LOOPS.replace("KEY", key)).status == 200
    path = f"/execution?processInstanceId={admin.start(key)}&activityId="
    assert len(admin.ok("GET", f"{path}each")) == 2
    assert len(admin.ok("GET", f"{path}{BODY.replace('#', '%23')}")) == 1


def test_variables_of_an_execution_are_set_and_removed(site: Site, admin: Client, key: str):
    assert admin.deploy(p=LOOPS.replace("KEY", key)).status == 200
    case = admin.start(key)
    (scope,) = admin.ok("GET", f"/execution?processInstanceId={case}&activityId=outer")
    path = f"/execution/{scope['id']}/localVariables"
    assert admin.call("PUT", f"{path}/own", {"value": 4}).status == 204
    assert admin.ok("GET", f"{path}/own") == {"type": "Integer", "value": 4, "valueInfo": {}}
    assert admin.ok("GET", f"/process-instance/{case}/variables") == {}
    (task, _) = admin.ok("GET", f"/task?processInstanceId={case}")
    assert admin.ok("GET", f"/task/{task['id']}/variables/own")["value"] == 4  # seen from inside
    assert admin.post(path, {"modifications": {"more": {"value": 1}, "own": {"value": 5}}, "deletions": ["own"]}).status == 204
    assert list(admin.ok("GET", path)) == ["more"]
    assert admin.call("DELETE", f"{path}/more").status == 204
    assert admin.ok("GET", path) == {}
    assert admin.call("PUT", "/execution/nothing/localVariables/own", {"value": 1}).status == 404
    assert admin.call("PUT", f"{path}/own", {"value": "x", "type": "Integer"}).status == 400
    assert site.client("axel").call("PUT", f"{path}/own", {"value": 1}).status == 403
