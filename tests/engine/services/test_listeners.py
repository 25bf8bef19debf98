"""Listeners: expressions that are called in Camunda 7's order, on elements, flows, processes and user tasks. Each notes its call."""

from __future__ import annotations

import pytest

from engine.errors import ModelFault
from engine.services.instructions import Instruction, InstructionKind
from engine.services.messages import Message
from tests.engine.services.conftest import START, WORKER, Desk, model, user_task
from tests.engine.services.test_compensation import complete, is_over, start
from tests.engine.services.test_escalations_and_conditions import opened
from tests.engine.services.test_events_and_jobs import MESSAGE, timer
from tests.engine.services.test_mappings_and_async import values

OF_TASK = ("create", "assignment", "update", "complete", "delete")
BY_MESSAGE = '<messageEventDefinition messageRef="m"/>'


def note(event: str, name: str, kind: str = "executionListener", inner: str = "") -> str:
    """A listener that adds to the variable `log` that it was called."""
    owner = "task" if kind == "taskListener" else "execution"
    sets = f"${{{owner}.setVariable('log', log.concat(' {name}.{event}'))}}"
    return f'<camunda:{kind} event="{event}" expression="{sets}">{inner}</camunda:{kind}>'


def both(name: str) -> str:
    return note("start", name) + note("end", name)


def extended(*inner: str) -> str:
    return f"<extensionElements>{''.join(inner)}</extensionElements>"


def flow(source: str, target: str) -> str:
    """A flow that notes when it is taken."""
    listener = extended(note("take", f"{source}>{target}"))
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{listener}</sequenceFlow>'


def task(name: str, *inner: str, attributes: str = 'camunda:candidateGroups="sales"') -> str:
    """A user task that notes everything."""
    return user_task(name, attributes, both(name) + "".join(note(event, name, "taskListener") for event in OF_TASK) + "".join(inner))


def boundary(host: str) -> str:
    return f'<boundaryEvent id="b" attachedToRef="{host}">{extended(both("b"))}{BY_MESSAGE}</boundaryEvent>'


def begin(desk: Desk, *parts: str, **files: str) -> str:
    desk.deploy(**files, p=model(*parts, before=MESSAGE))
    return start(desk, log="")


def log(desk: Desk, case: str) -> list[str]:
    """What was called since the start, also of a case that has ended."""
    history = desk.engine.history.variables(desk.actor("ada"), case)
    return str(history["log"].text).strip('"').split()


def called(desk: Desk, case: str, before: int = 0) -> str:
    return " ".join(log(desk, case)[before:])


END = f'<endEvent id="e">{extended(both("e"))}</endEvent>'
LISTENING = extended(both("P"))


class TestOrder:
    def test_a_process_its_flows_and_its_task_are_told_of_in_the_order_of_camunda(self, desk: Desk) -> None:
        mapping = '<camunda:inputOutput><camunda:outputParameter name="log">${log.concat(" out")}</camunda:outputParameter>'
        case = begin(desk, LISTENING, START, task("a", mapping + "</camunda:inputOutput>"), END, flow("s", "a"), flow("a", "e"))
        assert called(desk, case) == "P.start s>a.take a.start a.create"
        complete(desk, case, "a")
        assert called(desk, case, 4) == "a.update a.assignment a.complete a.end out a>e.take e.start e.end P.end"

    def test_whoever_has_a_task_at_once_is_assigned_when_it_is_created(self, desk: Desk) -> None:
        case = begin(desk, START, task("a", attributes='camunda:assignee="sam"'), END, "s > a", "a > e")
        assert called(desk, case) == "a.start a.create a.assignment"

    def test_a_called_process_has_its_own_and_they_see_what_was_mapped_in(self, desk: Desk) -> None:
        inside = model(extended(both("Q")), START, task("a"), '<endEvent id="e"/>', "s > a", "a > e", key="q")
        mapped = '<camunda:in source="log" target="log"/><camunda:out source="log" target="within"/>'
        call = f'<callActivity id="c" calledElement="q">{extended(both("c"), mapped)}</callActivity>'
        case = begin(desk, LISTENING, START, call, user_task("z"), END, "s > c", "c > z", "z > e", q=inside)
        complete(desk, case, "a")
        assert values(desk, case)["log"] == " P.start c.start c.end"
        assert str(values(desk, case)["within"]).split() == [
            "P.start", "c.start", "Q.start", "a.start", "a.create", "a.update", "a.assignment", "a.complete", "a.end", "Q.end"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("interrupts", "after"),
        [("true", "a.end a.delete v.start vs.start vs.end v.end P.end"), ("false", "v.start vs.start vs.end v.end")],
    )
    def test_event_subprocesses_and_their_starts_are_told_of(self, desk: Desk, interrupts: str, after: str) -> None:
        begins = f'<startEvent id="vs" isInterrupting="{interrupts}">{extended(both("vs"))}{BY_MESSAGE}</startEvent>'
        ends = '<endEvent id="ve"/><sequenceFlow id="vs_ve" sourceRef="vs" targetRef="ve"/>'
        handler = f'<subProcess id="v" triggeredByEvent="true">{extended(both("v"))}{begins}{ends}</subProcess>'
        case = begin(desk, LISTENING, START, task("a"), '<endEvent id="e"/>', handler, "s > a", "a > e")
        desk.engine.messages.correlate(WORKER, Message("confirmed", instance_id=case))
        assert called(desk, case, 3) == after

    def test_the_event_behind_an_event_based_gateway_is_told_of_and_its_flow_is_not(self, desk: Desk) -> None:
        gateway = f'<eventBasedGateway id="g">{extended(both("g"))}</eventBasedGateway>'
        catches = f'<intermediateCatchEvent id="c">{extended(both("c"))}{BY_MESSAGE}</intermediateCatchEvent>'
        case = begin(desk, START, gateway, catches, END, flow("s", "g"), flow("g", "c"), flow("c", "e"))
        desk.engine.messages.correlate(WORKER, Message("confirmed", instance_id=case))
        assert called(desk, case) == "s>g.take g.start g.end c.start c.end c>e.take e.start e.end"

    def test_a_token_that_is_put_onto_a_flow_by_hand_takes_it(self, desk: Desk) -> None:
        case = begin(desk, START, task("a"), task("z"), END, "s > a", flow("a", "z"), "z > e")
        onto = Instruction(InstructionKind.TRANSITION, "a_z", variables={"log": "then"})
        after = Instruction(InstructionKind.AFTER, "a")
        desk.engine.modification.modify(desk.actor("ada"), case, [onto, after])
        assert called(desk, case) == "then a>z.take z.start z.create a>z.take z.start z.create"


