"""The hooks of SpiffWorkflow 3.2.0 that `engine.tokens` stands on, and the traps beside them that it steps around.

When one of these fails after an upgrade, the token game needs a look before anything else.
"""

from __future__ import annotations

import uuid

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.node_parser import NodeParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec, _BpmnCondition
from SpiffWorkflow.bpmn.specs.defaults import UserTask
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from tests.tokens.stock import HEAD, document, flows, parsed


class Probe(BpmnTaskSpec):
    """Notes in which order its hooks are called."""

    answer: bool | None = None

    def __init__(self, wf_spec, name, log):
        super().__init__(wf_spec, name)
        self.log = log

    def test(self):
        self.log.append(f"test {self.name}")

    def _update_hook(self, my_task):
        self.log.append(f"update {self.name}")
        return True

    def _on_ready_hook(self, my_task):
        self.log.append(f"ready {self.name}")

    def _run_hook(self, my_task):
        self.log.append(f"run {self.name}")
        return self.answer

    def _on_complete_hook(self, my_task):
        self.log.append(f"complete {self.name}")
        my_task._sync_children(self.outputs, TaskState.FUTURE)

    def _predict(self, my_task, seen=None, looked_ahead=0, mask=TaskState.PREDICTED_MASK):
        pass

    def _on_cancel(self, my_task):
        self.log.append(f"cancel {self.name}")


@pytest.fixture
def log():
    return []


@pytest.fixture
def probe(log):
    """A task at the first of two probes, just ready; there are two connections between them."""
    spec = WorkflowSpec("w", addstart=True)
    first, second = Probe(spec, "a", log), Probe(spec, "b", log)
    spec.start.connect(first)
    first.connect(second)
    first.connect(second)
    workflow = Workflow(spec)
    workflow.task_tree.run()
    return task_at(workflow, "a")


def task_at(workflow, name):
    return next(task for task in workflow.tasks.values() if task.task_spec.name == name)


def test_a_new_task_is_updated_tested_and_made_ready(probe, log):
    assert log == ["update a", "test a", "ready a"]
    assert probe.state == TaskState.READY


def test_a_run_hook_that_answers_none_leaves_the_task_started(probe, log):
    assert probe.run() is None
    assert probe.state == TaskState.STARTED
    assert log[3:] == ["run a"]


def test_complete_makes_one_child_for_each_connection_and_makes_it_ready(probe, log):
    probe.run()
    probe.complete()
    assert log[4:] == ["complete a", "update b", "test b", "ready b", "update b", "test b", "ready b"]
    assert [task.task_spec.name for task in probe.children] == ["b", "b"]


def test_a_run_hook_that_answers_true_completes_the_task(probe, log):
    probe.task_spec.answer = True
    probe.run()
    assert probe.state == TaskState.COMPLETED
    assert "complete a" in log


def test_cancel_calls_the_hook_of_a_task_that_has_not_finished(probe, log):
    probe.run()
    probe.cancel()
    assert probe.state == TaskState.CANCELLED
    assert log[-1] == "cancel a"


def test_a_completed_task_is_told_to_its_workflow_last(probe, log, monkeypatch):
    monkeypatch.setattr(probe.workflow, "_task_completed_notify", lambda task: log.append(f"notify {task.task_spec.name}"))
    probe.run()
    probe.complete()
    assert log[-1] == "notify a"


# ---- traps ---------------------------------------------------------------------------------------------------------------


def test_run_completes_a_task_that_was_cancelled_while_it_ran(probe, log):
    probe.task_spec._run_hook = lambda task: task.cancel() or True
    probe.run()
    assert probe.state == TaskState.COMPLETED


def test_add_child_makes_a_plain_task_whatever_the_class_of_its_parent(probe):
    class OwnTask(Task):
        pass

    parent = OwnTask(probe.workflow, probe.task_spec, probe.workflow.task_tree, TaskState.FUTURE)
    assert type(parent._add_child(probe.task_spec.outputs[0], TaskState.FUTURE)) is Task


def test_ids_are_uuids_with_a_hash_in_python(probe):
    assert isinstance(probe.id, uuid.UUID)
    assert type(uuid.UUID.__hash__).__name__ == "function"


def test_a_spec_without_input_refuses_to_run():
    with pytest.raises(WorkflowException):
        BpmnTaskSpec(WorkflowSpec("w"), "orphan").test()


def test_the_condition_of_a_flow_wants_data_objects_of_the_workflow(probe):
    probe.workflow.script_engine = None
    with pytest.raises(AttributeError):
        _BpmnCondition("True")._matches(probe)


def test_attribute_looks_for_a_namespace_that_bpmn_attributes_do_not_have():
    node = etree.fromstring(HEAD + '<subProcess id="u" triggeredByEvent="true"/></definitions>')[0]
    assert NodeParser(node).attribute("triggeredByEvent") is None
    assert node.get("triggeredByEvent") == "true"


def test_a_workflow_ends_with_the_task_whose_spec_is_called_end(probe, log):
    end = Probe(probe.workflow.spec, "End", log)
    Task(probe.workflow, end, probe, TaskState.READY).complete()
    assert probe.workflow.completed


# ---- extension points ----------------------------------------------------------------------------------------------------


class OwnUserTask(UserTask):
    pass


def test_a_parser_may_be_told_its_own_specs():
    class OwnParser(BpmnParser):
        OVERRIDE_PARSER_CLASSES = {full_tag("userTask"): (TaskParser, OwnUserTask)}  # noqa: RUF012  # as the library declares it

    xml = document('<startEvent id="s"/><userTask id="a"/>' + flows("s>a"))
    assert type(parsed(xml, OwnParser).get_spec("p").task_specs["a"]) is OwnUserTask


def test_a_parser_may_be_told_its_own_process_parser():
    class OwnProcessParser(ProcessParser):
        pass

    class OwnParser(BpmnParser):
        PROCESS_PARSER_CLASS = OwnProcessParser

    parser = parsed(document('<startEvent id="s"/>'), OwnParser)
    assert type(parser.process_parsers["p"]) is OwnProcessParser


USED = {
    TaskParser: "parse_node connect_outgoing _add_boundary_event _add_multiinstance_task",
    ProcessParser: "add_tasks create_spec _parse",
    BpmnParser: "add_bpmn_xml create_parser _add_diagram_indexes",
    Task: "_sync_children _add_child _ready _set_state",
    BpmnTaskSpec: "_predict _update_hook _on_ready_hook _run_hook _on_complete_hook _on_cancel",
    Workflow: "_task_completed_notify",
}


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, names in USED.items() for name in names.split()])
def test_the_names_that_we_override_or_call_exist(owner, name):
    assert callable(getattr(owner, name))
