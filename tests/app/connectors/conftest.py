"""A real HTTP server on this machine that remembers what it was asked, and answers as a test wants."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.connectors.guard import Guard, Host

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)
WELL = (200, {"Content-Type": "application/json"}, b'{"ok": true}')
NAME = "api.example.com"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """The server, and what it was asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], tuple[int, dict[str, str], bytes]] = lambda _asked: WELL
    going_on: threading.Event = field(default_factory=threading.Event)  # set: whoever hangs may go on

    @property
    def url(self) -> str:
        return f"http://{NAME}:{self.port}"

    @property
    def host(self) -> Host:
        return Host("http", NAME, self.port)

    def guard(self, **more: object) -> Guard:
        """Lets requests to it through, under a name that only the test knows."""
        return Guard(**{"hosts": frozenset({self.host}), "networks": LOOPBACK, "resolve": lambda _name, _port: ["127.0.0.1"], **more})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length))
            found.asked.append(asked)
            status, headers, body = found.answer(asked)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: object) -> None:
            """Nothing: a test reads `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # whoever is cut off while it answers is no fault
    found = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.going_on.set()
    server.shutdown()
    thread.join()
    server.server_close()
