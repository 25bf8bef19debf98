"""At which end event a case ended: the last one of its own, not one inside of a subprocess."""

from __future__ import annotations

from engine import Message
from tests.engine.services.conftest import END, START, Desk, model, user_task

TERMINATES = '<endEvent id="stop"><terminateEventDefinition/></endEvent>'
INSIDE = '<subProcess id="sub"><startEvent id="i"/><sequenceFlow id="i_j" sourceRef="i" targetRef="j"/><endEvent id="j"/></subProcess>'
INTERRUPTS = (
    '<subProcess id="handler" triggeredByEvent="true"><startEvent id="h"><messageEventDefinition messageRef="m"/></startEvent>'
    '<sequenceFlow id="h_g" sourceRef="h" targetRef="given_up"/><endEvent id="given_up"/></subProcess>'
)


def ended(desk: Desk, case_id: str) -> str | None:
    case = desk.engine.instances.get(desk.actor("ada"), case_id).case
    assert case.ended_at is not None
    return case.end_element


def test_a_case_that_ends_at_once_knows_its_end(desk: Desk):
    desk.deploy(p=model(START, END, "s > e"))
    case = desk.engine.instances.start(desk.actor("sue"), "p", {})
    assert (case.end_element, ended(desk, case.id)) == ("e", "e")


def test_of_several_paths_the_last_one_says_how_it_ended(desk: Desk):
    fork = '<parallelGateway id="f"/>'
    parts = (START, fork, user_task("a"), user_task("b"), '<endEvent id="ea"/>', '<endEvent id="eb"/>')
    desk.deploy(p=model(*parts, "s > f", "f > a", "f > b", "a > ea", "b > eb"))
    case = desk.engine.instances.start(desk.actor("sue"), "p", {})
    for element in ("b", "a"):
        desk.complete("sam", desk.open_tasks(case.id)[element])
    assert ended(desk, case.id) == "ea"


def test_an_end_that_terminates_the_others_says_how_it_ended(desk: Desk):
    parts = (START, '<parallelGateway id="f"/>', user_task("a"), user_task("b"), END, TERMINATES)
    desk.deploy(p=model(*parts, "s > f", "f > a", "f > b", "a > e", "b > stop"))
    case = desk.engine.instances.start(desk.actor("sue"), "p", {})
    desk.complete("sam", desk.open_tasks(case.id)["b"])
    assert ended(desk, case.id) == "stop"


def test_the_end_of_a_subprocess_is_not_the_end_of_the_case(desk: Desk):
    desk.deploy(p=model(START, INSIDE, "s > sub"), q=model(START, INSIDE, END, "s > sub", "sub > e", key="q"))
    cases = [desk.engine.instances.start(desk.actor("sue"), key, {}) for key in ("p", "q")]
    assert [ended(desk, case.id) for case in cases] == [None, "e"]


def test_an_event_subprocess_that_interrupts_ends_the_case_at_its_own_end(desk: Desk):
    desk.deploy(p=model(START, user_task("a"), END, INTERRUPTS, "s > a", "a > e", before='<message id="m" name="m"/>'))
    case = desk.engine.instances.start(desk.actor("sue"), "p", {})
    desk.engine.messages.correlate(desk.actor("ada"), Message("m", instance_id=case.id))
    assert ended(desk, case.id) == "given_up"
