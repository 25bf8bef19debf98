"""What SpiffWorkflow 3.2.0 does by itself that made us give it our own graph and token game.

Each test pins one measured fact. When one fails after an upgrade, the library has moved: read `docs/decisions.md` and see whether our own
way is still needed. Nothing here is how Crossdesk behaves; that stands in `test_cases.py`.
"""

from __future__ import annotations

import importlib.metadata
import inspect

import pytest
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskIterator, TaskState

from tests.tokens.stock import complete, document, flows, ready, spec_of, started

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
MESSAGE = '<message id="M" name="M"/>'


def users(*names: str) -> str:
    return "".join(f'<userTask id="{name}"/>' for name in names)


def catch(workflow) -> None:
    """Send the message M."""
    workflow.catch(BpmnEvent(MessageEventDefinition("M"), None))
    workflow.do_engine_steps()


def test_these_facts_were_measured_on_this_version():
    assert importlib.metadata.version("SpiffWorkflow") == "3.2.0"


# ---- growth --------------------------------------------------------------------------------------------------------------


def script_loop(rounds: int):
    body = '<scriptTask id="i"><script>n = n + 1</script></scriptTask><exclusiveGateway id="x" default="f3"/>'
    links = flows("s>i", "i>x", f"x>i|n &lt; {rounds}", "x>a", "a>e")
    return started(document(START + body + users("a") + END + links), n=0)


def test_a_tree_deeper_than_1000_ends_silently():
    assert inspect.signature(TaskIterator).parameters["max_depth"].default == 1000
    assert ready(script_loop(300)) == ["a"]
    too_deep = script_loop(510)
    assert ready(too_deep) == []
    assert too_deep.is_completed()


def test_the_tree_keeps_everything_that_has_finished():
    assert len(script_loop(200).tasks) - len(script_loop(100).tasks) == 200


def test_each_task_carries_a_deep_copy_of_its_parents_data():
    workflow = started(document(START + users("a", "b") + flows("s>a", "a>b")), big=[1])
    complete(workflow, "a")
    copies = [task.data["big"] for task in workflow.get_tasks() if "big" in task.data]
    assert len({id(copy) for copy in copies}) == len(copies) > 2


def test_a_task_that_leads_back_to_itself_exhausts_the_stack():
    with pytest.raises(RecursionError):
        started(document(START + '<scriptTask id="m"><script>pass</script></scriptTask>' + flows("s>m", "m>m")))


# ---- what the parser drops or refuses ------------------------------------------------------------------------------------


def test_what_stands_behind_a_flow_without_an_id_is_lost_silently():
    spec = spec_of(document(START + users("a") + END + '<sequenceFlow sourceRef="s" targetRef="a"/>' + flows("a>e")))
    assert "a" not in spec.task_specs


def test_an_element_called_start_clashes_with_an_internal_name():
    with pytest.raises(WorkflowException, match="No output task connected"):
        started(document('<startEvent id="Start"/>' + users("a") + END + flows("Start>a", "a>e")))


def test_a_task_called_end_is_never_offered():
    assert ready(started(document(START + users("End") + END + flows("s>End", "End>e")))) == []


def test_the_catching_side_of_a_link_is_dropped_silently():
    throw = '<intermediateThrowEvent id="t"><linkEventDefinition name="L"/></intermediateThrowEvent>'
    caught = '<intermediateCatchEvent id="c"><linkEventDefinition name="L"/></intermediateCatchEvent>'
    spec = spec_of(document(START + throw + caught + users("a") + END + flows("s>t", "c>a", "a>e")))
    assert "t" in spec.task_specs
    assert not {"c", "a"} & set(spec.task_specs)


@pytest.mark.parametrize(
    ("element", "definition"),
    [("intermediateThrowEvent", "<compensateEventDefinition/>"), ("endEvent", '<signalEventDefinition signalRef="S"/>')],
)
def test_an_unknown_kind_of_event_becomes_a_none_event(element, definition):
    spec = spec_of(document(START + f'<{element} id="t">{definition}</{element}>' + flows("s>t"), '<signal id="S" name="S"/>'))
    assert isinstance(spec.task_specs["t"].event_definition, NoneEventDefinition)