class TestInterruption:
    def test_what_is_interrupted_tells_its_end_and_its_task_that_it_is_gone(self, desk: Desk) -> None:
        inner = f'<startEvent id="us"/>{task("a")}<sequenceFlow id="us_a" sourceRef="us" targetRef="a"/>'
        sub = f'<subProcess id="u">{extended(both("u"))}{inner}</subProcess>'
        case = begin(desk, START, sub, boundary("u"), END, "s > u", "u > e", flow("b", "e"))
        desk.engine.messages.correlate(WORKER, Message("confirmed", instance_id=case))
        assert called(desk, case, 3) == "a.end a.delete u.end b.start b.end b>e.take e.start e.end"
        assert is_over(desk, case)

    def test_a_case_that_is_ended_tells_it_from_the_inside_out(self, desk: Desk) -> None:
        case = begin(desk, LISTENING, START, task("a"), END, "s > a", "a > e")
        desk.engine.instances.cancel(desk.actor("ada"), case, "no longer needed")
        assert called(desk, case, 3) == "a.end a.delete P.end"

    def test_a_case_with_a_listener_that_fails_is_ended_without_its_listeners(self, desk: Desk) -> None:
        broken = '<camunda:executionListener event="end" expression="${missing + 1}"/>'
        case = begin(desk, LISTENING, START, user_task("a", inner=broken), END, "s > a", "a > e")
        away = [Instruction(InstructionKind.CANCEL, "a"), Instruction(InstructionKind.BEFORE, "a")]
        with pytest.raises(ModelFault):
            desk.engine.modification.modify(desk.actor("ada"), case, away)
        desk.engine.modification.modify(desk.actor("ada"), case, away, silently=True)
        assert opened(desk, case) == ["a"]
        desk.engine.instances.cancel(desk.actor("ada"), case, "no longer needed")
        assert opened(desk, case) == []
        assert called(desk, case) == "P.start"

    def test_an_error_that_nobody_catches_ends_an_activity_too(self, desk: Desk) -> None:
        case = begin(desk, LISTENING, START, task("a"), END, "s > a", "a > e")
        desk.engine.tasks.fail(desk.actor("ada"), desk.open_tasks(case)["a"], "boom")
        assert called(desk, case, 3) == "a.end a.delete P.end"

    def test_of_several_instances_each_is_told_of(self, desk: Desk) -> None:
        loop = '<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">2</loopCardinality>'
        loop += '<completionCondition xsi:type="tFormalExpression">${nrOfCompletedInstances == 1}</completionCondition>'
        many = task("a").replace("</userTask>", f"{loop}</multiInstanceLoopCharacteristics></userTask>")
        case = begin(desk, START, many, user_task("z"), END, "s > a", "a > z", "z > e")
        assert called(desk, case) == "a.start a.create a.start a.create"
        complete(desk, case, "a")
        assert called(desk, case, 4) == "a.update a.assignment a.complete a.end a.end a.delete"


