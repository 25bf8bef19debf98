"""Compiles a model: SpiffWorkflow's parsers read the tree and make the specification graph, with our specs in it.

Its parsers follow the flows recursively and put splits and joins around boundary events; ours make one spec per flow node first and
connect them afterwards, by the flows of the model that our reader made. Data, messages and event definitions are read by us alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs import WorkflowSpec

from engine.bpmn.model import Model, Process, SequenceFlow
from engine.bpmn.names import SUBPROCESSES
from engine.errors import DeploymentRefused, ModelProblem
from engine.tokens import specs
from engine.tokens.definition import CompiledProcess, event_handlers, reachability

COMPILING: Final = {
    "not-compiled": "“{id}” would be left out of the running process. Draw it again; if that does not help, report this model.",
}
"""What is said of a model that passes the checks and loses something all the same, by code."""

SPECS: dict[str, type[specs.FlowNodeSpec]] = {
    "startEvent": specs.FlowNodeSpec,
    "endEvent": specs.ThrowEventSpec,
    "boundaryEvent": specs.FlowNodeSpec,
    "intermediateThrowEvent": specs.ThrowEventSpec,
    "intermediateCatchEvent": specs.CatchEventSpec,
    "task": specs.FlowNodeSpec,
    "manualTask": specs.FlowNodeSpec,
    "userTask": specs.ActivitySpec,
    "receiveTask": specs.ActivitySpec,
    "serviceTask": specs.ServiceSpec,
    "sendTask": specs.ServiceSpec,
    "businessRuleTask": specs.ServiceSpec,
    "scriptTask": specs.ServiceSpec,
    "subProcess": specs.SubprocessSpec,
    "transaction": specs.SubprocessSpec,
    "adHocSubProcess": specs.AdHocSpec,
    "callActivity": specs.CallActivitySpec,
    "exclusiveGateway": specs.ExclusiveGatewaySpec,
    "parallelGateway": specs.ParallelGatewaySpec,
    "inclusiveGateway": specs.InclusiveGatewaySpec,
    "eventBasedGateway": specs.EventBasedGatewaySpec,
}


class ScopeSpec(BpmnProcessSpec):  # type: ignore[misc]  # SpiffWorkflow has no type information
    """The specification of one scope, without SpiffWorkflow's own start, end and join nodes."""

    def __init__(self, name: str, filename: str) -> None:
        """The attributes that SpiffWorkflow's parsers expect."""
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.bpmn_start_events: list[Any] = []
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.io_specification = None


class NodeSpecParser(TaskParser):  # type: ignore[misc]  # SpiffWorkflow has no type information
    """Makes the spec of one flow node and follows no flow."""

    def parse_node(self) -> specs.FlowNodeSpec:
        """The spec; a subprocess has its inside parsed as a specification of its own."""
        parser: ModelParser = self.process_parser.parser
        node = parser.process.nodes[self.bpmn_id]
        if node.type in SUBPROCESSES:
            parser.create_parser(self.node, filename=self.filename, lane=self.lane)
            parser.get_spec(node.id)
        spec: specs.FlowNodeSpec = self.spec_class(self.spec, node)
        return spec


class ScopeParser(ProcessParser):  # type: ignore[misc]  # SpiffWorkflow has no type information
    """Parses the flow nodes directly inside a process or subprocess and connects them."""

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.add_tasks()

    def create_spec(self) -> ScopeSpec:
        """An empty specification."""
        return ScopeSpec(self.bpmn_id, self.filename)

    def add_tasks(self) -> None:
        """Every flow node of this scope, then every sequence flow between them."""
        parser: ModelParser = self.parser
        process = parser.process
        nodes = {node.get("id"): self.parse_node(node) for node in self.node if node.get("id") in process.nodes}
        outgoing: dict[str, list[specs.SequenceFlowSpec]] = {}
        for flow in parser.flows_from(nodes):
            if flow.target in nodes:
                spec = specs.SequenceFlowSpec(self.spec, flow, nodes[flow.target])
                nodes[flow.source].connect(spec)
                spec.connect(nodes[flow.target])
                outgoing.setdefault(flow.source, []).append(spec)
        for node_id, spec in nodes.items():
            spec.flows = tuple(outgoing.get(node_id, ()))
            spec.boundary = tuple(process.boundary_events(node_id))


class ModelParser(BpmnParser):  # type: ignore[misc]  # SpiffWorkflow has no type information
    """Dispatches each flow node to its parser and spec; reads neither data nor event definitions from the tree."""

    PROCESS_PARSER_CLASS = ScopeParser
    PARSER_CLASSES: dict[str, Any] = {}
    OVERRIDE_PARSER_CLASSES = {full_tag(tag): (NodeSpecParser, spec) for tag, spec in SPECS.items()}

    def __init__(self, model: Model, process: Process) -> None:
        """One parser for one process of a file."""
        super().__init__()
        self.process = process
        self._order = {flow: index for index, flow in enumerate(process.flows)}
        self._add_diagram_indexes(model.tree)
        self.create_parser(_process_element(model, process), model.resource)

    def flows_from(self, nodes: Iterable[str]) -> list[SequenceFlow]:
        """The sequence flows that leave these nodes, in document order."""
        leaving = [flow for node in nodes for flow in self.process.nodes[node].outgoing]
        return [self.process.flows[flow] for flow in sorted(leaving, key=self._order.__getitem__)]


def compile_process(model: Model, process_id: str) -> CompiledProcess:
    """Compile one process of a file that has passed the deployment checks.

    Raises `DeploymentRefused` when a flow node of the file is missing in the compiled graph: "silently skipped" must be impossible.
    """
    process = model.processes[process_id]
    parser = ModelParser(model, process)
    scopes: dict[str | None, ScopeSpec] = {None: parser.get_spec(process.id)}
    for name, scope_parser in parser.process_parsers.items():
        if name != process.id:
            scopes[name] = scope_parser.get_spec()
    nodes = {spec.node.id: spec for scope in scopes.values() for spec in scope.task_specs.values() if spec.is_node}
    _refuse_missing(model, process, set(nodes))
    return CompiledProcess(process, scopes, nodes, event_handlers(process), reachability(process))


def _process_element(model: Model, process: Process) -> Any:
    """The element of the process in the tree."""
    for element in model.tree.iter(full_tag("process")):
        if element.get("id") == process.id:
            return element
    raise KeyError(process.id)


def _refuse_missing(model: Model, process: Process, compiled: set[str]) -> None:
    """Compare the compiled graph with the file: every source and target of a flow, and every element that SpiffWorkflow knows."""
    element = _process_element(model, process)
    known = set(BpmnParser.PARSER_CLASSES) | set(ModelParser.OVERRIDE_PARSER_CLASSES)
    expected = {child.get("id"): child.sourceline for child in element.iter() if child.tag in known}
    for flow in element.iter(full_tag("sequenceFlow")):
        for end in ("sourceRef", "targetRef"):
            expected.setdefault(flow.get(end), flow.sourceline)
    problems = [
        ModelProblem(model.resource, line, node, "not-compiled", COMPILING["not-compiled"].format(id=node), details=(("id", node),))
        for node, line in expected.items()
        if node not in compiled
    ]
    if problems:
        raise DeploymentRefused(problems)
