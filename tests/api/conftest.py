"""The interface on a real HTTP server, on SQLite and PostgreSQL, with a small company and models written for Camunda 7."""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

import pytest
import uvicorn
from flask import Flask

from app import create_app
from app.api.basic import Gate
from app.bootstrap import build
from app.config import Settings
from app.server import Front, Server
from app.services import Services
from engine import SYSTEM
from tests.conftest import DATABASES

PASSWORD = "demo"
_numbers = itertools.count(1)
_COMPANY = {
    "departments": [{"id": it, "name": it} for it in ("sales", "management", "finance", "office")],
    "roles": [{"id": it, "name": it} for it in ("head", "admin", "auditor", "analyst", "worker")],
    "people": [
        {"id": "admin", "name": "Admin", "roles": ["admin"]},
        {"id": "robot", "name": "Robot", "roles": ["worker"]},
        {"id": "ann", "name": "Ann", "roles": ["analyst"]},
        {"id": "axel", "name": "Axel", "roles": ["auditor"]},
        {"id": "sue", "name": "Sue", "memberships": [{"department": "sales"}]},
        {"id": "sam", "name": "Sam", "memberships": [{"department": "sales", "roles": ["head"]}]},
        {"id": "fay", "name": "Fay", "memberships": [{"department": "finance"}]},
        {"id": "max", "name": "Max", "memberships": [{"department": "management"}]},
        {"id": "gone", "name": "Gone", "memberships": [{"department": "sales"}]},
        {"id": "late", "name": "Late", "memberships": [{"department": "sales"}]},
    ],
}


@dataclass
class Answer:
    """What came back: `value` is the JSON of the body."""

    status: int
    headers: Message
    body: bytes

    @property
    def value(self):
        return json.loads(self.body)


class Client:
    """A program that calls the interface, on one connection, as Camunda's clients do."""

    def __init__(self, port: int, person: str | None = "admin", password: str = PASSWORD) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Accept": "application/json"}
        if person is not None:
            self.headers["Authorization"] = "Basic " + base64.b64encode(f"{person}:{password}".encode()).decode()

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        sent = {**self.headers, **({"Content-Type": "application/json"} if data is not None else {}), **headers}
        self.connection.request(method, "/engine-rest" + path, data, sent)
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: object = None) -> Answer:
        return self.call("POST", path, body)

    def ok(self, method: str, path: str, body: object = None):
        """A call that must succeed: its value, None where there is none."""
        answer = self.call(method, path, body)
        assert answer.status in {200, 204}, answer.body
        if answer.status == 204:
            assert (answer.body, answer.headers["Content-Type"]) == (b"", None)
            return None
        assert answer.headers["Content-Type"] == "application/json"
        return answer.value

    def deploy(self, fields: Mapping[str, str] | None = None, **files: str) -> Answer:
        """Deploy models by `multipart/form-data`; `p=…` becomes the file `p.bpmn`."""
        edge = "edge-of-a-part"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in (fields or {}).items()]
        for name, text in files.items():
            file = name if "." in name else f"{name}.bpmn"
            head = f'Content-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: application/octet-stream'
            parts.append(f"--{edge}\r\n{head}\r\n\r\n{text}\r\n")
        data = ("".join(parts) + f"--{edge}--\r\n").encode()
        return self.call("POST", "/deployment/create", data, **{"Content-Type": f"multipart/form-data; boundary={edge}"})

    def start(self, key: str, variables: Mapping[str, object] | None = None, business_key: str | None = None) -> str:
        sent = {"variables": variables or {}, "businessKey": business_key}
        found: str = self.ok("POST", f"/process-definition/key/{key}/start", sent)["id"]
        return found

    def tasks(self, instance: str) -> dict[str, str]:
        """Element to id of the open tasks of an instance."""
        return {it["taskDefinitionKey"]: it["id"] for it in self.ok("GET", f"/task?processInstanceId={instance}")}

    def found(self, path: str, query: str) -> set[str]:
        """The ids that a list finds, which its number agrees with."""
        ids = {it["id"] for it in self.ok("GET", f"{path}?{query}")}
        assert self.ok("GET", f"{path}/count?{query}")["count"] == len(ids)
        return ids


