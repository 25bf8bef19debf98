"""Processes that begin by a receive task or an event-based gateway that no flow leads to (BPMN 2.0, 10.3.3 and 13.2)."""

from datetime import timedelta

import pytest

from engine.errors import CorrelationMismatch, ModelFault
from engine.services.messages import Message

from .conftest import END, WORKER, Desk, model, user_task
from .examples.parts import DECLARED, MESSAGE, SIGNAL, TIMER, event, extended

LISTENS = "".join(
    f"<camunda:executionListener event=\"{name}\" expression=\"${{execution.setVariable('{name}', 'yes')}}\"/>" for name in ("start", "end")
)
RECEIVES = '<receiveTask id="r" messageRef="m" instantiate="true">{}</receiveTask>'
BEGINS = model(RECEIVES.format(""), user_task("a"), END, "r > a", "a > e", before=DECLARED)
MAPPED = extended('<camunda:inputOutput><camunda:outputParameter name="got">${n}</camunda:outputParameter></camunda:inputOutput>')


def begin(desk: Desk, **said: object) -> str:
    (done,) = desk.engine.messages.correlate(WORKER, Message("M", **said))
    assert done.started is not None
    return done.instance_id


def told(desk: Desk, case_id: str) -> list[tuple[str, object]]:
    entries = desk.engine.history.entries(desk.actor("ada"), case_id)
    return [(name, fields.get("element")) for entry in entries for name, fields in entry.events if name.startswith("Element")]


def test_a_case_begins_by_the_message_and_the_task_is_completed_by_it(desk: Desk):
    desk.deploy(p=BEGINS)
    case_id = begin(desk, business_key="K", variables={"n": 1})
    assert desk.open_tasks(case_id).keys() == {"a"}
    assert told(desk, case_id)[:2] == [("ElementEntered", "r"), ("ElementLeft", "r")]
    assert desk.engine.instances.get(desk.actor("ada"), case_id).case.business_key == "K"
    assert desk.engine.executions.subscriptions(desk.actor("ada"), case_id) == []


def test_only_the_newest_version_begins_and_each_message_makes_one_case(desk: Desk):
    desk.deploy(p=BEGINS)
    desk.deploy(p=BEGINS.replace("<process ", "<!-- changed --><process ", 1))
    first, second = begin(desk), begin(desk)
    assert first != second
    assert desk.engine.instances.get(desk.actor("ada"), first).case.definition_id.startswith("p:2:")


def test_a_message_begins_a_case_whatever_its_keys_are_but_not_inside_of_an_instance(desk: Desk):
    desk.deploy(p=BEGINS)
    assert begin(desk, correlation_keys={"n": 1}) != begin(desk, local_keys={"n": 1})
    with pytest.raises(CorrelationMismatch):
        desk.engine.messages.correlate(WORKER, Message("M", instance_id="gone"))


def test_what_the_task_maps_out_reads_what_came_with_the_message(desk: Desk):
    desk.deploy(p=model(RECEIVES.format(MAPPED), user_task("a"), END, "r > a", "a > e", before=DECLARED))
    case_id = begin(desk, variables={"n": 7})
    assert desk.engine.instances.variables(desk.actor("ada"), case_id)["got"] == 7


def test_its_listeners_are_called(desk: Desk):
    desk.deploy(p=model(RECEIVES.format(extended(LISTENS)), user_task("a"), END, "r > a", "a > e", before=DECLARED))
    variables = desk.engine.instances.variables(desk.actor("ada"), begin(desk))
    assert (variables["start"], variables["end"]) == ("yes", "yes")


def test_the_other_tasks_that_begin_the_process_are_not_waited_for(desk: Desk):
    other = '<message id="m2" name="M2"/>'
    second = '<receiveTask id="r2" messageRef="m2" instantiate="true"/>'
    desk.deploy(p=model(RECEIVES.format(""), second, user_task("a"), END, "r > a", "r2 > a", "a > e", before=DECLARED + other))
    case_id = begin(desk)
    assert desk.open_tasks(case_id).keys() == {"a"}
    with pytest.raises(CorrelationMismatch):
        desk.engine.messages.correlate(WORKER, Message("M2", instance_id=case_id))


