"""Transactions of their own at joins, boundary events and instances of loops: each token by itself, and nothing goes on too early."""

from __future__ import annotations

import pytest

from engine.services.messages import Message
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_compensation import complete, is_over, start
from tests.engine.services.test_escalations_and_conditions import opened
from tests.engine.services.test_events_and_jobs import MESSAGE

FORK = '<{0} id="f"/>', user_task("a"), user_task("b"), '<{0} id="j" {1}/>', user_task("z")
FLOWS = "s > f", "f > a", "f > b", "a > j", "b > j", "j > z", "z > e"
BEFORE, AFTER = 'camunda:asyncBefore="true"', 'camunda:asyncAfter="true"'


def joined(desk: Desk, kind: str, attributes: str) -> str:
    desk.deploy(p=model(START, *(part.format(kind, attributes) for part in FORK), END, *FLOWS))
    return start(desk)


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_each_token_comes_to_a_join_in_a_transaction_of_its_own(desk: Desk, kind: str) -> None:
    case = joined(desk, kind, BEFORE)
    complete(desk, case, "a")
    assert (opened(desk, case), len(desk.engine.jobs.all(desk.actor("ada")))) == (["b"], 1)
    complete(desk, case, "b")
    assert (opened(desk, case), len(desk.engine.jobs.all(desk.actor("ada")))) == ([], 2)
    first, second = desk.engine.jobs.all(desk.actor("ada"))
    desk.engine.jobs.execute(desk.actor("ada"), first.id)
    assert opened(desk, case) == []
    desk.engine.jobs.execute(desk.actor("ada"), second.id)
    assert (opened(desk, case), desk.engine.jobs.all(desk.actor("ada"))) == (["z"], [])
    complete(desk, case, "z")
    assert is_over(desk, case)
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_one_that_has_arrived_waits_for_one_that_is_about_to(desk: Desk, kind: str) -> None:
    case = joined(desk, kind, BEFORE)
    complete(desk, case, "a")
    assert desk.run_due() == 1
    assert opened(desk, case) == ["b"]
    complete(desk, case, "b")
    assert opened(desk, case) == []
    assert desk.run_due() == 1
    assert opened(desk, case) == ["z"]


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
@pytest.mark.parametrize("both", [AFTER, f"{BEFORE} {AFTER}"])
def test_a_join_is_left_in_a_transaction_of_its_own(desk: Desk, kind: str, both: str) -> None:
    case = joined(desk, kind, both)
    complete(desk, case, "a", "b")
    assert opened(desk, case) == []
    while desk.run_due():
        pass
    assert opened(desk, case) == ["z"]
    complete(desk, case, "z")
    assert is_over(desk, case)


@pytest.mark.parametrize("attribute", [BEFORE, AFTER])
def test_so_is_a_boundary_event(desk: Desk, attribute: str) -> None:
    boundary = f'<boundaryEvent id="b" attachedToRef="a" {attribute}><messageEventDefinition messageRef="m"/></boundaryEvent>'
    desk.deploy(p=model(START, user_task("a"), boundary, user_task("x"), END, "s > a", "a > e", "b > x", before=MESSAGE))
    case = start(desk)
    desk.engine.messages.correlate(WORKER, Message("confirmed", instance_id=case))
    assert opened(desk, case) == []
    assert desk.run_due() == 1
    assert complete(desk, case, "x") == []
    assert is_over(desk, case)


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_instance_of_a_loop_begins_in_one(desk: Desk, sequential: str) -> None:
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}" {BEFORE} camunda:collection="people" camunda:elementVariable="it"/>'
    )
    task = user_task("a", 'camunda:assignee="${it}"').replace("</userTask>", f"{loop}</userTask>")
    desk.deploy(p=model(START, task, user_task("z"), END, "s > a", "a > z", "z > e"))
    case = start(desk, people=["sam", "sam"])
    assert opened(desk, case) == []
    begun = 0
    while opened(desk, case) != ["z"]:
        begun += desk.run_due()
        if "a" in desk.open_tasks(case):
            complete(desk, case, "a")
    assert begun == 2
    assert desk.engine.jobs.all(desk.actor("ada")) == []


def test_an_instance_that_waits_for_its_turn_goes_with_the_loop(desk: Desk) -> None:
    condition = '<completionCondition xsi:type="tFormalExpression">${nrOfCompletedInstances == 1}</completionCondition>'
    loop = f'<multiInstanceLoopCharacteristics {BEFORE}><loopCardinality xsi:type="tFormalExpression">3</loopCardinality>{condition}'
    task = user_task("a").replace("</userTask>", f"{loop}</multiInstanceLoopCharacteristics></userTask>")
    desk.deploy(p=model(START, task, user_task("z"), END, "s > a", "a > z", "z > e"))
    case, ada = start(desk), desk.actor("ada")
    first = desk.engine.jobs.all(ada)[0]
    desk.engine.jobs.execute(ada, first.id)
    assert (opened(desk, case), len(desk.engine.jobs.all(ada))) == (["a"], 2)
    assert complete(desk, case, "a") == ["z"]
    assert desk.engine.jobs.all(ada) == []
