"""A worker that nobody here wrote: `camunda-external-task-client-python3`, unmodified, drives orders to their end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import ROOT, Site, serve
from tests.examples.calling import call

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # the package's, in how it uses pydantic
    from camunda.client.engine_client import EngineClient
    from camunda.process_definition.process_definition_client import ProcessDefinitionClient

pytestmark = [pytest.mark.loopback, pytest.mark.slow]

LOGIN = {"auth_basic": {"username": "admin", "password": "demo"}}
MODEL = ROOT / "examples" / "web-order.bpmn"
PATIENCE = 30  # seconds; a step takes a hundredth of that


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A server with the example's model, and its workers waiting for work."""
    with serve(database_url, tmp_path / "server") as site:
        deploy(site)
        environment = {**os.environ, "CROSSDESK_URL": site.url, "WORKER_LOGIN": "admin:demo"}
        command = [sys.executable, "examples/camunda_worker.py"]
        with (tmp_path / "worker.log").open("w") as log:
            worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
            try:
                yield site
                assert worker.poll() is None, (tmp_path / "worker.log").read_text()
            finally:
                worker.kill()
                worker.wait()


@pytest.fixture
def client(site: Site) -> ProcessDefinitionClient:
    """The package's client: `ProcessDefinitionClient` is an `EngineClient` that also knows definitions."""
    return ProcessDefinitionClient(f"{site.url}/engine-rest", LOGIN)


def deploy(site: Site) -> None:
    """Deploy the example's model over REST, as `curl -F` does."""
    mark = "part-of-the-deployment"
    lines = [f"--{mark}", 'Content-Disposition: form-data; name="deployment-name"', "", "web orders", f"--{mark}"]
    lines += ['Content-Disposition: form-data; name="data"; filename="web-order.bpmn"', "Content-Type: text/xml", ""]
    sent = "\r\n".join(lines) + "\r\n" + MODEL.read_text("utf-8") + f"\r\n--{mark}--\r\n"
    answer = call(site, "admin", "/deployment/create", sent.encode(), f"multipart/form-data; boundary={mark}")
    assert [it["key"] for it in answer["deployedProcessDefinitions"].values()] == ["web-order"]


def until(look: Callable[[], Any]) -> Any:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, "it has not come"
        time.sleep(0.05)
    return found


def order(**more: object) -> dict[str, object]:
    return {"item": "kettle", "quantity": 2, "amount": 118.5, "card": "4000-1", **more}


def state(site: Site, case: str) -> str:
    return call(site, "admin", f"/history/process-instance/{case}")["state"]


def values(site: Site, case: str) -> dict[str, object]:
    return {it["name"]: it["value"] for it in call(site, "admin", f"/history/variable-instance?processInstanceId={case}")}


def waits_for_its_parcel(site: Site, case: str) -> bool:
    return bool(call(site, "admin", f"/event-subscription?processInstanceId={case}&eventType=message"))


def test_an_order_is_driven_to_its_end_and_one_without_goods_takes_the_way_that_is_drawn(site: Site, client: ProcessDefinitionClient):
    case = client.start_process("web-order", order(), business_key="web-1")["id"]
    assert [it["id"] for it in client.get_process_instance("web-order", ["card_eq_4000-1"])] == [case]
    until(lambda: waits_for_its_parcel(site, case))
    with pytest.raises(Exception, match=r"received 400 : InvalidRequestException : .* not a binary value"):
        client.get_process_instance_variable(case, "charged")  # it asks for bytes, and gets the answer that Camunda 7 gives for a number
    assert call(site, "admin", f"/process-instance/{case}/variables/charged") == {"type": "Double", "value": 118.5, "valueInfo": {}}
    (sent,) = client.correlate_message("parcel-handed-over", business_key="web-1", process_variables={"weight": 4})
    assert (sent["resultType"], sent["execution"]["processInstanceId"]) == ("Execution", case)
    until(lambda: state(site, case) == "COMPLETED")
    told = values(site, case)
    assert (told["shelf"], told["currency"], told["postage"]) == ("shelf of the kettle", "CNY", 12)

    empty = client.start_process_by_version("web-order", "1", order(item="lamp", quantity=9))["id"]
    until(lambda: state(site, empty) == "COMPLETED")
    told = values(site, empty)
    assert (told["left"], told["why"]) == (5, "of lamp there are 5")
    passed = call(site, "admin", f"/history/activity-instance?processInstanceId={empty}")
    assert "refused" in {it["activityId"] for it in passed}


def test_what_fails_is_tried_again_then_waits_for_a_repair_and_who_is_wrong_is_told(site: Site, client: ProcessDefinitionClient):
    case = client.start_process("web-order", order(card="0000-2"), business_key="web-2")["id"]
    (incident,) = until(lambda: call(site, "admin", f"/incident?processInstanceId={case}"))
    assert (incident["incidentType"], incident["activityId"]) == ("failedExternalTask", "charge")
    (task,) = call(site, "admin", f"/external-task?processInstanceId={case}")
    assert (task["retries"], task["errorMessage"]) == (0, "the bank does not answer")
    assert call(site, "admin", f"/external-task/{task['id']}/errorDetails") == "call 3 for 0000-2"
    call(site, "admin", f"/process-instance/{case}/variables/card", {"value": "4000-2"}, method="PUT")
    call(site, "admin", f"/external-task/{task['id']}/retries", {"retries": 1}, method="PUT")
    until(lambda: waits_for_its_parcel(site, case))
    assert call(site, "admin", f"/incident?processInstanceId={case}") == []

    client.correlate_message("parcel-handed-over", process_instance_id=case)  # nobody said what it weighs
    (job,) = until(lambda: client.get_jobs(0, 10, with_failure=True, process_instance_id=case, task_name="postage"))
    assert "weight" in job["exceptionMessage"]
    assert client.get_jobs(0, 10, tenant_ids=["somebody"], process_instance_id=case) == []
    call(site, "admin", f"/process-instance/{case}/variables/weight", {"value": 2}, method="PUT")
    assert client.set_job_retry(job["id"], 3)
    until(lambda: state(site, case) == "COMPLETED")
    assert values(site, case)["postage"] == 6

    stranger = EngineClient(f"{site.url}/engine-rest", {"auth_basic": {"username": "admin", "password": "wrong"}})
    with pytest.raises(Exception, match="received 401"):
        stranger.start_process("web-order", order())
    with pytest.raises(Exception, match="received 404 : RestException : No matching process definition with key: nope and no tenant-id"):
        client.start_process("nope", {})
    with pytest.raises(Exception, match=r"received 404 : RestException : .* and tenant-id: somebody"):
        client.start_process("web-order", {}, tenant_id="somebody")
    with pytest.raises(Exception, match="no process definitions found"):
        client.start_process_by_version("web-order", "7", {})
    with pytest.raises(Exception, match="received 400 : RestException"):
        client.correlate_message("parcel-handed-over", business_key="nobody-ordered")
