"""What leads on without a sequence flow: link events, and the associations of compensation (BPMN 2.0, 10.5.5 and 10.7)."""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.model import EventDefinition, EventKind, FlowNode, SequenceFlow
from engine.bpmn.names import Element, bpmn, reference

LINK = "link:"
"""How the ids of the flows begin that stand for link events; an id of a file cannot contain the colon."""


def link_of(node: FlowNode) -> EventDefinition | None:
    """The link definition of an event."""
    return next((event for event in node.events if event.kind is EventKind.LINK), None)


def link_flows(nodes: Iterable[FlowNode]) -> list[SequenceFlow]:
    """A flow from each throwing link event to the catching one of the same name in the same scope, where there is one."""
    linked = [(node, link.name.source) for node in nodes if (link := link_of(node)) is not None and link.name is not None]
    targets = {(node.scope, name): node for node, name in linked if node.type == "intermediateCatchEvent"}
    return [
        SequenceFlow(f"{LINK}{node.id}", node.id, targets[node.scope, name].id, node.line)
        for node, name in linked
        if node.type == "intermediateThrowEvent" and (node.scope, name) in targets
    ]


def compensation_handlers(process: Element) -> dict[str, str]:
    """What the associations of a process connect, from source to target, in whichever subprocess they were drawn."""
    found: dict[str, str] = {}
    for item in process.iter(bpmn("association")):
        source, target = reference(item.get("sourceRef")), reference(item.get("targetRef"))
        if source is not None and target is not None:
            found[source] = target
    return found
