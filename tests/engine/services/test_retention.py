"""How long past cases are kept: said by the model, changed by people, shown as it stands."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from engine.errors import Forbidden, InvalidRequest, NotFound
from engine.model import SYSTEM
from engine.store import history
from engine.store.queries.listings import Sort, Wanted
from engine.store.queries.retention import is_over
from engine.store.tables import case_instance, process_definition
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_two_at_once import at_once

FLOWS = "s > a", "a > e"
OWNED = model('<extensionElements><crossdesk:case owner="sam"/></extensionElements>', START, user_task("a"), END, *FLOWS)


def days(desk: Desk, version: str) -> int | None:
    """What lists show."""
    (found,) = desk.engine.queries.definitions(SYSTEM, Wanted({"processDefinitionId": version}))
    return found.row.history_time_to_live


def told(desk: Desk) -> list[tuple[str, str, dict[str, object]]]:
    """Who changed it, oldest first."""
    with desk.engine.database.read() as connection:
        entries = history.entries(connection, history.DEPLOYMENTS)
    found = [(it.actor, name, dict(fields)) for it in reversed(entries) for name, fields in it.events]
    return [it for it in found if it[1] == "HistoryTimeToLiveChanged"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [("P1D", 1), ("30", 30), (" P0D ", 0), ("P1Y", None), ("30D", None), ("P30", None), ("-1", None), ("9999999999", None), ("", None)],
)
def test_the_model_says_it_in_days(desk: Desk, said: str, expected: int | None) -> None:
    (version,) = desk.deploy(p=OWNED.replace('historyTimeToLive="P1D"', f'historyTimeToLive="{said}"'))
    assert days(desk, version) == expected
    assert desk.engine.definitions.get(version).row.history_time_to_live == expected


def test_the_owner_and_administrators_change_it_and_the_history_says_who(desk: Desk) -> None:
    (version,) = desk.deploy(p=OWNED)
    for person, wanted in [("sam", 7), ("sam", 7), ("ada", None), ("ada", 0)]:
        desk.engine.retention.set_time_to_live(desk.actor(person), version, wanted)
        assert days(desk, version) == wanted
    assert told(desk) == [
        ("sam", "HistoryTimeToLiveChanged", {"definition": version, "before": 1, "after": 7}),
        ("ada", "HistoryTimeToLiveChanged", {"definition": version, "before": 7}),
        ("ada", "HistoryTimeToLiveChanged", {"definition": version, "after": 0}),
    ]
    for person in ("sue", "ann", "axel"):
        with pytest.raises(Forbidden):
            desk.engine.retention.set_time_to_live(desk.actor(person), version, 5)
    for wrong in (-1, 2**31):
        with pytest.raises(InvalidRequest, match="historyTimeToLive is not"):
            desk.engine.retention.set_time_to_live(desk.actor("ada"), version, wrong)
    with pytest.raises(NotFound):
        desk.engine.retention.set_time_to_live(desk.actor("ada"), "p:9:x", 1)
    assert (days(desk, version), len(told(desk))) == (0, 3)
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_of_two_changes_at_once_the_later_one_stays_and_both_are_told(desk: Desk) -> None:
    (version,) = desk.deploy(p=OWNED)
    for number in range(8):
        said = [100 + 2 * number, 101 + 2 * number]
        before = days(desk, version)
        people = zip(("sam", "ada"), said, strict=True)
        works = [partial(desk.engine.retention.set_time_to_live, desk.actor(who), version, wanted) for who, wanted in people]
        assert at_once(*works) == [None, None]
        first, second = [fields for _, _, fields in told(desk)][-2:]
        assert (first["before"], second["before"]) == (before, first["after"])
        assert {first["after"], second["after"]} == set(said)
        assert days(desk, version) == second["after"]
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


TASK = model(START, user_task("a"), END, *FLOWS)
CALLS = model(START, '<callActivity id="c" calledElement="p"/>', END, "s > c", "c > e", key="calls")


def report(desk: Desk, person: str = "axel", **filters: object) -> list[tuple[str, int, int | None, int, int]]:
    rows = desk.engine.retention.report(desk.actor(person), Wanted(filters))
    assert desk.engine.retention.count_report(desk.actor(person), Wanted(filters)) == len(rows)
    return [(it.key, it.version, it.days, it.finished, it.cleanable) for it in rows]


def end(desk: Desk, key: str = "p") -> str:
    """A case that has ended, with whatever it called."""
    case = desk.engine.instances.start(desk.actor("sue"), key).id
    (task,) = desk.open_tasks(case).values()
    desk.complete("sue", task)
    return case


def test_what_has_ended_and_what_may_be_removed_is_counted_by_version(desk: Desk) -> None:
    (first,) = desk.deploy(p=TASK)
    (calls,) = desk.deploy(c=CALLS)
    end(desk)
    end(desk, "calls")
    desk.engine.instances.start(desk.actor("sue"), "p")
    (second,) = desk.deploy(p=TASK)
    ada = desk.actor("ada")
    assert report(desk) == [("calls", 1, 1, 1, 0), ("p", 1, 1, 2, 0), ("p", 2, 1, 0, 0)]
    desk.clock.moment += timedelta(days=1) - timedelta(milliseconds=1)
    assert report(desk, compact=True) == [("calls", 1, 1, 1, 0), ("p", 1, 1, 2, 0)]
    desk.clock.moment += timedelta(milliseconds=1)
    assert report(desk, compact=True) == [("calls", 1, 1, 1, 1), ("p", 1, 1, 2, 2)]
    desk.engine.retention.set_time_to_live(ada, calls, None)
    assert report(desk, processDefinitionKeyIn=["p", "calls"]) == [("calls", 1, None, 1, 0), ("p", 1, 1, 2, 1), ("p", 2, 1, 0, 0)]
    desk.engine.retention.set_time_to_live(ada, first, 2**31 - 1)
    assert report(desk, processDefinitionIdIn=[first, second]) == [("p", 1, 2**31 - 1, 2, 0), ("p", 2, 1, 0, 0)]
    most_first = Wanted(sorting=[Sort("finished", descending=True)], first=0, most=1)
    assert [it.definition_id for it in desk.engine.retention.report(ada, most_first)] == [first]
    for person in ("sue", "ann", "sam"):
        with pytest.raises(Forbidden):
            report(desk, person)


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
def test_where_the_time_is_over_is_looked_up_and_not_read_through(desk: Desk) -> None:
    """On SQLite alone: the planner of PostgreSQL reads small tables whole."""
    with desk.engine.database.read() as connection:
        query = select(case_instance.c.id).join(process_definition, process_definition.c.id == case_instance.c.definition_id)
        text = str(query.where(is_over(case_instance, process_definition, desk.clock.now())).compile(connection))
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (1, 1)).all()]
    assert any("ix_case_instance_ended" in it for it in plan), plan
