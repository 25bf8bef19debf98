"""SpiffWorkflow as it comes, for the tests that pin what we measured about it."""

from __future__ import annotations

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d">'


def document(body: str, heads: str = "", attributes: str = 'isExecutable="true"') -> str:
    """A file with one process."""
    return f'{HEAD}{heads}<process id="p" {attributes}>{body}</process></definitions>'


def flows(*pairs: str) -> str:
    """Sequence flows from `a>b`, or `a>b|condition`."""
    parts = []
    for index, pair in enumerate(pairs):
        path, _, condition = pair.partition("|")
        source, target = path.split(">")
        inner = condition and f"<conditionExpression>{condition}</conditionExpression>"
        parts.append(f'<sequenceFlow id="f{index}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    return "".join(parts)


def parsed(xml: str, parser_class: type[BpmnParser] = BpmnParser) -> BpmnParser:
    """A parser that has read the file."""
    parser = parser_class()
    parser.add_bpmn_xml(etree.fromstring(xml))
    return parser


def spec_of(xml: str) -> object:
    """The specification of the process."""
    return parsed(xml).get_spec("p")


def started(xml: str, **data: object) -> BpmnWorkflow:
    """A running workflow, moved until it waits."""
    parser = parsed(xml)
    workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    workflow.task_tree.data.update(data)
    workflow.do_engine_steps()
    return workflow


def ready(workflow: BpmnWorkflow) -> list[str]:
    """The ids of the tasks that wait for a person."""
    return sorted(task.task_spec.bpmn_id for task in workflow.get_tasks(state=TaskState.READY, manual=True))


def complete(workflow: BpmnWorkflow, name: str, **data: object) -> None:
    """Complete one waiting task."""
    task = next(t for t in workflow.get_tasks(state=TaskState.READY, manual=True) if t.task_spec.bpmn_id == name)
    task.data.update(data)
    task.run()
    workflow.do_engine_steps()
