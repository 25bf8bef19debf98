"""Where a case stands: whom it asks, what it waits for and since when; and what came of a completion."""

from __future__ import annotations

from datetime import timedelta

from engine.bpmn.model import EventKind
from engine.store.queries.waits import Standing
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_events_and_jobs import timer

MESSAGES = '<message id="m" name="confirmed"/><message id="n" name="refused"/>'
CATCH = '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
RECEIVE = '<receiveTask id="w" messageRef="m"/>'
PAUSE = f'<intermediateCatchEvent id="pause">{timer("P2D")}</intermediateCatchEvent>'
CALL = '<callActivity id="call" calledElement="q"/>'
BOUNDARY = f'<boundaryEvent id="late" attachedToRef="HOST" cancelActivity="false">{timer("P1D")}</boundaryEvent>'


def started(desk: Desk, person: str = "sue") -> str:
    return desk.engine.instances.start(desk.actor(person), "p").id


def standing(desk: Desk, case: str) -> Standing:
    return desk.engine.instances.standing(desk.actor("ada"), case)


def told(found: Standing) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each wait: where, and for what."""
    return [(it.element_id, [(one.element_id, str(one.kind)) for one in it.awaited]) for it in found.waits]


def test_a_message_is_waited_for_since_the_token_came(desk: Desk) -> None:
    desk.deploy(p=model(START, user_task("a"), CATCH, RECEIVE, END, "s > a", "a > c", "c > w", "w > e", before=MESSAGES))
    case = started(desk)
    assert told(standing(desk, case)) == []
    desk.clock.move(hours=3)
    came = desk.clock.now()
    desk.complete("sue", desk.open_tasks(case)["a"])
    desk.clock.move(hours=1)
    (wait,) = standing(desk, case).waits
    assert (wait.element_id, wait.since, wait.instance_id) == ("c", came, case)
    (awaited,) = wait.awaited
    assert (awaited.kind, awaited.name, awaited.due_at) == (EventKind.MESSAGE, "confirmed", None)


def test_a_receive_task_waits_for_its_message_and_not_for_the_timer_on_its_edge(desk: Desk) -> None:
    edge = BOUNDARY.replace("HOST", "w")
    desk.deploy(p=model(START, RECEIVE, edge, user_task("ask"), END, "s > w", "late > ask", "ask > e", "w > e", before=MESSAGES))
    assert told(standing(desk, started(desk))) == [("w", [("w", "message")])]


def test_a_user_task_with_a_timer_on_its_edge_waits_for_people_only(desk: Desk) -> None:
    desk.deploy(p=model(START, user_task("a"), BOUNDARY.replace("HOST", "a"), END, "s > a", "a > e", "late > e"))
    found = standing(desk, started(desk))
    assert (told(found), [it.element_id for it in found.holders]) == ([], ["a"])


def test_a_timer_says_until_when(desk: Desk) -> None:
    desk.deploy(p=model(START, PAUSE, END, "s > pause", "pause > e"))
    (wait,) = standing(desk, started(desk)).waits
    assert [(it.kind, it.due_at) for it in wait.awaited] == [(EventKind.TIMER, desk.clock.now() + timedelta(days=2))]


def test_an_event_based_gateway_waits_for_whatever_comes_first(desk: Desk) -> None:
    events = CATCH + CATCH.replace('"c"', '"other"').replace('"m"', '"n"') + PAUSE
    desk.deploy(
        p=model(
            START, '<eventBasedGateway id="g"/>', events, END,
            "s > g", "g > c", "g > other", "g > pause", "c > e", "other > e", "pause > e", before=MESSAGES,
        )
    )  # fmt: skip
    assert told(standing(desk, started(desk))) == [("g", [("c", "message"), ("other", "message"), ("pause", "timer")])]


def test_the_caller_waits_for_the_called_case_and_the_called_case_tells_its_own(desk: Desk) -> None:
    called = model(START, user_task("deep"), CATCH, END, "s > deep", "deep > c", "c > e", key="q", before=MESSAGES)
    fork = '<parallelGateway id="fork"/>'
    desk.deploy(q=called, p=model(START, fork, CALL, user_task("a"), END, "s > fork", "fork > call", "fork > a", "call > e", "a > e"))
    case = started(desk)
    whole = standing(desk, case)
    assert told(whole) == [("call", [])]
    assert sorted(it.element_id for it in whole.holders) == ["a", "deep"]
    (wait,) = whole.waits
    inner = standing(desk, str(wait.called))
    assert ([it.element_id for it in inner.holders], inner.waits) == (["deep"], ())
    assert [it.element_id for it in desk.engine.tasks.of_case(desk.actor("ada"), str(wait.called))] == ["deep"]
    desk.complete("sue", inner.holders[0].task_id)
    assert told(standing(desk, str(wait.called))) == [("c", [("c", "message")])]
    assert [it[0] for it in told(standing(desk, case))] == ["call", "c"]


def test_lists_tell_what_their_cases_wait_for(desk: Desk) -> None:
    desk.deploy(p=model(START, CATCH, END, "s > c", "c > e", before=MESSAGES))
    cases = [started(desk), started(desk)]
    page = desk.engine.instances.page(desk.actor("sue"))
    assert {row.case.id: told(row.standing) for row in page.rows} == {it: [("c", [("c", "message")])] for it in cases}


def test_a_completion_says_what_came_of_it_and_not_what_was_there_before(desk: Desk) -> None:
    fork, join = '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>'
    flows = ("s > fork", "fork > a", "fork > b", "a > c", "c > join", "b > join", "join > after", "after > e")
    desk.deploy(p=model(START, fork, user_task("a"), user_task("b"), CATCH, join, user_task("after"), END, *flows, before=MESSAGES))
    case = started(desk)
    sue, tasks = desk.actor("sue"), desk.open_tasks(case)
    for task in tasks.values():
        desk.engine.tasks.claim(sue, task)
    ids = desk.engine.tasks.complete(sue, tasks["a"])
    came = standing(desk, case).at(ids)
    assert (came.holders, told(came)) == ((), [("c", [("c", "message")])])
    ids = desk.engine.tasks.complete(sue, tasks["b"])
    assert not standing(desk, case).at(ids)
    assert told(standing(desk, case)) == [("c", [("c", "message")])]
