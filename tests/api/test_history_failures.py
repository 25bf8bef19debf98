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
