"""BPMN as Camunda 7 runs it, over REST: the conformance cases and random processes, where they lie beside the project; on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.browser.serving import serve

ROOT = Path(__file__).resolve().parents[2]
KIT = Path(os.environ.get("CROSSDESK_SHARED", ROOT.parent / "shared")) / "conformance"
SEEDS = 200

pytestmark = [pytest.mark.loopback, pytest.mark.slow]


def test_all_cases_and_200_random_processes_run_as_they_should(tmp_path: Path) -> None:
    """One server for both: it takes longer to start than a case."""
    if not KIT.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the cases are not at {KIT}")
        pytest.skip(f"the cases are not at {KIT}")
    with serve(f"sqlite:///{tmp_path}/kit.db", tmp_path / "server", at=datetime.now(UTC)) as site:
        environment = {**os.environ, "ENGINE_REST": f"{site.url}/engine-rest", "ENGINE_AUTH": "admin:demo", "PYTHONDONTWRITEBYTECODE": "1"}
        for command in (["run.py", "--quiet"], ["random_processes.py", "--count", str(SEEDS)]):
            done = subprocess.run(
                [sys.executable, str(KIT / command[0]), *command[1:]], env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
