"""Lists as the REST interface asks for them: one statement each, by the organisation as it stands."""

from __future__ import annotations

import os

import pytest

from engine import Membership, Wanted
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
