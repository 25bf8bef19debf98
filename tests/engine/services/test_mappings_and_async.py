"""Mappings of variables, listeners, and elements that begin or are left in a transaction of their own."""

from __future__ import annotations

import pytest

from engine.errors import InvalidRequest, NotFound
from engine.model import SYSTEM, CaseState
from engine.services.instructions import Instruction, InstructionKind
from engine.services.messages import Message
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_compensation import complete, is_over, start
from tests.engine.services.test_escalations_and_conditions import ESCALATION, escalation, opened
from tests.engine.services.test_events_and_jobs import MESSAGE, service

SETS = "${execution.setVariable('%s', %s)}"


def extended(name: str, inner: str, attributes: str = 'camunda:candidateGroups="sales"') -> str:
    return user_task(name, attributes, inner)


def mapping(*parts: str) -> str:
    return f"<camunda:inputOutput>{''.join(parts)}</camunda:inputOutput>"


def put(name: str, value: str) -> str:
    return f'<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>'


def out(name: str, value: str) -> str:
    return f'<camunda:outputParameter name="{name}">{value}</camunda:outputParameter>'


def values(desk: Desk, case: str) -> dict[str, object]:
    found = desk.engine.instances.variables(desk.actor("ada"), case)
    return {name: value for name, value in found.items() if name != "initiator"}


