"""A called case is a case: it has a number, a subject, key fields and a history of its own, and says nothing of the case that called it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import NotFound
from engine.model import Case
from engine.services.case_reading import CaseView
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_statements import MOST_STATEMENTS, counted

MAPPED = '<extensionElements><camunda:in source="title" target="what"/></extensionElements>'
CALL = f'<callActivity id="call" calledElement="q">{MAPPED}</callActivity>'
EACH = f'<callActivity id="call" calledElement="q">{MAPPED}<multiInstanceLoopCharacteristics><loopCardinality>=COUNT</loopCardinality></multiInstanceLoopCharacteristics></callActivity>'  # noqa: E501


def says(inner: str = "", **attributes: str) -> str:
    """What a process says of its cases."""
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"<extensionElements><crossdesk:case {written}>{inner}</crossdesk:case></extensionElements>"


def caller(*parts: str, call: str = CALL) -> str:
    return model(says(numberPrefix="SO", subject="= title"), START, call, *parts, user_task("z"), END, "s > call", "call > z", "z > e")


def called(*said: str, **more: str) -> str:
    task = user_task("deep", 'camunda:candidateGroups="finance"')
    return model(*said, START, task, END, "s > deep", "deep > e", key=more.get("key", "q"))


def started(desk: Desk, title: str = "Pumps") -> Case:
    return desk.engine.instances.start(desk.actor("sue"), "p", {"title": title})


def view(desk: Desk, case_id: str, person: str = "ada") -> CaseView:
    return desk.engine.instances.get(desk.actor(person), case_id)


def everything_called(desk: Desk, case: Case) -> list[Case]:
    """Part by part, in the order in which they began."""
    found: list[Case] = []
    more = True
    while more:
        part, more = desk.engine.instances.called(desk.actor("ada"), case.id, found[-1].id if found else None)
        found += part
    return found[::-1]


def all_called(desk: Desk, case: Case) -> list[Case]:
    return list(view(desk, case.id).called)[::-1]


def test_a_called_process_that_states_a_prefix_numbers_its_cases(desk: Desk) -> None:
    desk.deploy(q=called(says(numberPrefix="RP")), p=caller())
    numbers = [all_called(desk, started(desk))[0].number for _ in range(3)]
    assert numbers == ["RP-2026-0001", "RP-2026-0002", "RP-2026-0003"]
    assert view(desk, "RP-2026-0002").parent.number == "SO-2026-0002"


def test_one_that_states_none_is_numbered_after_its_caller(desk: Desk) -> None:
    again = '<callActivity id="again" calledElement="q"/>'
    desk.deploy(
        q=called(),
        p=model(says(numberPrefix="SO"), START, CALL, again, user_task("z"), END, "s > call", "call > again", "again > z", "z > e"),
    )
    case = started(desk)
    desk.complete("fred", desk.open_tasks(case.id)["deep"])
    assert [it.number for it in all_called(desk, case)] == ["SO-2026-0001-1", "SO-2026-0001-2"]


def test_of_many_called_cases_the_newest_are_read_and_the_others_part_by_part(desk: Desk) -> None:
    quick = model(START, END, "s > e", key="q")
    desk.deploy(q=quick, p=caller(call=EACH.replace("COUNT", "45")))
    case = started(desk)
    whole = view(desk, case.id)
    assert [it.number for it in whole.called] == [f"SO-2026-0001-{number}" for number in range(45, 25, -1)]
    assert whole.has_called_more
    reading, sue = desk.engine.instances, desk.actor("sue")
    second, more = reading.called(sue, case.id, whole.called[-1].id)
    third, no_more = reading.called(sue, case.id, second[-1].id)
    assert ([it.number for it in third], more, no_more) == ([f"SO-2026-0001-{number}" for number in range(5, 0, -1)], True, False)
    with pytest.raises(NotFound):
        reading.called(desk.actor("tom"), case.id)


def test_what_a_called_case_calls_is_numbered_after_that_one(desk: Desk) -> None:
    middle = model(START, '<callActivity id="call" calledElement="r"/>', END, "s > call", "call > e", key="q")
    desk.deploy(r=called(key="r"), q=middle, p=caller())
    case = started(desk)
    (first,) = all_called(desk, case)
    (second,) = view(desk, first.id).called
    assert (first.number, second.number) == ("SO-2026-0001-1", "SO-2026-0001-1-1")
    assert desk.open_tasks(case.id).keys() == {"deep"}


def test_a_caller_without_a_number_gives_none(desk: Desk) -> None:
    desk.deploy(q=called(), p=model(START, CALL, END, "s > call", "call > e"))
    assert [it.number for it in all_called(desk, started(desk))] == [None]


def test_a_step_that_calls_more_cases_than_a_block_has_numbers_gives_each_one(desk: Desk) -> None:
    desk.deploy(q=called(says(numberPrefix="RP")), p=caller(call=EACH.replace("COUNT", "45")))
    cases = [started(desk), started(desk)]
    numbers = [it.number for case in cases for it in everything_called(desk, case)]
    assert len(set(numbers)) == len(numbers) == 90
    assert numbers == sorted(numbers, key=str)


def test_a_step_that_is_refused_leaves_a_gap_and_nothing_else(desk: Desk) -> None:
    broken = '<exclusiveGateway id="g"/><sequenceFlow id="g_e" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">title = "good"</conditionExpression></sequenceFlow>'  # noqa: E501
    straight = model(says(numberPrefix="RP"), START, END, "s > e", key="q")
    desk.deploy(q=straight, p=model(says(numberPrefix="SO"), START, CALL, broken, END, "s > call", "call > g"))
    with pytest.raises(Exception, match="g"):
        started(desk, "bad")
    assert [it.number for it in all_called(desk, started(desk, "good"))] == ["RP-2026-0002"]


def test_the_subject_is_that_of_the_called_process_and_follows_its_variables(desk: Desk) -> None:
    again = model(says(subject="= what"), START, user_task("deep"), user_task("more"), END, "s > deep", "deep > more", "more > e", key="q")
    desk.deploy(q=again, p=caller())
    case = started(desk)
    (inner,) = all_called(desk, case)
    assert inner.subject == "Pumps"
    desk.complete("sue", desk.open_tasks(case.id)["deep"], variables={"what": "Two pumps"})
    assert (view(desk, inner.id).case.subject, view(desk, case.id).case.subject) == ("Two pumps", "Pumps")


def test_without_one_the_subject_is_that_of_the_caller_for_who_sees_it(desk: Desk) -> None:
    desk.deploy(q=called(says(visibility="everyone")), p=caller())
    case = started(desk)
    (inner,) = all_called(desk, case)
    assert view(desk, inner.id, "sue").case.subject == "Pumps"
    stranger = view(desk, inner.id, "ann")
    assert (stranger.case.subject, stranger.parent) == ("", None)


def test_key_fields_are_those_of_the_called_process(desk: Desk) -> None:
    fields = '<crossdesk:keyField name="total" type="money" label="Total"/><crossdesk:keyField name="what" type="text" label="What"/>'
    desk.deploy(q=called(says(fields)), p=caller())
    case = started(desk)
    (inner,) = all_called(desk, case)
    assert dict(inner.key_fields) == {"what": "Pumps"}
    desk.complete("fred", desk.open_tasks(case.id)["deep"], variables={"total": Decimal("12.50")})
    assert dict(view(desk, inner.id).case.key_fields) == {"total": Decimal("12.50"), "what": "Pumps"}
    assert dict(view(desk, case.id).case.key_fields) == {}


def test_a_completion_in_a_called_case_takes_twelve_statements(desk: Desk) -> None:
    fields = '<crossdesk:keyField name="total" type="money" label="Total"/>'
    tasks = (user_task("deep"), user_task("more", 'camunda:candidateGroups="finance"'))
    q = model(says(fields, numberPrefix="RP", subject="= what"), START, *tasks, END, "s > deep", "deep > more", "more > e", key="q")
    desk.deploy(q=q, p=caller())
    case = started(desk)
    sue, task = desk.actor("sue"), desk.open_tasks(case.id)["deep"]
    desk.engine.tasks.claim(sue, task)
    with counted(desk) as cost:
        desk.engine.tasks.complete(sue, task, {"total": Decimal(3)})
    assert cost.commits == 1
    assert len(cost.statements) <= MOST_STATEMENTS, "\n".join(cost.statements)


def test_its_history_is_its_own_part_of_the_chain(desk: Desk) -> None:
    desk.deploy(q=called(says(visibility="everyone")), p=caller())
    case = started(desk)
    (inner,) = all_called(desk, case)
    desk.complete("fred", desk.open_tasks(case.id)["deep"], variables={"note": "checked"})
    desk.complete("sue", desk.open_tasks(case.id)["z"], variables={"secret": "of the caller"})
    entries = desk.engine.history.entries(desk.actor("ann"), inner.id)
    events = [event for entry in reversed(entries) for event in entry.events]
    names = [name for name, _ in events]
    assert [name for name in names if name.startswith("UserTask")] == ["UserTaskCreated", "UserTaskClaimed", "UserTaskCompleted"]
    assert names[0] == "InstanceStarted"
    assert "InstanceEnded" in names
    assert {str(fields["name"]) for name, fields in events if name == "VariableChanged"} == {"what", "note"}
    assert "secret" not in str(events)
    with pytest.raises(NotFound):
        desk.engine.history.entries(desk.actor("ann"), case.id)
    assert len(desk.engine.history.entries(desk.actor("ann"), inner.id, limit=1)) == 1


def test_what_is_expected_of_it_is_its_own(desk: Desk) -> None:
    inner = model(START, user_task("deep"), user_task("more"), END, "s > deep", "deep > more", "more > e", key="q")
    desk.deploy(q=inner, p=caller())
    case = started(desk)
    (called_case,) = all_called(desk, case)
    expected = desk.engine.instances.expected
    assert [it.element_id for it in expected(desk.actor("ada"), called_case.id).expected] == ["more"]
    assert [it.element_id for it in expected(desk.actor("ada"), case.id).expected] == ["more", "z"]


def test_a_number_finds_it_and_its_inbox_row_names_both(desk: Desk) -> None:
    desk.deploy(q=called(says(numberPrefix="RP")), p=caller())
    case = started(desk)
    (row,) = desk.engine.tasks.inbox(desk.actor("fred"), "claimable").rows
    assert (row.number, row.own_number) == ("SO-2026-0001", "RP-2026-0001")
    assert view(desk, "RP-2026-0001", "fred").case.root_id == case.id
