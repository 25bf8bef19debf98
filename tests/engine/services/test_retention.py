"""How long past cases are kept: said by the model, changed by people, shown as it stands."""

from __future__ import annotations

from functools import partial

import pytest

from engine.errors import Forbidden, InvalidRequest, NotFound
from engine.model import SYSTEM
from engine.store import history
from engine.store.queries.listings import Wanted
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
