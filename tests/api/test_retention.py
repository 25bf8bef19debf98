"""What is kept of the past and for how long, as programs say and ask it."""

from __future__ import annotations

from tests.api.conftest import PURCHASE, Client, Site
from tests.api.test_at_once import at_once


def test_how_long_past_cases_are_kept_is_said_by_id_and_by_key(site: Site, admin: Client, purchase: str):
    version = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    second = next(iter(admin.deploy(p=PURCHASE.replace("KEY", purchase)).value["deployedProcessDefinitions"]))

    def shown() -> list[int | None]:
        listed = {it["id"]: it["historyTimeToLive"] for it in admin.ok("GET", f"/process-definition?key={purchase}")}
        alone = [admin.ok("GET", f"/process-definition/{it}")["historyTimeToLive"] for it in (version, second)]
        assert [listed[version], listed[second]] == alone
        return alone

    assert shown() == [30, 30]
    assert admin.ok("PUT", f"/process-definition/{version}/history-time-to-live", {"historyTimeToLive": 5}) is None
    assert shown() == [5, 30]
    assert admin.ok("PUT", f"/process-definition/key/{purchase}/history-time-to-live", {"historyTimeToLive": None}) is None
    assert shown() == [5, None]
    path = f"/process-definition/{version}/history-time-to-live"
    answer = admin.call("PUT", path, {"historyTimeToLive": -1})
    told = {"type": "BadUserRequestException", "message": "historyTimeToLive is not greater than or equal to 0", "code": 0}
    assert (answer.status, answer.value) == (400, told)
    for wrong in ("P5D", [1], True, 2**31):
        assert admin.call("PUT", path, {"historyTimeToLive": wrong}).status == 400, wrong
    assert site.client("sue").call("PUT", path, {"historyTimeToLive": 1}).status == 403
    assert admin.call("PUT", "/process-definition/none/history-time-to-live", {"historyTimeToLive": 1}).status == 404
    assert admin.call("PUT", "/process-definition/key/none/history-time-to-live", {"historyTimeToLive": 1}).status == 404
    assert shown() == [5, None]


def test_of_many_who_say_it_at_once_one_is_the_last(site: Site, admin: Client, purchase: str):
    path = f"/process-definition/key/{purchase}"
    answers = at_once(site, lambda number, client: client.call("PUT", f"{path}/history-time-to-live", {"historyTimeToLive": number}))
    assert {it.status for it in answers} == {204}
    assert admin.ok("GET", path)["historyTimeToLive"] in range(8)


def test_one_version_is_deleted_out_of_its_deployment(site: Site, admin: Client, purchase: str):
    first = admin.ok("GET", f"/process-definition/key/{purchase}")
    admin.deploy(p=PURCHASE.replace("KEY", purchase))
    second = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    case = admin.start(purchase, {"amount": {"value": 1}})
    answer = admin.call("DELETE", f"/process-definition/{second}")
    assert (answer.status, answer.value) == (
        500,
        {
            "type": "ProcessEngineException",
            "message": "ENGINE-03076 Deletion of process definition without cascading failed. Process definition with id: "
            f"{second} can't be deleted, because there are 1 dependent process instances.",
            "code": 0,
        },
    )
    for person in ("sue", "ann", "axel"):
        refused = site.client(person).call("DELETE", f"/process-definition/{second}?cascade=true")
        assert (refused.status, refused.value["type"]) == (403, "AuthorizationException")
    path = f"/process-definition/key/{purchase}?cascade=true&skipCustomListeners=true&skipIoMappings=true&reason=a+try"
    assert admin.call("DELETE", path).status == 204
    assert admin.get(f"/process-instance/{case}").status == 404
    assert admin.ok("GET", f"/process-definition/key/{purchase}")["id"] == first["id"]
    again = admin.call("DELETE", f"/process-definition/{second}?cascade=true")
    message = f"No process definition found with id '{second}': processDefinition is null"
    assert (again.status, again.value) == (404, {"type": "InvalidRequestException", "message": message, "code": 0})
    assert admin.call("DELETE", "/process-definition/key/none").status == 404
    assert admin.call("DELETE", f"/process-definition/{first['id']}").status == 204
    assert admin.get(f"/deployment/{first['deploymentId']}").status == 200
    report = site.services.engine.history.verify(site.services.engine.organisation.actor("axel"))
    assert [(it.chain, it.by, it.reason) for it in report.deleted if it.of == second] == [(case, "admin", "a try")]
    assert report.findings == []


