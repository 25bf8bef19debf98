"""One version of a process deleted out of its deployment: its cases go with it, what is left goes on, and the history says who."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import delete, select

from engine.errors import Forbidden, HasCases, InvalidRequest, NotFound
from engine.model import SYSTEM
from engine.services.messages import Message
from engine.store.tables import case_instance, decision_definition, deployment_resource, history_entry, history_head, job
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_decisions import level
from tests.engine.services.test_events_and_jobs import MESSAGE, timer
from tests.engine.services.test_two_at_once import at_once, one_won

TASK = model(START, user_task("a"), END, "s > a", "a > e")
CALLS = model(START, '<callActivity id="c" calledElement="p"/>', END, "s > c", "c > e", key="calls")
BY_TIMER = model(f'<startEvent id="s">{timer("PT1H")}</startEvent>', user_task("a"), END, "s > a", "a > e")
BY_MESSAGE = model(
    '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>', user_task("a"), END, "s > a", "a > e", before=MESSAGE
)


def delete_version(desk: Desk, version: str, *, cascade: bool = True, person: str = "ada") -> None:
    desk.engine.deployments.delete_version(desk.actor(person), version, cascade=cascade, reason="a trial")


def start(desk: Desk, key: str = "p") -> str:
    return desk.engine.instances.start(desk.actor("sue"), key).id


def end(desk: Desk, case: str) -> None:
    desk.complete("sue", desk.open_tasks(case)["a"])


def jobs(desk: Desk) -> list[tuple[str, str]]:
    with desk.engine.database.read() as connection:
        return [(row.kind, row.root_id) for row in connection.execute(select(job.c.kind, job.c.root_id).order_by(job.c.id))]


def test_a_version_goes_with_its_cases_and_the_history_names_their_chains(desk: Desk) -> None:
    (first,) = desk.deploy(p=TASK)
    (second,) = desk.deploy(p=TASK)
    open_case, ended, kept = start(desk), start(desk), desk.engine.instances.start(desk.actor("sue"), "p", definition_id=first).id
    end(desk, ended)
    with pytest.raises(HasCases) as refused:
        delete_version(desk, second, cascade=False)
    assert refused.value.details["cases"] == 2
    delete_version(desk, second)
    assert desk.engine.definitions.latest("p").row.id == first
    for gone in (open_case, ended):
        with pytest.raises(NotFound):
            desk.engine.instances.get(SYSTEM, gone)
    assert desk.engine.instances.get(SYSTEM, kept).case.definition_id == first
    for again in (second, "p:9:x"):
        with pytest.raises(NotFound):
            delete_version(desk, again)
    report = desk.engine.history.verify(desk.actor("axel"))
    assert report.findings == []
    assert {it.chain: (it.by, it.reason, it.of) for it in report.deleted} == dict.fromkeys((open_case, ended), ("ada", "a trial", second))


def test_what_somebody_removed_besides_is_found_and_what_was_deleted_may_not_rise(desk: Desk) -> None:
    (version,) = desk.deploy(p=TASK)
    desk.deploy(q=model(START, user_task("a"), END, "s > a", "a > e", key="q"))
    deleted, removed = start(desk), start(desk, "q")
    delete_version(desk, version)
    with desk.engine.database.begin() as connection:
        connection.execute(delete(history_entry).where(history_entry.c.chain == removed))
        connection.execute(history_head.insert().values(chain=deleted, seq=1, hash=b"x"))
    found = {(it.chain, it.text) for it in desk.engine.history.verify(desk.actor("axel")).findings}
    assert {chain for chain, _ in found} == {deleted, removed}
    assert (deleted, "risen") in found


def test_files_and_other_processes_of_the_deployment_stay(desk: Desk) -> None:
    files = {"p.bpmn": TASK.encode(), "calls.bpmn": CALLS.encode(), "d.dmn": level("1")}
    made = desk.engine.definitions.deploy(desk.actor("ann"), "all", files, strict=False)
    version = next(it.id for it in made.definitions if it.key == "p")
    case = start(desk, "calls")
    with pytest.raises(InvalidRequest, match="another process or version calls"):
        delete_version(desk, version)
    desk.engine.instances.cancel(desk.actor("ada"), case, "over")
    delete_version(desk, desk.engine.definitions.latest("calls").row.id)
    delete_version(desk, version)
    with desk.engine.database.read() as connection:
        names = set(connection.execute(select(deployment_resource.c.name)).scalars())
        assert names == set(files)
        assert len(connection.execute(select(decision_definition)).all()) > 0
        assert connection.execute(select(case_instance)).all() == []
    assert desk.engine.deployments.get(made.id).name == "all"


def test_the_version_before_listens_again_and_the_latest_is_not_doubled(desk: Desk) -> None:
    (first,) = desk.deploy(p=BY_TIMER)
    (second,) = desk.deploy(p=BY_TIMER)
    (third,) = desk.deploy(p=BY_TIMER)
    delete_version(desk, first)
    assert jobs(desk) == [("start-timer", third)]
    delete_version(desk, third)
    assert jobs(desk) == [("start-timer", second)]
    desk.clock.move(hours=1)
    assert desk.run_due() == 1
    desk.deploy(p=BY_TIMER)
    old = desk.engine.definitions.get(second).row.deployment_id
    desk.engine.deployments.delete(desk.actor("ada"), old, cascade=True, reason="")
    assert len(jobs(desk)) == 1


def test_a_message_starts_the_version_before_again(desk: Desk) -> None:
    (first,) = desk.deploy(p=BY_MESSAGE)
    (second,) = desk.deploy(p=BY_MESSAGE)
    delete_version(desk, second, cascade=False)
    (made,) = desk.engine.messages.correlate(WORKER, Message("confirmed"))
    assert desk.engine.instances.get(SYSTEM, made.instance_id).case.definition_id == first


def test_only_administrators_delete_and_what_belongs_to_the_record_stays(desk: Desk) -> None:
    (version,) = desk.deploy(p=TASK)
    for person in ("ann", "sam", "axel"):
        with pytest.raises(Forbidden):
            delete_version(desk, version, person=person)
    kept = desk.engine.definitions.deploy(SYSTEM, "kept", {"k.bpmn": TASK.replace('"p"', '"k"').encode()}, source="studio", strict=False)
    with pytest.raises(InvalidRequest, match="part of the record"):
        delete_version(desk, kept.definitions[0].id)


def test_of_two_who_delete_a_version_one_is_told_that_it_is_gone(desk: Desk) -> None:
    for _ in range(6):
        (version,) = desk.deploy(p=TASK)
        start(desk)
        one_won(at_once(*[partial(delete_version, desk, version)] * 2), NotFound)
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_a_case_begins_or_its_version_is_deleted(desk: Desk) -> None:
    for _ in range(6):
        (version,) = desk.deploy(p=TASK)
        one_won(at_once(partial(delete_version, desk, version, cascade=False), partial(start, desk)), HasCases, NotFound)
        with pytest.raises((HasCases, NotFound)):
            delete_version(desk, version, cascade=False)
        if desk.engine.definitions.versions("p"):
            delete_version(desk, version)
    assert desk.engine.history.verify(desk.actor("axel")).findings == []
