"""The flows of one scope: where they may leave and enter shapes, and in which order they are routed."""

from __future__ import annotations

from typing import Final

from engine.bpmn.layout.geometry import Box, Drawing
from engine.bpmn.layout.labels import usual_label
from engine.bpmn.layout.placement import Placement
from engine.bpmn.layout.routing import EAST, NORTH, SOUTH, WEST, Port, Router, Wire
from engine.bpmn.model import FlowNode, Process
from engine.bpmn.names import EVENTS, GATEWAYS

SIDES: Final = {"right": EAST, "bottom": SOUTH, "top": NORTH, "left": WEST}
LEAVING: Final = {
    "gateway": {"right": 0, "bottom": 10, "top": 15, "left": 130},
    "event": {"right": 0, "bottom": 50, "top": 50, "left": 200},
    "activity": {"right": 0, "bottom": 60, "top": 65, "left": 150},
}
ENTERING: Final = {
    "gateway": {"left": 0, "bottom": 10, "top": 15, "right": 110},
    "event": {"left": 0, "bottom": 30, "top": 30, "right": 150},
    "activity": {"left": 0, "bottom": 30, "top": 35, "right": 150},
}


def route_flows(process: Process, scope: str | None, placement: Placement, drawing: Drawing, xs: set[int], ys: set[int]) -> None:
    """Route the flows of a scope: short ones on one row first, so that the main path is straight; flows back last."""
    inside = {node.id: node for node in process.children(scope)}
    xs |= {drawing.shapes[node.id].center[0] for node in inside.values() if node.attached_to is not None and node.id in drawing.shapes}
    labels = [label for node in inside.values() if node.id in drawing.shapes and (label := usual_label(node, drawing.shapes[node.id]))]
    router = Router(sorted(xs), sorted(ys), [drawing.shapes[name] for name in inside if name in drawing.shapes], labels)
    flows = [flow for flow in process.flows.values() if flow.source in drawing.shapes and flow.target in drawing.shapes]

    def urgency(position: int) -> tuple[bool, int, int]:
        flow = flows[position]
        start, end = drawing.shapes[flow.source].center, drawing.shapes[flow.target].center
        bends = 0 if start[1] == end[1] else 200
        return flow.id in placement.back, bends + abs(start[0] - end[0]) + abs(start[1] - end[1]), position

    for position in sorted(range(len(flows)), key=urgency):
        flow = flows[position]
        source, target = inside.get(flow.source), inside.get(flow.target)
        if source is not None and target is not None:
            exits = _ports(source, drawing.shapes[source.id], LEAVING, drawing, process)
            entries = _ports(target, drawing.shapes[target.id], ENTERING, drawing, process)
            drawing.edges[flow.id] = router.route(Wire(flow.id, source.id, target.id, exits, entries))


def _ports(node: FlowNode, box: Box, prices: dict[str, dict[str, int]], drawing: Drawing, process: Process) -> tuple[Port, ...]:
    if node.attached_to is not None:
        return (_port(box, "top" if box.center[1] == drawing.shapes[node.attached_to].y else "bottom", 0),)
    kind = "gateway" if node.type in GATEWAYS else "event" if node.type in EVENTS else "activity"
    taken = {drawing.shapes[event.id].center for event in process.boundary_events(node.id) if event.id in drawing.shapes}
    sides = [_port(box, side, price) for side, price in prices[kind].items()]
    return tuple(port for port in sides if port.point not in taken)


def _port(box: Box, side: str, price: int) -> Port:
    x, y = box.center
    point = {"right": (box.right, y), "left": (box.x, y), "top": (x, box.y), "bottom": (x, box.bottom)}[side]
    return Port(point, SIDES[side], price)
