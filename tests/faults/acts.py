"""What a hand can do: each act is prepared first (who acts is looked up), then done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from engine.engine import Engine
from engine.services.drafts import Publication
from engine.services.external_values import Failure, Fetch
from engine.services.instructions import Instruction, InstructionKind
from engine.services.messages import Message
from engine.services.task_details import TaskUpdate
from engine.store.queries.external import Topic
from engine.work.attachments import NewAttachment
from tests.engine.services.conftest import WORKER

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
Act = Callable[..., Callable[[], object]]


def start(engine: Engine, person: str, key: str, variables: dict[str, object] | None = None, **options: str) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.instances.start(actor, key, variables or {}, **options).id


def complete(engine: Engine, person: str, task: str, variables: dict[str, object] | None = None) -> Callable[[], object]:
    actor = engine.organisation.actor(person)

    def do() -> None:  # what came of it has ids of its own each time: nothing to compare
        engine.tasks.complete(actor, task, variables or {})

    return do


def claim(engine: Engine, person: str, task: str) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.tasks.claim(actor, task).assignee


def release(engine: Engine, person: str, task: str) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.tasks.release(actor, task).assignee


def reassign(engine: Engine, person: str, task: str, to: str, version: int) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.tasks.reassign(actor, task, to, "busy", version).assignee


def correlate(engine: Engine, name: str, **options: str) -> Callable[[], object]:
    return lambda: [it.instance_id for it in engine.messages.correlate(WORKER, Message(name, **options))]


def run_due(engine: Engine, limit: int = 100) -> Callable[[], object]:
    return lambda: engine.jobs.run_due(limit)


def cancel(engine: Engine, person: str, case: str) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.instances.cancel(actor, case, "ordered twice")


def deploy(engine: Engine, person: str, models: dict[str, str]) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    files = {f"{name}.bpmn": text.encode() for name, text in models.items()}
    return lambda: engine.definitions.deploy(actor, "again", files, strict=False, only_changed=True).id


def publish(engine: Engine, person: str, key: str, version: int, instead_of: str) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.drafts.publish(actor, Publication(key, version, "the limit has changed", instead_of)).id


def work(engine: Engine) -> Callable[[], object]:
    """Do due jobs as a worker does it, for as long as the process that began it is there."""

    def forever() -> object:
        parent = os.getppid()
        while os.getppid() == parent:
            if not engine.jobs.run_due():
                time.sleep(0.02)
        return None

    return forever


def give(engine: Engine, person: str, case: str, subscription: str, at: str) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.messages.give(actor, case, subscription, date.fromisoformat(at))


def resolve(engine: Engine, person: str, task: str) -> Callable[[], object]:
    actor = engine.organisation.actor(person)
    return lambda: engine.tasks.resolve(actor, task, {"found": 1}).assignee


def fetch(engine: Engine, by: str, worker: str, most: int = 10) -> Callable[[], object]:
    actor = engine.organisation.actor(by)
    return lambda: [it.element_id for it in engine.external_tasks.fetch(actor, Fetch(worker, [Topic("ship", HOUR)], most))]


def report_failure(engine: Engine, by: str, task_id: str, retries: int) -> Callable[[], object]:
    actor, failure = engine.organisation.actor(by), Failure("no paper", "tray 2", retries, HOUR)
    return lambda: engine.external_tasks.report_failure(actor, task_id, "w1", failure, {"tried": 1})


def set_retries_of_all(engine: Engine, by: str, task_id: str, retries: int) -> Callable[[], object]:
    actor = engine.organisation.actor(by)
    return lambda: engine.external_tasks.set_retries_of_all(actor, [task_id], retries)


def modify(engine: Engine, by: str, instance_id: str, start: str, stop: str) -> Callable[[], object]:
    actor = engine.organisation.actor(by)
    instructions = [Instruction(InstructionKind.CANCEL, stop), Instruction(InstructionKind.BEFORE, start)]
    return lambda: engine.modification.modify(actor, instance_id, instructions, "set straight")


def begin_activity(engine: Engine, by: str, case: str, token: str, element: str) -> Callable[[], object]:
    actor = engine.organisation.actor(by)
    return lambda: engine.ad_hoc.begin_activity(actor, case, token, element)


def update(engine: Engine, by: str, task_id: str, name: str) -> Callable[[], object]:
    actor = engine.organisation.actor(by)
    return lambda: engine.task_details.update(actor, task_id, TaskUpdate(name=name, assignee="sam")).name


def attach_to_case(engine: Engine, person: str, case: str) -> Callable[[], object]:
    actor, files = (
        engine.organisation.actor(person),
        [NewAttachment("offer.txt", content=b"an offer"), NewAttachment("list.txt", content=b"a list")],
    )
    return lambda: [it.name for it in engine.attachments.attach_to_case(actor, case, files)]


def attach_to_task(engine: Engine, person: str, task: str) -> Callable[[], object]:
    actor, file = engine.organisation.actor(person), NewAttachment("plan", url="https://docs.example/plan")
    return lambda: [it.name for it in engine.attachments.attach_to_task(actor, task, [file])]


def lease(method: str) -> Act:
    """To lock, or to keep, an external task for an hour."""

    def act(engine: Engine, by: str, task_id: str) -> Callable[[], object]:
        actor = engine.organisation.actor(by)
        return lambda: getattr(engine.external_tasks, method)(actor, task_id, "w1", HOUR)

    return act


def plainly(service: str, method: str) -> Act:
    """A method whose arguments are plain and whose result nobody asks for."""

    def act(engine: Engine, by: str, **args: object) -> Callable[[], object]:
        actor = engine.organisation.actor(by)

        def do() -> None:
            getattr(getattr(engine, service), method)(actor, **args)

        return do

    return act


PLAIN = {
    "tasks": ("assign", "claim_for", "delegate", "save_draft", "fail", "escalate"),
    "task_details": ("set_owner", "add_candidate", "remove_candidate", "comment"),
    "external_tasks": ("report_completion", "report_error", "unlock", "set_retries", "set_priority"),
    "suspension": ("suspend_instance", "suspend_definition"),
    "variables": ("change", "change_at_task"),
    "jobs": ("drop", "execute", "recalculate", "retry", "set_due", "suspend"),
    "incidents": ("try_again",),
    "signals": ("send",),
    "conditions": ("evaluate",),
    "executions": ("signal", "trigger"),
    "attachments": ("detach",),
    "deployments": ("delete", "delete_version"),
    "retention": ("set_time_to_live", "clean_up"),
    "organisation": ("set_active",),
}
ACTS: dict[str, Act] = {
    **{
        act.__name__: act for act in (start, complete, claim, release, reassign, resolve, correlate, give, run_due, cancel, deploy, publish)
    },
    **{
        act.__name__: act
        for act in (work, fetch, report_failure, modify, begin_activity, update, set_retries_of_all, attach_to_case, attach_to_task)
    },
    **{method: lease(method) for method in ("lock", "extend")},
    **{method: plainly(service, method) for service, methods in PLAIN.items() for method in methods},
}
"""By the name of the engine's method."""
