"""The logs of what failed, as Camunda 7 tells it: incidents that somebody makes, sort keys, priorities."""

from __future__ import annotations

import pytest

from tests.api.conftest import Client
from tests.api.test_definitions import FAILS
from tests.api.test_external_tasks import PRINTS
from tests.api.test_history_logs import fetched


@pytest.fixture
def printing(admin: Client, key: str) -> str:
    """A case that waits for a worker with a priority."""
    assert admin.deploy(p=PRINTS.replace("KEY", key)).status == 200
    return admin.start(key)


def test_an_incident_that_somebody_makes_is_told(admin: Client, key: str):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    case = admin.start(key)
    task = fetched(admin, key)
    admin.ok("PUT", f"/external-task/{task}/retries", {"retries": 0})
    later = {"suspended": True, "executionDate": "2099-01-01T00:00:00.000+0000"}
    admin.ok("PUT", f"/process-instance/{case}/suspended", later)
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    admin.ok("PUT", f"/job/{job['id']}/retries", {"retries": 0})
    rows = admin.ok("GET", f"/history/incident?processInstanceId={case}&sortBy=incidentType&sortOrder=asc")
    told = [(it["incidentType"], it["configuration"], it["open"], it["incidentMessage"]) for it in rows]
    assert told == [("failedExternalTask", task, True, None), ("failedJob", job["id"], True, None)]
    assert {it["id"] for it in rows} == {it["id"] for it in admin.ok("GET", f"/incident?processInstanceId={case}")}
    admin.ok("PUT", f"/job/{job['id']}/retries", {"retries": 1})
    assert admin.ok("GET", f"/history/incident/count?processInstanceId={case}&resolved=true") == {"count": 1}


@pytest.mark.parametrize("log", ["incident", "job-log", "external-task-log"])
def test_logs_are_sorted_by_what_camunda_sorts_them_by(admin: Client, key: str, log: str):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    case = admin.start(key)
    fetched(admin, key)
    keys = {
        "incident": ("executionId", "processInstanceId", "processDefinitionKey", "causeIncidentId", "incidentState"),
        "job-log": ("occurrence", "jobPriority", "jobDueDate", "processDefinitionId", "hostname", "deploymentId"),
        "external-task-log": ("priority", "executionId", "activityInstanceId", "processDefinitionKey"),
    }[log]
    for name in keys:
        admin.ok("GET", f"/history/{log}?processInstanceId={case}&sortBy={name}&sortOrder=desc")


def test_the_log_of_an_external_task_has_its_priority(printing: str, admin: Client):
    rows = admin.ok("GET", f"/history/external-task-log?processInstanceId={printing}")
    assert [it["priority"] for it in rows] == [7]
    for query, count in (("priorityLowerThanOrEquals=6", 0), ("priorityHigherThanOrEquals=7", 1)):
        path = f"/history/external-task-log/count?processInstanceId={printing}&{query}"
        assert admin.ok("GET", path) == {"count": count}, query


def test_incidents_are_found_by_all_filters_of_camunda(admin: Client, key: str):
    assert admin.deploy(p=FAILS.replace("KEY", key)).status == 200
    case = admin.start(key)
    sent = {"workerId": "w", "errorMessage": "No paper", "retries": 0, "retryTimeout": 0}
    task = fetched(admin, key)
    admin.ok("POST", f"/external-task/{task}/failure", sent)
    later = {"suspended": True, "executionDate": "2099-01-01T00:00:00.000+0000"}
    admin.ok("PUT", f"/process-instance/{case}/suspended", later)
    (job,) = admin.ok("GET", f"/job?processInstanceId={case}")
    admin.ok("PUT", f"/job/{job['id']}/retries", {"retries": 0})
    path = f"processInstanceId={case}"
    by_type = {it["incidentType"]: it for it in admin.ok("GET", f"/incident?{path}")}
    assert (by_type["failedJob"]["incidentMessage"], by_type["failedExternalTask"]["incidentMessage"]) == (None, "No paper")
    first = by_type["failedExternalTask"]["id"]
    for query, count in (
        ("incidentMessage=No paper", 1), ("incidentMessageLike=%25pap%25", 1), ("incidentMessageLike=no%25", 0),
        (f"causeIncidentId={first}", 1), (f"rootCauseIncidentId={first}", 1), (f"executionId={case}", 2),
        (f"processDefinitionKeyIn={key},other", 2),
        ("processDefinitionKeyIn=other", 0), ("jobDefinitionIdIn=x", 0), ("tenantIdIn=x", 0),
        ("incidentTimestampAfter=2020-01-01T00:00:00.000%2B0000", 2), ("incidentTimestampBefore=2020-01-01T00:00:00.000%2B0000", 0),
    ):  # fmt: skip
        asked = f"{path}&{query}".replace(" ", "%20")
        assert len(admin.found("/incident", asked)) == count, query
    for name in (
        "incidentId", "incidentMessage", "incidentTimestamp", "incidentType", "executionId", "activityId", "processInstanceId",
        "processDefinitionId", "causeIncidentId", "rootCauseIncidentId", "configuration", "tenantId",
    ):  # fmt: skip
        assert len(admin.ok("GET", f"/incident?{path}&sortBy={name}&sortOrder=desc")) == 2, name
    kinds = [it["incidentType"] for it in admin.ok("GET", f"/incident?{path}&sortBy=incidentType&sortOrder=asc&maxResults=2")]
    assert kinds == ["failedExternalTask", "failedJob"]
    assert admin.get(f"/incident?{path}&sortBy=colour&sortOrder=asc").status == 400
