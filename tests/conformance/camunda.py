"""A real Camunda 7 from the shared folder `peers`: for asking how it behaves and measuring beside it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.faults.servers import ROOT, free_port

PEERS = Path(os.environ.get("CROSSDESK_SHARED") or ROOT.parent / "shared") / "peers"
_START_SECONDS = 600  # the first start builds it


def missing() -> list[str]:
    """What this machine lacks to run one: Java 17, Maven, the folder."""
    found = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return found if (PEERS / "load.py").is_file() else [*found, "the folder peers (CROSSDESK_SHARED)"]


@contextmanager
def camunda(settings: Mapping[str, str] | None = None) -> Iterator[int]:
    """One that runs, by the port of its interface; its database is in memory, or what `settings` name (PEER_JDBC and so on)."""
    port = free_port()
    process = subprocess.Popen(
        [str(PEERS / "camunda7" / "start"), str(port)],
        env={**os.environ, **(settings or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, f"http://127.0.0.1:{port}/engine-rest/engine")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    """Until it answers."""
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("Camunda 7 did not start: run its start script by hand to see why")
