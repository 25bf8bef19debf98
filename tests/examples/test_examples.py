"""The examples run as they are, against a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import Database
from engine.audit.verify import check
from tests.browser.serving import ROOT, serve
from tests.examples.calling import call

pytestmark = [pytest.mark.loopback, pytest.mark.slow]


def example(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, f"examples/{name}", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60)


def test_a_case_is_started_in_ten_lines_and_an_altered_entry_is_named(database_url: str, tmp_path: Path):
    with serve(database_url, tmp_path / "server") as site:
        started = example("start_case.py", CROSSDESK_URL=site.url)
        assert started.returncode == 0, started.stderr
        case = started.stdout.strip()
        (task,) = call(site, "wang-lei", f"/task?processInstanceId={case}")
        call(site, "wang-lei", f"/task/{task['id']}/complete", {"variables": {"head_approves_outcome": {"value": "approve"}}})
        assert site.command("verify-audit").splitlines()[0].endswith(": whole")
        altered = example("tamper.py", "PA-2026-0001", CROSSDESK_DATABASE_URL=database_url)
        assert altered.returncode == 0, altered.stderr
        seq = int(altered.stdout.split()[1])
        database = Database(database_url)
        with database.read() as connection:
            findings = check(connection).findings
        database.dispose()
        assert [(finding.chain, finding.seq) for finding in findings] == [(case, seq)]
        unknown = example("tamper.py", "PA-1999-0001", CROSSDESK_DATABASE_URL=database_url)
        assert unknown.returncode == 1
        assert "no such case" in unknown.stderr


DOUBLES = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="examples"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><bpmn:process id="doubles" isExecutable="true" camunda:historyTimeToLive="30">
 <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="double"/>
 <bpmn:serviceTask id="double" camunda:type="external" camunda:topic="double"/></bpmn:process></bpmn:definitions>"""


def test_a_worker_does_what_waits_and_tries_again_what_fails(database_url: str, tmp_path: Path):
    model = tmp_path / "doubles.bpmn"
    model.write_text(DOUBLES, "utf-8")
    with serve(database_url, tmp_path / "server") as site:
        site.command("deploy", str(model))
        environment = {**os.environ, "CROSSDESK_URL": site.url, "WORKER_LOGIN": "admin:demo"}
        command = [sys.executable, "examples/worker.py", "double"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as worker:
            try:
                path = "/process-definition/key/doubles/start"
                case = call(site, "admin", path, {"variables": {"amount": {"value": 21}}})["id"]
                worker.stdout.readline()
                history = call(site, "admin", f"/history/process-instance/{case}")
                assert history["state"] == "COMPLETED"
                values = call(site, "admin", f"/history/variable-instance?processInstanceId={case}&variableName=doubled")
                assert [it["value"] for it in values] == [42]
                broken = call(site, "admin", path, {})["id"]
                for _ in range(3):
                    worker.stdout.readline()
                (incident,) = call(site, "admin", f"/incident?processInstanceId={broken}")
                assert (incident["incidentType"], "amount" in incident["incidentMessage"]) == ("failedExternalTask", True)
            finally:
                worker.terminate()


def test_the_first_example_has_ten_lines():
    lines = (ROOT / "examples" / "start_case.py").read_text("utf-8").split('"""', 2)[2].strip().splitlines()
    code = [line for line in lines if line and not line.startswith(("import ", ")")) and not line.startswith("    ")]
    assert len(code) <= 10
