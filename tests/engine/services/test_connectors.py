"""Connectors: called in the background under a lease and a key, at least once, tried again as the model says, then an incident."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from engine.errors import BpmnError, ConnectorFailed, Forbidden, InvalidRequest, Suspended
from engine.model import SYSTEM, Actor, CaseState
from engine.phrases import Phrase
from engine.ports import ConnectorCall, HandlerResult
from engine.services.connectors import LEASE
from engine.services.external_values import Failure, Fetch
from engine.store.queries.external import Topic
from engine.store.queries.listings import Wanted
from engine.store.queries.pending import WorkKind, WorkState
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_compensation import is_over, start
from tests.engine.services.test_external_tasks import names
from tests.engine.services.test_mappings_and_async import values
from tests.engine.services.test_statements import counted

CYCLE = "<camunda:failedJobRetryTimeCycle>{}</camunda:failedJobRetryTimeCycle>"


def connected(name: str = "outside", cycle: str = "", attributes: str = 'camunda:resultVariable="answer"', **inputs: str) -> str:
    told = "".join(f'<crossdesk:parameter name="{key}" value="{value}"/>' for key, value in inputs.items())
    inner = f'<crossdesk:connector name="{name}">{told}</crossdesk:connector>' + (CYCLE.format(cycle) if cycle else "")
    return f'<serviceTask id="c" name="Call" {attributes}><extensionElements>{inner}</extensionElements></serviceTask>'


def calling(task: str, *more: str) -> str:
    return model(START, task, END, "s > c", "c > e", *more)


TO = calling(connected(to="= &quot;desk-&quot; + name"))


def fails(desk: Desk, times: int) -> None:
    """Let the first calls fail."""

    def reply(_call: ConnectorCall) -> object:
        if len(desk.called) <= times:
            raise ConnectorFailed(Phrase("{host} did not answer within {seconds} seconds", host="h", seconds="3"))
        return {"status": 200}

    desk.reply = reply


def by_hand(desk: Desk, actor: Actor, task_id: str) -> list[Callable[[], object]]:
    """All that somebody can do with an external task whose id is known."""
    tasks, minute = desk.engine.external_tasks, timedelta(minutes=1)
    return [
        partial(tasks.lock, actor, task_id, "w", minute),
        partial(tasks.extend, actor, task_id, "w", minute),
        partial(tasks.report_failure, actor, task_id, "w", Failure("no", None, 2, timedelta())),
        partial(tasks.unlock, actor, task_id),
        partial(tasks.lock, actor, task_id, "w", minute),
        partial(tasks.report_completion, actor, task_id, "w", {"answer": "by hand"}),
    ]


class TestByHand:
    """A call that will never succeed is completed by an administrator; workers keep away from it."""

    def test_workers_do_nothing_with_what_waits_for_a_connector(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        case = start(desk, name="mei")
        (task,) = desk.engine.external_tasks.all(desk.actor("ada"), Wanted())
        for act in [*by_hand(desk, WORKER, task.id), partial(desk.engine.external_tasks.report_error, WORKER, task.id, "w", "BAD")]:
            with pytest.raises(Forbidden, match="calls of connectors for administrators alone"):
                act()
        assert desk.engine.external_tasks.all(desk.actor("ada"), Wanted()) == [task]
        assert desk.engine.connectors.run_next()
        assert is_over(desk, case)

    def test_not_even_under_the_name_that_the_connector_has_it_by(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        case = start(desk, name="mei")

        def reply(_call: ConnectorCall) -> object:
            (task,) = desk.engine.external_tasks.all(desk.actor("ada"), Wanted())
            assert task.worker_id is not None
            with pytest.raises(Forbidden):
                desk.engine.external_tasks.report_completion(WORKER, task.id, task.worker_id)
            return "done"

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert values(desk, case)["answer"] == "done"

    def test_an_administrator_may_and_it_is_not_called_any_more(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        case = start(desk, name="mei")
        (task,) = desk.engine.external_tasks.all(desk.actor("ada"), Wanted())
        for act in by_hand(desk, desk.actor("ada"), task.id):
            act()
        assert is_over(desk, case)
        assert values(desk, case)["answer"] == "by hand"
        assert not desk.engine.connectors.run_next()
        assert desk.called == []

    def test_while_it_is_called_the_connector_has_it(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        case = start(desk, name="mei")

        def reply(_call: ConnectorCall) -> object:
            (task,) = desk.engine.external_tasks.all(desk.actor("ada"), Wanted())
            with pytest.raises(InvalidRequest, match="It is locked by worker"):
                desk.engine.external_tasks.lock(desk.actor("ada"), task.id, "ada", timedelta(minutes=1))
            return "done"

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert is_over(desk, case)


class TestTheCall:
    def test_it_is_made_in_the_background_and_its_result_is_a_variable(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        case = start(desk, name="mei")
        assert desk.called == []  # not in the request that came to it
        assert desk.engine.jobs.run_due() == 0
        assert desk.engine.connectors.run_next()
        (call,) = desk.called
        assert (call.inputs, call.element_id, call.case.id) == ({"to": "desk-mei"}, "c", case)
        assert is_over(desk, case)
        assert values(desk, case)["answer"] == "done"
        assert not desk.engine.connectors.run_next()
        assert "ExternalTaskCompleted" in names(desk, case)

    def test_no_transaction_is_open_while_it_is_made(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected(to="x")), q=model(START, user_task("a"), END, "s > a", "a > e", key="q"))
        case = start(desk)
        inside: list[str] = []

        def reply(_call: ConnectorCall) -> object:
            other = desk.engine.instances.start(desk.actor("sue"), "q", {})  # somebody else writes meanwhile: SQLite has one writer
            inside.append(other.id)
            desk.engine.variables.change(desk.actor("ada"), case, {"seen": 1}, [])  # even in the very case
            return "done"

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert inside
        assert is_over(desk, case)

    def test_what_is_written_meanwhile_is_seen_by_the_next_try(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        case = start(desk, name="mei")
        fails(desk, 1)
        assert desk.engine.connectors.run_next()
        desk.engine.variables.change(desk.actor("ada"), case, {"name": "bo"}, [])
        desk.clock.moment += timedelta(seconds=10)
        assert desk.engine.connectors.run_next()
        assert [it.inputs["to"] for it in desk.called] == ["desk-mei", "desk-bo"]
        assert len({it.key for it in desk.called}) == 1

    def test_each_piece_of_work_has_a_key_of_its_own(self, desk: Desk) -> None:
        loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
        desk.deploy(p=calling(connected(to="= string(loopCounter)").replace("</serviceTask>", f"{loop}</serviceTask>")))
        case = start(desk)
        for _ in range(3):
            assert desk.engine.connectors.run_next()
        assert is_over(desk, case)
        assert sorted(it.inputs["to"] for it in desk.called) == ["0", "1", "2"]
        assert len({it.key for it in desk.called}) == 3

    def test_workers_do_not_get_it(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        start(desk, name="mei")
        with pytest.raises(InvalidRequest, match="kept for connectors"):
            desk.engine.external_tasks.fetch(WORKER, Fetch("w", [Topic("crossdesk:outside", LEASE)], 1))

    def test_where_nothing_waits_no_writer_is_asked(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        with counted(desk) as cost:
            assert not desk.engine.connectors.run_next()
        assert [it for it in cost.statements if "UPDATE" in it] == []


class TestWhatFails:
    @pytest.mark.parametrize(
        ("cycle", "waits"),
        [("", (10, 60)), ("R3/PT5M", (300, 300)), ("PT1S,PT1M,PT1H", (1, 60, 3600))],
    )
    def test_it_is_tried_again_after_each_wait_and_then_is_an_incident(self, desk: Desk, cycle: str, waits: tuple[int, ...]) -> None:
        desk.deploy(p=calling(connected(cycle=cycle, to="x")))
        case = start(desk)
        fails(desk, 99)
        for wait in waits:
            assert desk.engine.connectors.run_next()
            assert desk.engine.connectors.next_due() == desk.clock.now() + timedelta(seconds=wait)
            desk.clock.moment += timedelta(seconds=wait - 1)
            assert not desk.engine.connectors.run_next()
            assert desk.engine.incidents.of_case(desk.actor("ada"), case) == []
            desk.clock.moment += timedelta(seconds=1)
        assert desk.engine.connectors.run_next()
        desk.clock.moment += timedelta(days=1)
        assert not desk.engine.connectors.run_next()
        (view,) = desk.engine.incidents.of_case(desk.actor("ada"), case)
        assert (view.incident.element_id, len(view.tries)) == ("c", len(waits) + 1)
        assert isinstance(view.reason, Phrase)
        assert view.reason == "h did not answer within 3 seconds"
        assert {it.key for it in desk.called} == {desk.called[0].key}

    def test_a_person_has_it_tried_again(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected(cycle="R1/PT1M", to="x")))
        case = start(desk)
        fails(desk, 1)
        desk.engine.connectors.run_next()
        ada = desk.actor("ada")
        (view,) = desk.engine.incidents.of_case(ada, case)
        ((line,), _total) = desk.engine.jobs.pending(ada)
        assert (line.kind, line.state) == (WorkKind.CONNECTOR, WorkState.FAILED)
        (tried,) = desk.engine.incidents.try_all_again(ada, [(view.incident.id, case)])
        assert tried.refused is None
        assert desk.engine.connectors.run_next()
        assert is_over(desk, case)
        assert values(desk, case)["answer"] == {"status": 200}

    def test_a_business_error_is_caught_by_the_process(self, desk: Desk) -> None:
        caught = '<boundaryEvent id="b" attachedToRef="c"><errorEventDefinition errorRef="gone"/></boundaryEvent>'
        parts = (START, connected(to="x"), caught, user_task("repair"), END, "s > c", "c > e", "b > repair")
        desk.deploy(p=model(*parts, before='<error id="gone" errorCode="GONE"/>'))
        case = start(desk)

        def reply(_call: ConnectorCall) -> object:
            raise BpmnError("GONE", "nobody knows it")

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert set(desk.open_tasks(case)) == {"repair"}

    @pytest.mark.parametrize(
        ("inputs", "said"),
        [
            ({"to": "= nobody"}, "the input to has no value"),
            ({"to": "x", "how": "= name"}, "not one of: slow, fast"),
            ({"to": "${nobody}"}, "nobody"),
        ],
    )
    def test_an_input_without_a_value_is_not_sent(self, desk: Desk, inputs: dict[str, str], said: str) -> None:
        desk.deploy(p=calling(connected(cycle="R1/PT1M", **inputs)))
        case = start(desk, name="mei")
        assert desk.engine.connectors.run_next()
        assert desk.called == []
        (view,) = desk.engine.incidents.of_case(desk.actor("ada"), case)
        assert said in view.reason

    def test_a_bug_of_a_connector_stops_its_own_case_alone(self, desk: Desk) -> None:
        desk.deploy(p=TO)
        broken, well = start(desk, name="bad"), start(desk, name="good")

        def reply(call: ConnectorCall) -> object:
            return 1 / 0 if call.inputs["to"] == "desk-bad" else "done"

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert desk.engine.connectors.run_next()
        assert (is_over(desk, broken), is_over(desk, well)) == (False, True)

    def test_what_cannot_go_on_after_the_call_is_called_again_with_the_same_key(self, desk: Desk) -> None:
        script = '<scriptTask id="t" scriptFormat="juel"><script>${missing + 1}</script></scriptTask>'
        desk.deploy(p=model(START, connected(cycle="R2/PT1M", to="x"), script, END, "s > c", "c > t", "t > e"))
        case = start(desk)
        assert desk.engine.connectors.run_next()
        assert not is_over(desk, case)
        desk.engine.variables.change(desk.actor("ada"), case, {"missing": 1}, [])
        desk.clock.moment += timedelta(minutes=1)
        assert desk.engine.connectors.run_next()
        assert is_over(desk, case)
        assert len(desk.called) == 2
        assert len({it.key for it in desk.called}) == 1


class TestJobs:
    """Asynchronous continuations and timers heed the same cycle."""

    @pytest.mark.parametrize(("cycle", "waits"), [("", (10, 60)), ("R4/PT2H", (7200,) * 3), ("PT1S,PT5M", (1, 300))])
    def test_a_job_is_tried_as_its_element_says(self, desk: Desk, cycle: str, waits: tuple[int, ...]) -> None:
        inner = f'<extensionElements><crossdesk:handler name="note"/>{CYCLE.format(cycle) if cycle else ""}</extensionElements>'
        desk.deploy(p=calling(f'<serviceTask id="c" camunda:asyncBefore="true">{inner}</serviceTask>'))
        case, ada = start(desk), desk.actor("ada")

        def answer(_context: object) -> HandlerResult:
            raise InvalidRequest("no")

        desk.answer = answer
        for wait in waits:
            assert desk.run_due() == 1
            assert desk.engine.jobs.next_due() == desk.clock.now() + timedelta(seconds=wait)
            assert desk.engine.incidents.of_case(ada, case) == []
            desk.clock.moment += timedelta(seconds=wait)
        assert desk.run_due() == 1
        (view,) = desk.engine.incidents.of_case(ada, case)
        assert len(view.tries) == len(waits) + 1
        desk.engine.incidents.try_again(ada, view.incident.id, case)
        assert desk.run_due() == 1
        assert len(desk.engine.incidents.of_case(ada, case)) == 1  # who tries again by hand has one try, whatever the cycle says


class TestTheLease:
    def test_a_call_that_never_came_back_is_made_again_with_the_same_key_and_the_late_one_changes_nothing(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected(to="x")))
        case = start(desk)

        def reply(_call: ConnectorCall) -> object:
            if len(desk.called) == 1:  # frozen past its lease, in the middle of the call
                assert not desk.engine.connectors.run_next()
                desk.clock.moment += LEASE
                assert desk.engine.connectors.run_next()
                return "late"
            return "in time"

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert is_over(desk, case)
        assert values(desk, case)["answer"] == "in time"
        assert len({it.key for it in desk.called}) == 1
        assert names(desk, case).count("ExternalTaskCompleted") == 1

    def test_a_process_that_dies_in_the_call_leaves_it_to_the_next_one(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected(to="x")))
        case = start(desk)

        def die(_call: ConnectorCall) -> object:
            raise SystemExit

        desk.reply = die
        with pytest.raises(SystemExit):
            desk.engine.connectors.run_next()
        desk.reply = lambda _call: "done"
        assert not desk.engine.connectors.run_next()
        assert desk.engine.connectors.next_due() == desk.clock.now() + LEASE
        desk.clock.moment += LEASE
        assert desk.engine.connectors.run_next()
        assert is_over(desk, case)
        assert [it.key for it in desk.called] == [desk.called[0].key] * 2

    def test_several_threads_never_make_the_same_call(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected(to="x")))
        cases = [start(desk) for _ in range(12)]
        together = threading.Barrier(3, timeout=30)

        def reply(_call: ConnectorCall) -> object:
            together.wait()  # three at once, or none goes on
            return "done"

        desk.reply = reply
        problems: list[BaseException] = []

        def drain() -> None:
            try:
                while desk.engine.connectors.run_next():
                    pass
            except BaseException as problem:  # noqa: BLE001 - told below, in the thread of the test
                problems.append(problem)
                together.abort()

        threads = [threading.Thread(target=drain) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert all(is_over(desk, case) for case in cases)
        assert len({it.key for it in desk.called}) == len(desk.called) == 12

    def test_a_case_that_is_suspended_is_not_called_for_and_one_suspended_meanwhile_is_called_again(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected(to="x")))
        case, ada = start(desk), desk.actor("ada")
        desk.engine.suspension.suspend_instance(ada, case, suspended=True)
        assert not desk.engine.connectors.run_next()
        desk.engine.suspension.suspend_instance(ada, case, suspended=False)

        def reply(_call: ConnectorCall) -> object:
            if len(desk.called) == 1:
                desk.engine.suspension.suspend_instance(ada, case, suspended=True)
            return "done"

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert not is_over(desk, case)
        with pytest.raises(Suspended):
            desk.engine.external_tasks.extend(ada, desk.called[0].key, "other", LEASE)
        desk.engine.suspension.suspend_instance(ada, case, suspended=False)
        desk.clock.moment += LEASE
        assert desk.engine.connectors.run_next()
        assert is_over(desk, case)

    def test_a_case_that_is_cancelled_meanwhile_stays_cancelled(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected(to="x")))
        case, ada = start(desk), desk.actor("ada")

        def reply(_call: ConnectorCall) -> object:
            desk.engine.instances.cancel(ada, case, "not wanted any more")
            return "done"

        desk.reply = reply
        assert desk.engine.connectors.run_next()
        assert desk.engine.instances.get(ada, case).case.state is CaseState.EXTERNALLY_TERMINATED
        assert desk.engine.connectors.next_due() is None


class TestOurOwnDatabase:
    def test_what_writes_here_writes_in_the_step_that_completes_its_task(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected("inside", what="= name")))
        case = start(desk, name="mei")

        def answer(context: object) -> HandlerResult:
            return HandlerResult({"kept": True}, (("kept", {"id": "7"}),))

        desk.answer = answer
        assert desk.engine.connectors.run_next()
        assert desk.handled[0].parameters == {"what": "mei"}
        assert desk.handled[0].actor == SYSTEM
        told = values(desk, case)
        assert (told["kept"], told["answer"]) == (True, {"kept": True})
        assert is_over(desk, case)
        assert "ServicePerformed" in names(desk, case)

    def test_what_it_refuses_is_tried_again_and_nothing_of_it_stays(self, desk: Desk) -> None:
        desk.deploy(p=calling(connected("inside", cycle="R1/PT1M", what="x")))
        case = start(desk)

        def answer(_context: object) -> HandlerResult:
            raise InvalidRequest(Phrase("the input {name} must be a text", name="what"))

        desk.answer = answer
        assert desk.engine.connectors.run_next()
        (view,) = desk.engine.incidents.of_case(desk.actor("ada"), case)
        assert view.reason == "the input what must be a text"
        assert "ServicePerformed" not in names(desk, case)
