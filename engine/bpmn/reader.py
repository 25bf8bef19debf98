"""From a BPMN file to a `Model`: everything the file says about its executable processes, as plain values.

Reading never fails on what a model says: what is wrong or not supported yet is found by the checks, which look at the same tree. Only a
file that is no safe XML, or no BPMN at all, is refused here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from engine.bpmn.activities import (
    attribute_text,
    element_text,
    read_ad_hoc,
    read_call,
    read_form,
    read_loop,
    read_retries,
    read_service,
    read_user_task,
    readonly_of,
)
from engine.bpmn.data import data_names, read_data
from engine.bpmn.events import Declared, read_events
from engine.bpmn.extensions import read_case, read_fields, read_performer, read_translations
from engine.bpmn.form_links import PLAIN
from engine.bpmn.links import compensation_handlers, link_flows
from engine.bpmn.mappings import read_listeners, read_parameters, read_properties
from engine.bpmn.model import EventKind, FieldAccess, FlowNode, Lane, Model, Participant, Process, SequenceFlow
from engine.bpmn.names import (
    FLOW_NODES,
    SUBPROCESSES,
    Element,
    bpmn,
    camunda,
    child,
    children,
    flag,
    is_bpmn,
    local_name,
    namespace_of,
    reference,
    text_of,
)
from engine.bpmn.normalise import give_ids
from engine.bpmn.xml import parse_xml, refused


def read_model(data: bytes, resource: str) -> Model:
    """Read a BPMN file. `DeploymentRefused` where it is no safe XML or no BPMN file."""
    root = parse_xml(data, resource)
    if root.tag != bpmn("definitions"):
        raise refused(resource, root.sourceline or 1, "not-bpmn", root=local_name(root), namespace=namespace_of(root))
    give_ids(root)
    declared = Declared.of(root)
    executable = (item for item in children(root, "process") if flag(item.get("isExecutable"), default=False))
    processes = [_process(item, declared) for item in executable if item.get("id")]
    collaboration = child(root, "collaboration")
    return Model(
        resource=resource,
        tree=root,
        processes={process.id: process for process in processes},
        collaboration=None if collaboration is None else collaboration.get("id"),
        participants=() if collaboration is None else tuple(_participant(item) for item in children(collaboration, "participant")),
    )


def _participant(item: Element) -> Participant:
    return Participant(
        id=item.get("id", ""),
        name=item.get("name", ""),
        line=item.sourceline or 0,
        process=reference(item.get("processRef")),
        translations=read_translations(item),
    )


def _process(element: Element, declared: Declared) -> Process:
    case = read_case(element)
    scope = _Scope(declared, compensation_handlers(element), data_names(element))
    scope.read(element, None)
    return Process(
        id=element.get("id", ""),
        name=element.get("name", ""),
        line=element.sourceline or 0,
        nodes=scope.connected(),
        flows=scope.flows,
        lanes=scope.lanes,
        version_tag=camunda(element, "versionTag"),
        task_priority=attribute_text(element, "taskPriority"),
        job_priority=attribute_text(element, "jobPriority"),
        history_time_to_live=camunda(element, "historyTimeToLive"),
        candidate_starter_users=attribute_text(element, "candidateStarterUsers"),
        candidate_starter_groups=attribute_text(element, "candidateStarterGroups"),
        listeners=read_listeners(element),
        startable_in_tasklist=flag(camunda(element, "isStartableInTasklist"), default=True),
        translations=read_translations(element),
        documentation=text_of(child(element, "documentation")),
        number_prefix=case.number_prefix,
        subject=case.subject,
        key_fields=case.key_fields,
        variables=case.variables,
        category=case.category,
        category_translations=case.category_translations,
        about=case.about,
        owner=case.owner,
        visibility=case.visibility,
    )


class _Scope:
    """Collects the nodes, flows and lanes of one process, its subprocesses included."""

    def __init__(self, declared: Declared, compensated_by: dict[str, str], data: dict[str, str]) -> None:
        self.nodes: dict[str, FlowNode] = {}
        self.flows: dict[str, SequenceFlow] = {}
        self.lanes: dict[str, Lane] = {}
        self._lane_of: dict[str, str] = {}
        self._compensated_by = compensated_by
        self._declared = declared
        self._data = data

    def read(self, holder: Element, scope: str | None) -> None:
        """Read what stands directly inside a process or subprocess, then what is deeper."""
        for lane_set in children(holder, "laneSet"):
            self._read_lanes(lane_set)
        for item in children(holder):
            name = local_name(item)
            if name == "sequenceFlow":
                flow = _flow(item)
                self.flows[flow.id] = flow
            elif name in FLOW_NODES and item.get("id"):
                node = _node(item, scope, self._declared, self._data)
                self.nodes[node.id] = node
                if name in SUBPROCESSES:
                    self.read(item, node.id)

    def connected(self) -> dict[str, FlowNode]:
        """The nodes with their flows, in the order of the file, and their innermost lanes."""
        self.flows.update((flow.id, flow) for flow in link_flows(self.nodes.values()))
        incoming: dict[str, list[str]] = defaultdict(list)
        outgoing: dict[str, list[str]] = defaultdict(list)
        for flow in self.flows.values():
            outgoing[flow.source].append(flow.id)
            incoming[flow.target].append(flow.id)
        return {
            node.id: replace(
                node,
                incoming=tuple(incoming[node.id]),
                outgoing=tuple(outgoing[node.id]),
                lane=self._lane(node),
                compensated_by=self._compensated_by.get(node.id) if node.has_event(EventKind.COMPENSATION) else None,
            )
            for node in self.nodes.values()
        }

    def _lane(self, node: FlowNode) -> str | None:
        """The lane that names the node; else that of the host of a boundary event; else that of the subprocess around it."""
        seen: FlowNode | None = node
        while seen is not None:
            if seen.id in self._lane_of:
                return self._lane_of[seen.id]
            host = self.nodes.get(seen.attached_to or "")
            if host is not None and host.id in self._lane_of:
                return self._lane_of[host.id]
            seen = self.nodes.get(seen.scope or "")
        return None

    def _read_lanes(self, lane_set: Element) -> None:
        """Inner lanes come after outer ones, so that the innermost lane of a node wins."""
        for item in children(lane_set, "lane"):
            lane = Lane(
                id=item.get("id", ""),
                name=item.get("name", ""),
                line=item.sourceline or 0,
                group=read_performer(item),
                translations=read_translations(item),
            )
            self.lanes[lane.id] = lane
            for ref in children(item, "flowNodeRef"):
                self._lane_of[reference(text_of(ref)) or ""] = lane.id
            for inner in children(item, "childLaneSet"):
                self._read_lanes(inner)


def _flow(item: Element) -> SequenceFlow:
    return SequenceFlow(
        id=item.get("id", ""),
        source=reference(item.get("sourceRef")) or "",
        target=reference(item.get("targetRef")) or "",
        line=item.sourceline or 0,
        name=item.get("name", ""),
        condition=element_text(child(item, "conditionExpression")),
        listeners=read_listeners(item),
        translations=read_translations(item),
    )


def _node(item: Element, scope: str | None, declared: Declared, data: dict[str, str]) -> FlowNode:
    start = is_bpmn(item, "startEvent")
    fields, default = read_fields(item) if start else ((), None)
    form_key, form_link, form_data = read_form(item) if start else (None, PLAIN, ())
    interrupting = item.get("isInterrupting") if start else item.get("cancelActivity")
    events = read_events(item, declared)
    copied_in, copied_out = read_data(item, data)
    return FlowNode(
        id=item.get("id", ""),
        type=local_name(item),
        name=item.get("name", ""),
        line=item.sourceline or 0,
        scope=scope,
        default=reference(item.get("default")),
        event=events[0] if events else None,
        further_events=events[1:],
        attached_to=reference(item.get("attachedToRef")),
        interrupting=flag(interrupting, default=True),
        triggered_by_event=flag(item.get("triggeredByEvent"), default=False),
        instantiates=is_bpmn(item, "receiveTask", "eventBasedGateway") and flag(item.get("instantiate"), default=False),
        waits_for_all=is_bpmn(item, "eventBasedGateway") and item.get("eventGatewayType") == "Parallel",
        for_compensation=flag(item.get("isForCompensation"), default=False),
        ad_hoc=read_ad_hoc(item),
        loop=read_loop(item),
        call=read_call(item),
        user_task=read_user_task(item),
        service=read_service(item, declared),
        form_key=form_key,
        form_link=form_link,
        form_data=form_data,
        initiator=camunda(item, "initiator") if start else None,
        fields=(*fields, *readonly_of(form_data)),
        default_field_access=default or FieldAccess.WRITE,
        inputs=(*copied_in, *read_parameters(item, "inputParameter")),
        outputs=(*read_parameters(item, "outputParameter"), *copied_out),
        listeners=read_listeners(item),
        async_before=flag(camunda(item, "asyncBefore") or camunda(item, "async"), default=False),
        async_after=flag(camunda(item, "asyncAfter"), default=False),
        job_priority=attribute_text(item, "jobPriority"),
        retries=read_retries(item),
        properties=read_properties(item),
        translations=read_translations(item),
        documentation=text_of(child(item, "documentation")),
    )