SUBPROCESS = '<subProcess id="u"><startEvent id="us"/><userTask id="a"/><sequenceFlow id="uf" sourceRef="us" targetRef="a"/></subProcess>'
REFUSED = {
    "several flows out of a task": START + users("a", "b", "c") + flows("s>a", "a>b", "a>c"),
    "an unconditioned flow out of an inclusive gateway": START
    + '<inclusiveGateway id="g"/>'
    + users("b", "c")
    + flows("s>g", "g>b", "g>c|True"),
    "a subprocess without an end event": START + SUBPROCESS + END + flows("s>u", "u>e"),
    "a called element that is an expression": START + '<callActivity id="k" calledElement="${which}"/>' + END + flows("s>k", "k>e"),
    "a compensation boundary event": START
    + users("a")
    + '<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
    + flows("s>a"),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_the_parser_refuses(body):
    with pytest.raises(ValidationException):
        started(document(body))


def test_an_element_without_an_incoming_flow_is_never_parsed():
    assert "h" not in spec_of(document(START + users("a", "h") + END + flows("s>a", "a>e"))).task_specs


# ---- events --------------------------------------------------------------------------------------------------------------


def event_subprocess() -> str:
    start = '<startEvent id="hs" isInterrupting="true"><messageEventDefinition messageRef="M"/></startEvent>'
    links = '<sequenceFlow id="h1" sourceRef="hs" targetRef="c"/><sequenceFlow id="h2" sourceRef="c" targetRef="he"/>'
    inner = f'<subProcess id="h" triggeredByEvent="true">{start}{users("c")}<endEvent id="he"/>{links}</subProcess>'
    return document(START + users("a") + END + flows("s>a", "a>e") + inner, MESSAGE)


def test_an_interrupting_event_subprocess_does_not_interrupt():
    workflow = started(event_subprocess())
    catch(workflow)
    assert ready(workflow) == ["a", "c"]


def test_an_event_subprocess_rewires_the_definition_while_it_runs():
    workflow = started(event_subprocess())
    before = len(workflow.spec.start.outputs)
    catch(workflow)
    assert len(workflow.spec.start.outputs) == before + 1


def test_a_non_interrupting_message_boundary_event_catches_once_only():
    event = '<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><messageEventDefinition messageRef="M"/></boundaryEvent>'
    workflow = started(document(START + users("a", "c") + event + END + flows("s>a", "a>e", "b>c", "c>e"), MESSAGE))
    catch(workflow)
    catch(workflow)
    assert ready(workflow) == ["a", "c"]


def test_a_duration_as_bpmn_writes_it_is_evaluated_as_python():
    duration = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    timer = f'<intermediateCatchEvent id="t">{duration}</intermediateCatchEvent>'
    with pytest.raises(WorkflowTaskException, match="PT1H"):
        started(document(START + timer + END + flows("s>t", "t>e")))


# ---- gateways ------------------------------------------------------------------------------------------------------------


def test_a_parallel_join_loses_the_second_of_two_full_sets_of_tokens():
    gateways = '<parallelGateway id="g"/><parallelGateway id="j"/><exclusiveGateway id="m"/><exclusiveGateway id="n"/>'
    links = flows("s>g", "g>a", "g>b", "g>c", "g>d", "a>m", "b>m", "c>n", "d>n", "m>j", "n>j", "j>z", "z>e")
    workflow = started(document(START + gateways + users("a", "b", "c", "d", "z") + END + links))
    for name in "abcd":
        complete(workflow, name)
    assert ready(workflow) == ["z"]


# ---- multi-instance ------------------------------------------------------------------------------------------------------


def multi_instance(count: int, condition: str = "") -> str:
    inner = f"<loopCardinality>{count}</loopCardinality>" + (condition and f"<completionCondition>{condition}</completionCondition>")
    task = f'<userTask id="a"><multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics></userTask>'
    return document(START + task + users("z") + END + flows("s>a", "a>z", "z>e"))


def test_a_completion_condition_knows_no_counters():
    workflow = started(multi_instance(4, "nrOfCompletedInstances >= 2"))
    with pytest.raises(WorkflowTaskException, match="nrOfCompletedInstances"):
        complete(workflow, "a")


def test_cancelling_one_instance_of_a_parallel_multi_instance_hangs_for_ever():
    workflow = started(multi_instance(2))
    workflow.get_tasks(state=TaskState.READY, manual=True)[0].cancel()
    complete(workflow, "a")
    assert ready(workflow) == []
    assert not workflow.is_completed()


def test_a_multi_instance_without_instances_is_passed_silently():
    assert ready(started(multi_instance(0))) == ["z"]


# ---- moves ---------------------------------------------------------------------------------------------------------------


def test_a_reset_empties_the_data():
    workflow = started(document(START + users("a", "b") + END + flows("s>a", "a>b", "b>e")), keep=1)
    complete(workflow, "a", given=2)
    task = next(task for task in workflow.get_tasks() if task.task_spec.bpmn_id == "a")
    workflow.reset_from_task_id(task.id)
    assert workflow.get_tasks(state=TaskState.READY, manual=True)[0].data == {"keep": 1}


def test_a_reset_inside_a_joined_block_leaves_the_later_task_ready():
    gateways = '<parallelGateway id="g"/><parallelGateway id="j"/>'
    workflow = started(document(START + gateways + users("a", "b", "c") + END + flows("s>g", "g>a", "g>b", "a>j", "b>j", "j>c", "c>e")))
    complete(workflow, "a")
    complete(workflow, "b")
    task = next(task for task in workflow.get_tasks() if task.task_spec.bpmn_id == "a")
    workflow.reset_from_task_id(task.id)
    workflow.do_engine_steps()
    assert ready(workflow) == ["a", "c"]


# ---- code in models ------------------------------------------------------------------------------------------------------


def test_a_condition_is_arbitrary_python():
    links = flows("s>x", "x>a|__import__('os').getpid() > 0", "x>b")
    assert ready(started(document(START + '<exclusiveGateway id="x" default="f2"/>' + users("a", "b") + links))) == ["a"]


def test_a_script_is_arbitrary_python():
    script = '<scriptTask id="x"><script>import os\npid = os.getpid()</script></scriptTask>'
    workflow = started(document(START + script + users("a") + flows("s>x", "x>a")))
    assert "pid" in workflow.get_tasks(state=TaskState.READY, manual=True)[0].data
