"""Priorities of jobs: written or computed in the model, changed by hand, heeded among what is due."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import insert

from engine.errors import Conflict, DeploymentRefused, Forbidden, InvalidRequest, ModelFault, NotFound
from engine.store import history
from engine.store.queries.due import MOST_LEVELS, due
from engine.store.queries.listings import Sort, Wanted
from engine.store.rows import JobRow
from engine.store.saving import job_values
from engine.store.tables import job

from .conftest import END, START, Desk, model, user_task
from .test_events_and_jobs import timer
from .test_two_at_once import at_once


def waiting(attributes: str = "", of_process: str = "", key: str = "p") -> str:
    """A process that waits for an hour at the timer t."""
    wait = f'<intermediateCatchEvent id="t" {attributes}>{timer("PT1H")}</intermediateCatchEvent>'
    return model(START, wait, user_task("a"), END, "s > t", "t > a", "a > e", key=key, attributes=of_process)


BROKEN = '<serviceTask id="t" camunda:asyncBefore="true" camunda:jobPriority="6" camunda:expression="${gone}"/>'


def priorities(desk: Desk) -> list[int]:
    return [it.priority for it in desk.engine.jobs.all(desk.actor("ada"))]


class TestWhatTheModelSays:
    @pytest.mark.parametrize(
        ("attributes", "of_process", "expected"),
        [
            ("", "", 0),
            ('camunda:jobPriority="7"', "", 7),
            ("", 'camunda:jobPriority="-3"', -3),
            ('camunda:jobPriority="7"', 'camunda:jobPriority="9"', 7),
            ('camunda:jobPriority="${amount}"', "", 40),
            ('camunda:jobPriority="= amount * 2"', 'camunda:jobPriority="9"', 80),
            ('camunda:jobPriority="9223372036854775807"', "", 2**63 - 1),
        ],
    )
    def test_the_element_says_it_else_the_process(self, desk: Desk, attributes: str, of_process: str, expected: int) -> None:
        desk.deploy(p=waiting(attributes, of_process))
        desk.engine.instances.start(desk.actor("sue"), "p", {"amount": 40})
        assert priorities(desk) == [expected]

    @pytest.mark.parametrize("text", ["${amount}", "= amount", "soon", "1.5", "9223372036854775808"])
    def test_what_is_no_whole_number_is_a_fault_of_the_model(self, desk: Desk, text: str) -> None:
        desk.deploy(p=waiting(f'camunda:jobPriority="{text}"'))
        with pytest.raises(ModelFault, match=r"the job priority of t is .*, not a whole number"):
            desk.engine.instances.start(desk.actor("sue"), "p", {"amount": "much"})

    def test_what_cannot_be_compiled_is_refused_at_deployment(self, desk: Desk) -> None:
        with pytest.raises(DeploymentRefused):
            desk.deploy(p=waiting(of_process='camunda:jobPriority="= 1 +"'))

    def test_continuations_have_that_of_their_element_before_and_after(self, desk: Desk) -> None:
        task = '<task id="t" camunda:asyncBefore="true" camunda:asyncAfter="true" camunda:jobPriority="${n}"/>'
        desk.deploy(p=model(START, task, user_task("a"), END, "s > t", "t > a", "a > e"))
        desk.engine.instances.start(desk.actor("sue"), "p", {"n": 5})
        assert priorities(desk) == [5]
        assert desk.run_due() == 1
        assert priorities(desk) == [5]

    def test_timer_start_events_and_stages_of_deadlines_have_it_too(self, desk: Desk) -> None:
        start = f'<startEvent id="s" camunda:jobPriority="= 2 + 1">{timer("R3/PT1H", "timeCycle")}</startEvent>'
        deadline = user_task("a", 'camunda:candidateGroups="sales" camunda:jobPriority="4"', '<crossdesk:deadline duration="2 wd"/>')
        desk.deploy(p=model(start, deadline, END, "s > a", "a > e"))
        assert priorities(desk) == [3]
        desk.clock.move(hours=1)
        assert desk.run_due() == 1
        assert sorted(priorities(desk)) == [3, 4, 4, 4]  # the cycle goes on


class TestWhatComesFirst:
    def test_of_what_is_due_the_higher_priority_comes_first_then_the_older(self, desk: Desk) -> None:
        for key, said in (("p", ""), ("q", 'camunda:jobPriority="5"'), ("r", 'camunda:jobPriority="5"'), ("u", 'camunda:jobPriority="-1"')):
            desk.deploy(**{key: waiting(said, key=key)})
            desk.engine.instances.start(desk.actor("sue"), key)
            desk.clock.move(minutes=1)
        desk.clock.move(hours=1)
        with desk.engine.database.read() as connection:
            found = due(connection, desk.clock.now(), 100)
        assert [it.priority for it in found] == [5, 5, 0, -1]
        assert found[0].due_at < found[1].due_at
        assert desk.run_due() == 4

    def test_the_oldest_is_always_among_them(self, desk: Desk) -> None:
        put(desk, [("old", 0, 100), *((f"new-{n:03}", 9, 1) for n in range(200)), *((f"soon-{n}", 99, -5) for n in range(3))])
        with desk.engine.database.read() as connection:
            found = due(connection, desk.clock.now(), 20)
        assert len(found) == 20
        assert [it.id for it in found if it.priority == 0] == ["old"]
        assert {it.priority for it in found} == {9, 0}

    def test_however_many_priorities_there_are_all_that_is_due_is_found(self, desk: Desk) -> None:
        put(desk, [*((f"later-{n}", 1_000 + n, -5) for n in range(MOST_LEVELS)), *((f"due-{n:03}", n, 1) for n in range(60))])
        with desk.engine.database.read() as connection:
            found = due(connection, desk.clock.now(), 50)
            everything = due(connection, desk.clock.now(), 100)
        assert len(found) == 50
        assert [it.priority for it in everything] == list(range(59, -1, -1))

    def test_a_small_number_goes_by_priority_alone(self, desk: Desk) -> None:
        put(desk, [("old", 0, 100), ("new", 1, 1)])
        with desk.engine.database.read() as connection:
            assert [it.id for it in due(connection, desk.clock.now(), 1)] == ["new"]


def put(desk: Desk, rows: list[tuple[str, int, int]]) -> None:
    """Jobs by id, priority and for how many minutes they have been due."""
    now = desk.clock.now()
    values = [
        job_values("root", JobRow(name, "root", "timer", "t", now, now - timedelta(minutes=age), 3, priority=priority))
        for name, priority, age in rows
    ]
    with desk.engine.database.begin() as connection:
        connection.execute(insert(job), values)


class TestByHand:
    def test_a_priority_is_set_and_stands_in_the_history(self, desk: Desk) -> None:
        desk.deploy(p=waiting())
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        (found,) = desk.engine.jobs.all(desk.actor("ada"))
        desk.engine.jobs.set_priority(desk.actor("ada"), found.id, 12)
        assert priorities(desk) == [12]
        entry = next(iter(desk.engine.history.entries(desk.actor("ada"), case.id)))
        told = {"job": found.id, "element": "t", "priority": 12, "instance": case.id}
        assert (entry.actor, entry.events) == ("ada", (("JobChanged", told),))
        desk.clock.move(hours=1)
        assert desk.run_due() == 1

    def test_that_of_a_version_stands_in_the_history_of_what_is_deployed(self, desk: Desk) -> None:
        desk.deploy(p=model(f'<startEvent id="s">{timer("PT1H")}</startEvent>', user_task("a"), END, "s > a", "a > e"))
        (found,) = desk.engine.jobs.all(desk.actor("ada"))
        desk.engine.jobs.set_priority(desk.actor("ada"), found.id, 12)
        with desk.engine.database.read() as connection:
            entry = history.entries(connection, history.DEPLOYMENTS)[0]
        assert [name for name, _ in entry.events] == ["JobChanged"]
        assert priorities(desk) == [12]

    def test_only_the_owner_and_administrators_may(self, desk: Desk) -> None:
        desk.deploy(p=waiting())
        desk.engine.instances.start(desk.actor("sue"), "p")
        (found,) = desk.engine.jobs.all(desk.actor("ada"))
        with pytest.raises(Forbidden):
            desk.engine.jobs.set_priority(desk.actor("sam"), found.id, 12)
        with pytest.raises(InvalidRequest):
            desk.engine.jobs.set_priority(desk.actor("ada"), found.id, 2**63)
        with pytest.raises(NotFound):
            desk.engine.jobs.set_priority(desk.actor("ada"), "nothing", 1)
        assert priorities(desk) == [0]

    def test_lists_are_narrowed_and_sorted_by_it(self, desk: Desk) -> None:
        for key, said in (("p", "3"), ("q", "-3"), ("r", "8")):
            desk.deploy(**{key: waiting(f'camunda:jobPriority="{said}"', key=key)})
            desk.engine.instances.start(desk.actor("sue"), key)

        def found(**filters: object) -> list[int]:
            wanted = Wanted(filters, sorting=(Sort("jobPriority", descending=True),))
            return [it.priority for it, _ in desk.engine.jobs.with_definitions(desk.actor("ada"), wanted)]

        assert found() == [8, 3, -3]
        assert found(priorityHigherThanOrEquals=3) == [8, 3]
        assert found(priorityLowerThanOrEquals=3) == [3, -3]

    def test_two_at_once_one_after_the_other_and_never_of_what_was_done(self, desk: Desk) -> None:
        desk.deploy(p=waiting())
        ada = desk.actor("ada")
        for _ in range(4):
            case = desk.engine.instances.start(desk.actor("sue"), "p")
            (found,) = desk.engine.jobs.all(ada)
            set_to = [partial(desk.engine.jobs.set_priority, ada, found.id, number) for number in (3, 4)]
            results = at_once(*set_to, partial(desk.engine.jobs.execute, ada, found.id))
            assert results[2] is None
            assert all(it is None or isinstance(it, Conflict | NotFound) for it in results), results
            assert list(desk.open_tasks(case.id)) == ["a"]
            assert priorities(desk) == []
            told = [name for entry in desk.engine.history.entries(ada, case.id) for name, _ in entry.events if name == "JobChanged"]
            assert len(told) == results[:2].count(None)

    def test_a_try_that_failed_tells_the_priority_that_the_job_had(self, desk: Desk) -> None:
        desk.deploy(p=model(START, BROKEN, END, "s > t", "t > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        assert desk.run_due() == 1
        told = [
            fields
            for entry in desk.engine.history.entries(desk.actor("ada"), case.id)
            for name, fields in entry.events
            if name == "JobFailed"
        ]
        assert [it["priority"] for it in told] == [6]
