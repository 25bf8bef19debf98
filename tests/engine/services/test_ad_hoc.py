"""Ad-hoc subprocesses: people begin what is inside, until the condition holds (BPMN 2.0, 13.3.5)."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden, InvalidRequest
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_compensation import UNDO, complete, is_over, undoable
from tests.engine.services.test_compensation import model as undoable_model
from tests.engine.services.test_escalations_and_conditions import opened

CONDITION = '<completionCondition xsi:type="tFormalExpression">done = true</completionCondition>'


def chooses(condition: str = CONDITION, attributes: str = "", *, process: str = "", flow: str = "") -> str:
    """Two activities to choose from, of which `flow` may lead from the first to a third."""
    inside = user_task("x") + user_task("y") + (user_task("z") + flow if flow else "")
    return model(
        START, f'<adHocSubProcess id="c" {attributes}>{inside}{condition}</adHocSubProcess>', user_task("a"), END,
        "s > c", "c > a", "a > e", attributes=process,
    )  # fmt: skip


def begun(desk: Desk, text: str, *names: str) -> str:
    """A case of Sue's with these begun."""
    desk.deploy(p=text)
    case = desk.engine.instances.start(desk.actor("sue"), "p").id
    for name in names:
        begin(desk, case, name)
    return case


def begin(desk: Desk, case: str, name: str, person: str = "sue") -> None:
    token = next(iter(desk.engine.ad_hoc.offers(desk.actor("ada"), case))).token_id
    desk.engine.ad_hoc.begin_activity(desk.actor(person), case, token, name)


def offered(desk: Desk, case: str, person: str = "sue") -> list[str]:
    return [it.element_id for it in desk.engine.ad_hoc.offers(desk.actor(person), case)]


def finish(desk: Desk, case: str, name: str, **values: object) -> list[str]:
    desk.complete("sam", desk.open_tasks(case)[name], variables=values)
    return opened(desk, case)


def test_nothing_begins_by_itself_and_everything_as_often_as_people_like(desk: Desk) -> None:
    case = begun(desk, chooses())
    assert (opened(desk, case), offered(desk, case)) == ([], ["x", "y"])
    begin(desk, case, "x")
    begin(desk, case, "y")
    assert opened(desk, case) == ["x", "y"]
    assert finish(desk, case, "x") == ["y"]
    begin(desk, case, "x")
    assert finish(desk, case, "x") == ["y"]
    assert finish(desk, case, "y") == []
    assert offered(desk, case) == ["x", "y"]
    begin(desk, case, "y")
    assert finish(desk, case, "y", done=True) == ["a"]
    assert offered(desk, case) == []
    complete(desk, case, "a")
    assert is_over(desk, case)


def test_what_still_runs_is_cancelled_when_it_is_done(desk: Desk) -> None:
    case = begun(desk, chooses(), "x", "y")
    assert finish(desk, case, "x", done=True) == ["a"]


def test_or_is_waited_for_and_nothing_more_begins(desk: Desk) -> None:
    case = begun(desk, chooses(attributes='cancelRemainingInstances="false"'), "x", "y")
    assert finish(desk, case, "x", done=True) == ["y"]
    with pytest.raises(InvalidRequest, match="nothing more begins"):
        begin(desk, case, "x")
    assert finish(desk, case, "y") == ["a"]


def test_one_after_another(desk: Desk) -> None:
    case = begun(desk, chooses(attributes='ordering="Sequential"'), "x")
    with pytest.raises(InvalidRequest, match="one after another"):
        begin(desk, case, "y")
    assert finish(desk, case, "x") == []
    begin(desk, case, "y")
    assert finish(desk, case, "y", done=True) == ["a"]


def test_without_a_condition_it_is_left_when_nothing_runs(desk: Desk) -> None:
    case = begun(desk, chooses(""), "x", "y")
    assert finish(desk, case, "x") == ["y"]
    assert finish(desk, case, "y") == ["a"]


def test_flows_inside_are_followed_and_what_they_lead_to_is_not_offered(desk: Desk) -> None:
    case = begun(desk, chooses("", flow='<sequenceFlow id="xz" sourceRef="x" targetRef="z"/>'), "x")
    assert offered(desk, case) == ["x", "y"]
    assert finish(desk, case, "x") == ["z"]
    assert finish(desk, case, "z") == ["a"]


def test_those_begin_it_who_may_start_the_process_or_whose_lane_it_is(desk: Desk) -> None:
    case = begun(desk, chooses(process='camunda:candidateStarterGroups="sales"'), "x")
    desk.engine.tasks.claim(desk.actor("sam"), desk.open_tasks(case)["x"])
    assert offered(desk, case, "sam") == ["x", "y"]
    assert offered(desk, case, "axel") == []
    with pytest.raises(Forbidden):
        begin(desk, case, "y", "axel")
    lane = '<laneSet id="l"><lane id="f"><extensionElements><crossdesk:performer group="finance"/></extensionElements>'
    inside = user_task("x", "") + user_task("y", "")
    lanes = f"{lane}<flowNodeRef>s</flowNodeRef><flowNodeRef>c</flowNodeRef><flowNodeRef>e</flowNodeRef></lane></laneSet>"
    desk.deploy(q=model(lanes, START, f'<adHocSubProcess id="c">{inside}</adHocSubProcess>', END, "s > c", "c > e", key="q"))
    other = desk.engine.instances.start(desk.actor("sue"), "q").id
    assert offered(desk, other) == []
    with pytest.raises(Forbidden, match="begun by finance"):
        begin(desk, other, "x")
    assert offered(desk, other, "ada") == ["x", "y"]


def test_who_comes_late_or_asks_for_what_is_not_offered_is_told(desk: Desk) -> None:
    case = begun(desk, chooses(""))
    sue = desk.actor("sue")
    token = desk.engine.ad_hoc.offers(sue, case)[0].token_id
    for wrong in ("a", "nowhere", "c"):
        with pytest.raises(InvalidRequest):
            desk.engine.ad_hoc.begin_activity(sue, case, token, wrong)
    begin(desk, case, "x")
    finish(desk, case, "x")
    with pytest.raises(Conflict):
        desk.engine.ad_hoc.begin_activity(sue, case, token, "y")
    complete(desk, case, "a")
    with pytest.raises(Conflict):
        desk.engine.ad_hoc.begin_activity(sue, case, token, "y")


@pytest.mark.parametrize(("at_once", "undone"), [(False, [["undo_y"], ["undo_x"]]), (True, [["undo_x", "undo_y"], ["undo_x"]])])
def test_what_began_after_something_had_completed_is_undone_before_it(desk: Desk, *, at_once: bool, undone: list[list[str]]) -> None:
    """BPMN 2.0, 13.5.5: of two activities of an ad-hoc subprocess the later one first, if it began when the other had completed."""
    inside = undoable("x") + undoable("y") + CONDITION
    parts = START, f'<adHocSubProcess id="c">{inside}</adHocSubProcess>', UNDO, user_task("a"), END
    text = undoable_model(*parts, "s > c", "c > undo", "undo > a", "a > e")
    case = begun(desk, text, *(("x", "y") if at_once else ("x",)))
    finish(desk, case, "x")
    if not at_once:
        begin(desk, case, "y")
    seen = [finish(desk, case, "y", done=True)]
    seen.append(finish(desk, case, "undo_y"))
    assert seen == undone
    assert finish(desk, case, "undo_x") == ["a"]
