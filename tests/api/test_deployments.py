from __future__ import annotations

import re

from engine import SYSTEM
from tests.api.conftest import PURCHASE, Client, Site


def test_a_deployment_answers_with_its_definitions(admin: Client, site: Site, key: str):
    made = admin.deploy({"deployment-name": "Buying", "deployment-source": "a modeler"}, p=PURCHASE.replace("KEY", key)).value
    definition = next(iter(made["deployedProcessDefinitions"]))
    assert re.fullmatch(rf"{key}:1:\w+", definition)
    assert made["links"] == [{"method": "GET", "href": f"http://127.0.0.1:{site.port}/engine-rest/deployment/{made['id']}", "rel": "self"}]
    assert (made["name"], made["source"], made["tenantId"], made["deployedDecisionDefinitions"]) == ("Buying", "a modeler", None, None)
    assert made["deployedProcessDefinitions"][definition] == {
        "id": definition, "key": key, "category": "buying", "description": "How we buy.", "name": "Purchase", "version": 1,
        "resource": "p.bpmn", "deploymentId": made["id"], "diagram": None, "suspended": False, "tenantId": None, "versionTag": "v1",
        "historyTimeToLive": 30, "startableInTasklist": True,
    }  # fmt: skip
    names = ("id", "name", "source", "deploymentTime", "tenantId")
    assert admin.ok("GET", f"/deployment/{made['id']}") == {"links": [], **{name: made[name] for name in names}}
    assert admin.ok("GET", f"/process-definition/{definition}/xml") == {"id": definition, "bpmn20Xml": PURCHASE.replace("KEY", key)}


def test_a_new_version_is_the_latest(admin: Client, purchase: str):
    second = admin.deploy(p=PURCHASE.replace("KEY", purchase)).value
    assert admin.ok("GET", f"/process-definition/key/{purchase}")["version"] == 2
    assert admin.ok("GET", f"/process-definition/count?key={purchase}") == {"count": 2}
    latest = admin.ok("GET", f"/process-definition?key={purchase}&latestVersion=true")
    assert [it["deploymentId"] for it in latest] == [second["id"]]
    newest_first = admin.ok("GET", f"/process-definition?keysIn={purchase},other&sortBy=version&sortOrder=desc")
    assert [it["version"] for it in newest_first] == [2, 1]
    assert admin.ok("GET", f"/process-definition/count?key={purchase}&versionTagLike=v%25") == {"count": 2}


def test_the_same_files_again_make_no_version_when_asked(admin: Client, key: str):
    fields = {"deployment-name": f"d-{key}", "enable-duplicate-filtering": "true"}
    first = admin.deploy(fields, p=PURCHASE.replace("KEY", key)).value
    again = admin.deploy(fields, p=PURCHASE.replace("KEY", key)).value
    assert (again["id"], again["deployedProcessDefinitions"]) == (first["id"], None)
    other = admin.deploy({**fields, "deployment-name": f"e-{key}"}, p=PURCHASE.replace("KEY", key)).value
    assert other["id"] != first["id"]
    assert len(other["deployedProcessDefinitions"]) == 1


def test_a_model_that_cannot_run_is_refused_with_its_places(admin: Client, key: str):
    answer = admin.deploy(bad=PURCHASE.replace("KEY", key).replace('targetRef="submit"', 'targetRef="nowhere"'))
    assert answer.status == 400
    said = answer.value
    assert (said["type"], said["code"]) == ("ParseException", 0)
    problem = said["details"]["bad.bpmn"]["errors"][0]
    assert set(problem) == {"message", "line", "column", "mainElementId", "elementIds"}
    assert problem["line"] == 6
    assert admin.get(f"/process-definition/key/{key}").status == 404


def test_a_deployment_without_files_is_refused(admin: Client):
    answer = admin.deploy({"deployment-name": "empty"})
    assert answer.status == 400
    assert answer.value["message"] == "No deployment resources contained in the form upload."


def test_an_unknown_group_is_a_warning_and_the_task_goes_to_clients_of_the_api(admin: Client, key: str):
    made = admin.deploy(p=PURCHASE.replace("KEY", key).replace('"sales"', '"unheard-of"'))
    assert made.status == 200
    [warning] = made.value["warnings"]["p.bpmn"]["warnings"]
    assert (warning["mainElementId"], warning["line"] > 0) == ("submit", True)
    assert "unheard-of" in warning["message"]
    assert list(admin.tasks(admin.start(key))) == ["submit"]


