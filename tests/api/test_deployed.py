"""Deployments with their files, and decision definitions."""

from __future__ import annotations

import pytest

from tests.api.conftest import PURCHASE, Client, Site
from tests.api.test_executions_and_jobs import DECISION


@pytest.fixture
def deployment(admin: Client, key: str) -> dict[str, object]:
    """A model with a decision, as the answer tells it."""
    fields = {"deployment-name": f"d-{key}", "deployment-source": f"s-{key}"}
    answer = admin.deploy(fields, **{"p": PURCHASE.replace("KEY", key), "d.dmn": DECISION.replace("KEY", f"{key}d")})
    assert answer.status == 200, answer.body
    found: dict[str, object] = answer.value
    return found


def test_a_deployment_tells_its_decisions(admin: Client, key: str, deployment: dict[str, object]):
    decisions = deployment["deployedDecisionDefinitions"]
    assert isinstance(decisions, dict)
    ((name, found),) = decisions.items()
    assert (found["id"], found["key"], found["version"], found["resource"]) == (name, f"{key}d", 1, "d.dmn")
    fields = {"deployment-name": f"d-{key}", "deployment-source": f"s-{key}", "enable-duplicate-filtering": "true"}
    again = admin.deploy(fields, **{"p": PURCHASE.replace("KEY", key), "d.dmn": DECISION.replace("KEY", f"{key}d")}).value
    assert (again["id"], again["deployedDecisionDefinitions"], again["deployedProcessDefinitions"]) == (deployment["id"], None, None)


def test_deployments_are_found_counted_and_sorted(admin: Client, key: str, deployment: dict[str, object]):
    second = admin.deploy({"deployment-name": f"d-{key}-2"}, p=PURCHASE.replace("KEY", key)).value
    before = str(deployment["deploymentTime"]).replace("+", "%2B")
    expected = {
        f"id={deployment['id']}": 1, f"name=d-{key}": 1, f"nameLike=d-{key}%25": 2, f"source=s-{key}": 1,
        f"nameLike=d-{key}%25&withoutSource=true": 1,
        f"nameLike=d-{key}%25&after={before}": 1, f"nameLike=d-{key}%25&before={before}": 0, f"nameLike=d-{key}%25&tenantIdIn=t": 0,
    }  # fmt: skip
    assert {query: admin.ok("GET", f"/deployment/count?{query}")["count"] for query in expected} == expected
    for sort in ("name", "deploymentTime", "id"):
        found = admin.ok("GET", f"/deployment?nameLike=d-{key}%25&sortBy={sort}&sortOrder=desc")
        assert [it["id"] for it in found] == [second["id"], deployment["id"]]
    assert found[0] == {"links": [], **{name: second[name] for name in ("id", "name", "source", "deploymentTime", "tenantId")}}
    for query in ("source=x&withoutSource=true", "sortBy=colour&sortOrder=asc", "before=now"):
        assert admin.get(f"/deployment?{query}").status == 400


def test_the_files_of_a_deployment_are_read_by_who_reads_models(site: Site, admin: Client, key: str, deployment: dict[str, object]):
    path = f"/deployment/{deployment['id']}/resources"
    files = {it["name"]: it for it in admin.ok("GET", path)}
    assert set(files) == {"p.bpmn", "d.dmn"}
    one = f"{path}/{files['p.bpmn']['id']}"
    assert admin.ok("GET", one) == {"id": files["p.bpmn"]["id"], "name": "p.bpmn", "deploymentId": deployment["id"]}
    data = admin.get(f"{one}/data")
    assert (data.status, data.body.decode(), data.headers["Content-Type"]) == (200, PURCHASE.replace("KEY", key), "application/xml")
    assert data.headers["Content-Disposition"].startswith("attachment")
    for who, status in (("ann", 200), ("robot", 200), ("axel", 200), ("sue", 403)):
        assert {site.client(who).get(it).status for it in (path, one, f"{one}/data")} == {status}, who
    assert (admin.get(f"{path}/other").status, admin.get(f"{path}/other/data").status, admin.get("/deployment/other/resources").status) == (
        404,
        404,
        404,
    )


def test_decisions_are_found_read_and_made_by_version(site: Site, admin: Client, key: str, deployment: dict[str, object]):
    newer = DECISION.replace("KEY", f"{key}d").replace('"high"', '"higher"')
    assert admin.deploy({"deployment-name": f"d-{key}-2"}, **{"d.dmn": newer}).status == 200
    found = admin.ok("GET", f"/decision-definition?key={key}d&sortBy=version&sortOrder=asc")
    assert [(it["version"], it["deploymentId"] == deployment["id"]) for it in found] == [(1, True), (2, False)]
    expected = {
        "latestVersion=true": 1,
        "version=1": 1,
        f"deploymentId={deployment['id']}": 1,
        "resourceNameLike=%25.dmn": 2,
        "versionTag=x": 0,
        "keyLike=x%25": 0,
    }
    assert {query: admin.ok("GET", f"/decision-definition/count?key={key}d&{query}")["count"] for query in expected} == expected
    first, second = (it["id"] for it in found)
    assert admin.ok("GET", f"/decision-definition/{first}") == found[0]
    assert admin.ok("GET", f"/decision-definition/key/{key}d") == found[1]
    assert admin.ok("GET", f"/decision-definition/key/{key}d/xml") == {"id": second, "dmnXml": newer}
    assert admin.get(f"/decision-definition/{first}/diagram").status == 204
    sent = {"variables": {"n": {"value": 7, "type": "Integer"}}}
    paths = {
        f"/decision-definition/{first}": "high",
        f"/decision-definition/{second}": "higher",
        f"/decision-definition/key/{key}d": "higher",
    }
    assert {path: admin.ok("POST", f"{path}/evaluate", sent)[0]["level"]["value"] for path in paths} == paths
    assert (admin.get("/decision-definition/other").status, admin.post("/decision-definition/other/evaluate", sent).status) == (404, 404)
    assert (admin.get("/decision-definition/key/other").status, admin.get(f"/decision-definition/key/{key}d/tenant-id/t").status) == (
        404,
        404,
    )
    assert (site.client("sue").get("/decision-definition").status, site.client("axel").get("/decision-definition").status) == (403, 200)
    assert site.client("axel").post(f"/decision-definition/{first}/evaluate", sent).status == 403
    assert admin.get("/decision-definition?decisionRequirementsDefinitionKey=x").status == 400
