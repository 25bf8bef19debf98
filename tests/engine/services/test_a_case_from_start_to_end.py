"""One case, from its start over its tasks to its end, on both databases."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden, InvalidSubmission, NotFound
from tests.engine.services.conftest import END, START, Desk, model, user_task

TWO_TASKS = model(START, user_task("a"), user_task("b", 'camunda:candidateGroups="finance"'), END, "s > a", "a > b", "b > e")


def test_a_case_runs_from_its_start_to_its_end(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p", {"amount": 5})
    tasks = desk.open_tasks(case.id)
    assert list(tasks) == ["a"]
    desk.complete("sam", tasks["a"], variables={"amount": 6})
    tasks = desk.open_tasks(case.id)
    assert list(tasks) == ["b"]
    desk.complete("fred", tasks["b"])
    view = desk.engine.instances.get(desk.actor("sue"), case.id)
    assert view.case.state == "COMPLETED"
    assert view.case.ended_at == desk.clock.now()
    assert set(view.path) == {"s", "s_a", "a", "a_b", "b", "b_e", "e"}
    assert desk.engine.instances.variables(desk.actor("sue"), case.id) == {"amount": 6, "initiator": "sue"}


def test_a_second_completion_reads_who_was_first(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    task = desk.open_tasks(case.id)["a"]
    desk.complete("sam", task)
    with pytest.raises(Conflict, match="already done by sam"):
        desk.engine.tasks.complete(desk.actor("sue"), task)


def test_a_task_that_was_never_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.engine.tasks.complete(desk.actor("sue"), "nothing")


def test_a_claimed_task_cannot_be_claimed_again(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    task = desk.open_tasks(case.id)["a"]
    desk.engine.tasks.claim(desk.actor("sam"), task)
    with pytest.raises(Conflict) as conflict:
        desk.engine.tasks.claim(desk.actor("sue"), task)
    assert conflict.value.details["by"] == "sam"


def test_who_is_not_asked_may_not_claim(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("fred"), "p")
    with pytest.raises(Forbidden):
        desk.engine.tasks.claim(desk.actor("fred"), desk.open_tasks(case.id)["a"])


def test_a_released_task_is_offered_again(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    task = desk.open_tasks(case.id)["a"]
    desk.engine.tasks.claim(desk.actor("sam"), task)
    desk.engine.tasks.release(desk.actor("sam"), task)
    assert desk.engine.tasks.claim(desk.actor("sue"), task).assignee == "sue"


def test_a_head_gives_a_task_to_somebody_else_with_a_reason(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    task = desk.open_tasks(case.id)["a"]
    with pytest.raises(InvalidSubmission):
        desk.engine.tasks.reassign(desk.actor("sam"), task, "sue", " ")
    assert desk.engine.tasks.reassign(desk.actor("sam"), task, "sue", "on holiday").assignee == "sue"
    with pytest.raises(Forbidden):
        desk.engine.tasks.reassign(desk.actor("sue"), task, "sam", "why not")


def test_a_version_that_was_overtaken_is_a_conflict(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    task = desk.engine.tasks.claim(desk.actor("sam"), desk.open_tasks(case.id)["a"])
    with pytest.raises(Conflict):
        desk.engine.tasks.complete(desk.actor("sam"), task.id, version=task.version - 1)
    desk.engine.tasks.complete(desk.actor("sam"), task.id, version=task.version)


def test_a_start_that_is_sent_twice_makes_one_case(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    first = desk.engine.instances.start(desk.actor("sue"), "p", once_key="form-1")
    second = desk.engine.instances.start(desk.actor("sue"), "p", once_key="form-1")
    assert second.id == first.id


def test_the_history_of_a_case_is_whole(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p", {"amount": 5})
    desk.complete("sam", desk.open_tasks(case.id)["a"])
    entries = desk.engine.history.entries(desk.actor("sue"), case.id)
    assert [entry.actor for entry in entries] == ["sam", "sam", "sue"]
    names = [name for name, _ in entries[0].events]
    assert names[:2] == ["UserTaskCompleted", "ElementLeft"]
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_a_case_that_is_not_for_somebody_is_not_there(desk: Desk) -> None:
    desk.deploy(two=TWO_TASKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    with pytest.raises(NotFound):
        desk.engine.instances.get(desk.actor("fred"), case.id)
    assert desk.engine.instances.get(desk.actor("axel"), case.id).case.id == case.id