class RealTime:
    """The real time in seconds, moved by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@dataclass
class Site:
    """A running server, and what stands behind it."""

    services: Services
    app: Flask
    gate: Gate
    real_time: RealTime
    port: int
    clients: list[Client] = field(default_factory=list)

    def client(self, person: str | None = "admin", password: str = PASSWORD) -> Client:
        self.clients.append(Client(self.port, person, password))
        return self.clients[-1]


@contextmanager
def served(url: str) -> Iterator[Site]:
    """The server in a thread of this process, so that its statements can be counted."""
    services = build(Settings(secret_key="a key for tests", database_url=url, page_threads=16))
    services.engine.organisation.load(SYSTEM, _COMPANY)
    services.doors.set_demo_passwords([it["id"] for it in _COMPANY["people"]])
    del services.background[1:]  # only the database is closed: nothing but calls makes statements
    app = create_app(services)
    real_time = RealTime()
    gate = app.extensions["crossdesk-basic"] = Gate(services.settings.sign_in_limit, real_time)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            Front(app, services), log_config=None, access_log=False, server_header=False, lifespan="on", timeout_graceful_shutdown=2
        )
        server, ready = Server(config, services.hub, services.polls), threading.Event()
        services.on_started(ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert ready.wait(30)
        try:
            yield Site(services, app, gate, real_time, port)
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


@contextmanager
def served_on(kind: str, request: pytest.FixtureRequest, name: str) -> Iterator[Site]:
    """The server on a new database of this kind."""
    if kind == "sqlite":
        path: Path = request.getfixturevalue("tmp_path_factory").mktemp(name) / f"{name}.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        with served(f"sqlite:///{path}") as found:
            yield found
        return
    server, name = request.getfixturevalue("postgresql_server"), f"{name}_{os.getpid()}"
    with served(server.create(name)) as found:
        yield found
    server.drop(name)


@pytest.fixture(
    scope="session",
    params=[pytest.param(it, marks=[getattr(pytest.mark, it), pytest.mark.loopback]) for it in ("sqlite", "postgresql") if it in DATABASES],
)
def running(request: pytest.FixtureRequest) -> Iterator[Site]:
    """One server for all tests on a database: each test deploys processes of its own."""
    with served_on(request.param, request, "api") as found:
        yield found


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    """The server, with connections that are closed at the end of the test."""
    yield running
    while running.clients:
        running.clients.pop().connection.close()


@pytest.fixture
def admin(site: Site) -> Client:
    """Somebody who may do everything."""
    return site.client()


@pytest.fixture
def key() -> str:
    """The key of a process of this test alone."""
    return f"p{next(_numbers)}"


PURCHASE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="buying">
 <bpmn:process id="KEY" name="Purchase" isExecutable="true" camunda:historyTimeToLive="P30D" camunda:versionTag="v1">
  <bpmn:documentation>How we buy.</bpmn:documentation>
  <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="submit"/>
  <bpmn:userTask id="submit" name="Submit" camunda:candidateGroups="sales">
   <bpmn:documentation>Say what.</bpmn:documentation></bpmn:userTask>
  <bpmn:sequenceFlow id="f2" sourceRef="submit" targetRef="level"/><bpmn:exclusiveGateway id="level" default="f3"/>
  <bpmn:sequenceFlow id="f3" sourceRef="level" targetRef="end"/>
  <bpmn:sequenceFlow id="f4" sourceRef="level" targetRef="finance">
   <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${amount > 1000}</bpmn:conditionExpression></bpmn:sequenceFlow>
  <bpmn:userTask id="finance" name="Finance" camunda:candidateGroups="finance" camunda:candidateUsers="max" camunda:priority="70"/>
  <bpmn:sequenceFlow id="f5" sourceRef="finance" targetRef="end"/><bpmn:endEvent id="end"/>
 </bpmn:process></bpmn:definitions>"""


@pytest.fixture
def purchase(admin: Client, key: str) -> str:
    """A deployed process as Camunda's modeler writes it: submit, and above 1,000 also finance. Its key."""
    assert admin.deploy(p=PURCHASE.replace("KEY", key)).status == 200
    return key
