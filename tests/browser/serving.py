"""A real server process with the sample company, on a free port of the loopback, with a clock that can be moved."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.clock import move

ROOT = Path(__file__).resolve().parents[2]
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, an ordinary week
_START_SECONDS = 60
_STOP_SECONDS = 5  # it promises three
_BROKEN = re.compile(r"Traceback| ERROR | CRITICAL |[Dd]eadlock")


class Site:
    """A running server."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: Path, environment: dict[str, str]) -> None:
        self.process = process
        self.url = url
        self.log = log
        self._environment = environment
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + _START_SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=_START_SECONDS):
                    return
            except OSError:
                time.sleep(0.1)
        self.process.kill()
        self._reader.join()
        raise AssertionError(f"the server did not start:\n{self.log.read_text('utf-8')[-4000:]}")

    def move_clock(self, step: str) -> None:
        """Move the business's clock by `+3d`: what `crossdesk clock` does, without a process of its own."""
        move(Path(self._environment["CROSSDESK_CLOCK_FILE"]), step)

    def command(self, *arguments: str) -> str:
        """Run `crossdesk …` beside the server; what it said."""
        return self.run([sys.executable, "-m", "app.cli", *arguments])

    def run(self, command: list[str]) -> str:
        """Run a program that knows the server and its database; what it said."""
        environment = {**self._environment, "CROSSDESK_URL": self.url}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def faults(self) -> list[str]:
        """What the log says of errors and deadlocks."""
        return [line for line in self.log.read_text("utf-8").splitlines() if _BROKEN.search(line)]

    def stop(self) -> int:
        """SIGTERM, and how it ended."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = -signal.SIGKILL
        self._reader.join()
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines, self.log.open("w", encoding="utf-8") as log:
            for line in lines:
                log.write(line)
                log.flush()


def settings_of(database_url: str, folder: Path) -> dict[str, str]:
    """The settings of a server whose files lie in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "CROSSDESK_DATABASE_URL": database_url,
        "CROSSDESK_CLOCK_FILE": str(folder / "clock"),
        "CROSSDESK_SAMPLE_CASES": "0",
        "CROSSDESK_SECRET_KEY": "a key for the tests in the browser",
        "CROSSDESK_SEALS_FILE": str(folder / "seals"),
        "CROSSDESK_SEAL_KEY_FILE": str(folder / "seal-key"),
        "CROSSDESK_TRIALS_FOLDER": str(folder / "trials"),
    }


@contextmanager
def serve(database_url: str, folder: Path, *, at: datetime = MONDAY) -> Iterator[Site]:
    """A server on this database, where it is `at` now. The sample company is founded in an empty one."""
    port, settings = _free_port(), settings_of(database_url, folder)
    Path(settings["CROSSDESK_CLOCK_FILE"]).write_text(str(int((at - datetime.now(UTC)).total_seconds())), encoding="ascii")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDESK_")}
    environment = plain | settings | {"CROSSDESK_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    site = Site(process, f"http://127.0.0.1:{port}", folder / "server.log", environment)
    try:
        site.wait()
        yield site
    finally:
        status = site.stop()
    assert status in {0, -signal.SIGTERM}, f"the server was told to stop and ended with {status}:\n{site.log.read_text('utf-8')[-4000:]}"
    assert not site.faults(), "\n".join(site.faults())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
