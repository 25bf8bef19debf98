"""What Camunda calls the types of flow nodes in its history: events are told apart by what they catch or throw."""

from __future__ import annotations

from engine.bpmn.model import EventKind, FlowNode, Process

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


def is_many(node: FlowNode) -> bool:
    """Whether an activity has several instances with a body around them; a standard loop has none."""
    return node.loop is not None and not node.loop.standard


def outline_of(process: Process) -> dict[str, tuple[str | None, bool]]:
    """Of each flow node the subprocess around it, and whether it has several instances."""
    return {it.id: (it.scope, is_many(it)) for it in process.nodes.values()}
