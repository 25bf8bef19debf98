"""Two people at once, for every action: one wins, the other is told that somebody was faster, and nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from engine.errors import Conflict, CorrelationMismatch, CrossdeskError, Forbidden
from engine.model import CaseState
from engine.services.messages import Correlated, Message
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_events_and_jobs import MESSAGE, WAITS, timer

ROUNDS = 8
CATCH = '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
TASK = model(START, user_task("a"), user_task("b"), END, "s > a", "a > b", "b > e")


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do all works at the same moment, each in a thread of its own; an error is a result too."""
    barrier = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = work()
        except CrossdeskError as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def one_won(results: list[object], *losses: type[CrossdeskError]) -> None:
    lost = [result for result in results if isinstance(result, CrossdeskError)]
    assert len(lost) == len(results) - 1, results
    assert all(isinstance(result, losses or (Conflict,)) for result in lost), results


Rivals = Callable[[Desk, str, int], list[Callable[[], object]]]


def _claims(desk: Desk, task: str, version: int) -> list[Callable[[], object]]:
    desk.engine.tasks.release(desk.actor("sam"), task, version)
    return [lambda: desk.engine.tasks.claim(desk.actor("sam"), task), lambda: desk.engine.tasks.claim(desk.actor("sue"), task)]


def _completions(desk: Desk, task: str, version: int) -> list[Callable[[], object]]:
    return [lambda: desk.engine.tasks.complete(desk.actor("sam"), task), lambda: desk.engine.tasks.complete(desk.actor("ada"), task)]


def _reassignments(desk: Desk, task: str, version: int) -> list[Callable[[], object]]:
    ada = desk.actor("ada")
    return [
        lambda: desk.engine.tasks.reassign(ada, task, "sue", "busy", version),
        lambda: desk.engine.tasks.reassign(ada, task, "boss", "busy", version),
    ]


def _release_and_completion(desk: Desk, task: str, version: int) -> list[Callable[[], object]]:
    sam = desk.actor("sam")
    return [lambda: desk.engine.tasks.release(sam, task, version), lambda: desk.engine.tasks.complete(sam, task, version=version)]


@pytest.mark.parametrize("rivals", [_claims, _completions, _reassignments, _release_and_completion])
def test_one_of_two_people_wins(desk: Desk, rivals: Rivals) -> None:
    desk.deploy(p=TASK)
    for _ in range(ROUNDS):
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        task = desk.open_tasks(case.id)["a"]
        version = desk.engine.tasks.claim(desk.actor("sam"), task).version
        one_won(at_once(*rivals(desk, task, version)), Conflict, Forbidden)
        assert len(desk.open_tasks(case.id)) == 1


def test_a_timer_and_a_completion_move_the_token_once(desk: Desk) -> None:
    boundary = f'<boundaryEvent id="b" attachedToRef="a">{timer("PT1H")}</boundaryEvent>'
    parts = (START, user_task("a"), boundary, user_task("late"), user_task("next"), END)
    desk.deploy(p=model(*parts, "s > a", "a > next", "b > late", "next > e", "late > e"))
    sam = desk.actor("sam")
    for _ in range(ROUNDS):
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        task = desk.open_tasks(case.id)["a"]
        desk.engine.tasks.claim(sam, task)
        desk.clock.move(hours=1)
        results = at_once(partial(desk.engine.tasks.complete, sam, task), desk.run_due, desk.run_due)
        desk.run_due()
        still_open = list(desk.open_tasks(case.id))
        assert still_open in (["next"], ["late"])
        assert (still_open == ["late"]) == isinstance(results[0], Conflict)


def test_a_message_is_correlated_once(desk: Desk) -> None:
    desk.deploy(p=WAITS)
    for number in range(ROUNDS):
        desk.engine.instances.start(desk.actor("sue"), "p", business_key=f"K{number}")
        message = Message("confirmed", business_key=f"K{number}")
        works = [lambda message=message: desk.engine.messages.correlate(WORKER, message)] * 3
        one_won(at_once(*works), CorrelationMismatch)


def test_of_two_messages_one_reaches_who_waits_and_the_other_begins_a_case_or_is_told_to_come_again(desk: Desk) -> None:
    both = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
    desk.deploy(p=model(both, CATCH, user_task("a"), END, "s > c", "c > a", "a > e", before=MESSAGE))
    for number in range(ROUNDS):
        message = Message("confirmed", business_key=f"K{number}")
        (waiting,) = desk.engine.messages.correlate(WORKER, message)
        results = at_once(*[lambda message=message: desk.engine.messages.correlate(WORKER, message)] * 2)
        assert desk.open_tasks(waiting.instance_id).keys() == {"a"}
        first, second = sorted(results, key=lambda it: isinstance(it, CrossdeskError) or it[0].started is not None)
        assert first == [Correlated(waiting.instance_id)]
        assert isinstance(second, (CorrelationMismatch, Conflict)) or second[0].started.business_key == message.business_key


def test_a_message_given_by_two_people_counts_once(desk: Desk) -> None:
    desk.deploy(p=WAITS)
    for _ in range(ROUNDS):
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        (offer,) = desk.engine.messages.offers(desk.actor("sue"), case.id)

        def give(person: str, case_id: str = case.id, subscription: str = offer.subscription_id) -> None:
            desk.engine.messages.give(desk.actor(person), case_id, subscription, date(2026, 3, 1))

        one_won(at_once(lambda: give("sue"), lambda: give("ada")))


def test_a_form_sent_from_two_tabs_makes_one_case(desk: Desk) -> None:
    desk.deploy(p=TASK)
    sue = desk.actor("sue")
    for number in range(ROUNDS):
        works = [lambda number=number: desk.engine.instances.start(sue, "p", once_key=f"form-{number}").id] * 3
        assert len(set(map(str, at_once(*works)))) == 1
    assert desk.engine.instances.page(desk.actor("ada")).total == ROUNDS


def test_a_parallel_join_fires_once(desk: Desk) -> None:
    fork, join = '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>'
    parts = (START, fork, user_task("a"), user_task("b"), join, user_task("after"), END)
    desk.deploy(p=model(*parts, "s > fork", "fork > a", "fork > b", "a > join", "b > join", "join > after", "after > e"))
    sam, sue = desk.actor("sam"), desk.actor("sue")
    for _ in range(ROUNDS):
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        tasks = desk.open_tasks(case.id)
        desk.engine.tasks.claim(sam, tasks["a"])
        desk.engine.tasks.claim(sue, tasks["b"])
        complete = desk.engine.tasks.complete
        results = at_once(partial(complete, sam, tasks["a"]), partial(complete, sue, tasks["b"]))
        assert sorted(map(len, results)) == [1, 1]  # the first came to wait at the join, the second made what follows
        assert list(desk.open_tasks(case.id)) == ["after"]
        assert desk.engine.instances.get(sam, case.id).case.state is CaseState.ACTIVE


def test_numbers_are_unique_when_many_start_at_once(desk: Desk) -> None:
    inner = '<extensionElements><crossdesk:case numberPrefix="PA"/></extensionElements>'
    desk.deploy(p=model(inner, START, user_task("a"), END, "s > a", "a > e"))
    sue = desk.actor("sue")
    numbers = [result for _ in range(4) for result in at_once(*[lambda: desk.engine.instances.start(sue, "p").number] * 6)]
    assert sorted(map(str, numbers)) == [f"PA-2026-{number:04d}" for number in range(1, 25)]
