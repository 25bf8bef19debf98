"""Versions and cases that are suspended and resumed at a moment: by a job, which their suspension does not hold back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Forbidden, Suspended
from engine.model import CaseState
from engine.store.tables import job
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_compensation import complete, is_over, start
from tests.engine.services.test_events_and_jobs import timer

HOUR = timedelta(hours=1)
LATE = f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{timer("PT90M")}</boundaryEvent>'
PROCESS = model(START, user_task("a"), LATE, user_task("late"), END, "s > a", "a > e", "b > late", "late > e")


def state(desk: Desk, case: str) -> CaseState:
    return desk.engine.instances.get(desk.actor("ada"), case).case.state


def told(desk: Desk, chain: str) -> list[str]:
    return [name for entry in desk.engine.history.entries(desk.actor("ada"), chain) for name, _ in entry.events]


def test_a_case_is_suspended_and_resumed_when_its_time_comes(desk: Desk) -> None:
    desk.deploy(p=PROCESS)
    case, ada, now = start(desk), desk.actor("ada"), desk.clock.now()
    desk.engine.suspension.suspend_instance(ada, case, suspended=True, at=now + HOUR)
    desk.engine.suspension.suspend_instance(ada, case, suspended=False, at=now + 2 * HOUR)
    assert [it.kind for it in desk.engine.jobs.all(ada)] == ["suspension", "timer", "suspension"]
    assert (desk.run_due(), state(desk, case)) == (0, CaseState.ACTIVE)
    desk.clock.moment += HOUR
    assert (desk.run_due(), state(desk, case)) == (1, CaseState.SUSPENDED)
    with pytest.raises(Suspended):
        complete(desk, case, "a")
    assert desk.engine.jobs.next_due() == now + 2 * HOUR  # the timer waits, what resumes it does not
    desk.clock.moment += HOUR
    assert (desk.run_due(), state(desk, case)) == (1, CaseState.ACTIVE)
    assert (desk.run_due(), sorted(desk.open_tasks(case))) == (1, ["a", "late"])
    assert [name for name in told(desk, case) if "Suspension" in name or ("Instance" in name and "Started" not in name)] == [
        "InstanceResumed", "InstanceSuspended", "SuspensionPlanned", "SuspensionPlanned"
    ]  # fmt: skip
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_a_job_of_a_case_that_is_so_already_does_nothing_and_goes_with_its_case(desk: Desk) -> None:
    desk.deploy(p=PROCESS)
    case, ada, now = start(desk), desk.actor("ada"), desk.clock.now()
    desk.engine.suspension.suspend_instance(ada, case, suspended=False, at=now + HOUR)
    desk.engine.suspension.suspend_instance(ada, case, suspended=True, at=now + 9 * HOUR)
    desk.clock.moment += HOUR
    assert (desk.run_due(), "InstanceResumed" in told(desk, case)) == (1, False)
    complete(desk, case, "a")
    assert is_over(desk, case)
    assert desk.engine.jobs.all(ada) == []


@pytest.mark.parametrize("with_instances", [True, False])
def test_a_version_is_suspended_and_resumed_with_its_cases_where_that_is_wanted(desk: Desk, with_instances: bool) -> None:
    (version,) = desk.deploy(p=PROCESS)
    case, ada, now = start(desk), desk.actor("ada"), desk.clock.now()
    desk.engine.suspension.suspend_definition(ada, version, suspended=True, with_instances=with_instances, at=now + HOUR)
    desk.engine.suspension.suspend_definition(ada, version, suspended=False, with_instances=with_instances, at=now + 2 * HOUR)
    ((first, of), *_) = desk.engine.jobs.with_definitions(ada)
    assert (first.kind, first.instance_id, of) == ("suspension", version, version)
    desk.clock.moment += HOUR
    assert desk.run_due() == 1
    assert state(desk, case) is (CaseState.SUSPENDED if with_instances else CaseState.ACTIVE)
    with pytest.raises(Suspended):
        start(desk)
    desk.clock.moment += HOUR
    assert desk.run_due() >= 1
    assert state(desk, case) is CaseState.ACTIVE
    assert start(desk)


def test_one_may_be_done_before_its_time_and_a_past_one_is_due_at_once(desk: Desk) -> None:
    (version,) = desk.deploy(p=PROCESS)
    ada, now = desk.actor("ada"), desk.clock.now()
    desk.engine.suspension.suspend_definition(ada, version, suspended=True, at=now + HOUR)
    desk.engine.jobs.execute(ada, desk.engine.jobs.all(ada)[0].id)
    with pytest.raises(Suspended):
        start(desk)
    desk.engine.suspension.suspend_definition(ada, version, suspended=False, at=now - HOUR)
    assert desk.run_due() == 1
    assert start(desk)


def test_who_may_not_suspend_now_may_not_later(desk: Desk) -> None:
    (version,) = desk.deploy(p=PROCESS)
    case, at = start(desk), desk.clock.now() + HOUR
    for person in ("sam", "axel"):
        with pytest.raises(Forbidden):
            desk.engine.suspension.suspend_instance(desk.actor(person), case, suspended=True, at=at)
        with pytest.raises(Forbidden):
            desk.engine.suspension.suspend_definition(desk.actor(person), version, suspended=True, at=at)
    with desk.engine.database.read() as connection:
        assert {row.kind for row in connection.execute(job.select())} == {"timer"}
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_the_job_of_a_version_goes_with_its_deployment(desk: Desk) -> None:
    (version,) = desk.deploy(p=PROCESS)
    ada = desk.actor("ada")
    desk.engine.suspension.suspend_definition(ada, version, suspended=True, at=desk.clock.now() + HOUR)
    found, total = desk.engine.jobs.pending(ada)
    assert ([it.kind for it in found], total) == (["suspension"], 1)
    deployment = desk.engine.definitions.get(version).row.deployment_id
    desk.engine.deployments.delete(ada, deployment, cascade=False, reason="")
    assert desk.engine.jobs.all(ada) == []
