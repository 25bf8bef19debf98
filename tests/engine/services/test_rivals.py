"""Who came too late reads who was faster, and how: whatever became of the task or of the message meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from engine.errors import Conflict
from engine.model import UserTask
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_events_and_jobs import timer

TASK = model(START, user_task("a"), user_task("b"), END, "s > a", "a > b", "b > e")
SEEN_BY_ALL = '<extensionElements><crossdesk:case visibility="everyone"/></extensionElements>'
DONE = '<crossdesk:offer group="sales" label="Done"/>'
MESSAGE = '<message id="m" name="done"/>'
AWAITED = f'<receiveTask id="w" messageRef="m"><extensionElements>{DONE}</extensionElements></receiveTask>'


def taken_by_sam(desk: Desk) -> tuple[str, UserTask]:
    """A case whose first task Sam has; Sue has read it when nobody had it."""
    desk.deploy(p=TASK)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    task = desk.engine.tasks.get(desk.actor("sue"), desk.open_tasks(case.id)["a"])
    desk.engine.tasks.claim(desk.actor("sam"), task.id)
    return case.id, task


def told(act: Callable[[], object]) -> dict[str, object]:
    """What a conflict says, and the names in it."""
    with pytest.raises(Conflict) as conflict:
        act()
    names = {name: value for name in ("event", "by", "to") if (value := conflict.value.details.get(name)) is not None}
    return {"said": str(conflict.value), **names}


def test_who_claims_too_late_reads_who_has_it(desk: Desk) -> None:
    _, task = taken_by_sam(desk)
    sue = desk.actor("sue")
    expected = {"said": "already taken by sam", "event": "UserTaskClaimed", "by": "sam"}
    assert told(lambda: desk.engine.tasks.claim(sue, task.id)) == expected
    assert told(lambda: desk.engine.tasks.claim(sue, task.id, task.version)) == {**expected, "to": "sam"}


def test_who_completes_too_late_reads_who_did_it(desk: Desk) -> None:
    _, task = taken_by_sam(desk)
    desk.engine.tasks.complete(desk.actor("sam"), task.id)
    found = told(lambda: desk.engine.tasks.complete(desk.actor("sue"), task.id, version=task.version))
    assert found == {"said": "already done by sam", "event": "UserTaskCompleted", "by": "sam"}


def test_whose_task_was_given_to_another_reads_by_whom_and_to_whom(desk: Desk) -> None:
    _, task = taken_by_sam(desk)
    mine = desk.engine.tasks.get(desk.actor("sam"), task.id)
    desk.engine.tasks.reassign(desk.actor("ada"), task.id, "sue", "busy")
    expected = {"said": "ada gave it to sue", "event": "UserTaskReassigned", "by": "ada", "to": "sue"}
    assert told(lambda: desk.engine.tasks.complete(desk.actor("sam"), task.id, version=mine.version)) == expected
    assert told(lambda: desk.engine.tasks.reassign(desk.actor("boss"), task.id, "sam", "back", mine.version)) == expected


def test_who_gave_it_back_is_named(desk: Desk) -> None:
    _, task = taken_by_sam(desk)
    mine = desk.engine.tasks.get(desk.actor("sam"), task.id)
    desk.engine.tasks.release(desk.actor("ada"), task.id)
    found = told(lambda: desk.engine.tasks.complete(desk.actor("sam"), task.id, version=mine.version))
    assert found == {"said": "ada gave it back", "event": "UserTaskReleased", "by": "ada", "to": "sam"}


def test_a_task_that_went_with_its_case_names_who_ended_that(desk: Desk) -> None:
    case, task = taken_by_sam(desk)
    desk.engine.instances.cancel(desk.actor("ada"), case, "ordered twice")
    found = told(lambda: desk.engine.tasks.complete(desk.actor("sam"), task.id))
    assert found == {"said": "ada was faster: the case went another way", "event": "ElementCancelled", "by": "ada"}


def test_a_task_that_a_timer_took_away_names_nobody(desk: Desk) -> None:
    boundary = f'<boundaryEvent id="b" attachedToRef="a">{timer("PT1H")}</boundaryEvent>'
    desk.deploy(p=model(START, user_task("a"), boundary, user_task("late"), END, "s > a", "a > e", "b > late", "late > e"))
    case = desk.engine.instances.start(desk.actor("fred"), "p")
    task = desk.engine.tasks.claim(desk.actor("sam"), desk.open_tasks(case.id)["a"])
    desk.clock.move(hours=1)
    desk.run_due()
    found = told(lambda: desk.engine.tasks.complete(desk.actor("sam"), task.id))
    assert found == {"said": "the task was taken away: the case went another way", "event": "ElementCancelled"}


@pytest.mark.parametrize("after", [(), (user_task("a"),)], ids=["the case has ended", "the case goes on"])
def test_who_gives_a_message_too_late_reads_who_gave_it(desk: Desk, after: tuple[str, ...]) -> None:
    flows = ("w > a", "a > e") if after else ("w > e",)
    desk.deploy(p=model(SEEN_BY_ALL, START, AWAITED, *after, END, "s > w", *flows, before=MESSAGE))
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    (offer,) = desk.engine.messages.offers(desk.actor("sue"), case.id)

    def give(person: str) -> None:
        day = date(2026, 3, 2)
        desk.engine.messages.give(desk.actor(person), case.id, offer.subscription_id, day, element=offer.element_id)

    give("sam")
    assert told(lambda: give("sue")) == {"said": "already given by sam", "event": "MessageReceived", "by": "sam"}
