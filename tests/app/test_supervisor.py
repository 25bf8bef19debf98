"""Several server processes on one port: all answer, one that dies is replaced, and they end together."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.supervisor import listeners

PATIENCE = 60  # seconds: ten times and more of what anything here takes
ROOT = Path(__file__).resolve().parents[2]


class Servers:
    """A supervisor with its processes, and what they say."""

    def __init__(self, environment: dict[str, str], log: Path, command: str = "run") -> None:
        self._log = log
        with log.open("wb") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "app.cli", command], cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
            )

    def said(self) -> str:
        return self._log.read_text("utf-8")

    def pids(self) -> list[int]:
        """Of all server processes that ever started."""
        return [int(found) for found in re.findall(r"Started server process \[(\d+)\]", self.said())]

    def alive(self) -> list[int]:
        return [pid for pid in self.pids() if is_alive(pid)]

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < end, self.said()[-4000:]
            time.sleep(0.05)

    def wait_until_gone(self) -> int:
        status = self.supervisor.wait(PATIENCE)
        self.wait(lambda: not self.alive())
        return status


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def servers(postgresql_url: str, tmp_path: Path) -> Iterator[tuple[Servers, str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = {"PORT": str(port), "DATABASE_URL": postgresql_url, "SECRET_KEY": "a key for tests", "PROCESSES": "2"}
    running = Servers({f"CROSSDESK_{name}": value for name, value in names.items()}, tmp_path / "log")
    try:
        running.wait(lambda: "Crossdesk is at" in running.said())
        yield running, f"http://127.0.0.1:{port}"
    finally:
        running.supervisor.kill()
        running.supervisor.wait()
        running.wait(lambda: not running.alive())


@pytest.mark.postgresql
@pytest.mark.slow
def test_one_that_dies_is_replaced_and_all_end_together(servers: tuple[Servers, str]) -> None:
    running, address = servers
    assert len(running.alive()) == 2
    for _ in range(20):
        assert httpx.get(f"{address}/health", timeout=PATIENCE).status_code == 200
    os.kill(running.alive()[0], signal.SIGKILL)
    running.wait(lambda: len(running.pids()) == 3 and len(running.alive()) == 2)
    for _ in range(20):
        assert httpx.get(f"{address}/health", timeout=PATIENCE).status_code == 200
    running.supervisor.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    assert running.wait_until_gone() == 0
    assert time.monotonic() - begun < 10 * 3, "it promises three seconds"
    assert "did not stop in time" not in running.said()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/health")


@pytest.mark.postgresql
@pytest.mark.slow
def test_the_processes_do_not_outlive_their_supervisor(servers: tuple[Servers, str]) -> None:
    running, _ = servers
    running.supervisor.kill()
    running.wait_until_gone()


@pytest.mark.loopback
def test_a_port_that_somebody_has_is_refused() -> None:
    first = listeners("127.0.0.1", 0, 2)
    try:
        port = first[0].getsockname()[1]
        assert {listener.getsockname()[1] for listener in first} == {port}
        with pytest.raises(OSError, match="in use"):
            listeners("127.0.0.1", port, 2)
    finally:
        for listener in first:
            listener.close()


def test_sqlite_is_served_by_one_process(tmp_path: Path) -> None:
    running = Servers({"CROSSDESK_DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "CROSSDESK_PROCESSES": "2"}, tmp_path / "log")
    assert running.supervisor.wait(PATIENCE) == 1
    assert "PostgreSQL" in running.said()
