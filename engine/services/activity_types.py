"""What Camunda calls the types of flow nodes in its history: events are told apart by what they catch or throw."""

from __future__ import annotations

from engine.bpmn.model import EventKind, FlowNode

_NAMES = {EventKind.COMPENSATION: "compensation"}
_TYPES = {
    ("startEvent", "timer"): "startTimerEvent",
    ("intermediateCatchEvent", "timer"): "intermediateTimer",
    ("intermediateCatchEvent", "conditional"): "intermediateConditional",
    ("intermediateThrowEvent", "signal"): "intermediateSignalThrow",
    ("boundaryEvent", "compensation"): "compensationBoundaryCatch",
    ("boundaryEvent", "cancel"): "cancelBoundaryCatch",
}


def activity_type(node: FlowNode) -> str:
    """Camunda's name of a type: `userTask`, `startEvent`, `messageStartEvent`, `boundaryTimer`, `noneEndEvent` and so on."""
    kind = "" if node.event is None else _NAMES.get(node.event.kind, node.event.kind.value)
    usual = {
        "startEvent": f"{kind}StartEvent" if kind else "startEvent",
        "endEvent": f"{kind or 'none'}EndEvent",
        "boundaryEvent": f"boundary{kind.capitalize()}",
        "intermediateCatchEvent": f"intermediate{kind.capitalize()}Catch",
        "intermediateThrowEvent": f"intermediate{(kind or 'none').capitalize()}ThrowEvent",
    }
    return _TYPES.get((node.type, kind)) or usual.get(node.type, node.type)
