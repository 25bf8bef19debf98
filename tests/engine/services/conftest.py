"""An engine on a real database, with a small company and models written in the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from engine.engine import Engine
from engine.errors import ModelProblem
from engine.model import SYSTEM, Actor, ActorKind
from engine.ports import Connector, ConnectorCall, ConnectorInput, HandlerResult, StepContext
from engine.services.runtime import Changed
from engine.store.database import Database
from engine.store.game import load_tasks
from engine.store.ids import RisingIds
from tests.conftest import FakeClock

COMPANY = {
    "departments": [
        {"id": "management", "name": "Management"},
        {"id": "sales", "name": "Sales", "parent": "management"},
        {"id": "finance", "name": "Finance", "parent": "management"},
    ],
    "roles": [{"id": name, "name": name} for name in ("head", "admin", "auditor", "analyst")],
    "people": [
        {"id": "boss", "name": "Boss", "memberships": [{"department": "management", "roles": ["head"]}]},
        {"id": "sam", "name": "Sam", "memberships": [{"department": "sales", "roles": ["head"]}]},
        {"id": "sue", "name": "Sue", "memberships": [{"department": "sales"}]},
        {"id": "fay", "name": "Fay", "memberships": [{"department": "finance", "roles": ["head"]}]},
        {"id": "fred", "name": "Fred", "memberships": [{"department": "finance"}]},
        {"id": "ann", "name": "Ann", "roles": ["analyst"]},
        {"id": "ada", "name": "Ada", "roles": ["admin"]},
        {"id": "axel", "name": "Axel", "roles": ["auditor"]},
    ],
}


class AnyForm:
    """Forms are not what these tests are about: what was submitted is taken as it is."""

    def check(self, resource: str, form: str) -> list[ModelProblem]:
        return []

    def validate(self, form: str, submitted: Mapping[str, object], known: Mapping[str, object], access: object) -> Mapping[str, object]:
        return submitted


@dataclass
class Desk:
    """An engine with what a test needs beside it."""

    engine: Engine
    clock: FakeClock
    handled: list[StepContext] = field(default_factory=list)
    commits: list[Changed] = field(default_factory=list)
    answer: Callable[[StepContext], HandlerResult] = lambda _context: HandlerResult()
    called: list[ConnectorCall] = field(default_factory=list)
    reply: Callable[[ConnectorCall], object] = lambda _call: "done"

    def actor(self, person: str) -> Actor:
        return self.engine.organisation.actor(person)

    def handle(self, context: StepContext) -> HandlerResult:
        self.handled.append(context)
        return self.answer(context)

    def call(self, call: ConnectorCall) -> object:
        self.called.append(call)
        return self.reply(call)

    def deploy(self, **models: str) -> list[str]:
        """Deploy models as a client of the API does, where unknown names are warnings."""
        files = {f"{name}.bpmn": text.encode() for name, text in models.items()}
        deployed = self.engine.definitions.deploy(self.actor("ann"), "test", files, strict=False)
        return [row.id for row in deployed.definitions]

    def open_tasks(self, root_id: str) -> dict[str, str]:
        """Element to id of the open user tasks of a case."""
        with self.engine.database.read() as connection:
            return {row.element_id: row.id for row in load_tasks(connection, root_id).values()}

    def complete(self, person: str, task_id: str, **said: object) -> None:
        """Claim where needed, then complete."""
        actor = self.actor(person)
        task = self.engine.tasks.get(actor, task_id)
        if task.assignee != person:
            self.engine.tasks.claim(actor, task_id)
        self.engine.tasks.complete(actor, task_id, **said)

    def run_due(self) -> int:
        return self.engine.jobs.run_due()


@pytest.fixture
def desk(database: Database, clock: FakeClock) -> Desk:
    counter = iter(range(1, 10**9))
    ids = RisingIds(clock, lambda size: next(counter).to_bytes(size, "big"))

    def handle(context: StepContext) -> HandlerResult:
        return desk.handle(context)

    def call(made: ConnectorCall) -> object:
        return desk.call(made)

    outside = Connector((ConnectorInput("to", required=True), ConnectorInput("how", choices=("slow", "fast"))), call=call)
    inside = Connector((ConnectorInput("what"),), within=handle)
    handlers = {"note": handle, "outside": outside, "inside": inside}
    desk = Desk(Engine(database, clock, ids, AnyForm(), handlers), clock)
    engine = desk.engine
    engine.on_commit(desk.commits.append)
    engine.organisation.load(SYSTEM, COMPANY)
    return desk


WORKER = Actor("worker", ActorKind.WORKER)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:crossdesk="urn:crossdesk:schema:1.0" id="d" targetNamespace="test">'
)


def model(*parts: str, key: str = "p", attributes: str = "", before: str = "") -> str:
    """A file with one process; flows are written `a > b`, other parts are XML."""
    written = []
    for part in parts:
        if ">" in part and "<" not in part:
            source, target = (name.strip() for name in part.split(">"))
            written.append(f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>')
        else:
            written.append(part)
    head = f'<process id="{key}" name="{key}" isExecutable="true" camunda:historyTimeToLive="P1D" {attributes}>'
    return f"{HEAD}{before}{head}{''.join(written)}</process></definitions>"


def user_task(name: str, attributes: str = 'camunda:candidateGroups="sales"', inner: str = "") -> str:
    extension = f"<extensionElements>{inner}</extensionElements>" if inner else ""
    return f'<userTask id="{name}" name="{name}" {attributes}>{extension}</userTask>'


START, END = '<startEvent id="s" camunda:initiator="initiator"/>', '<endEvent id="e"/>'
