"""Timers, messages, errors, called processes and deadlines: what moves a case without a person completing a task."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import BpmnError, Conflict, CorrelationMismatch, Forbidden, ModelFault
from engine.model import CaseState
from engine.ports import HandlerResult, StepContext
from engine.services.messages import Message
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task

MESSAGE = '<message id="m" name="confirmed"/>'
CATCH = '<intermediateCatchEvent id="c"><extensionElements><crossdesk:offer group="sales" label="Confirmed"/></extensionElements>'
WAITS = model(START, CATCH + '<messageEventDefinition messageRef="m"/></intermediateCatchEvent>', END, "s > c", "c > e", before=MESSAGE)


def timer(text: str, kind: str = "timeDuration") -> str:
    return f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">{text}</{kind}></timerEventDefinition>'


def service(name: str, handler: str = "note", inner: str = "") -> str:
    parts = f'<extensionElements><crossdesk:handler name="{handler}">{inner}</crossdesk:handler></extensionElements>'
    return f'<serviceTask id="{name}">{parts}</serviceTask>'


class TestTimers:
    def test_a_timer_fires_when_it_is_due_and_not_before(self, desk: Desk) -> None:
        wait = f'<intermediateCatchEvent id="t">{timer("PT2H")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, wait, user_task("a"), END, "s > t", "t > a", "a > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        assert desk.engine.jobs.next_due() == desk.clock.now() + timedelta(hours=2)
        desk.clock.move(hours=1)
        assert desk.run_due() == 0
        desk.clock.move(hours=1)
        assert desk.run_due() == 1
        assert desk.run_due() == 0
        assert list(desk.open_tasks(case.id)) == ["a"]
        assert desk.engine.jobs.next_due() is None

    def test_an_interrupting_timer_takes_the_task_away(self, desk: Desk) -> None:
        boundary = f'<boundaryEvent id="b" attachedToRef="a">{timer("PT1H")}</boundaryEvent>'
        desk.deploy(p=model(START, user_task("a"), boundary, user_task("late"), END, "s > a", "a > e", "b > late", "late > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        task = desk.open_tasks(case.id)["a"]
        desk.clock.move(hours=1)
        desk.run_due()
        assert list(desk.open_tasks(case.id)) == ["late"]
        with pytest.raises(Conflict, match="taken away"):
            desk.engine.tasks.complete(desk.actor("sam"), task)

    def test_a_completed_task_takes_its_timer_with_it(self, desk: Desk) -> None:
        boundary = f'<boundaryEvent id="b" attachedToRef="a">{timer("PT1H")}</boundaryEvent>'
        desk.deploy(p=model(START, user_task("a"), boundary, END, "s > a", "a > e", "b > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        desk.complete("sam", desk.open_tasks(case.id)["a"])
        assert desk.engine.jobs.next_due() is None

    def test_working_time_counts_working_days(self, desk: Desk) -> None:
        wait = f'<intermediateCatchEvent id="t">{timer("= working time(now(), &quot;3 wd&quot;)", "timeDate")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, wait, END, "s > t", "t > e"))
        desk.engine.instances.start(desk.actor("sue"), "p")
        assert desk.engine.jobs.next_due() == desk.clock.now() + timedelta(days=3)

    def test_a_timer_text_that_is_no_time_is_a_fault_of_the_model(self, desk: Desk) -> None:
        wait = f'<intermediateCatchEvent id="t">{timer("= wanted")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, wait, END, "s > t", "t > e"))
        with pytest.raises(ModelFault, match="not a moment or duration"):
            desk.engine.instances.start(desk.actor("sue"), "p", {"wanted": "soon"})

    def test_a_timer_start_event_starts_one_case(self, desk: Desk) -> None:
        start = f'<startEvent id="s">{timer("PT1H")}</startEvent>'
        desk.deploy(p=model(start, user_task("a"), END, "s > a", "a > e"))
        desk.clock.move(hours=1)
        assert desk.run_due() == 1
        assert desk.run_due() == 0
        assert desk.engine.instances.page(desk.actor("ada")).total == 1


class TestMessages:
    def test_a_message_goes_to_the_case_with_its_business_key(self, desk: Desk) -> None:
        desk.deploy(p=WAITS)
        first = desk.engine.instances.start(desk.actor("sue"), "p", business_key="K1")
        desk.engine.instances.start(desk.actor("sue"), "p", business_key="K2")
        with pytest.raises(CorrelationMismatch):
            desk.engine.messages.correlate(WORKER, Message("confirmed"))
        found = desk.engine.messages.correlate(WORKER, Message("confirmed", business_key="K1"))
        assert [it.instance_id for it in found] == [first.id]
        with pytest.raises(CorrelationMismatch):
            desk.engine.messages.correlate(WORKER, Message("confirmed", business_key="K1"))

    def test_a_message_finds_its_case_by_correlation_keys(self, desk: Desk) -> None:
        desk.deploy(p=WAITS)
        desk.engine.instances.start(desk.actor("sue"), "p", {"order": 1})
        second = desk.engine.instances.start(desk.actor("sue"), "p", {"order": 2})
        found = desk.engine.messages.correlate(WORKER, Message("confirmed", correlation_keys={"order": 2}))
        assert [it.instance_id for it in found] == [second.id]

    def test_a_message_to_all_reaches_every_case(self, desk: Desk) -> None:
        desk.deploy(p=WAITS)
        for _ in range(3):
            desk.engine.instances.start(desk.actor("sue"), "p")
        assert len(desk.engine.messages.correlate(WORKER, Message("confirmed", all=True))) == 3

    def test_a_message_starts_a_case(self, desk: Desk) -> None:
        start = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
        desk.deploy(p=model(start, user_task("a"), END, "s > a", "a > e", before=MESSAGE))
        (started,) = desk.engine.messages.correlate(WORKER, Message("confirmed", variables={"order": 7}))
        assert started.started is not None
        assert desk.engine.instances.variables(desk.actor("ada"), started.instance_id) == {"order": 7}

    def test_the_role_that_the_model_names_gives_a_message_by_hand(self, desk: Desk) -> None:
        desk.deploy(p=WAITS)
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        (offer,) = desk.engine.messages.offers(desk.actor("sue"), case.id)
        assert offer.event.label == "Confirmed"
        desk.engine.messages.give(desk.actor("sue"), case.id, offer.subscription_id, date(2026, 3, 1), "by phone")
        assert desk.engine.instances.get(desk.actor("sue"), case.id).case.state is CaseState.COMPLETED
        events = dict(desk.engine.history.entries(desk.actor("sue"), case.id)[0].events)
        assert events["MessageReceived"] == {"name": "confirmed", "remark": "by phone", "at": "2026-03-01", "instance": case.id}
        with pytest.raises(Conflict):
            desk.engine.messages.give(desk.actor("sue"), case.id, offer.subscription_id, date(2026, 3, 1))

    def test_another_role_may_not_give_it(self, desk: Desk) -> None:
        desk.deploy(p=WAITS)
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        assert desk.engine.messages.offers(desk.actor("fred"), case.id) == []
        with desk.engine.database.read() as connection:
            subscription = connection.exec_driver_sql("select id from subscription").scalar_one()
        with pytest.raises(Forbidden):
            desk.engine.messages.give(desk.actor("fred"), case.id, subscription, date(2026, 3, 1))

    def test_people_do_not_send_messages_to_any_case(self, desk: Desk) -> None:
        with pytest.raises(Forbidden):
            desk.engine.messages.correlate(desk.actor("sue"), Message("confirmed"))


class TestHandlers:
    def test_a_handler_writes_variables_and_lines(self, desk: Desk) -> None:
        def answer(context: StepContext) -> HandlerResult:
            return HandlerResult({"doubled": context.parameters["value"] * 2}, (("doubled it", {}),))

        desk.answer = answer
        parameter = '<crossdesk:parameter name="value" value="= amount"/>'
        desk.deploy(p=model(START, service("h", inner=parameter), user_task("a"), END, "s > h", "h > a", "a > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p", {"amount": 4})
        assert desk.engine.instances.variables(desk.actor("sue"), case.id)["doubled"] == 8
        assert desk.handled[0].case.id == case.id

    def test_a_failure_in_a_persons_request_rolls_everything_back(self, desk: Desk) -> None:
        def answer(context: StepContext) -> HandlerResult:
            raise ModelFault("no stock", element=context.element_id)

        desk.answer = answer
        desk.deploy(p=model(START, user_task("a"), service("h"), END, "s > a", "a > h", "h > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        task = desk.open_tasks(case.id)["a"]
        desk.engine.tasks.claim(desk.actor("sam"), task)
        with pytest.raises(ModelFault):
            desk.engine.tasks.complete(desk.actor("sam"), task, {"amount": 1})
        assert desk.open_tasks(case.id) == {"a": task}
        assert "amount" not in desk.engine.instances.variables(desk.actor("sue"), case.id)

    def test_a_business_error_goes_to_its_boundary_event(self, desk: Desk) -> None:
        def answer(context: StepContext) -> HandlerResult:
            raise BpmnError("short", "three are missing")

        desk.answer = answer
        boundary = (
            '<boundaryEvent id="b" attachedToRef="h">'
            '<errorEventDefinition errorRef="err" camunda:errorMessageVariable="why"/></boundaryEvent>'
        )
        parts = (START, service("h"), boundary, user_task("a"), END, "s > h", "h > e", "b > a", "a > e")
        desk.deploy(p=model(*parts, before='<error id="err" errorCode="short"/>'))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        assert list(desk.open_tasks(case.id)) == ["a"]
        assert desk.engine.instances.variables(desk.actor("sue"), case.id)["why"] == "three are missing"

    def test_a_handler_that_breaks_stops_its_own_case_and_no_other_job(self, desk: Desk) -> None:
        def answer(context: StepContext) -> HandlerResult:
            raise KeyError("price")

        desk.answer = answer
        wait = f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, wait, service("h"), END, "s > t", "t > h", "h > e"))
        desk.deploy(q=model(START, wait, user_task("a"), END, "s > t", "t > a", "a > e", key="q"))
        desk.engine.instances.start(desk.actor("sue"), "p")
        other = desk.engine.instances.start(desk.actor("sue"), "q")
        desk.clock.move(hours=1)
        assert desk.run_due() == 2
        assert list(desk.open_tasks(other.id)) == ["a"]
        (job,) = desk.engine.jobs.all(desk.actor("ada"))
        assert (job.retries, job.error) == (2, "the handler note failed: KeyError('price')")

    def test_a_failing_job_is_retried_and_then_an_incident(self, desk: Desk) -> None:
        def answer(context: StepContext) -> HandlerResult:
            raise ModelFault("no stock", element=context.element_id)

        desk.answer = answer
        wait = f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, wait, service("h"), END, "s > t", "t > h", "h > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        desk.clock.move(hours=1)
        for _ in range(3):
            assert desk.run_due() == 1
            assert desk.run_due() == 0
            desk.clock.move(hours=1)
        assert desk.run_due() == 0
        (incident,) = desk.engine.jobs.incidents(desk.actor("ada"))
        assert (incident.root_id, incident.message) == (case.id, "no stock")
        desk.engine.notices.deliver()
        assert [row.kind for row in desk.engine.notices.newest(desk.actor("ada"))] == ["incident"]
        desk.answer = lambda _context: HandlerResult()
        desk.engine.jobs.retry(desk.actor("ada"), incident.job_id or "")
        assert desk.run_due() == 1
        assert desk.engine.jobs.incidents(desk.actor("ada")) == []
        assert desk.engine.instances.get(desk.actor("sue"), case.id).case.state is CaseState.COMPLETED
        assert desk.engine.history.verify(desk.actor("axel")).findings == []

    def test_a_try_by_hand_counts_and_the_last_one_makes_an_incident(self, desk: Desk) -> None:
        def answer(context: StepContext) -> HandlerResult:
            raise ModelFault("no stock", element=context.element_id)

        desk.answer, ada = answer, desk.actor("ada")
        wait = f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, wait, service("h"), END, "s > t", "t > h", "h > e"))
        desk.engine.instances.start(desk.actor("sue"), "p")
        (job,) = desk.engine.jobs.all(ada)
        for left in (2, 1, 0, 0):  # what is an incident already stays as it is
            with pytest.raises(ModelFault):
                desk.engine.jobs.execute(ada, job.id)
            assert [(it.retries, it.error) for it in desk.engine.jobs.all(ada)] == [(left, "no stock")]
            assert len(desk.engine.jobs.incidents(ada)) == (left == 0)
        assert desk.engine.history.verify(desk.actor("axel")).findings == []


class TestCalledProcesses:
    CALL = (
        '<callActivity id="call" calledElement="q"><extensionElements><camunda:in source="amount" target="sum"/>'
        '<camunda:out source="result" target="answer"/></extensionElements></callActivity>'
    )

    def test_a_called_process_is_a_case_of_its_own_in_the_same_transaction(self, desk: Desk) -> None:
        desk.deploy(
            p=model(START, self.CALL, user_task("after"), END, "s > call", "call > after", "after > e"),
            q=model('<startEvent id="qs"/>', user_task("inner"), '<endEvent id="qe"/>', "qs > inner", "inner > qe", key="q"),
        )
        case = desk.engine.instances.start(desk.actor("sue"), "p", {"amount": 3})
        (called,) = desk.engine.instances.get(desk.actor("sue"), case.id).called
        assert (called.definition_key, called.parent_id) == ("q", case.id)
        assert desk.engine.instances.variables(desk.actor("sue"), called.id) == {"sum": 3}
        desk.complete("sam", desk.open_tasks(case.id)["inner"], variables={"result": 9})
        assert list(desk.open_tasks(case.id)) == ["after"]
        assert desk.engine.instances.variables(desk.actor("sue"), case.id)["answer"] == 9
        assert desk.engine.instances.get(desk.actor("sue"), called.id).case.state is CaseState.COMPLETED

    def test_a_case_that_is_cancelled_takes_called_cases_with_it(self, desk: Desk) -> None:
        desk.deploy(
            p=model(START, self.CALL, END, "s > call", "call > e"),
            q=model('<startEvent id="qs"/>', user_task("inner"), '<endEvent id="qe"/>', "qs > inner", "inner > qe", key="q"),
        )
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        with pytest.raises(Forbidden):
            desk.engine.instances.cancel(desk.actor("sue"), case.id, "no longer needed")
        desk.engine.instances.cancel(desk.actor("ada"), case.id, "no longer needed")
        view = desk.engine.instances.get(desk.actor("sue"), case.id)
        assert view.case.state is CaseState.EXTERNALLY_TERMINATED
        assert [it.state for it in view.called] == [CaseState.EXTERNALLY_TERMINATED]
        assert desk.open_tasks(case.id) == {}


class TestMultiInstance:
    def test_every_item_has_a_task_with_its_own_value(self, desk: Desk) -> None:
        loop = '<multiInstanceLoopCharacteristics camunda:collection="lines" camunda:elementVariable="line"/>'
        task = f'<userTask id="a" name="a" camunda:candidateGroups="sales">{loop}</userTask>'
        desk.deploy(p=model(START, task, END, "s > a", "a > e"))
        case = desk.engine.instances.start(desk.actor("sue"), "p", {"lines": ["x", "y", "z"]})
        page = desk.engine.tasks.inbox(desk.actor("sam"), "claimable")
        assert page.total == 3
        values = [desk.engine.tasks.form_values(desk.actor("sam"), row.task_id or "").values["line"] for row in page.rows]
        assert sorted(map(str, values)) == ["x", "y", "z"]
        for row in page.rows:
            desk.complete("sam", row.task_id or "")
        assert desk.engine.instances.get(desk.actor("sue"), case.id).case.state is CaseState.COMPLETED


class TestDeadlines:
    MODEL = model(START, user_task("a", 'camunda:candidateGroups="sales"', '<crossdesk:deadline duration="2 wd"/>'), END, "s > a", "a > e")

    def test_a_task_is_reminded_escalated_and_brought_to_the_owner(self, desk: Desk) -> None:
        desk.deploy(p=self.MODEL)
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        task = desk.open_tasks(case.id)["a"]
        desk.engine.tasks.claim(desk.actor("sue"), task)
        desk.clock.move(days=1)
        assert desk.run_due() == 1
        desk.clock.move(days=1)
        assert desk.run_due() == 1
        assert desk.engine.tasks.get(desk.actor("sam"), task).added_users == ("sam",)
        desk.clock.move(days=1)
        assert desk.run_due() == 1
        assert desk.run_due() == 0
        entries = [e for e in desk.engine.history.entries(desk.actor("ada"), case.id) if e.actor == "system"]
        assert [e.events[0][0] for e in reversed(entries)] == ["UserTaskReminded", "UserTaskEscalated", "UserTaskEscalated"]

    def test_the_superior_may_take_an_escalated_task_over(self, desk: Desk) -> None:
        desk.deploy(p=self.MODEL)
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        task = desk.open_tasks(case.id)["a"]
        desk.engine.tasks.claim(desk.actor("sue"), task)
        with pytest.raises(Conflict):
            desk.engine.tasks.claim(desk.actor("sam"), task)
        desk.clock.move(days=2)
        desk.run_due()
        assert desk.engine.tasks.claim(desk.actor("sam"), task).assignee == "sam"

    def test_a_page_that_was_opened_before_the_deadline_is_still_good_for_who_has_the_task(self, desk: Desk) -> None:
        desk.deploy(p=self.MODEL)
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        sue = desk.actor("sue")
        task = desk.engine.tasks.claim(sue, desk.open_tasks(case.id)["a"])
        desk.clock.move(days=2)
        desk.run_due()
        assert desk.engine.tasks.get(sue, task.id).added_users == ("sam",)
        desk.engine.tasks.complete(sue, task.id, version=task.version)
        assert desk.open_tasks(case.id) == {}

    def test_a_task_that_is_done_is_never_escalated(self, desk: Desk) -> None:
        desk.deploy(p=self.MODEL)
        case = desk.engine.instances.start(desk.actor("fred"), "p")
        desk.complete("sue", desk.open_tasks(case.id)["a"])
        desk.clock.move(days=30)
        assert desk.run_due() == 0


class TestOwnRequests:
    APPROVAL = model(
        START,
        user_task("a", 'camunda:candidateGroups="sales:head"', '<crossdesk:outcome id="approve" kind="approve" name="Approve"/>'),
        END, "s > a", "a > e",
    )  # fmt: skip

    def test_nobody_approves_their_own_request(self, desk: Desk) -> None:
        desk.deploy(p=self.APPROVAL)
        case = desk.engine.instances.start(desk.actor("sam"), "p")
        task = desk.open_tasks(case.id)["a"]
        with pytest.raises(Forbidden):
            desk.engine.tasks.complete(desk.actor("sam"), task, outcome="approve")
        assert desk.engine.tasks.get(desk.actor("boss"), task).assignee == "boss"
        events = dict(desk.engine.history.entries(desk.actor("sam"), case.id)[0].events)
        assert events["UserTaskCreated"]["reason"] == "own-request-superior:boss"


class TestNotices:
    def test_people_hear_of_tasks_once(self, desk: Desk) -> None:
        desk.deploy(p=TestOwnRequests.APPROVAL)
        desk.engine.instances.start(desk.actor("sue"), "p")
        assert desk.engine.notices.unread(desk.actor("sam")) == 0
        assert desk.engine.notices.deliver() is None
        assert desk.engine.notices.deliver() is None
        assert [row.kind for row in desk.engine.notices.newest(desk.actor("sam"))] == ["task-assigned"]
        desk.engine.notices.mark_read(desk.actor("sam"))
        assert desk.engine.notices.unread(desk.actor("sam")) == 0

    def test_an_offer_is_taken_back_when_somebody_has_done_the_task(self, desk: Desk) -> None:
        desk.deploy(p=model(START, user_task("a"), user_task("b"), END, "s > a", "a > b", "b > e"))
        case = desk.engine.instances.start(desk.actor("fay"), "p")
        desk.engine.notices.deliver()
        assert [row.kind for row in desk.engine.notices.newest(desk.actor("sue"))] == ["task-offered"]
        desk.complete("sam", desk.open_tasks(case.id)["a"])
        desk.commits.clear()
        desk.engine.notices.deliver()
        assert {"sue", "sam"} <= desk.commits[-1].people
        assert [row.task_id for row in desk.engine.notices.newest(desk.actor("sue"))] == [desk.open_tasks(case.id)["b"]]

    def test_an_offer_that_comes_after_the_task_was_done_is_not_shown(self, desk: Desk) -> None:
        desk.deploy(p=model(START, user_task("a"), END, "s > a", "a > e"))
        case = desk.engine.instances.start(desk.actor("fay"), "p")
        desk.complete("sam", desk.open_tasks(case.id)["a"])
        assert desk.engine.notices.deliver() is None
        assert desk.engine.notices.newest(desk.actor("sue")) == []
        assert [row.kind for row in desk.engine.notices.newest(desk.actor("fay"))] == ["case-finished"]

    def test_a_mail_that_cannot_be_sent_is_sent_again(self, desk: Desk) -> None:
        desk.deploy(p=TestOwnRequests.APPROVAL)
        desk.engine.instances.start(desk.actor("sue"), "p")
        sent: list[str] = []

        def broken(notice: object) -> None:
            raise OSError("the mail server is away")

        again = desk.engine.notices.deliver(broken)
        assert again is not None
        assert desk.engine.notices.unread(desk.actor("sam")) == 1
        desk.clock.moment = again
        assert desk.engine.notices.deliver(lambda notice: sent.append(notice.person)) is None
        assert sent == ["sam"]
        assert desk.engine.notices.unread(desk.actor("sam")) == 1
