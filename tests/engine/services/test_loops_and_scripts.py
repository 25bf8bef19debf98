"""Multi-instance: completion conditions, counters, results; standard loops; scripts."""

from __future__ import annotations

import pytest

from engine.errors import ModelFault
from engine.model import SYSTEM, CaseState
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_compensation import complete, is_over, start
from tests.engine.services.test_escalations_and_conditions import opened
from tests.engine.services.test_events_and_jobs import service


def loop(inner: str, attributes: str = "") -> str:
    return f"<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"


def text(name: str, source: str) -> str:
    return f'<{name} xsi:type="tFormalExpression">{source}</{name}>'


def tasks(characteristics: str) -> str:
    task = f'<userTask id="a" name="n ${{loopCounter}}" camunda:candidateGroups="sales">{characteristics}</userTask>'
    return model(START, task, user_task("after"), END, "s > a", "a > after", "after > e")


class TestCompletionConditions:
    @pytest.mark.parametrize("condition", ["${nrOfCompletedInstances / nrOfInstances &gt;= 0.5}", "=nrOfActiveInstances &lt;= 2"])
    def test_the_others_are_ended_once_enough_have_completed(self, desk: Desk, condition: str) -> None:
        desk.deploy(p=tasks(loop(text("loopCardinality", "4") + text("completionCondition", condition))))
        case = start(desk)
        assert complete(desk, case, "a") == ["a"] * 3
        assert complete(desk, case, "a") == ["after"]
        assert complete(desk, case, "after") == []
        assert is_over(desk, case)

    def test_a_sequence_ends_early(self, desk: Desk) -> None:
        desk.deploy(p=tasks(loop(text("loopCardinality", "4") + text("completionCondition", "${loopCounter == 1}"), 'isSequential="true"')))
        case = start(desk)
        assert complete(desk, case, "a") == ["a"]
        assert complete(desk, case, "a") == ["after"]

    def test_what_the_last_completion_wrote_is_seen(self, desk: Desk) -> None:
        desk.deploy(p=tasks(loop(text("loopCardinality", "4") + text("completionCondition", "${stop}"))))
        case = start(desk, stop=False)
        desk.complete("sam", desk.open_tasks(case)["a"], variables={"stop": True})
        assert opened(desk, case) == ["after"]


def test_the_results_are_gathered_in_the_order_of_the_instances(desk: Desk) -> None:
    inner = "<loopDataInputRef>numbers</loopDataInputRef><loopDataOutputRef>squares</loopDataOutputRef>"
    inner += '<inputDataItem id="n" name="n"/><outputDataItem id="square" name="square"/>'
    gathers = loop(inner, 'isSequential="true"')
    task = f'<serviceTask id="t" camunda:expression="${{n * n}}" camunda:resultVariable="square">{gathers}</serviceTask>'
    desk.deploy(p=model(START, task, user_task("after"), END, "s > t", "t > after", "after > e"))
    case = start(desk, numbers=[3, 1, 2])
    assert desk.engine.instances.variables(desk.actor("ada"), case)["squares"] == [9, 1, 4]


class TestStandardLoops:
    def standard(self, attributes: str, condition: str = "") -> str:
        return f"<standardLoopCharacteristics {attributes}>{condition and text('loopCondition', condition)}</standardLoopCharacteristics>"

    def test_it_goes_round_while_its_condition_holds(self, desk: Desk) -> None:
        desk.deploy(p=tasks(self.standard("", "${again}")))
        case = start(desk, again=True)
        assert complete(desk, case, "a", "a") == ["a"]
        desk.complete("sam", desk.open_tasks(case)["a"], variables={"again": False})
        assert opened(desk, case) == ["after"]

    def test_a_test_before_may_pass_it_and_a_maximum_ends_it(self, desk: Desk) -> None:
        desk.deploy(p=tasks(self.standard('testBefore="true" loopMaximum="2"', "${again}")))
        assert opened(desk, start(desk, again=False)) == ["after"]
        case = start(desk, again=True)
        assert complete(desk, case, "a") == ["a"]
        assert complete(desk, case, "a") == ["after"]

    def test_one_that_never_ends_is_a_fault(self, desk: Desk) -> None:
        task = f'<serviceTask id="t" camunda:expression="${{1}}">{self.standard("", "${true}")}</serviceTask>'
        desk.deploy(p=model(START, task, END, "s > t", "t > e"))
        with pytest.raises(ModelFault, match="does not come to an end"):
            start(desk)


class TestScripts:
    @pytest.mark.parametrize("source", ["amount * 2", "=amount * 2", "${amount * 2}"])
    def test_a_script_is_feel_or_one_expression(self, desk: Desk, source: str) -> None:
        script = f'<scriptTask id="t" scriptFormat="feel" camunda:resultVariable="twice"><script>{source}</script></scriptTask>'
        desk.deploy(p=model(START, script, user_task("a"), END, "s > t", "t > a", "a > e"))
        case = start(desk, amount=21)
        assert desk.engine.instances.variables(desk.actor("ada"), case)["twice"] == 42


class TestImplicitForks:
    def test_several_ways_out_of_a_task_are_all_taken_and_the_case_ends_with_the_last(self, desk: Desk) -> None:
        desk.deploy(p=model(START, user_task("a"), user_task("b"), service("c"), "s > a", "a > b", "a > c"))
        case = desk.engine.instances.start(SYSTEM, "p").id
        assert complete(desk, case, "a") == ["b"]
        assert [context.element_id for context in desk.handled] == ["c"]
        assert complete(desk, case, "b") == []
        assert desk.engine.instances.get(desk.actor("ada"), case).case.state is CaseState.COMPLETED
