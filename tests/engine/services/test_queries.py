"""Lists as the REST interface asks for them: one statement each, by the organisation as it stands."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace

import pytest

from engine import Membership, Sort, Wanted
from engine.engine import Engine
from engine.errors import NotFound
from engine.store.ids import RisingIds
from tests.engine.services.conftest import END, START, AnyForm, Desk, model, user_task
from tests.statements import statements

FOR_FINANCE = model(START, user_task("a", 'camunda:candidateGroups="finance"'), END, "s > a", "a > e")
FREDS = Wanted({"candidateUser": "fred"})


def test_a_list_of_tasks_is_one_statement(desk: Desk) -> None:
    desk.deploy(p=FOR_FINANCE)
    for _ in range(3):
        desk.engine.instances.start(desk.actor("sue"), "p")
    ada = desk.actor("ada")
    assert len(desk.engine.queries.tasks(ada, FREDS)) == 3
    with statements(desk.engine.database._glancer) as heard:
        assert len(desk.engine.queries.tasks(ada, FREDS)) == 3
    assert len([it for it in heard if not it.startswith("BEGIN")]) == 1, "\n".join(heard)


WORKED = '<serviceTask id="a" camunda:type="external" camunda:topic="post" camunda:taskPriority="${n}"/>'
TIMED = (
    '<intermediateCatchEvent id="a"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>'
)
NARROWED: dict[str, list[dict[str, object]]] = {
    "tasks": [{}, {"unassigned": True}, {"processDefinitionKey": "p"}, {"candidateGroup": "finance", "active": True}],
    "historic_instances": [{}, {"unfinished": True}, {"processDefinitionKey": "p"}],
    "external_tasks": [{}, {"topicName": "post"}, {"active": True}],
    "jobs": [{}, {"timers": True}, {"processDefinitionKey": "t"}],
}


@pytest.mark.parametrize("name", NARROWED)
def test_a_page_is_a_part_of_the_whole_list_whatever_it_is_sorted_and_narrowed_by(desk: Desk, name: str) -> None:
    desk.deploy(
        p=FOR_FINANCE, w=model(START, WORKED, END, "s > a", "a > e", key="w"), t=model(START, TIMED, END, "s > a", "a > e", key="t")
    )
    for n in range(6):
        for key in "pwt":
            desk.engine.instances.start(desk.actor("sue"), key, {"n": n % 3}, business_key=f"order {n % 2}")
    engine, ada = desk.engine, desk.actor("ada")
    for task in engine.queries.tasks(ada, Wanted(most=2)):
        engine.tasks.assign(ada, task.id, "fred")
    lists = {"external_tasks": engine.external_tasks.all, "jobs": engine.jobs.with_definitions}
    listed = lists.get(name) or getattr(engine.queries, name)
    for filters, key, descending in itertools.product(NARROWED[name], engine.queries.sorts()[name], (False, True)):
        if "Variable" not in key:  # these need the name of one
            wanted = Wanted(filters, sorting=[Sort(key, descending)])
            whole = listed(ada, wanted)
            assert len(whole) > 3
            assert listed(ada, replace(wanted, first=1, most=3)) == whole[1:4], (filters, key, descending)


def test_a_list_follows_an_organisation_that_another_process_has_changed(desk: Desk) -> None:
    desk.deploy(p=FOR_FINANCE)
    desk.engine.instances.start(desk.actor("sue"), "p")
    ada = desk.actor("ada")
    other = Engine(desk.engine.database, desk.clock, RisingIds(desk.clock, os.urandom), AnyForm(), {})
    for department, seen in (("sales", 0), ("finance", 1), ("sales", 0)):
        other.organisation.set_memberships(ada, "fred", [Membership(department)])
        assert len(desk.engine.queries.tasks(ada, FREDS)) == seen
        assert desk.engine.queries.count_tasks(ada, FREDS) == seen


def test_what_is_seen_no_longer_is_not_listed(desk: Desk) -> None:
    desk.deploy(p=FOR_FINANCE)
    desk.engine.instances.start(desk.actor("sue"), "p")
    fred = desk.actor("fred")
    (task,) = desk.engine.queries.tasks(fred, Wanted())
    other = Engine(desk.engine.database, desk.clock, RisingIds(desk.clock, os.urandom), AnyForm(), {})
    other.organisation.set_memberships(desk.actor("ada"), "fred", [Membership("sales")])
    assert desk.engine.queries.tasks(desk.actor("fred"), Wanted()) == []
    with pytest.raises(NotFound):
        desk.engine.queries.task(desk.actor("fred"), task.id)
