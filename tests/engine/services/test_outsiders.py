"""Whoever may not see a case is told the same of its tasks as of tasks that do not exist, whatever is tried, open or done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Conflict, CrossdeskError, Forbidden, InvalidSubmission
from tests.engine.services.conftest import END, START, Desk, model, user_task

ELSEWHERE = 'camunda:candidateGroups="finance"'
TASK = model(START, user_task("a"), user_task("b", ELSEWHERE), END, "s > a", "a > b", "b > e")
Act = Callable[[Desk, str, str], object]

ACTS: dict[str, Act] = {
    "look": lambda desk, person, task: desk.engine.tasks.get(desk.actor(person), task),
    "form": lambda desk, person, task: desk.engine.tasks.form_values(desk.actor(person), task),
    "claim": lambda desk, person, task: desk.engine.tasks.claim(desk.actor(person), task),
    "claim what was seen": lambda desk, person, task: desk.engine.tasks.claim(desk.actor(person), task, 7),
    "claim for another": lambda desk, person, task: desk.engine.tasks.claim_for(desk.actor(person), task, "sue"),
    "assign": lambda desk, person, task: desk.engine.tasks.assign(desk.actor(person), task, "sue"),
    "unassign": lambda desk, person, task: desk.engine.tasks.assign(desk.actor(person), task, None),
    "release": lambda desk, person, task: desk.engine.tasks.release(desk.actor(person), task),
    "reassign": lambda desk, person, task: desk.engine.tasks.reassign(desk.actor(person), task, "sue", "busy"),
    "reassign without a reason": lambda desk, person, task: desk.engine.tasks.reassign(desk.actor(person), task, "nobody", ""),
    "complete": lambda desk, person, task: desk.engine.tasks.complete(desk.actor(person), task, {"x": 1}),
    "complete with a wrong outcome": lambda desk, person, task: desk.engine.tasks.complete(desk.actor(person), task, outcome="none"),
    "read variables": lambda desk, person, task: desk.engine.variables.of_task(desk.actor(person), task),
    "set variables": lambda desk, person, task: desk.engine.variables.change_at_task(desk.actor(person), task, {"x": 1}),
}


def answer(act: Act, desk: Desk, person: str, task: str) -> tuple[type, str, dict[str, object]]:
    """What somebody reads: the kind of the refusal, its words and details, with the id of the task taken out."""
    with pytest.raises(CrossdeskError) as refused:
        act(desk, person, task)
    details = {name: str(value).replace(task, "…") for name, value in refused.value.details.items()}
    return type(refused.value), str(refused.value).replace(task, "…"), details


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_outsider_cannot_tell_open_done_and_taken_away_from_what_never_was(desk: Desk, act: Act) -> None:
    desk.deploy(p=TASK)
    start = desk.engine.instances.start
    open_now, done, ended = (desk.open_tasks(start(desk.actor("sue"), "p").id)["a"] for _ in range(3))
    desk.engine.tasks.claim(desk.actor("sam"), open_now)
    desk.complete("sam", done)
    ended_case = desk.engine.tasks.get(desk.actor("ada"), ended).root_id
    desk.engine.instances.cancel(desk.actor("ada"), ended_case, "ordered twice")
    never = answer(act, desk, "ann", "never")
    assert [answer(act, desk, "ann", task) for task in (open_now, done, ended)] == [never] * 3


@pytest.mark.parametrize("act", ["claim", "complete", "look"])
def test_who_was_asked_reads_who_was_faster(desk: Desk, act: str) -> None:
    """Sue of Sales was offered the task; now the case is with Finance, and she does not see it any more."""
    desk.deploy(p=TASK)
    case = desk.engine.instances.start(desk.actor("fred"), "p")
    task = desk.open_tasks(case.id)["a"]
    desk.complete("sam", task)
    assert case.id not in {row.case.id for row in desk.engine.instances.page(desk.actor("sue")).rows}
    assert answer(ACTS[act], desk, "sue", task)[:2] == (Conflict, "already done by sam")


def test_a_head_may_give_away_what_is_offered_below_without_seeing_the_case(desk: Desk) -> None:
    desk.deploy(p=TASK)
    task = desk.open_tasks(desk.engine.instances.start(desk.actor("fred"), "p").id)["a"]
    assert answer(ACTS["reassign without a reason"], desk, "boss", task)[0] is InvalidSubmission
    assert desk.engine.tasks.reassign(desk.actor("boss"), task, "sue", "she knows it").assignee == "sue"


def test_who_sees_the_case_reads_why_not(desk: Desk) -> None:
    desk.deploy(p=TASK)
    task = desk.open_tasks(desk.engine.instances.start(desk.actor("fred"), "p").id)["a"]
    assert answer(ACTS["claim"], desk, "fred", task)[0] is Forbidden
