"""External tasks: fetched by workers under a lock that expires, done, failed, thrown; two workers never get the same one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Forbidden, InvalidRequest, NotFound, Suspended
from engine.model import SYSTEM, CaseState
from engine.services.external_values import ExternalTask, Failure, Fetch
from engine.services.messages import Message
from engine.store.queries.external import Topic
from engine.store.queries.listings import Wanted
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_compensation import is_over, start
from tests.engine.services.test_events_and_jobs import MESSAGE, timer
from tests.engine.services.test_mappings_and_async import mapping, out, put, values
from tests.engine.services.test_statements import MOST_STATEMENTS, counted
from tests.engine.services.test_two_at_once import at_once

MINUTE = timedelta(minutes=1)


def work(name: str = "w", topic: str = "ship", attributes: str = "", inner: str = "") -> str:
    more = f"<extensionElements>{inner}</extensionElements>" if inner else ""
    return f'<serviceTask id="{name}" camunda:type="external" camunda:topic="{topic}" {attributes}>{more}</serviceTask>'


SHIP = model(START, work(), user_task("a"), END, "s > w", "w > a", "a > e")


def fetch(desk: Desk, *topics: str | Topic, worker: str = "w1", most: int = 10, **options: bool) -> list[ExternalTask]:
    asked = [it if isinstance(it, Topic) else Topic(it, MINUTE) for it in topics or ("ship",)]
    return desk.engine.external_tasks.fetch(WORKER, Fetch(worker, asked, most, **options))


def done(desk: Desk, task: ExternalTask, worker: str = "w1", **given: object) -> None:
    desk.engine.external_tasks.report_completion(WORKER, task.id, worker, **given)


def failed(desk: Desk, task: ExternalTask, retries: int, wait: timedelta = timedelta(), worker: str = "w1", **given: object) -> None:
    desk.engine.external_tasks.report_failure(WORKER, task.id, worker, Failure("no paper", "tray 2", retries, wait), **given)


def names(desk: Desk, case: str) -> list[str]:
    return [name for entry in desk.engine.history.entries(desk.actor("ada"), case) for name, _ in entry.events]


class TestTheLock:
    def test_what_is_locked_is_not_fetched_again_until_the_lock_expires(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        case = start(desk, n=1)
        (task,) = fetch(desk)
        assert (task.instance_id, task.element_id, task.topic, task.worker_id, task.retries) == (case, "w", "ship", "w1", None)
        assert task.locked_until == desk.clock.now() + MINUTE
        assert fetch(desk, worker="w2") == []
        assert fetch(desk) == []
        desk.clock.moment += MINUTE
        (again,) = fetch(desk, worker="w2")
        assert (again.id, again.worker_id) == (task.id, "w2")
        with pytest.raises(InvalidRequest, match=r"cannot be completed by worker 'w1'. It is locked by worker 'w2'"):
            done(desk, task)
        done(desk, again, "w2")
        assert set(desk.open_tasks(case)) == {"a"}

    def test_who_is_late_may_still_report_while_nobody_else_has_it(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        case = start(desk)
        (task,) = fetch(desk)
        desk.clock.moment += 2 * MINUTE
        done(desk, task)
        assert set(desk.open_tasks(case)) == {"a"}
        with pytest.raises(NotFound, match=f"External task with id {task.id} does not exist"):
            done(desk, task)

    def test_a_lock_is_extended_given_up_and_taken(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        start(desk)
        (task,) = fetch(desk)
        tasks = desk.engine.external_tasks
        tasks.extend(WORKER, task.id, "w1", 5 * MINUTE)
        desk.clock.moment += 2 * MINUTE
        assert fetch(desk, worker="w2") == []
        with pytest.raises(InvalidRequest, match="cannot be extended by worker 'w2'"):
            tasks.extend(WORKER, task.id, "w2", MINUTE)
        with pytest.raises(InvalidRequest, match="cannot be locked by worker 'w2'"):
            tasks.lock(WORKER, task.id, "w2", MINUTE)
        tasks.unlock(WORKER, task.id)
        tasks.lock(WORKER, task.id, "w2", MINUTE)
        assert tasks.get(desk.actor("ada"), task.id).worker_id == "w2"
        desk.clock.moment += MINUTE
        with pytest.raises(InvalidRequest, match="expired"):
            tasks.extend(WORKER, task.id, "w2", MINUTE)
        tasks.lock(WORKER, task.id, "w1", MINUTE)
        for wrong in (timedelta(), -MINUTE):
            with pytest.raises(InvalidRequest):
                tasks.extend(WORKER, task.id, "w1", wrong)

    def test_workers_at_the_same_moment_never_get_the_same_task(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        cases = {start(desk) for _ in range(12)}
        got = at_once(*(lambda name=f"w{number}": fetch(desk, worker=name, most=5) for number in range(6)))
        ids = [task.id for tasks in got for task in tasks]
        assert len(ids) == len(set(ids))
        left = fetch(desk, worker="last", most=20)
        assert {task.instance_id for tasks in (*got, left) for task in tasks} == cases
        assert len(ids) + len(left) == len(cases)

    def test_a_task_is_completed_once_however_often_it_is_reported(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        case = start(desk)
        (task,) = fetch(desk)
        results = at_once(*(lambda: done(desk, task) for _ in range(4)))
        assert sorted(type(it).__name__ for it in results) == ["NoneType", *["NotFound"] * 3]
        assert names(desk, case).count("ExternalTaskCompleted") == 1

    def test_a_fetch_and_a_case_that_ends_do_not_wait_for_each_other(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        for _ in range(5):
            case = start(desk)
            at_once(lambda: fetch(desk), lambda case=case: desk.engine.instances.cancel(desk.actor("ada"), case, "no"))
            assert desk.engine.external_tasks.count(desk.actor("ada"), Wanted()) == 0


class TestWhatIsFetched:
    def test_topics_business_keys_definitions_and_values_narrow_it(self, desk: Desk) -> None:
        (first,) = desk.deploy(p=SHIP)
        other = model(START, work(topic="pack"), END, "s > w", "w > e", key="q")
        desk.deploy(q=other)
        one = start(desk, n=1)
        sue = desk.actor("sue")
        two = desk.engine.instances.start(sue, "p", {"n": 2}, business_key="K2").id
        packing = desk.engine.instances.start(sue, "q").id

        def found(*topics: Topic) -> set[str]:
            tasks = fetch(desk, *topics)
            for task in tasks:
                desk.engine.external_tasks.unlock(WORKER, task.id)
            return {task.instance_id for task in tasks}

        assert found(Topic("ship", MINUTE), Topic("pack", MINUTE)) == {one, two, packing}
        assert found(Topic("ship", MINUTE, business_key="K2")) == {two}
        assert found(Topic("ship", MINUTE, variable_filters={"n": 1})) == {one}
        assert found(Topic("ship", MINUTE, variable_filters={"n": 3})) == set()
        assert found(Topic("ship", MINUTE, filters={"processDefinitionKeyIn": ["q", "r"]})) == set()
        assert found(Topic("ship", MINUTE, filters={"processDefinitionId": first}), Topic("pack", MINUTE)) == {one, two, packing}
        assert fetch(desk, most=0) == []
        assert len(fetch(desk, most=1)) == 1

    def test_priority_is_that_of_the_task_else_of_its_process(self, desk: Desk) -> None:
        own = work(attributes='camunda:taskPriority="${n}"')
        desk.deploy(p=model(START, own, END, "s > w", "w > e", attributes='camunda:taskPriority="7"'))
        desk.deploy(q=model(START, work(), END, "s > w", "w > e", key="q", attributes='camunda:taskPriority="7"'))
        for number in (1, 9):
            start(desk, n=number)
        desk.engine.instances.start(desk.actor("sue"), "q")
        assert [it.priority for it in fetch(desk, by_priority=True)] == [9, 7, 1]

    def test_variables_are_all_some_or_those_of_the_task(self, desk: Desk) -> None:
        inner = mapping(put("label", "${n + 1}")) + '<camunda:properties><camunda:property name="k" value="v"/></camunda:properties>'
        desk.deploy(p=model(START, work(inner=inner), END, "s > w", "w > e"))
        start(desk, n=1, text="x")

        def got(**options: object) -> ExternalTask:
            (task,) = fetch(desk, Topic("ship", MINUTE, **options))
            desk.engine.external_tasks.unlock(WORKER, task.id)
            return task

        assert {"n", "text", "label"} <= set(got().variables)
        assert set(got(variables=["label", "n", "none"]).variables) == {"label", "n"}
        assert got(variables=[]).variables == {}
        assert set(got(local=True).variables) == {"label"}
        assert (got().properties, got(properties=True).properties) == (None, {"k": "v"})

    def test_only_workers_and_administrators_fetch_and_report(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        start(desk)
        (task,) = fetch(desk)
        for person in ("sue", "sam", "axel"):
            actor = desk.actor(person)
            with pytest.raises(Forbidden):
                desk.engine.external_tasks.fetch(actor, Fetch("w", [Topic("ship", MINUTE)], 1))
            with pytest.raises(Forbidden):
                desk.engine.external_tasks.report_completion(actor, task.id, "w1")
            with pytest.raises(Forbidden):
                desk.engine.external_tasks.unlock(actor, task.id)
            with pytest.raises(Forbidden):
                desk.engine.external_tasks.set_retries(actor, task.id, 1)
        desk.engine.external_tasks.report_completion(desk.actor("ada"), task.id, "w1")

    def test_the_time_of_the_next_lock_that_expires_is_known(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        start(desk)
        wanted = Fetch("w2", [Topic("ship", MINUTE)], 1)
        assert desk.engine.external_tasks.next_free(WORKER, wanted) is None
        fetch(desk)
        assert desk.engine.external_tasks.next_free(WORKER, wanted) == desk.clock.now() + MINUTE
        assert desk.engine.external_tasks.next_free(WORKER, Fetch("w2", [Topic("other", MINUTE)], 1)) is None


class TestWhatIsReported:
    def test_results_go_to_the_case_and_local_ones_to_the_mapping(self, desk: Desk) -> None:
        desk.deploy(p=model(START, work(inner=mapping(out("sent", "${code}"))), user_task("a"), END, "s > w", "w > a", "a > e"))
        case = start(desk, n=1)
        (task,) = fetch(desk)
        done(desk, task, variables={"n": 2}, local={"code": "T-1"})
        assert values(desk, case) == {"n": 2, "sent": "T-1"}
        (entry, *_) = desk.engine.history.entries(desk.actor("ada"), case)
        assert [name for name, _ in entry.events][:2] == ["ExternalTaskCompleted", "ElementLeft"]
        assert entry.actor == WORKER.id

    def test_a_completion_takes_at_most_twelve_statements_and_one_commit(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        start(desk, n=1)
        (task,) = fetch(desk)
        with counted(desk) as cost:
            done(desk, task, variables={"n": 2})
        assert cost.commits == 1
        assert len(cost.statements) <= MOST_STATEMENTS, "\n".join(cost.statements)

    def test_a_failure_waits_then_is_tried_again_and_at_last_is_an_incident(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        case = start(desk)
        (task,) = fetch(desk)
        failed(desk, task, 1, 5 * MINUTE, variables={"tried": 1})
        assert values(desk, case) == {"tried": 1}
        assert fetch(desk) == []
        desk.clock.moment += 5 * MINUTE
        (again,) = fetch(desk, worker="w2")
        assert (again.retries, again.error, again.error_details) == (1, "no paper", "tray 2")
        failed(desk, again, 0, worker="w2")
        ada = desk.actor("ada")
        (incident,) = desk.engine.jobs.incidents(ada)
        assert (incident.kind, incident.job_id, incident.message, incident.element_id) == ("failedExternalTask", task.id, "no paper", "w")
        desk.clock.moment += 60 * MINUTE
        assert fetch(desk) == []
        desk.engine.external_tasks.set_retries(ada, task.id, 2)
        assert desk.engine.jobs.incidents(ada) == []
        (last,) = fetch(desk)
        done(desk, last)
        assert names(desk, case).count("ExternalTaskFailed") == 2
        with pytest.raises(InvalidRequest):
            failed(desk, last, -1)

    def test_the_incident_of_a_case_that_is_ended_goes_with_it(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        case = start(desk)
        (task,) = fetch(desk)
        failed(desk, task, 0)
        desk.engine.instances.cancel(desk.actor("ada"), case, "no")
        assert desk.engine.jobs.incidents(desk.actor("ada")) == []
        with pytest.raises(NotFound):
            done(desk, task)

    def test_an_error_is_caught_at_the_border_or_ends_the_path(self, desk: Desk) -> None:
        catches = '<errorEventDefinition errorRef="boom" camunda:errorMessageVariable="why"/>'
        border = f'<boundaryEvent id="b" attachedToRef="w">{catches}</boundaryEvent>'
        caught = model(
            START, work(), border, user_task("a"), END, "s > w", "w > e", "b > a", before='<error id="boom" errorCode="boom"/>'
        )  # fmt: skip
        desk.deploy(p=caught, q=model(START, work(), END, "s > w", "w > e", key="q"))
        case = start(desk)
        (task,) = fetch(desk)
        desk.engine.external_tasks.report_error(WORKER, task.id, "w1", "boom", "no stock", {"n": 5})
        assert set(desk.open_tasks(case)) == {"a"}
        assert values(desk, case) == {"n": 5, "why": "no stock"}
        other = desk.engine.instances.start(desk.actor("sue"), "q").id
        (task,) = fetch(desk)
        desk.engine.external_tasks.report_error(WORKER, task.id, "w1", "boom")
        assert is_over(desk, other)

    def test_what_interrupts_it_takes_it_away(self, desk: Desk) -> None:
        border = f'<boundaryEvent id="b" attachedToRef="w">{timer("PT1H")}</boundaryEvent>'
        desk.deploy(p=model(START, work(), border, user_task("a"), END, "s > w", "w > e", "b > a", before=MESSAGE))
        case = start(desk)
        (task,) = fetch(desk, Topic("ship", 2 * 60 * MINUTE))
        desk.clock.moment += 61 * MINUTE
        desk.run_due()
        assert set(desk.open_tasks(case)) == {"a"}
        with pytest.raises(NotFound):
            done(desk, task)

    def test_each_instance_of_a_loop_is_a_task(self, desk: Desk) -> None:
        loop = '<multiInstanceLoopCharacteristics camunda:collection="${items}" camunda:elementVariable="it"/>'
        task = work().replace("</serviceTask>", f"{loop}</serviceTask>")
        desk.deploy(p=model(START, task, user_task("a"), END, "s > w", "w > a", "a > e"))
        case = start(desk, items=["x", "y", "z"])
        tasks = fetch(desk)
        assert sorted(it.variables["it"].text for it in tasks) == ["x", "y", "z"]
        for it in tasks:
            assert desk.open_tasks(case) == {}
            done(desk, it)
        assert set(desk.open_tasks(case)) == {"a"}

    def test_a_message_may_be_sent_by_a_worker(self, desk: Desk) -> None:
        sends = '<messageEventDefinition messageRef="m" camunda:type="external" camunda:topic="ship"/>'
        parts = f'<intermediateThrowEvent id="t">{sends}</intermediateThrowEvent>', f'<endEvent id="e">{sends}</endEvent>'
        desk.deploy(p=model(START, *parts, "s > t", "t > e", before=MESSAGE))
        case = start(desk)
        for element in ("t", "e"):
            (task,) = fetch(desk)
            assert task.element_id == element
            done(desk, task)
        assert is_over(desk, case)

    def test_what_waits_for_a_program_is_told(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        case = start(desk)
        (wait,) = desk.engine.instances.standing(desk.actor("ada"), case).waits
        assert (wait.element_id, wait.topic, wait.awaited) == ("w", "ship", ())

    def test_a_topic_that_comes_to_nothing_is_a_fault(self, desk: Desk) -> None:
        desk.deploy(p=model(START, user_task("a"), work(topic="${missing}"), END, "s > a", "a > w", "w > e"))
        case = start(desk)
        with pytest.raises(Exception, match="missing"):
            desk.complete("sam", desk.open_tasks(case)["a"])

    def test_a_commit_tells_for_which_topics_there_is_work(self, desk: Desk) -> None:
        desk.deploy(p=SHIP)
        start(desk)
        assert desk.commits[-1].topics == {"ship"}
        (task,) = fetch(desk)
        assert desk.commits[-1].topics == frozenset()
        desk.engine.external_tasks.extend(WORKER, task.id, "w1", MINUTE)
        assert desk.commits[-1].topics == frozenset()
        desk.engine.external_tasks.unlock(WORKER, task.id)
        assert desk.commits[-1].topics == {"ship"}


class TestSuspension:
    def test_nothing_moves_in_a_suspended_case(self, desk: Desk) -> None:
        parts = '<parallelGateway id="g"/>', work(), user_task("a"), '<receiveTask id="r" messageRef="m"/>'
        late = f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{timer("PT1H")}</boundaryEvent>'
        flows = "s > g", "g > w", "g > a", "g > r", "w > e", "a > e", "r > e", "b > l"
        desk.deploy(p=model(START, *parts, late, user_task("l"), END, *flows, before=MESSAGE))
        case = start(desk)
        ada, sam, suspension = desk.actor("ada"), desk.actor("sam"), desk.engine.suspension
        (task,) = fetch(desk)
        human = desk.open_tasks(case)["a"]
        with pytest.raises(Forbidden):
            suspension.suspend_instance(sam, case, suspended=True)
        suspension.suspend_instance(ada, case, suspended=True)
        assert desk.engine.instances.get(ada, case).case.state is CaseState.SUSPENDED
        for refused in (
            lambda: desk.engine.tasks.claim(sam, human),
            lambda: done(desk, task),
            lambda: desk.engine.external_tasks.extend(WORKER, task.id, "w", 5 * MINUTE),
            lambda: desk.engine.jobs.execute(ada, desk.engine.jobs.all(ada)[0].id),
        ):
            with pytest.raises(Suspended):
                refused()
        desk.clock.moment += 120 * MINUTE
        assert fetch(desk) == []
        assert (desk.engine.jobs.next_due(), desk.run_due()) == (None, 0)
        with pytest.raises(Exception, match="No process definition or execution matches"):
            desk.engine.messages.correlate(WORKER, Message("confirmed"))
        suspension.suspend_instance(ada, case, suspended=True)  # once more: nothing to do
        suspension.suspend_instance(ada, case, suspended=False)
        assert desk.engine.instances.get(ada, case).case.state is CaseState.ACTIVE
        assert desk.run_due() == 1
        desk.engine.messages.correlate(WORKER, Message("confirmed"))
        done(desk, task)
        assert set(desk.open_tasks(case)) == {"a", "l"}
        told = names(desk, case)
        assert (told.count("InstanceSuspended"), told.count("InstanceResumed")) == (1, 1)

    def test_no_case_of_a_suspended_version_begins_however(self, desk: Desk) -> None:
        begins = (
            f'<startEvent id="t">{timer("PT1H")}</startEvent>',
            '<startEvent id="k"><messageEventDefinition messageRef="m"/></startEvent>',
        )
        (version,) = desk.deploy(p=model(START, *begins, user_task("a"), END, "s > a", "t > a", "k > a", "a > e", before=MESSAGE))
        ada, sue = desk.actor("ada"), desk.actor("sue")
        case = start(desk)
        with pytest.raises(Forbidden):
            desk.engine.suspension.suspend_definition(sue, version, suspended=True)
        desk.engine.suspension.suspend_definition(ada, version, suspended=True, with_instances=True)
        with pytest.raises(Suspended):
            start(desk)
        with pytest.raises(Suspended):
            desk.engine.tasks.claim(sue, desk.open_tasks(case)["a"])
        desk.clock.moment += 120 * MINUTE
        assert desk.run_due() == 0
        with pytest.raises(Exception, match="No process definition"):
            desk.engine.messages.correlate(WORKER, Message("confirmed"))
        assert version not in [it.definition.id for it in desk.engine.definitions.startable(sue)]
        (listed,) = desk.engine.queries.definitions(SYSTEM, Wanted({"processDefinitionId": version}))
        assert listed.row.suspended
        desk.engine.suspension.suspend_definition(ada, version, suspended=False)
        assert desk.run_due() == 1
        start(desk)
        with pytest.raises(Suspended):
            desk.engine.tasks.claim(sue, desk.open_tasks(case)["a"])


class TestDelegation:
    def test_a_task_is_worked_on_for_its_owner_and_comes_back(self, desk: Desk) -> None:
        desk.deploy(p=model(START, user_task("a"), END, "s > a", "a > e"))
        case = start(desk)
        task = desk.open_tasks(case)["a"]
        sue, fay = desk.actor("sue"), desk.actor("fay")
        desk.engine.tasks.claim(sue, task)
        with pytest.raises(Forbidden):
            desk.engine.tasks.delegate(desk.actor("sam"), task, "fay")
        given = desk.engine.tasks.delegate(sue, task, "fay")
        assert (given.owner, given.assignee, given.delegation) == ("sue", "fay", "PENDING")
        with pytest.raises(Forbidden, match="goes back to its owner"):
            desk.engine.tasks.complete(fay, task)
        with pytest.raises(Forbidden):
            desk.engine.tasks.resolve(sue, task)
        on = desk.engine.tasks.delegate(fay, task, "fred")  # from hand to hand it still goes back to the first
        assert (on.owner, on.assignee) == ("sue", "fred")
        back = desk.engine.tasks.resolve(desk.actor("fred"), task, {"found": "nothing"})
        assert (back.owner, back.assignee, back.delegation) == ("sue", "sue", "RESOLVED")
        assert values(desk, case) == {"found": "nothing"}
        desk.engine.tasks.complete(sue, task)
        assert is_over(desk, case)
        assert [it for it in names(desk, case) if it.startswith("UserTask")] == [
            "UserTaskCompleted", "UserTaskResolved", "UserTaskDelegated", "UserTaskDelegated", "UserTaskClaimed", "UserTaskCreated",
        ]  # fmt: skip
