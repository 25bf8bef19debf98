"""Escalations, conditional events and timer cycles."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Forbidden
from engine.model import SYSTEM, CaseState
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_events_and_jobs import service, timer

ESCALATION = '<escalation id="x" escalationCode="late"/><escalation id="y" escalationCode="lost"/>'


def escalation(ref: str = "x", variable: str = "") -> str:
    return f'<escalationEventDefinition escalationRef="{ref}" {variable and f"camunda:escalationCodeVariable={variable!r}"}/>'


def condition(text: str, attributes: str = "") -> str:
    return (
        f'<conditionalEventDefinition {attributes}><condition xsi:type="tFormalExpression">{text}</condition></conditionalEventDefinition>'
    )


def start(desk: Desk, **variables: object) -> str:
    return desk.engine.instances.start(SYSTEM, "p", variables).id


def opened(desk: Desk, case: str) -> list[str]:
    """The elements of the open tasks, as often as they are open."""
    with desk.engine.database.read() as connection:
        query = "select element_id from user_task where root_id = '{}' order by element_id"
        return list(connection.exec_driver_sql(query.format(case)).scalars())


def told(desk: Desk, case: str) -> list[str]:
    return [name for entry in desk.engine.history.entries(SYSTEM, case) for name, _ in entry.events]


def change(desk: Desk, case: str, **values: object) -> None:
    desk.engine.variables.change(desk.actor("ada"), case, values)


class TestEscalations:
    @pytest.mark.parametrize(("interrupts", "after"), [("true", ["caught"]), ("false", ["caught", "inner"])])
    def test_a_boundary_event_catches_and_the_thrower_goes_on_unless_it_is_interrupted(
        self, desk: Desk, interrupts: str, after: list[str]
    ) -> None:
        throw = f'<intermediateThrowEvent id="t">{escalation()}</intermediateThrowEvent>'
        flows = '<sequenceFlow id="i_t" sourceRef="i" targetRef="t"/><sequenceFlow id="t_n" sourceRef="t" targetRef="inner"/>'
        sub = f'<subProcess id="sub"><startEvent id="i"/>{throw}{user_task("inner")}{flows}</subProcess>'
        boundary = f'<boundaryEvent id="b" attachedToRef="sub" cancelActivity="{interrupts}">{escalation(variable="why")}</boundaryEvent>'
        desk.deploy(p=model(START, sub, boundary, user_task("caught"), END, "s > sub", "sub > e", "b > caught", before=ESCALATION))
        case = start(desk)
        assert opened(desk, case) == after
        assert desk.engine.instances.variables(desk.actor("ada"), case)["why"] == "late"

    def test_who_throws_goes_on_before_who_catches(self, desk: Desk) -> None:
        inside = f'<startEvent id="i"/>{user_task("a")}<endEvent id="t">{escalation()}</endEvent>'
        inside += '<sequenceFlow id="i_a" sourceRef="i" targetRef="a"/><sequenceFlow id="a_t" sourceRef="a" targetRef="t"/>'
        boundary = f'<boundaryEvent id="b" attachedToRef="sub" cancelActivity="false">{escalation()}</boundaryEvent>'
        stop = '<endEvent id="e"><terminateEventDefinition/></endEvent>'
        parts = START, f'<subProcess id="sub">{inside}</subProcess>', boundary, user_task("caught"), stop
        desk.deploy(p=model(*parts, "s > sub", "sub > e", "b > caught", before=ESCALATION))
        case = start(desk)
        desk.complete("sam", desk.open_tasks(case)["a"])
        assert desk.engine.instances.get(desk.actor("ada"), case).case.state is CaseState.COMPLETED
        assert told(desk, case).count("UserTaskCreated") == 1, "the task of who catches was made, and cancelled at once"

    def test_an_inner_catch_all_comes_before_an_outer_exact_code_and_nobody_need_catch(self, desk: Desk) -> None:
        inner = f'<startEvent id="i"/><endEvent id="t">{escalation("y")}</endEvent><sequenceFlow id="i_t" sourceRef="i" targetRef="t"/>'
        handler = '<startEvent id="hs" isInterrupting="false"><escalationEventDefinition/></startEvent>' + user_task("all")
        handler = f'<subProcess id="h" triggeredByEvent="true">{handler}<sequenceFlow id="f" sourceRef="hs" targetRef="all"/></subProcess>'
        boundary = f'<boundaryEvent id="b" attachedToRef="sub">{escalation("y")}</boundaryEvent>'
        end = f'<endEvent id="e">{escalation("x")}</endEvent>'
        parts = START, f'<subProcess id="sub">{inner}{handler}</subProcess>', boundary, user_task("exact"), end
        desk.deploy(p=model(*parts, "s > sub", "sub > e", "b > exact", before=ESCALATION))
        case = start(desk)
        assert opened(desk, case) == ["all"]
        desk.complete("sam", desk.open_tasks(case)["all"])
        assert desk.engine.instances.get(desk.actor("ada"), case).case.state is CaseState.COMPLETED
        assert "EscalationUncaught" in told(desk, case)

    @pytest.mark.parametrize("thrown", ["escalation", "error"])
    @pytest.mark.parametrize("caught", ["call", "subprocess", "event subprocess", "caller of the caller"])
    def test_what_is_thrown_out_of_called_processes_takes_their_results_along(self, desk: Desk, thrown: str, caught: str) -> None:
        definition = escalation() if thrown == "escalation" else '<errorEventDefinition errorRef="bad"/>'
        declared = {"before": f'{ESCALATION}<error id="bad" errorCode="BAD"/>'}
        inner = model(
            START, user_task("inner"), f'<endEvent id="t">{definition}</endEvent>', "s > inner", "inner > t", key="called", **declared
        )
        maps = '<extensionElements><camunda:in variables="all"/><camunda:out source="n" target="{}"/></extensionElements>'
        middle = f'<callActivity id="c" calledElement="called">{maps.format("n")}</callActivity>'
        desk.deploy(called=inner, middle=model(START, middle, END, "s > c", "c > e", key="middle", **declared))
        target = "middle" if caught == "caller of the caller" else "called"
        call = f'<callActivity id="c" calledElement="{target}">{maps.format("out")}</callActivity>'
        parts, flows = [call, END, user_task("caught")], ["c > e", "s > c", "b > caught"]
        if caught == "subprocess":
            parts[0], flows[:2] = f'<subProcess id="sub">{call}</subProcess>', ["sub > e", "s > sub"]
        if caught == "event subprocess":
            begins = f'<startEvent id="b">{definition}</startEvent><sequenceFlow id="b_caught" sourceRef="b" targetRef="caught"/>'
            parts[2], flows = f'<subProcess id="handler" triggeredByEvent="true">{begins}{parts[2]}</subProcess>', flows[:2]
        else:
            parts.append(f'<boundaryEvent id="b" attachedToRef="{"sub" if caught == "subprocess" else "c"}">{definition}</boundaryEvent>')
        desk.deploy(p=model(START, *parts, *flows, **declared))
        case = start(desk, n=42)
        desk.complete("sam", desk.open_tasks(case)["inner"])
        assert opened(desk, case) == ["caught"]
        assert desk.engine.instances.variables(desk.actor("ada"), case)["out"] == 42


class TestConditions:
    CATCH = model(
        START, f'<intermediateCatchEvent id="c">{condition("${n &gt; 3}")}</intermediateCatchEvent>', user_task("a"), END,
        "s > c", "c > a", "a > e",
    )  # fmt: skip

    def test_a_token_waits_until_the_condition_is_true(self, desk: Desk) -> None:
        desk.deploy(p=self.CATCH)
        case = start(desk)  # an unknown variable is no fault here
        assert opened(desk, case) == []
        change(desk, case, n=2)
        assert opened(desk, case) == []
        change(desk, case, n=4)
        assert opened(desk, case) == ["a"]

    def test_a_condition_that_is_true_already_is_passed(self, desk: Desk) -> None:
        desk.deploy(p=self.CATCH)
        assert opened(desk, start(desk, n=4)) == ["a"]

    def test_one_that_interrupts_nothing_happens_at_every_change_that_it_sees(self, desk: Desk) -> None:
        boundary = f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{condition("${n &gt; 3}")}</boundaryEvent>'
        desk.deploy(p=model(START, user_task("a"), boundary, user_task("x"), END, "s > a", "a > e", "b > x"))
        case = start(desk, n=1)
        change(desk, case, n=4)
        change(desk, case, n=5)
        change(desk, case, n=2)
        assert opened(desk, case) == ["a", "x", "x"]

    def test_only_the_variable_and_the_kind_of_change_that_it_names_count(self, desk: Desk) -> None:
        only = condition("${true}", 'camunda:variableName="m" camunda:variableEvents="update, delete"')
        handler = f'<startEvent id="i" isInterrupting="false">{only}</startEvent>{user_task("h")}'
        handler = f'<subProcess id="esp" triggeredByEvent="true">{handler}<sequenceFlow id="i_h" sourceRef="i" targetRef="h"/></subProcess>'
        desk.deploy(p=model(START, user_task("a"), handler, END, "s > a", "a > e"))
        case = start(desk)
        before = opened(desk, case)  # as in Camunda 7, a condition that holds when it is armed happens at once
        change(desk, case, n=1)
        change(desk, case, m=1)
        assert opened(desk, case) == before == ["a", "h"]
        change(desk, case, m=2)
        assert opened(desk, case) == ["a", "h", "h"]

    def test_a_service_task_may_end_the_subprocess_around_it(self, desk: Desk) -> None:
        sets = '<serviceTask id="t" camunda:expression="${execution.setVariable(\'stop\', true)}"/>'
        inside = f'<startEvent id="i"/>{sets}{user_task("after")}'
        inside += '<sequenceFlow id="i_t" sourceRef="i" targetRef="t"/><sequenceFlow id="t_n" sourceRef="t" targetRef="after"/>'
        boundary = f'<boundaryEvent id="b" attachedToRef="sub">{condition("${stop}")}</boundaryEvent>'
        desk.deploy(
            p=model(START, f'<subProcess id="sub">{inside}</subProcess>', boundary, user_task("x"), END, "s > sub", "sub > e", "b > x")
        )
        assert opened(desk, start(desk)) == ["x"]

    def test_a_condition_starts_a_case_when_a_client_asks(self, desk: Desk) -> None:
        begin = f'<startEvent id="s">{condition("${n &gt; 3}")}</startEvent>'
        desk.deploy(p=model(begin, user_task("a"), END, "s > a", "a > e"))
        assert desk.engine.conditions.evaluate(WORKER, {"n": 3}) == []
        assert desk.engine.conditions.evaluate(WORKER, {}) == []
        (case,) = desk.engine.conditions.evaluate(WORKER, {"n": 4}, business_key="K")
        assert opened(desk, case.id) == ["a"]
        assert case.business_key == "K"
        with pytest.raises(Forbidden):
            desk.engine.conditions.evaluate(desk.actor("sue"), {"n": 4})


class TestCycles:
    def cycle(self, desk: Desk, text: str) -> str:
        boundary = f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{timer(text, "timeCycle")}</boundaryEvent>'
        desk.deploy(p=model(START, user_task("a"), boundary, service("h"), END, "s > a", "a > e", "b > h"))
        return start(desk)

    def test_a_cycle_fires_as_often_as_it_says(self, desk: Desk) -> None:
        self.cycle(desk, "R3/PT1H")
        for _ in range(5):
            desk.clock.move(hours=1)
            desk.run_due()
        assert len(desk.handled) == 3
        assert desk.engine.jobs.next_due() is None

    def test_a_cycle_without_a_number_goes_on_until_its_activity_ends(self, desk: Desk) -> None:
        case = self.cycle(desk, "R/PT1H")
        for _ in range(5):
            desk.clock.move(hours=1)
            desk.run_due()
        assert len(desk.handled) == 5
        desk.complete("sam", desk.open_tasks(case)["a"])
        assert desk.engine.jobs.next_due() is None

    def test_cron_is_read_on_the_clock_of_the_company(self, desk: Desk) -> None:
        self.cycle(desk, "0 30 9 * * ?")
        due = desk.engine.jobs.next_due()
        assert due is not None
        with desk.engine.database.read() as connection:
            local = desk.engine.runtime.calendar(connection).local(due)
        assert (local.hour, local.minute, local.second) == (9, 30, 0)
        desk.clock.moment = due
        desk.run_due()
        assert desk.engine.jobs.next_due() == due + timedelta(days=1)

    def test_a_cycle_starts_cases(self, desk: Desk) -> None:
        desk.deploy(p=model(f'<startEvent id="s">{timer("R2/PT1H", "timeCycle")}</startEvent>', service("h"), END, "s > h", "h > e"))
        for _ in range(4):
            desk.clock.move(hours=1)
            desk.run_due()
        assert len({context.case.id for context in desk.handled}) == 2
        assert desk.engine.jobs.next_due() is None

    def test_one_that_only_waits_or_interrupts_fires_once(self, desk: Desk) -> None:
        catch = f'<intermediateCatchEvent id="c">{timer("0 0/5 * * * ?", "timeCycle")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, catch, user_task("a"), END, "s > c", "c > a", "a > e"))
        case = start(desk)
        desk.clock.move(minutes=5)
        assert desk.run_due() == 1
        assert opened(desk, case) == ["a"]
        assert desk.engine.jobs.next_due() is None