def test_beside_a_start_event_the_task_begins_cases_by_its_message_alone(desk: Desk):
    start = '<startEvent id="s"/>'
    desk.deploy(p=model(start, RECEIVES.format(""), user_task("a"), END, "s > a", "r > a", "a > e", before=DECLARED))
    by_hand = desk.engine.instances.start(desk.actor("ada"), "p").id
    assert desk.open_tasks(by_hand).keys() == {"a"}
    assert desk.open_tasks(begin(desk)).keys() == {"a"}


def test_a_gateway_for_all_begins_a_case_by_the_first_event_and_the_others_find_it(desk: Desk):
    catch = (f'<intermediateCatchEvent id="c{n}"><messageEventDefinition messageRef="{n}"/></intermediateCatchEvent>' for n in "xyz")
    gateway = '<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/><parallelGateway id="j"/>'
    flows = [f for n in "xyz" for f in (f"g > c{n}", f"c{n} > j")]
    declared = "".join(f'<message id="{n}" name="{n.upper()}"/>' for n in "xyz")
    desk.deploy(p=model(gateway, *catch, user_task("a"), END, *flows, "j > a", "a > e", before=declared))

    def sent(name: str, key: str) -> tuple[str, bool]:
        (done,) = desk.engine.messages.correlate(WORKER, Message(name, business_key=key))
        return done.instance_id, done.started is not None

    first, began = sent("Y", "1")
    assert began
    assert sorted(it.name for it in desk.engine.executions.subscriptions(desk.actor("ada"), first)) == ["X", "Z"]
    second, began = sent("X", "2")
    assert (began, second != first) == (True, True)
    assert [sent("X", "1"), desk.open_tasks(first), sent("Z", "1")] == [(first, False), {}, (first, False)]
    assert desk.open_tasks(first).keys() == {"a"}
    assert desk.open_tasks(second) == {}
    third, began = sent("X", "2")  # it has come in the second already
    assert began
    assert [it.name for it in desk.engine.executions.subscriptions(desk.actor("ada"), third)] == ["Y", "Z"]


def test_a_gateway_for_all_waits_for_its_timer_too_and_a_case_without_more_flows_stays_open(desk: Desk):
    waits = event("intermediateCatchEvent", "c", MESSAGE), event("intermediateCatchEvent", "late", TIMER)
    gateway = '<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>'
    desk.deploy(p=model(gateway, *waits, "g > c", "g > late", before=DECLARED))
    case_id = begin(desk)
    assert desk.engine.instances.get(desk.actor("ada"), case_id).case.ended_at is None
    desk.clock.moment += timedelta(hours=2)
    assert desk.run_due() == 2  # this one's timer, and the one that begins a case of its own
    assert desk.engine.instances.get(desk.actor("ada"), case_id).case.ended_at is not None


def test_a_gateway_begins_one_case_for_each_event_by_whichever_comes(desk: Desk):
    waits = event("intermediateCatchEvent", "c", MESSAGE), event("intermediateCatchEvent", "late", TIMER)
    gateway = '<eventBasedGateway id="g" instantiate="true"/>'
    desk.deploy(p=model(gateway, *waits, user_task("a"), END, "g > c", "g > late", "c > a", "late > a", "a > e", before=DECLARED))
    case_id = begin(desk)
    assert told(desk, case_id)[:3] == [("ElementEntered", "g"), ("ElementLeft", "g"), ("ElementPassed", "c")]
    assert desk.open_tasks(case_id).keys() == {"a"}
    desk.clock.moment += timedelta(hours=2)
    assert desk.run_due() == 1
    assert desk.run_due() == 0


def test_what_begins_by_its_events_alone_is_not_offered_to_people(desk: Desk):
    starts = f'<startEvent id="m1">{MESSAGE}</startEvent><startEvent id="x1">{SIGNAL}</startEvent>'
    desk.deploy(p=model(starts, user_task("a"), END, "m1 > a", "x1 > a", "a > e", before=DECLARED))
    desk.deploy(q=BEGINS.replace('id="p"', 'id="q"'))
    one = f'<startEvent id="m1">{MESSAGE}</startEvent>'
    desk.deploy(r=model(one, user_task("a"), END, "m1 > a", "a > e", key="r", before=DECLARED))
    for key in ("p", "q"):
        with pytest.raises(ModelFault, match="begins by one of its events alone"):
            desk.engine.instances.start(desk.actor("ada"), key)
    assert [it.definition.key for it in desk.engine.definitions.startable(desk.actor("ada"))] == ["r"]
