"""Jobs that somebody puts off, has recalculated or deletes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from engine.errors import Conflict, Forbidden, InvalidRequest, ModelFault, NotFound
from engine.model import CaseState, Job
from engine.services.instructions import Instruction, InstructionKind

from .conftest import END, START, Desk, model, user_task
from .test_events_and_jobs import timer
from .test_two_at_once import at_once

WAIT = f'<intermediateCatchEvent id="t">{timer("= wait")}</intermediateCatchEvent>'
WAITS = model(START, WAIT, user_task("a"), END, "s > t", "t > a", "a > e")
BOUNDARY = f'<boundaryEvent id="b" attachedToRef="a">{timer("PT1H")}</boundaryEvent>'
LATER = '<task id="x" camunda:asyncBefore="true"/>'
STARTED = model(f'<startEvent id="s">{timer("PT1H")}</startEvent>', user_task("a"), END, "s > a", "a > e")


def only(desk: Desk) -> Job:
    (found,) = desk.engine.jobs.all(desk.actor("ada"))
    return found


def told(desk: Desk, case_id: str) -> list[tuple[str, object]]:
    entry = next(iter(desk.engine.history.entries(desk.actor("ada"), case_id)))
    return [(name, fields.get("due_at")) for name, fields in entry.events]


def waiting(desk: Desk, wait: str = "PT2H") -> str:
    desk.deploy(p=WAITS)
    return desk.engine.instances.start(desk.actor("sue"), "p", {"wait": wait}).id


class TestDueDates:
    def test_a_job_is_put_off_and_comes_then(self, desk: Desk) -> None:
        case_id, at = waiting(desk), desk.clock.now() + timedelta(days=3)
        desk.engine.jobs.set_due(desk.actor("ada"), only(desk).id, at)
        assert desk.engine.jobs.next_due() == at
        assert told(desk, case_id) == [("JobChanged", at.isoformat())]
        desk.clock.move(hours=3)
        assert desk.run_due() == 0
        desk.clock.move(days=3)
        assert desk.run_due() == 1
        assert list(desk.open_tasks(case_id)) == ["a"]

    def test_without_a_moment_it_is_due_now(self, desk: Desk) -> None:
        waiting(desk)
        desk.engine.jobs.set_due(desk.actor("ada"), only(desk).id, None)
        assert desk.run_due() == 1

    @pytest.mark.parametrize("from_creation", [True, False])
    def test_a_timer_is_told_anew_with_the_variables_as_they_are(self, desk: Desk, from_creation: bool) -> None:
        case_id, armed = waiting(desk), desk.clock.now()
        desk.clock.move(hours=1)
        desk.engine.variables.change(desk.actor("ada"), case_id, {"wait": "PT5H"})
        desk.engine.jobs.recalculate(desk.actor("ada"), only(desk).id, from_creation=from_creation)
        assert desk.engine.jobs.next_due() == (armed if from_creation else desk.clock.now()) + timedelta(hours=5)
        assert told(desk, case_id)[0][0] == "JobChanged"

    def test_one_whose_expression_gives_no_moment_stays_as_it_was(self, desk: Desk) -> None:
        case_id, due = waiting(desk), desk.clock.now() + timedelta(hours=2)
        desk.engine.variables.change(desk.actor("ada"), case_id, {"wait": "soon"})
        with pytest.raises(ModelFault, match="not a moment"):
            desk.engine.jobs.recalculate(desk.actor("ada"), only(desk).id)
        assert desk.engine.jobs.next_due() == due

    def test_that_of_a_start_event_too(self, desk: Desk) -> None:
        desk.deploy(p=STARTED)
        armed = desk.clock.now()
        desk.engine.jobs.set_due(desk.actor("ada"), only(desk).id, armed + timedelta(days=9))
        desk.engine.jobs.recalculate(desk.actor("ada"), only(desk).id)
        assert desk.engine.jobs.next_due() == armed + timedelta(hours=1)
        desk.clock.move(minutes=30)
        desk.engine.jobs.recalculate(desk.actor("ada"), only(desk).id, from_creation=False)
        assert desk.engine.jobs.next_due() == armed + timedelta(hours=1, minutes=30)

    def test_what_is_no_timer_cannot_be_told_anew(self, desk: Desk) -> None:
        desk.deploy(p=model(START, LATER, END, "s > x", "x > e"))
        desk.engine.instances.start(desk.actor("sue"), "p")
        with pytest.raises(InvalidRequest, match="Only timer jobs can be recalculated"):
            desk.engine.jobs.recalculate(desk.actor("ada"), only(desk).id)

    def test_of_several_timers_on_one_event_none_is_guessed(self, desk: Desk) -> None:
        both = f'<intermediateCatchEvent id="t">{timer("PT1H")}{timer("PT2H")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, both, END, "s > t", "t > e"))
        desk.engine.instances.start(desk.actor("sue"), "p")
        with pytest.raises(InvalidRequest, match="t has several timers"):
            desk.engine.jobs.recalculate(desk.actor("ada"), desk.engine.jobs.all(desk.actor("ada"))[0].id)


class TestDeletion:
    def test_a_timer_that_is_deleted_never_fires_and_its_token_stays(self, desk: Desk) -> None:
        case_id = waiting(desk)
        desk.engine.jobs.drop(desk.actor("ada"), only(desk).id)
        assert told(desk, case_id) == [("JobDeleted", None)]
        desk.clock.move(days=30)
        assert desk.run_due() == 0
        _, root = desk.engine.executions.tree(desk.actor("ada"), case_id)
        assert [it.element_id for it in root.children] == ["t"]
        desk.engine.variables.change(desk.actor("ada"), case_id, {"wait": "PT5H"})  # a step that reads and writes its rows
        move(desk, case_id, cancel="t", start="a")
        desk.complete("sam", desk.open_tasks(case_id)["a"])
        assert desk.engine.instances.get(desk.actor("ada"), case_id).case.state is CaseState.COMPLETED

    def test_a_boundary_timer_leaves_its_task_alone(self, desk: Desk) -> None:
        desk.deploy(p=model(START, user_task("a"), BOUNDARY, END, "s > a", "a > e", "b > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        desk.engine.jobs.drop(desk.actor("ada"), only(desk).id)
        desk.complete("sam", desk.open_tasks(case.id)["a"])
        assert desk.engine.instances.get(desk.actor("ada"), case.id).case.state is CaseState.COMPLETED

    @pytest.mark.parametrize("where", ["asyncBefore", "asyncAfter"])
    def test_a_token_that_was_to_go_on_by_itself_stays_until_a_modification(self, desk: Desk, where: str) -> None:
        task = f'<userTask id="x" camunda:candidateGroups="sales" camunda:{where}="true"/>'
        desk.deploy(p=model(START, task, user_task("a"), END, "s > x", "x > a", "a > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        if where == "asyncAfter":
            desk.complete("sam", desk.open_tasks(case.id)["x"])
        desk.engine.jobs.drop(desk.actor("ada"), only(desk).id)
        assert desk.open_tasks(case.id) == {}
        for _ in range(2):  # written and read again it is the same
            desk.engine.variables.change(desk.actor("ada"), case.id, {"n": 1})
            _, root = desk.engine.executions.tree(desk.actor("ada"), case.id)
            assert [it.element_id for it in root.children] == ["x"]
        move(desk, case.id, cancel="x", start="a")
        desk.complete("sam", desk.open_tasks(case.id)["a"])
        assert desk.engine.instances.get(desk.actor("ada"), case.id).case.state is CaseState.COMPLETED
        left = [
            name
            for entry in desk.engine.history.entries(desk.actor("ada"), case.id)
            for name, it in entry.events
            if it.get("element") == "x"
        ]
        assert "ElementCancelled" not in left, "it never began, or was left already"

    def test_a_case_with_such_a_token_can_be_ended(self, desk: Desk) -> None:
        desk.deploy(p=model(START, LATER, END, "s > x", "x > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        desk.engine.jobs.drop(desk.actor("ada"), only(desk).id)
        desk.engine.instances.cancel(desk.actor("ada"), case.id, "stuck")
        assert desk.engine.instances.get(desk.actor("ada"), case.id).case.state is CaseState.EXTERNALLY_TERMINATED

    def test_a_join_does_not_count_it(self, desk: Desk) -> None:
        fork, join = '<parallelGateway id="f"/>', '<parallelGateway id="j" camunda:asyncBefore="true"/>'
        desk.deploy(p=model(START, fork, user_task("a"), user_task("b"), join, END, "s > f", "f > a", "f > b", "a > j", "b > j", "j > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        desk.complete("sam", desk.open_tasks(case.id)["a"])
        desk.engine.jobs.drop(desk.actor("ada"), only(desk).id)
        desk.complete("sam", desk.open_tasks(case.id)["b"])
        assert desk.run_due() == 1
        assert desk.engine.instances.get(desk.actor("ada"), case.id).case.state is CaseState.ACTIVE

    def test_its_incident_goes_with_it(self, desk: Desk) -> None:
        waiting(desk)
        desk.engine.jobs.retry(desk.actor("ada"), only(desk).id, 0)
        assert len(desk.engine.jobs.incidents(desk.actor("ada"))) == 1
        desk.engine.jobs.drop(desk.actor("ada"), only(desk).id)
        assert desk.engine.jobs.incidents(desk.actor("ada")) == []

    def test_a_version_that_began_by_a_timer_does_no_more(self, desk: Desk) -> None:
        desk.deploy(p=STARTED)
        desk.engine.jobs.drop(desk.actor("ada"), only(desk).id)
        desk.clock.move(hours=2)
        assert desk.run_due() == 0
        assert desk.engine.instances.page(desk.actor("ada")).total == 0

    def test_a_suspension_that_was_planned_does_not_come(self, desk: Desk) -> None:
        case_id, at = waiting(desk), desk.clock.now() + timedelta(hours=1)
        desk.engine.suspension.suspend_instance(desk.actor("ada"), case_id, suspended=True, at=at)
        planned = next(it for it in desk.engine.jobs.all(desk.actor("ada")) if it.due_at == at)
        desk.engine.jobs.drop(desk.actor("ada"), planned.id)
        desk.clock.move(hours=2)
        assert desk.run_due() == 1
        assert list(desk.open_tasks(case_id)) == ["a"]

    def test_only_the_owner_and_administrators_may(self, desk: Desk) -> None:
        waiting(desk)
        job = only(desk)
        others = partial(desk.engine.jobs.set_due, due_at=None), partial(desk.engine.jobs.suspend, suspended=True)
        for act in (desk.engine.jobs.drop, desk.engine.jobs.recalculate, *others):
            with pytest.raises(Forbidden):
                act(desk.actor("sam"), job.id)
            with pytest.raises(NotFound):
                act(desk.actor("ada"), "nothing")
        assert only(desk) == job


class TestSuspension:
    def test_a_suspended_job_waits_and_is_made_up_for(self, desk: Desk) -> None:
        case_id = waiting(desk)
        desk.engine.jobs.suspend(desk.actor("ada"), only(desk).id, suspended=True)
        assert only(desk).suspended
        assert desk.engine.jobs.next_due() is None
        desk.clock.move(hours=3)
        assert desk.run_due() == 0
        desk.engine.variables.change(desk.actor("ada"), case_id, {"n": 1})  # a step reads and writes it
        assert only(desk).suspended
        desk.engine.jobs.suspend(desk.actor("ada"), only(desk).id, suspended=False)
        assert desk.run_due() == 1
        assert list(desk.open_tasks(case_id)) == ["a"]

    def test_that_of_a_version_too(self, desk: Desk) -> None:
        desk.deploy(p=STARTED)
        desk.engine.jobs.suspend(desk.actor("ada"), only(desk).id, suspended=True)
        desk.clock.move(hours=3)
        assert desk.run_due() == 0
        desk.engine.jobs.suspend(desk.actor("ada"), only(desk).id, suspended=False)
        assert desk.run_due() == 1

    @pytest.mark.parametrize("with_case", [True, False])
    def test_it_is_resumed_with_its_case(self, desk: Desk, with_case: bool) -> None:
        case_id, ada = waiting(desk), desk.actor("ada")
        desk.engine.jobs.suspend(ada, only(desk).id, suspended=True)
        if with_case:
            desk.engine.suspension.suspend_instance(ada, case_id, suspended=True)
        desk.engine.suspension.suspend_instance(ada, case_id, suspended=False)
        assert not only(desk).suspended
        assert [name for name, _ in told(desk, case_id)] == ["InstanceResumed", "JobChanged"][not with_case :]
        desk.clock.move(hours=3)
        assert desk.run_due() == 1

    def test_other_jobs_of_the_case_go_on(self, desk: Desk) -> None:
        fork, other = '<parallelGateway id="f"/>', f'<intermediateCatchEvent id="t2">{timer("PT1H")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, fork, WAIT, other, user_task("a"), END, "s > f", "f > t", "f > t2", "t > a", "t2 > a", "a > e"))
        desk.engine.instances.start(desk.actor("sue"), "p", {"wait": "PT1H"})
        first = next(it for it in desk.engine.jobs.all(desk.actor("ada")) if it.element_id == "t")
        desk.engine.jobs.suspend(desk.actor("ada"), first.id, suspended=True)
        desk.clock.move(hours=3)
        assert desk.run_due() == 1
        assert only(desk).element_id == "t"


@pytest.mark.parametrize("act", ["drop", "recalculate", "set_due", "suspend"])
def test_two_people_and_the_clock_at_once_never_half_of_both(desk: Desk, act: str) -> None:
    desk.deploy(p=WAITS)
    ada = desk.actor("ada")
    for _ in range(4):
        case_id = desk.engine.instances.start(desk.actor("sue"), "p", {"wait": "PT2H"}).id
        job_id = next(it.id for it in desk.engine.jobs.all(ada) if it.root_id == case_id)
        more = {"set_due": {"due_at": None}, "suspend": {"suspended": True}}.get(act, {})
        change = partial(getattr(desk.engine.jobs, act), ada, job_id, **more)
        results = at_once(change, change, partial(desk.engine.jobs.execute, ada, job_id))
        assert all(it is None or isinstance(it, Conflict | NotFound) for it in results), results
        events = [name for entry in desk.engine.history.entries(ada, case_id) for name, _ in entry.events]
        assert events.count("JobDeleted" if act == "drop" else "JobChanged") == results[:2].count(None)
        assert events.count("EventCaught") == (0 if act == "drop" and None in results[:2] else 1)


def move(desk: Desk, case_id: str, *, cancel: str, start: str) -> None:
    """A modification."""
    steps = [Instruction(InstructionKind.BEFORE, start), Instruction(InstructionKind.CANCEL, cancel)]
    desk.engine.modification.modify(desk.actor("ada"), case_id, steps)
