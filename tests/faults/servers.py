"""Server processes that are killed and started again, and clients that go on all the same, as careful clients do."""

from __future__ import annotations

import base64
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
AUTHORIZATION = "Basic " + base64.b64encode(b"admin:demo").decode()


class Unknown(Exception):
    """No answer, or one that says that the database is away: it was done, or it was not."""


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """`crossdesk run` on a port of its own. `module`: another one that does the same; `settings`: further ones."""

    def __init__(self, url: str, folder: Path, *, module: str = "app.cli", **settings: str) -> None:
        self.folder = folder
        self._module = module
        self.port = free_port()
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDESK_")} | {
            "CROSSDESK_PORT": str(self.port),
            "CROSSDESK_DATABASE_URL": url,
            "CROSSDESK_SAMPLE_CASES": "0",
            "CROSSDESK_SECRET_KEY": "a key for tests",
            "CROSSDESK_SEALS_FILE": str(folder / "seals"),
            "CROSSDESK_SEAL_KEY_FILE": str(folder / "seal-key"),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> Path:
        """What it said."""
        return self.folder / f"server-{self.port}.log"

    def begin(self) -> None:
        """Start it, and do not wait."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, "run"], cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def start(self) -> float:
        """Start it, and wait for its first answer: after so many seconds."""
        begun = time.perf_counter()
        self.begin()
        assert self._process is not None
        with Client(self.port) as client:
            while time.perf_counter() - begun < START_SECONDS:
                try:
                    client.get("/process-definition?maxResults=1")
                except Unknown:
                    assert self._process.poll() is None, self.log.read_text("utf-8")[-3000:]
                    time.sleep(0.02)
                else:
                    return time.perf_counter() - begun
        raise AssertionError(self.log.read_text("utf-8")[-3000:])

    def kill(self) -> None:
        """SIGKILL: it cannot say good-bye."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM, as people stop it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)


@contextmanager
def running(count: int, url: str, folder: Path, **settings: str) -> Iterator[list[Server]]:
    """Servers on one database; they are stopped with the block."""
    servers = [Server(url, folder, **settings) for _ in range(count)]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()


def _is_closed(connection: http.client.HTTPConnection) -> bool:
    """Whether the server has closed a connection on which nothing was asked for long: nothing but an end can come on it."""
    return connection.sock is not None and bool(select.select([connection.sock], [], [], 0)[0])


class Client:
    """One connection to the REST interface, opened again where it broke."""

    def __init__(self, *ports: int) -> None:
        self._ports = ports
        self._turn = 0
        self._connection: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and value of an answer. Raises `Unknown` where none came; then the next call goes to the next server."""
        if self._connection is not None and _is_closed(self._connection):
            self._connection.close()
            self._connection = None
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._ports[self._turn % len(self._ports)], timeout=60)
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        kind = "multipart/form-data; boundary=EDGE" if isinstance(body, bytes) else "application/json"
        try:
            self._connection.request(method, f"/engine-rest{path}", data, {"Authorization": AUTHORIZATION, "Content-Type": kind})
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._connection, self._turn = None, self._turn + 1
            raise Unknown(repr(error)) from error
        if response.status == 503:
            raise Unknown(text.decode())
        return response.status, json.loads(text) if text else None

    def get(self, path: str) -> Any:
        """What a list says."""
        status, value = self.call("GET", path)
        assert status == 200, value
        return value

    def insist(self, method: str, path: str, body: object = None, *, until: float) -> tuple[int, Any]:
        """Ask again until an answer comes: only for what may be done twice."""
        while True:
            try:
                return self.call(method, path, body)
            except Unknown:
                assert time.monotonic() < until, "no server answers any more"
                time.sleep(0.02)

    def deploy(self, name: str, text: str) -> None:
        """Deploy a model."""
        head = f'Content-Disposition: form-data; name="{name}"; filename="{name}.bpmn"\r\nContent-Type: application/octet-stream'
        status, value = self.call("POST", "/deployment/create", f"--EDGE\r\n{head}\r\n\r\n{text}\r\n--EDGE--\r\n".encode())
        assert status == 200, value

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()


@contextmanager
def at_work(clients: list[Callable[[threading.Event], None]]) -> Iterator[threading.Event]:
    """Clients in threads of their own while the block runs; then they finish what they are at. What one raises is raised here.

    Gives the event that tells them to stop, which is also set where one has raised something.
    """
    stop, raised = threading.Event(), []

    def run(client: Callable[[threading.Event], None]) -> None:
        try:
            client(stop)
        except BaseException as error:  # noqa: BLE001 - raised again below
            raised.append(error)
            stop.set()

    threads = [threading.Thread(target=run, args=(client,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(300)
    if raised:
        raise raised[0]