class TestMappings:
    def test_inputs_are_local_and_outputs_go_to_the_scope_around(self, desk: Desk) -> None:
        io = mapping(put("twice", "${n * 2}"), out("after", "${twice + 1}"))
        desk.deploy(p=model(START, extended("a", io), user_task("b"), END, "s > a", "a > b", "b > e"))
        case = start(desk, n=21)
        assert values(desk, case) == {"n": 21}
        task = desk.open_tasks(case)["a"]
        assert set(desk.engine.executions.local_variables(desk.actor("ada"), task)) == {"twice"}
        assert complete(desk, case, "a") == ["b"]
        assert values(desk, case) == {"n": 21, "after": 43}

    def test_lists_maps_and_nothing_are_values(self, desk: Desk) -> None:
        many = "<camunda:list><camunda:value>${n}</camunda:value><camunda:value>x</camunda:value></camunda:list>"
        named = '<camunda:map><camunda:entry key="k">${n}</camunda:entry></camunda:map>'
        script = '<camunda:script scriptFormat="feel">n + 1</camunda:script>'
        io = mapping(put("l", many), put("m", named), put("s", script), put("no", ""), out("all", "=[l, m, s, no]"))
        desk.deploy(p=model(START, extended("a", io), user_task("b"), END, "s > a", "a > b", "b > e"))
        case = start(desk, n=1)
        complete(desk, case, "a")
        assert values(desk, case)["all"] == [[1, "x"], {"k": 1}, 2, None]

    @pytest.mark.parametrize("unmapped", [True, False])
    def test_a_modification_and_a_start_by_hand_may_leave_them_out(self, desk: Desk, unmapped: bool) -> None:
        io = mapping(put("twice", "${n * 2}"), out("got", "${twice}"))
        passed = f'<task id="x"><extensionElements>{io}</extensionElements></task>'
        desk.deploy(p=model(START, extended("a", io), passed, user_task("b"), END, "s > a", "a > x", "x > b", "b > e"))
        steps = [Instruction(InstructionKind.BEFORE, "a"), Instruction(InstructionKind.BEFORE, "x")]
        ada = desk.actor("ada")
        case = desk.engine.instances.start(ada, "p", {"n": 21}, instructions=steps, unmapped=unmapped).id
        assert "got" not in values(desk, case) if unmapped else values(desk, case)["got"] == 42
        desk.engine.modification.modify(ada, case, [Instruction(InstructionKind.CANCEL, "a"), *steps], unmapped=unmapped)
        assert "got" not in values(desk, case) if unmapped else values(desk, case)["got"] == 42
        local = desk.engine.executions.local_variables(ada, desk.open_tasks(case)["a"])
        assert set(local) == (set() if unmapped else {"twice"})

    def test_what_is_mapped_after_such_a_start_is_mapped_as_ever(self, desk: Desk) -> None:
        desk.deploy(p=model(START, extended("a", mapping(out("got", "${n}"))), user_task("b"), END, "s > a", "a > b", "b > e"))
        steps = [Instruction(InstructionKind.BEFORE, "a")]
        case = desk.engine.instances.start(desk.actor("ada"), "p", {"n": 21}, instructions=steps, unmapped=True).id
        complete(desk, case, "a")
        assert values(desk, case)["got"] == 21

    def interrupted(self, desk: Desk, *outputs: str, **variables: object) -> str:
        """A case whose task was taken away by its boundary event."""
        boundary = '<boundaryEvent id="b" attachedToRef="a"><messageEventDefinition messageRef="m"/></boundaryEvent>'
        parts = START, extended("a", mapping(put("twice", "${n * 2}"), *outputs)), boundary, user_task("x"), END
        desk.deploy(p=model(*parts, "s > a", "a > e", "b > x", before=MESSAGE))
        case = start(desk, **variables)
        desk.engine.messages.correlate(WORKER, Message("confirmed", instance_id=case))
        assert opened(desk, case) == ["x"]
        return case

    def test_what_is_interrupted_is_mapped_out_as_far_as_it_has_come(self, desk: Desk) -> None:
        lacking = out("none", "${result}"), out("nothing", "= result"), out("kept", "${result + 1}")
        case = self.interrupted(desk, out("got", "${twice}"), *lacking, n=21, kept=7)
        assert values(desk, case) == {"n": 21, "got": 42, "kept": 7}

    def test_a_subprocess_that_is_left_by_an_error_is_mapped_out_too(self, desk: Desk) -> None:
        inner = '<startEvent id="i"/><endEvent id="t"><errorEventDefinition errorRef="bad"/></endEvent>' + user_task("a")
        inner += '<sequenceFlow id="i_a" sourceRef="i" targetRef="a"/><sequenceFlow id="a_t" sourceRef="a" targetRef="t"/>'
        io = f"<extensionElements>{mapping(put('twice', '${n * 2}'), out('got', '${twice}'))}</extensionElements>"
        boundary = '<boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition errorRef="bad"/></boundaryEvent>'
        parts = START, f'<subProcess id="sub">{io}{inner}</subProcess>', boundary, user_task("x"), END
        desk.deploy(p=model(*parts, "s > sub", "sub > e", "b > x", before='<error id="bad" errorCode="BAD"/>'))
        case = start(desk, n=21)
        assert complete(desk, case, "a") == ["x"]
        assert values(desk, case)["got"] == 42

    def test_the_instances_that_a_loop_takes_away_are_not(self, desk: Desk) -> None:
        loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality><completionCondition>"
        loop += "${nrOfCompletedInstances == 1}</completionCondition></multiInstanceLoopCharacteristics>"
        io = f"<extensionElements>{mapping(out('got', '${loopCounter}'))}</extensionElements>"
        many = f'<userTask id="a" camunda:candidateGroups="sales">{io}{loop}</userTask>'
        desk.deploy(p=model(START, many, user_task("x"), END, "s > a", "a > x", "x > e"))
        case = start(desk)
        first = desk.open_tasks(case)["a"]
        index = desk.engine.executions.local_variables(desk.actor("ada"), first)["loopCounter"]
        desk.complete("sam", first)
        assert values(desk, case) == {"got": int(index.text or "")}

    def test_a_case_that_is_ended_by_hand_is_not(self, desk: Desk) -> None:
        desk.deploy(p=model(START, extended("a", mapping(out("got", "${n}"))), END, "s > a", "a > e"))
        case = start(desk, n=1)
        desk.engine.instances.cancel(desk.actor("ada"), case, "wrong")
        events = [
            name
            for entry in desk.engine.history.entries(desk.actor("ada"), case)
            for name, fields in entry.events
            if fields.get("name") == "got"
        ]
        assert events == []

    def test_a_subprocess_has_its_own(self, desk: Desk) -> None:
        inner = f"<extensionElements>{mapping(put('inner', '${n}'), out('outer', '${inner}'))}</extensionElements>"
        sub = f'<subProcess id="sub">{inner}<startEvent id="i"/>{user_task("a", "camunda:assignee=" + chr(34) + "${inner}" + chr(34))}'
        sub += '<sequenceFlow id="i_a" sourceRef="i" targetRef="a"/></subProcess>'
        desk.deploy(p=model(START, sub, user_task("b"), END, "s > sub", "sub > b", "b > e"))
        case = start(desk, n="sam")
        assert complete(desk, case, "a") == ["b"]
        assert values(desk, case) == {"n": "sam", "outer": "sam"}


