"""Every declared call with generated arguments, good and bad, on a real server with models deployed: schemathesis makes them.

No answer is a 5xx but those that Camunda 7's clients expect and the document tells (by status and by the `type` of the error); each fits
the schema that is documented for it, and says that it is JSON exactly as clients compare it. `make test` plays a few for each call, the
same ones each time, on SQLite. The long form: `CROSSDESK_RANDOM_CALLS=1000 .venv/bin/pytest tests/api/test_random_calls.py`, and with
`CROSSDESK_RANDOM_DATABASE=postgresql` beside it.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from app.api import interface
from app.api.blueprint import JSON, PREFIX
from app.api.document import document
from tests.api.conftest import PASSWORD, PURCHASE, Site, served_on
from tests.app.test_auditor_is_refused import MODEL

COUNT = int(os.environ.get("CROSSDESK_RANDOM_CALLS", "5"))
DATABASE = os.environ.get("CROSSDESK_RANDOM_DATABASE", "sqlite")
SEED = int(os.environ.get("CROSSDESK_RANDOM_SEED", "7"))
pytestmark = [pytest.mark.loopback, pytest.mark.slow, getattr(pytest.mark, DATABASE)]
MODES = {"good": GenerationMode.POSITIVE, "bad": GenerationMode.NEGATIVE}
BUG = "The server failed"  # what `app.api.errors.bug` says: never expected, though clients know its status and type
PEOPLE = ("admin", "admin", "robot", "sue", "axel")
load_all_checks()
KEPT = [CHECKS.get_one(name) for name in ("status_code_conformance", "content_type_conformance", "response_schema_conformance")]


def _operations() -> dict[str, APIOperation]:
    """By their names. What deletes comes last, so that the others find something."""
    app = Flask(__name__)
    app.register_blueprint(interface.api)
    told = {**document(app), "security": []}  # who calls is said here
    found = [it.ok() for it in schemathesis.openapi.from_dict(told).get_all_operations()]
    found.sort(key=lambda it: (it.method.upper() == "DELETE", it.path, it.method))
    return {it.definition.raw["operationId"]: it for it in found}


OPERATIONS = _operations()


class Ground:
    """A server on which something of everything is there, and what its things are called."""

    def __init__(self, site: Site) -> None:
        self.session = requests.Session()
        self.base = f"http://127.0.0.1:{site.port}{PREFIX}"
        admin = site.client("admin")
        deployed = admin.deploy(buy=PURCHASE.replace("KEY", "buy"), all=MODEL).value
        for key in ("buy", "buy", "all", "all", "all"):
            admin.start(key, {"amount": {"value": 5, "type": "Integer"}}, "order 7")
        admin.ok("POST", "/process-instance/count", {})
        [external, *_] = admin.ok("GET", "/external-task")
        admin.ok("PUT", f"/external-task/{external['id']}/retries", {"retries": 0})
        self.known: dict[str, list[str]] = {
            "/task": [it["id"] for it in admin.ok("GET", "/task")],
            "/external-task": [it["id"] for it in admin.ok("GET", "/external-task")],
            "/process-instance": [it["id"] for it in admin.ok("GET", "/process-instance")],
            "/process-definition": list(deployed["deployedProcessDefinitions"]),
            "/deployment": [deployed["id"]],
            "/job": [it["id"] for it in admin.ok("GET", "/job")],
            "/incident": [it["id"] for it in admin.ok("GET", "/incident")],
            "key": ["buy", "all"],
            "name": ["amount", "x", "paid"],
        }
        self.known["/history"] = self.known["/execution"] = self.known["/process-instance"]
        assert all(self.known.values())

    def of(self, path: str, place: str) -> list[str]:
        """What a place of a path may be called."""
        return self.known.get(place) or self.known.get("/" + path.split("/")[1], ["none"])


@pytest.fixture(scope="module")
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    with served_on(DATABASE, request, "calls") as site:
        found = Ground(site)
        yield found
        found.session.close()
        for it in site.clients:
            it.connection.close()


def aimed(case: Case, ground: Ground, chosen: Mapping[str, Any]) -> None:
    """Let most calls be about something that is there, and let none wait for work."""
    for place in case.path_parameters or {}:
        known = ground.of(case.path, place)
        if chosen["aims"]:
            case.path_parameters[place] = known[chosen["which"] % len(known)]
    if isinstance(case.query, dict) and "processInstanceId" in case.query and chosen["aims"]:
        case.query["processInstanceId"] = ground.known["/process-instance"][0]
    if isinstance(case.body, dict) and "asyncResponseTimeout" in case.body:
        case.body["asyncResponseTimeout"] = None
    login = base64.b64encode(f"{chosen['person']}:{PASSWORD}".encode()).decode()
    case.headers["Authorization"] = f"Basic {login}"


CHOSEN = st.fixed_dictionaries(
    {"aims": st.sampled_from([True, True, False]), "which": st.integers(0, 9), "person": st.sampled_from(PEOPLE)}
)


PLAYED = [(name, mode) for name, it in OPERATIONS.items() for mode in MODES if mode == "good" or it.query.items or it.body.items]
"""Where a call takes nothing but names in its path, none of its arguments can be bad."""


@pytest.mark.parametrize(("name", "mode"), PLAYED)
def test_no_call_fails_and_every_answer_is_what_the_document_says(ground: Ground, name: str, mode: str):
    operation = OPERATIONS[name]

    @seed(SEED)
    @settings(
        max_examples=COUNT, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=False
    )
    @given(case=operation.as_strategy(MODES[mode]), chosen=CHOSEN)
    def played(case: Case, chosen: Mapping[str, Any]) -> None:
        aimed(case, ground, chosen)
        answer = case.call(base_url=ground.base, session=ground.session, timeout=30)
        told = (case.as_curl_command(), answer.status_code, answer.content[:500])
        if answer.status_code >= 500:
            said = answer.json()
            assert answer.status_code == 500, told
            assert not said["message"].startswith(BUG), told
        if answer.status_code == 204:
            assert (answer.content, answer.headers.get("content-type")) == (b"", None), told
        elif answer.status_code != 200 or JSON in operation_media(operation):
            assert answer.headers["content-type"] == [JSON], told
        case.validate_response(answer, checks=KEPT)

    played()


def operation_media(operation: APIOperation) -> set[str]:
    """The content types of the good answer."""
    return set(operation.definition.raw["responses"].get("200", {}).get("content", {}))
