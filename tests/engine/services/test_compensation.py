"""Compensation and transactions: what has completed is undone, the last first."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from engine.model import SYSTEM, CaseState
from engine.store.game import load_tasks
from engine.store.tables import scope, subscription, token, variable
from tests.engine.services.conftest import END, START, Desk, user_task
from tests.engine.services.conftest import model as plain_model
from tests.engine.services.test_escalations_and_conditions import opened

UNDO = '<intermediateThrowEvent id="undo"><compensateEventDefinition/></intermediateThrowEvent>'


def undoable(name: str, activity: str = "") -> str:
    """An activity with the task `undo_NAME` for its compensation."""
    activity = activity or user_task(name)
    boundary = f'<boundaryEvent id="c_{name}" attachedToRef="{name}"><compensateEventDefinition/></boundaryEvent>'
    handler = user_task(f"undo_{name}", 'camunda:candidateGroups="sales" isForCompensation="true"')
    return f'{activity}{boundary}{handler}<association id="as_{name}" sourceRef="c_{name}" targetRef="undo_{name}"/>'


def model(*parts: str, before: str = "") -> str:
    """A file whose associations stand at the end of the process, where the schema wants them."""
    written = plain_model(*parts, before=before)
    associations = re.findall("<association [^>]*/>", written)
    return re.sub("<association [^>]*/>", "", written).replace("</process>", "".join(associations) + "</process>")


def flows(*pairs: str) -> str:
    """Flows inside a subprocess: `a > b`."""
    ends = [[name.strip() for name in pair.split(">")] for pair in pairs]
    return "".join(f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in ends)


def start(desk: Desk, **variables: object) -> str:
    return desk.engine.instances.start(SYSTEM, "p", variables).id


def complete(desk: Desk, case: str, *names: str) -> list[str]:
    """Complete tasks one after another; what is open then."""
    for name in names:
        desk.complete("sam", desk.open_tasks(case)[name])
    return opened(desk, case)


def is_over(desk: Desk, case: str) -> bool:
    over = desk.engine.instances.get(desk.actor("ada"), case).case.state is CaseState.COMPLETED
    if over:
        with desk.engine.database.read() as connection:
            for table in (token, scope, subscription, variable):
                query = select(func.count()).select_from(table).where(table.c.root_id == case)
                assert connection.execute(query).scalar() == 0
    return over


class TestCompensation:
    def test_what_completed_is_undone_in_reverse_order_and_then_the_thrower_goes_on(self, desk: Desk) -> None:
        parts = START, undoable("a"), undoable("b"), UNDO, user_task("after"), END
        desk.deploy(p=model(*parts, "s > a", "a > b", "b > undo", "undo > after", "after > e"))
        case = start(desk)
        assert complete(desk, case, "a", "b") == ["undo_b"]
        assert complete(desk, case, "undo_b") == ["undo_a"]
        assert complete(desk, case, "undo_a") == ["after"]
        assert complete(desk, case, "after") == []
        assert is_over(desk, case)
        assert desk.engine.history.verify(desk.actor("axel")).findings == []

    def test_what_did_not_wait_for_each_other_is_undone_at_once(self, desk: Desk) -> None:
        gateways = '<parallelGateway id="g"/><parallelGateway id="j"/>'
        parts = START, undoable("a"), undoable("b"), undoable("m"), undoable("y"), undoable("z"), gateways, UNDO, END
        desk.deploy(p=model(*parts, "s > a", "a > g", "g > b", "g > m", "m > y", "b > j", "y > j", "j > z", "z > undo", "undo > e"))
        case = start(desk)
        assert complete(desk, case, "a", "m", "y", "b", "z") == ["undo_z"]
        assert complete(desk, case, "undo_z") == ["undo_b", "undo_y"]
        assert complete(desk, case, "undo_b") == ["undo_y"]
        assert complete(desk, case, "undo_y") == ["undo_m"]
        assert complete(desk, case, "undo_m") == ["undo_a"]
        assert complete(desk, case, "undo_a") == []
        assert is_over(desk, case)

    def test_nothing_to_undo_is_passed(self, desk: Desk) -> None:
        desk.deploy(p=model(START, UNDO, user_task("after"), END, "s > undo", "undo > after", "after > e"))
        assert opened(desk, start(desk)) == ["after"]

    def test_only_the_activity_that_is_named_is_undone(self, desk: Desk) -> None:
        throw = '<endEvent id="e"><compensateEventDefinition activityRef="a"/></endEvent>'
        desk.deploy(p=model(START, undoable("a"), undoable("b"), throw, "s > a", "a > b", "b > e"))
        case = start(desk)
        assert complete(desk, case, "a", "b") == ["undo_a"]
        assert complete(desk, case, "undo_a") == []
        assert is_over(desk, case)

    def test_a_subprocess_is_undone_from_inside_as_one(self, desk: Desk) -> None:
        inside = f'<startEvent id="i"/>{undoable("x")}{undoable("y")}<endEvent id="j"/>{flows("i > x", "x > y", "y > j")}'
        sub = f'<subProcess id="sub">{inside}</subProcess>'
        desk.deploy(p=model(START, undoable("a"), sub, UNDO, END, "s > a", "a > sub", "sub > undo", "undo > e"))
        case = start(desk)
        assert complete(desk, case, "a", "x", "y") == ["undo_y"]
        assert complete(desk, case, "undo_y", "undo_x") == ["undo_a"]
        assert complete(desk, case, "undo_a") == []
        assert is_over(desk, case)

    def test_a_subprocess_in_a_subprocess_is_undone_too(self, desk: Desk) -> None:
        deep = f'<subProcess id="deep"><startEvent id="di"/>{undoable("x")}<endEvent id="dj"/>{flows("di > x", "x > dj")}</subProcess>'
        sub = f'<subProcess id="sub"><startEvent id="i"/>{deep}{undoable("y")}<endEvent id="j"/>{flows("i > deep", "deep > y", "y > j")}'
        desk.deploy(p=model(START, f"{sub}</subProcess>", UNDO, END, "s > sub", "sub > undo", "undo > e"))
        case = start(desk)
        assert complete(desk, case, "x", "y") == ["undo_y"]
        assert complete(desk, case, "undo_y") == ["undo_x"]
        assert complete(desk, case, "undo_x") == []
        assert is_over(desk, case)

    def test_what_was_interrupted_leaves_nothing_to_undo(self, desk: Desk) -> None:
        inside = f'<startEvent id="i"/>{undoable("x")}{user_task("y")}{flows("i > x", "x > y")}'
        error = '<boundaryEvent id="err" attachedToRef="sub"><errorEventDefinition/></boundaryEvent>'
        inside += '<endEvent id="bad"><errorEventDefinition errorRef="boom"/></endEvent>' + flows("y > bad")
        parts = START, f'<subProcess id="sub">{inside}</subProcess>', error, UNDO, END
        desk.deploy(p=model(*parts, "s > sub", "sub > e", "err > undo", "undo > e", before='<error id="boom" errorCode="boom"/>'))
        case = start(desk)
        assert complete(desk, case, "x", "y") == []
        assert is_over(desk, case)

    def test_the_event_subprocess_of_a_subprocess_undoes_it_with_the_variables_that_it_had(self, desk: Desk) -> None:
        esp = '<startEvent id="hi"><compensateEventDefinition/></startEvent>' + user_task("own", 'camunda:assignee="${who}"')
        esp = f'<subProcess id="esp" triggeredByEvent="true">{esp}{flows("hi > own")}</subProcess>'
        loop = '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${people}" camunda:elementVariable="who"/>'
        inside = f'{loop}<startEvent id="i"/>{undoable("x")}{flows("i > x")}{esp}'
        desk.deploy(p=model(START, f'<subProcess id="sub">{inside}</subProcess>', UNDO, END, "s > sub", "sub > undo", "undo > e"))
        case = start(desk, people=["sue", "sam"])
        assert complete(desk, case, "x", "x") == ["own"]
        for person in ("sam", "sue"):  # the last instance first
            with desk.engine.database.read() as connection:
                assert [row.assignee for row in load_tasks(connection, case).values()] == [person]
            desk.complete(person, desk.open_tasks(case)["own"])
        assert is_over(desk, case)

    def test_the_instances_of_a_multi_instance_activity_are_undone_together(self, desk: Desk) -> None:
        three = '<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>'
        loop = f"<multiInstanceLoopCharacteristics>{three}</multiInstanceLoopCharacteristics>"
        many = f'<userTask id="a" camunda:candidateGroups="sales">{loop}</userTask>'
        desk.deploy(p=model(START, undoable("a", many), undoable("b"), UNDO, END, "s > a", "a > b", "b > undo", "undo > e"))
        case = start(desk)
        assert complete(desk, case, "a", "a", "a", "b") == ["undo_b"]
        assert complete(desk, case, "undo_b") == ["undo_a"] * 3
        assert complete(desk, case, "undo_a", "undo_a", "undo_a") == []
        assert is_over(desk, case)

    def test_an_event_subprocess_undoes_what_is_around_it(self, desk: Desk) -> None:
        handler = '<startEvent id="hi"><errorEventDefinition/></startEvent>' + UNDO
        handler = f'<subProcess id="esp" triggeredByEvent="true">{handler}{flows("hi > undo")}</subProcess>'
        bad = '<endEvent id="e"><errorEventDefinition errorRef="boom"/></endEvent>'
        desk.deploy(p=model(START, undoable("a"), handler, bad, "s > a", "a > e", before='<error id="boom" errorCode="boom"/>'))
        case = start(desk)
        assert complete(desk, case, "a") == ["undo_a"]
        assert complete(desk, case, "undo_a") == []
        assert is_over(desk, case)


class TestTransactions:
    def model(self) -> str:
        cancel = '<endEvent id="no"><cancelEventDefinition/></endEvent>'
        inside = f'<startEvent id="i"/><parallelGateway id="g"/>{undoable("x")}{user_task("y")}{user_task("z")}<endEvent id="j"/>{cancel}'
        inside += flows("i > g", "g > x", "g > y", "g > z", "x > j", "y > no", "z > j")
        boundary = '<boundaryEvent id="b" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent>'
        parts = START, f'<transaction id="tx">{inside}</transaction>', boundary, user_task("ok"), user_task("cancelled"), END
        return model(*parts, "s > tx", "tx > ok", "b > cancelled", "ok > e", "cancelled > e")

    def test_a_cancelled_transaction_ends_what_is_open_undoes_what_is_done_and_is_left_by_its_border(self, desk: Desk) -> None:
        desk.deploy(p=self.model())
        case = start(desk)
        assert complete(desk, case, "x", "y") == ["undo_x"]
        assert complete(desk, case, "undo_x") == ["cancelled"]
        assert complete(desk, case, "cancelled") == []
        assert is_over(desk, case)

    def test_one_with_nothing_to_undo_is_left_at_once(self, desk: Desk) -> None:
        desk.deploy(p=self.model())
        assert complete(desk, start(desk), "y") == ["cancelled"]

    def test_one_that_succeeds_goes_on(self, desk: Desk) -> None:
        cancel_not = self.model().replace('<endEvent id="no"><cancelEventDefinition/></endEvent>', '<endEvent id="no"/>')
        desk.deploy(p=cancel_not.replace('<boundaryEvent id="b" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent>', "").replace(
            '<sequenceFlow id="b_cancelled" sourceRef="b" targetRef="cancelled"/>', ""))  # fmt: skip
        assert complete(desk, start(desk), "x", "y", "z") == ["ok"]