def test_a_deployment_goes_with_its_cases_and_the_history_says_so(admin: Client, site: Site, purchase: str):
    deployment = admin.ok("GET", f"/process-definition/key/{purchase}")["deploymentId"]
    open_case, ended = admin.start(purchase, {"amount": {"value": 1}}), admin.start(purchase, {"amount": {"value": 1}})
    admin.ok("POST", f"/task/{admin.tasks(ended)['submit']}/complete", {})
    answer = admin.call("DELETE", f"/deployment/{deployment}")
    assert answer.status == 500
    admin.ok("DELETE", f"/deployment/{deployment}?cascade=true&reason=a+try")
    for path in (f"/deployment/{deployment}", f"/process-definition/key/{purchase}", f"/process-instance/{open_case}"):
        assert admin.get(path).status == 404, path
    assert admin.call("DELETE", f"/deployment/{deployment}?cascade=true").status == 404
    assert admin.post(f"/process-definition/key/{purchase}/start", {}).status == 404
    for path in ("task", "process-instance", "history/task", "history/process-instance"):
        assert admin.ok("GET", f"/{path}/count?processDefinitionKey={purchase}") == {"count": 0}, path
    report = site.services.engine.history.verify(SYSTEM)
    assert not report.findings
    assert {it.chain: (it.by, it.reason) for it in report.deleted if it.of == deployment} == {
        open_case: ("admin", "a try"),
        ended: ("admin", "a try"),
    }


def test_the_version_before_is_the_latest_again(admin: Client, purchase: str):
    second = admin.deploy(p=PURCHASE.replace("KEY", purchase)).value["id"]
    admin.ok("DELETE", f"/deployment/{second}?cascade=true")
    assert admin.ok("GET", f"/process-definition/key/{purchase}")["version"] == 1
    assert admin.start(purchase)


def test_what_belongs_to_the_record_is_neither_feigned_nor_deleted(admin: Client, site: Site, key: str):
    model = PURCHASE.replace("KEY", key)
    assert admin.deploy({"deployment-source": "studio"}, p=model).status == 400
    kept = site.services.engine.definitions.deploy(SYSTEM, "kept", {"p.bpmn": model.encode()}, source="processes", strict=False)
    answer = admin.call("DELETE", f"/deployment/{kept.id}?cascade=true")
    assert answer.status == 400
    assert "processes" in answer.value["message"]


def test_a_deployment_with_cases_is_deleted_with_them_alone(admin: Client, key: str):
    deployment = admin.deploy(p=PURCHASE.replace("KEY", key)).value["id"]
    admin.start(key)
    refused = admin.call("DELETE", f"/deployment/{deployment}")
    assert (refused.status, refused.value["type"]) == (500, "ProcessEngineException")
    assert admin.call("DELETE", f"/deployment/{deployment}?cascade=true").status == 204


def test_a_deployment_is_activated_at_its_time(admin: Client, key: str):
    """It was active at once."""
    later = {"deployment-activation-time": "2099-01-01T00:00:00.000+0000"}
    made = admin.deploy(later, p=PURCHASE.replace("KEY", key))
    assert made.status == 200
    version = admin.ok("GET", f"/process-definition/key/{key}")
    assert version["suspended"] is True
    assert admin.post(f"/process-definition/key/{key}/start", {}).status == 500
    (job,) = admin.ok("GET", f"/job?processDefinitionId={version['id']}")
    assert job["dueDate"] == later["deployment-activation-time"]
    admin.ok("POST", f"/job/{job['id']}/execute")
    assert admin.ok("GET", f"/process-definition/key/{key}")["suspended"] is False
    past = {"deployment-activation-time": "2020-01-01T00:00:00.000+0000"}
    assert admin.deploy(past, p=PURCHASE.replace("KEY", f"{key}b")).status == 200
    assert admin.ok("GET", f"/process-definition/key/{key}b")["suspended"] is False
    assert admin.deploy({"deployment-activation-time": "soon"}, p=PURCHASE.replace("KEY", key)).status == 400