class TestListeners:
    def test_expressions_listen_to_start_and_end_create_and_complete(self, desk: Desk) -> None:
        listens = "".join(
            f'<camunda:{kind} event="{event}" expression="{SETS % (event, "true")}"/>'
            for kind, event in (
                ("executionListener", "start"), ("executionListener", "end"), ("taskListener", "create"), ("taskListener", "complete")
            )
        )  # fmt: skip
        desk.deploy(p=model(START, extended("a", listens), user_task("b"), END, "s > a", "a > b", "b > e"))
        case = start(desk)
        assert values(desk, case) == {"start": True, "create": True}
        complete(desk, case, "a")
        assert values(desk, case) == {"start": True, "create": True, "complete": True, "end": True}


class TestAsync:
    @pytest.mark.parametrize("attributes", ['camunda:asyncBefore="true"', 'camunda:async="true"'])
    def test_an_element_may_begin_in_a_transaction_of_its_own(self, desk: Desk, attributes: str) -> None:
        desk.deploy(p=model(START, service("h").replace("<serviceTask", f"<serviceTask {attributes}"), END, "s > h", "h > e"))
        case = start(desk)
        assert desk.handled == []
        assert desk.engine.jobs.next_due() == desk.clock.now()
        assert desk.run_due() == 1
        assert [context.element_id for context in desk.handled] == ["h"]
        assert is_over(desk, case)
        assert desk.engine.jobs.next_due() is None

    def test_it_may_be_left_in_one(self, desk: Desk) -> None:
        later = user_task("a", 'camunda:candidateGroups="sales" camunda:asyncAfter="true"')
        desk.deploy(p=model(START, later, user_task("b"), END, "s > a", "a > b", "b > e"))
        case = start(desk)
        assert complete(desk, case, "a") == []
        assert desk.run_due() == 1
        assert opened(desk, case) == ["b"]
        assert complete(desk, case, "b") == []
        assert is_over(desk, case)

    def test_one_that_fails_is_tried_again_and_then_an_incident(self, desk: Desk) -> None:
        task = '<serviceTask id="t" camunda:asyncBefore="true" camunda:expression="${missing + 1}"/>'
        desk.deploy(p=model(START, task, END, "s > t", "t > e"))
        case = start(desk)
        while (due := desk.engine.jobs.next_due()) is not None:
            desk.clock.moment = due
            desk.run_due()
        (incident,) = desk.engine.jobs.incidents(desk.actor("ada"))
        assert (incident.instance_id, incident.element_id) == (case, "t")

    def test_a_case_that_is_ended_takes_its_job_along(self, desk: Desk) -> None:
        desk.deploy(p=model(START, service("h").replace("<serviceTask", '<serviceTask camunda:asyncBefore="true"'), END, "s > h", "h > e"))
        case = start(desk)
        desk.engine.instances.cancel(desk.actor("ada"), case, "no longer needed")
        assert desk.engine.jobs.next_due() is None
        assert desk.engine.history.verify(desk.actor("axel")).findings == []