def test_what_has_ended_is_counted_by_version(site: Site, admin: Client, purchase: str):
    version = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    case = admin.start(purchase, {"amount": {"value": 1}})
    admin.ok("POST", f"/task/{admin.tasks(case)['submit']}/complete", {})
    path = "/history/process-definition/cleanable-process-instance-report"
    told = {
        "processDefinitionId": version, "processDefinitionKey": purchase, "processDefinitionName": "Purchase",
        "processDefinitionVersion": 1, "historyTimeToLive": 30, "finishedProcessInstanceCount": 1,
        "cleanableProcessInstanceCount": 0, "tenantId": None,
    }  # fmt: skip
    for condition in (f"processDefinitionIdIn={version},x", f"processDefinitionKeyIn={purchase}&compact=true&withoutTenantId=true"):
        assert admin.ok("GET", f"{path}?{condition}") == [told]
        assert admin.ok("GET", f"{path}/count?{condition}") == {"count": 1}
    admin.ok("PUT", f"/process-definition/{version}/history-time-to-live", {"historyTimeToLive": 0})
    changed = {**told, "historyTimeToLive": 0, "cleanableProcessInstanceCount": 1}
    assert site.client("axel").ok("GET", f"{path}?processDefinitionIdIn={version}") == [changed]
    admin.ok("PUT", f"/process-definition/{version}/history-time-to-live", {"historyTimeToLive": None})
    assert admin.ok("GET", f"{path}?tenantIdIn=x") == []
    admin.deploy(p=PURCHASE.replace("KEY", purchase))
    counts = [
        it["finishedProcessInstanceCount"]
        for it in admin.ok("GET", f"{path}?processDefinitionKeyIn={purchase}&sortBy=finished&sortOrder=desc&firstResult=0&maxResults=2")
    ]
    assert counts == [1, 0]
    assert site.client("sue").get(path).status == 403
    for wrong in ("sortBy=finished", "sortBy=name&sortOrder=asc", "compact=perhaps", "colour=red"):
        assert admin.get(f"{path}?{wrong}").status == 400, wrong


def test_past_cases_are_removed_when_an_administrator_asks(site: Site, admin: Client, purchase: str):
    version = admin.ok("GET", f"/process-definition/key/{purchase}")["id"]
    ended, still_open = (admin.start(purchase, {"amount": {"value": 1}}) for _ in range(2))
    admin.ok("POST", f"/task/{admin.tasks(ended)['submit']}/complete", {})
    admin.ok("PUT", f"/process-definition/{version}/history-time-to-live", {"historyTimeToLive": 0})
    for path, message in [("job", "History cleanup job does not exist"), ("jobs", "History cleanup jobs are empty")]:
        answer = admin.get(f"/history/cleanup/{path}")
        assert (answer.status, answer.value["type"], answer.value["message"]) == (404, "RestException", message)
    assert admin.ok("GET", "/history/cleanup/configuration") == {
        "batchWindowStartTime": None, "batchWindowEndTime": None, "enabled": True
    }  # fmt: skip
    for person in ("sue", "ann", "robot", "axel"):
        assert site.client(person).post("/history/cleanup").status == 403
    for wrong in ("immediatelyDue=false", "immediatelyDue=soon", "executeAtOnce=true"):
        assert admin.post(f"/history/cleanup?{wrong}").status == 400
    answers = at_once(site, lambda _number, client: client.post("/history/cleanup?immediatelyDue=true"))
    assert ({it.status for it in answers}, len({it.value["id"] for it in answers})) == ({200}, 1)
    asked = admin.ok("POST", "/history/cleanup")
    assert {**asked, "id": "", "dueDate": "", "createTime": ""} == {
        "id": "", "jobDefinitionId": None, "dueDate": "", "processInstanceId": None, "executionId": None, "processDefinitionId": None,
        "processDefinitionKey": None, "retries": 3, "exceptionMessage": None, "failedActivityId": None, "suspended": False, "priority": 0,
        "tenantId": None, "createTime": "", "batchId": None,
    }  # fmt: skip
    assert admin.ok("GET", "/history/cleanup/job") == asked
    assert site.client("axel").ok("GET", "/history/cleanup/jobs") == [asked]
    assert site.client("sue").get("/history/cleanup/job").status == 403
    for path in (f"/job/{asked['id']}", f"/job?jobId={asked['id']}"):
        assert admin.ok("GET", path) in (asked, [asked])
    assert admin.ok("GET", f"/job/count?jobId={asked['id']}&processDefinitionId={version}") == {"count": 0}
    admin.ok("PUT", f"/job/{asked['id']}/suspended", {"suspended": True})
    assert admin.ok("GET", "/history/cleanup/job") == {**asked, "suspended": True}
    assert admin.ok("POST", "/history/cleanup")["id"] == asked["id"]
    assert admin.ok("GET", "/history/cleanup/job")["suspended"] is False  # who asks anew has it done
    for path, sent in [("retries", {"retries": 1}), ("priority", {"priority": 7}), ("duedate", {"duedate": None})]:
        admin.ok("PUT", f"/job/{asked['id']}/{path}", sent)
    assert admin.call("POST", f"/job/{asked['id']}/duedate/recalculate").status == 400
    assert site.client("sue").call("DELETE", f"/job/{asked['id']}").status in {403, 404}
    admin.ok("DELETE", f"/job/{asked['id']}")  # whoever has asked may think better of it
    assert admin.get("/history/cleanup/job").status == 404
    asked = admin.ok("POST", "/history/cleanup")
    assert admin.call("POST", f"/job/{asked['id']}/execute").status == 204
    assert admin.get("/history/cleanup/job").status == 404
    assert admin.get(f"/history/process-instance/{ended}").status == 404
    assert admin.ok("GET", f"/history/process-instance/{still_open}")["state"] == "ACTIVE"
    report = site.services.engine.history.verify(site.services.engine.organisation.actor("axel"))
    assert [it.by for it in report.deleted if it.chain == ended] == ["admin"]
    assert report.findings == []