class TestTasks:
    def test_each_change_of_a_task_is_an_update_and_one_of_its_assignee_an_assignment(self, desk: Desk) -> None:
        case = begin(desk, START, task("a"), END, "s > a", "a > e")
        ada, sam, tasks = desk.actor("ada"), desk.actor("sam"), desk.engine.tasks
        name, seen = desk.open_tasks(case)["a"], len(log(desk, case))
        for change, told in (
            (lambda: tasks.claim(sam, name), "a.update a.assignment"),
            (lambda: tasks.release(sam, name), "a.update a.assignment"),
            (lambda: tasks.assign(ada, name, "sue"), "a.update a.assignment"),
            (lambda: tasks.delegate(ada, name, "sam"), "a.update a.assignment"),
            (lambda: tasks.resolve(ada, name), "a.update a.assignment"),
            (lambda: tasks.reassign(ada, name, "sam", "knows it"), "a.update a.assignment"),
            (lambda: desk.engine.variables.change_at_task(ada, name, {"mine": 1}, local=True), "a.update"),
            (lambda: desk.engine.variables.change_at_task(ada, name, {"ours": 1}), ""),
        ):
            change()
            assert called(desk, case, seen) == told
            seen = len(log(desk, case))

    def test_a_listener_reads_the_task(self, desk: Desk) -> None:
        reads = '<camunda:taskListener event="assignment" expression="${task.setVariable(\'who\', task.assignee)}"/>'
        says = "${task.setVariable('what', task.name.concat(' ').concat(task.eventName))}"
        case = begin(
            desk, START, user_task("a", inner=f'{reads}<camunda:taskListener event="create" expression="{says}"/>'), END, "s > a", "a > e"
        )
        desk.engine.tasks.claim(desk.actor("sue"), desk.open_tasks(case)["a"])
        found = values(desk, case)
        assert (found["who"], found["what"]) == ("sue", "a create")

    def test_what_a_listener_writes_may_end_the_task(self, desk: Desk) -> None:
        writes = '<camunda:taskListener event="assignment" expression="${task.setVariable(\'gone\', true)}"/>'
        condition = '<conditionalEventDefinition><condition xsi:type="tFormalExpression">${gone}</condition></conditionalEventDefinition>'
        catches = f'<boundaryEvent id="b" attachedToRef="a">{condition}</boundaryEvent>'
        case = begin(desk, START, user_task("a", inner=writes), catches, user_task("z"), END, "s > a", "a > e", "b > z", "z > e")
        assert desk.engine.tasks.claim(desk.actor("sam"), desk.open_tasks(case)["a"]).assignee == "sam"
        assert opened(desk, case) == ["z"]


class TestTimeouts:
    def timed(self, text: str, *more: str) -> str:
        return user_task("a", inner=note("timeout", "a", "taskListener", text) + "".join(more))

    def test_a_listener_is_called_when_its_time_comes_and_the_task_stays(self, desk: Desk) -> None:
        case = begin(desk, START, self.timed(timer("PT1H"), note("update", "a", "taskListener")), END, "s > a", "a > e")
        (job,) = desk.engine.jobs.all(desk.actor("ada"))
        assert (job.kind, job.element_id) == ("timeout", "a")
        assert desk.run_due() == 0
        desk.clock.moment = desk.engine.jobs.next_due() or desk.clock.moment
        assert desk.run_due() == 1
        assert called(desk, case) == "a.timeout"
        assert opened(desk, case) == ["a"]
        assert desk.engine.jobs.next_due() is None

    def test_a_cycle_calls_it_again_and_it_goes_with_its_task(self, desk: Desk) -> None:
        cycle = '<timerEventDefinition><timeCycle xsi:type="tFormalExpression">R2/PT1H</timeCycle></timerEventDefinition>'
        endless = cycle.replace("R2", "R")
        case = begin(desk, START, self.timed(cycle, note("timeout", "x", "taskListener", endless)), END, "s > a", "a > e")
        for _ in range(3):
            desk.clock.moment = desk.engine.jobs.next_due() or desk.clock.moment
            desk.run_due()
        assert sorted(log(desk, case)) == ["a.timeout"] * 2 + ["x.timeout"] * 3
        complete(desk, case, "a")
        assert desk.engine.jobs.next_due() is None
        assert desk.engine.history.verify(desk.actor("axel")).findings == []

    def test_one_that_fails_is_an_incident_of_its_task(self, desk: Desk) -> None:
        broken = f'<camunda:taskListener event="timeout" expression="${{missing + 1}}">{timer("PT1H")}</camunda:taskListener>'
        case = begin(desk, START, user_task("a", inner=broken), END, "s > a", "a > e")
        while (due := desk.engine.jobs.next_due()) is not None:
            desk.clock.moment = due
            desk.run_due()
        (incident,) = desk.engine.jobs.incidents(desk.actor("ada"))
        assert (incident.instance_id, incident.element_id) == (case, "a")
        complete(desk, case, "a")
        assert desk.engine.jobs.incidents(desk.actor("ada")) == []