class TestExecutions:
    def test_the_tree_says_what_is_going_on(self, desk: Desk) -> None:
        loop = '<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">2</loopCardinality>'
        sub = f'<subProcess id="sub">{loop}</multiInstanceLoopCharacteristics>{user_task("x")}{user_task("y")}</subProcess>'
        desk.deploy(p=model(START, sub, user_task("a"), END, "s > sub", "s > a", "sub > e", "a > e"))
        case = start(desk)
        process, root = desk.engine.executions.tree(desk.actor("ada"), case)
        assert process.id == "p"
        assert sorted(it.element_id for it in root.children) == ["a", "sub#multiInstanceBody"]
        (body,) = [it for it in root.children if it.children]
        assert [[it.element_id for it in one.children] for one in body.children] == [["x", "y"]] * 2
        with pytest.raises(NotFound):
            desk.engine.executions.tree(desk.actor("fred"), case)

    def test_a_receive_task_goes_on_without_its_message_and_an_execution_takes_one(self, desk: Desk) -> None:
        parts = START, '<receiveTask id="r"/>', '<receiveTask id="q" messageRef="m"/>', user_task("a"), END
        desk.deploy(p=model(*parts, "s > r", "r > q", "q > a", "a > e", before=MESSAGE))
        case = start(desk)
        (execution,) = [it.id for it in desk.engine.executions.of_instance(desk.actor("ada"), case) if it.element_id == "r"]
        assert execution == case  # alone in its scope, it is the process instance
        with pytest.raises(InvalidRequest):
            desk.engine.executions.trigger(desk.actor("ada"), case, "confirmed")
        desk.engine.executions.signal(desk.actor("ada"), case, {"n": 1})
        (waiting,) = desk.engine.executions.subscriptions(desk.actor("ada"), case)
        assert (waiting.kind, waiting.name, waiting.element_id, waiting.execution_id) == ("message", "confirmed", "q", case)
        desk.engine.executions.trigger(desk.actor("ada"), case, "confirmed")
        assert opened(desk, case) == ["a"]
        with pytest.raises(InvalidRequest):
            desk.engine.executions.signal(desk.actor("ada"), case)

    def test_a_program_lets_a_task_fail_or_escalate(self, desk: Desk) -> None:
        fails = '<boundaryEvent id="f" attachedToRef="a"><errorEventDefinition errorRef="boom"/></boundaryEvent>'
        asks = f'<boundaryEvent id="y1" attachedToRef="a" cancelActivity="false">{escalation()}</boundaryEvent>'
        parts = START, user_task("a"), fails, asks, user_task("failed"), user_task("asked"), END
        before = ESCALATION + '<error id="boom" errorCode="boom"/>'
        desk.deploy(p=model(*parts, "s > a", "a > e", "f > failed", "y1 > asked", before=before))
        case, ada = start(desk), desk.actor("ada")
        task = desk.open_tasks(case)["a"]
        desk.engine.tasks.escalate(ada, task, "late", {"n": 1})
        assert opened(desk, case) == ["a", "asked"]
        with pytest.raises(InvalidRequest):
            desk.engine.tasks.escalate(ada, task, "unheard")
        desk.engine.tasks.fail(ada, task, "boom", "broken", {"n": 2})
        assert opened(desk, case) == ["asked", "failed"]
        assert desk.engine.history.variables(ada, case)["n"].text == "2"


def test_potential_owners_of_the_standard_are_asked(desk: Desk) -> None:
    owner = "<potentialOwner><resourceAssignmentExpression><formalExpression>user(sam), group(sales)</formalExpression>"
    task = f'<userTask id="a" camunda:candidateUsers="sue">{owner}</resourceAssignmentExpression></potentialOwner></userTask>'
    desk.deploy(p=model(START, task, END, "s > a", "a > e"))
    case = desk.engine.instances.start(SYSTEM, "p").id
    found = desk.engine.tasks.get(desk.actor("ada"), desk.open_tasks(case)["a"])
    assert (found.candidate_users, found.candidate_groups) == (("sam", "sue"), ("sales",))
    assert desk.engine.instances.get(desk.actor("ada"), case).case.state is CaseState.ACTIVE
