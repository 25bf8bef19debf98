"""Where names stand that are not inside their shapes: those of events, gateways and flows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from engine.bpmn.layout.geometry import Box, Drawing, Point, label_size
from engine.bpmn.model import FlowNode, Process
from engine.bpmn.names import EVENTS, GATEWAYS

GAP: Final = 4
ON_SHAPE, ON_LABEL, ON_FLOW = 100, 60, 40


def usual_label(node: FlowNode, box: Box) -> Box | None:
    """Where the label of a node would stand if nothing were in the way; None for nodes that hold their names."""
    return next(_spots(node, box), None) if node.name and node.type in EVENTS | GATEWAYS else None


def place_labels(process: Process, scope: str | None, drawing: Drawing) -> None:
    """Labels of nodes first, then of flows: each at the first spot where it touches nothing, else where it touches least."""
    inside = process.children(scope)
    for node in inside:
        if node.id in drawing.shapes and usual_label(node, drawing.shapes[node.id]) is not None:
            drawing.labels[node.id] = _best(list(_spots(node, drawing.shapes[node.id])), drawing, node.id)
    names = {node.id for node in inside}
    for flow in process.flows.values():
        if flow.name and flow.source in names and flow.id in drawing.edges:
            spots = list(_flow_spots(_own_part(flow.id, drawing), *label_size(flow.name)))
            drawing.labels[flow.id] = _best(spots, drawing, flow.id)


def _spots(node: FlowNode, box: Box) -> Iterator[Box]:
    width, height = label_size(node.name)
    x, y = box.center
    middle, above, below = x - width // 2, box.y - GAP - height, box.bottom + GAP
    beside = [
        (box.right + GAP, y + GAP),
        (box.x - GAP - width, y + GAP),
        (box.right + GAP, y - height - GAP),
        (box.x - GAP - width, y - height - GAP),
    ]
    if node.attached_to is not None:
        spots = beside
    elif node.type in GATEWAYS:
        corners = [
            (box.right - 10, above + 10),
            (box.x + 10 - width, above + 10),
            (box.right - 10, below - 10),
            (box.x + 10 - width, below - 10),
        ]
        spots = [(middle, above), (middle, below), *corners]
    else:
        spots = [(middle, below), (middle, above), *beside]
    for left, top in spots:
        yield Box(left, top, width, height)


def _flow_spots(points: list[Point], width: int, height: int) -> Iterator[Box]:
    """Beside each piece of a flow, from its source on: at the beginning of the piece, then at its middle."""
    for start, end in pairwise(points):
        length = abs(start[0] - end[0]) + abs(start[1] - end[1])
        for share in (0, 2):
            if start[1] == end[1]:
                sign = 1 if end[0] > start[0] else -1
                near = start[0] + sign * GAP - (width if sign < 0 else 0)
                left = near if share == 0 else (start[0] + end[0]) // share - width // 2
                yield Box(left, start[1] - GAP - height, width, height)
                yield Box(left, start[1] + GAP, width, height)
            elif length >= height:
                sign = 1 if end[1] > start[1] else -1
                near = start[1] + sign * GAP - (height if sign < 0 else 0)
                top = near if share == 0 else (start[1] + end[1]) // share - height // 2
                yield Box(start[0] + GAP, top, width, height)
                yield Box(start[0] - GAP - width, top, width, height)


def _own_part(flow: str, drawing: Drawing) -> list[Point]:
    """The bends of a flow from where it parts from another one that leaves the same point in the same direction."""
    points = drawing.edges[flow]
    for name, others in drawing.edges.items():
        if name != flow and others[0] == points[0] and _direction(others) == _direction(points) and len(points) > 2:  # noqa: PLR2004  it bends
            return points[1:]
    return points


def _direction(points: list[Point]) -> tuple[bool, bool, bool, bool]:
    (x, y), (to_x, to_y) = points[0], points[1]
    return to_x > x, to_x < x, to_y > y, to_y < y


def _best(spots: list[Box], drawing: Drawing, own: str) -> Box:
    return min(enumerate(spots), key=lambda item: (_cost(item[1], drawing, own), item[0]))[1]


def _cost(spot: Box, drawing: Drawing, own: str) -> int:
    shapes = sum(spot.overlaps(box.grown(1)) for name, box in drawing.shapes.items() if name != own)
    labels = sum(spot.grown(2).overlaps(box) for box in drawing.labels.values())
    pieces = (Box.around(*piece).grown(2) for points in drawing.edges.values() for piece in pairwise(points))
    flows = sum(spot.overlaps(piece) for piece in pieces)
    outside = spot.x < 0 or spot.y < 0
    return ON_SHAPE * shapes + ON_LABEL * labels + ON_FLOW * flows + ON_SHAPE * outside
