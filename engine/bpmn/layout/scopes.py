"""Lays out one scope: a process, or the inside of a subprocess, which is then one large shape in the scope around it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from engine.bpmn.layout.geometry import EVENT, GRID, PADDING, TASK, Box, Drawing, high, label_size, size_of, snap, wide
from engine.bpmn.layout.labels import place_labels
from engine.bpmn.layout.placement import Placement, place
from engine.bpmn.layout.wires import route_flows
from engine.bpmn.model import FlowNode, Process
from engine.bpmn.names import SUBPROCESSES

MARGIN: Final = 30  # between the border of a lane and the first shape
TITLE: Final = 20  # more of it at the top of a subprocess, where its name stands
SPOTS: Final = ((-30, "bottom"), (30, "bottom"), (-30, "top"), (30, "top"))
"""Where boundary events sit on their host: from its right or left edge, in the order in which they are used."""


@dataclass(slots=True)
class Grid:
    """The lines between columns and rows, on which flows run, and the lines through their middles."""

    xs: set[int] = field(default_factory=set)
    ys: set[int] = field(default_factory=set)

    def corridor(self, start: int, end: int, *, across: bool) -> None:
        """The lines of the space between two columns (`across` false: between two rows)."""
        (self.xs if across else self.ys).update(range(start + GRID, end, GRID))


def lay_out_scope(process: Process, scope: str | None, lanes: list[str], lane_of: dict[str, int]) -> Drawing:
    """The drawing of one scope, from 0, 0. `lanes` are the innermost lanes from top to bottom, none for a subprocess."""
    inner = {node.id: lay_out_scope(process, node.id, [], {}) for node in process.children(scope) if node.type in SUBPROCESSES}
    placement = place(process, scope, lane_of)
    drawing, grid = Drawing(), Grid()
    columns = _columns(process, placement, inner, grid)
    rows = _rows(process, scope, placement, inner, lanes, lane_of, drawing, grid)
    for name, column in placement.column.items():
        width, height = _size(process.nodes[name], inner)
        x, y = columns[column], rows[placement.row[name]]
        drawing.shapes[name] = Box(x - width // 2, y - height // 2, width, height)
    for node in process.children(scope):
        if node.attached_to in drawing.shapes:
            _attach(process, node, drawing)
    drawing.width = max([drawing.width, *(box.right + PADDING for box in drawing.shapes.values())])
    drawing.lanes = {name: Box(0, box.y, drawing.width, box.height) for name, box in drawing.lanes.items()}
    grid.xs |= {drawing.width - GRID}
    route_flows(process, scope, placement, drawing, grid.xs, grid.ys)
    place_labels(process, scope, drawing)
    for name, part in inner.items():
        box = drawing.shapes[name]
        drawing.add(part, (box.x, box.y))
    return drawing


def _size(node: FlowNode, inner: dict[str, Drawing]) -> tuple[int, int]:
    part = inner.get(node.id)
    return size_of(node) if part is None else (wide(part.width), high(part.height))


def _columns(process: Process, placement: Placement, inner: dict[str, Drawing], grid: Grid) -> list[int]:
    """The middle of each column; the lines between them."""
    widths = [0] * placement.columns()
    for name, column in placement.column.items():
        widths[column] = max(widths[column], wide(_size(process.nodes[name], inner)[0]))
    gaps = [_gap(process, placement, column) for column in range(len(widths))]
    middles: list[int] = []
    at = PADDING
    grid.corridor(0, at, across=True)
    for width, gap in zip(widths, gaps, strict=True):
        middles.append(at + width // 2)
        grid.xs.add(middles[-1])
        grid.corridor(at + width, at + width + gap, across=True)
        at += width + gap
    return middles


def _gap(process: Process, placement: Placement, column: int) -> int:
    """The space right of a column: wider where flows change rows there, or carry names."""
    turning, named = 0, 0
    for flow in process.flows.values():
        source = process.nodes.get(flow.source)
        name = flow.source if source is None or source.attached_to is None else source.attached_to
        if placement.column.get(name) != column or flow.target not in placement.column:
            continue
        turning += placement.row[name] != placement.row[flow.target]
        named = max(named, label_size(flow.name)[0] if flow.name else 0)
    return max(GRID * (2 + min(max(turning, 1), 5)), snap(named + GRID) if named else 0)


def _rows(
    process: Process,
    scope: str | None,
    placement: Placement,
    inner: dict[str, Drawing],
    lanes: list[str],
    lane_of: dict[str, int],
    drawing: Drawing,
    grid: Grid,
) -> dict[tuple[int, int], int]:
    """The middle of each row; lanes and event subprocesses from top to bottom; the lines between rows."""
    heights, below = _heights(process, placement, inner)
    handlers: dict[int, list[str]] = defaultdict(list)
    for node in process.children(scope):
        if node.triggered_by_event:
            handlers[min(lane_of.get(node.id, 0), max(len(lanes) - 1, 0))].append(node.id)
    middles: dict[tuple[int, int], int] = {}
    at = 0 if lanes or scope is None else TITLE
    for lane in range(max(len(lanes), 1)):
        top = at
        clear, at = at, at + 2 * MARGIN
        for track in range(placement.tracks(lane)):
            height = heights.get((lane, track), TASK[1])
            grid.corridor(clear, at, across=False)
            middles[lane, track] = at + height // 2
            grid.ys.add(at + height // 2)
            clear = at + height
            at = clear + 2 * MARGIN + below.get((lane, track), 0)
        if handlers[lane]:
            grid.corridor(clear, at, across=False)
            clear = at = _strip(handlers[lane], inner, drawing, at)
            at += 2 * MARGIN
        at -= MARGIN - GRID // 2
        at = snap(at)
        grid.corridor(clear, at, across=False)
        if lanes:
            drawing.lanes[lanes[lane]] = Box(0, top, 0, at - top)
    drawing.height = at
    return middles


def _heights(
    process: Process, placement: Placement, inner: dict[str, Drawing]
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """How high each row is, and how much more room it needs below: for boundary events and flows back."""
    heights: dict[tuple[int, int], int] = {}
    below: dict[tuple[int, int], int] = defaultdict(int)
    for name, row in placement.row.items():
        heights[row] = max(heights.get(row, TASK[1]), high(_size(process.nodes[name], inner)[1]))
        if process.boundary_events(name):
            below[row] = max(below[row], GRID)
    for flow in placement.back:
        source = process.nodes[process.flows[flow].source]
        below[placement.row[source.attached_to or source.id]] += GRID
    return heights, below


def _strip(handlers: list[str], inner: dict[str, Drawing], drawing: Drawing, top: int) -> int:
    """Event subprocesses side by side below the rows of a lane; gives their lower edge."""
    left, bottom = PADDING, top
    for name in handlers:
        part = inner[name]
        drawing.shapes[name] = Box(left, top, wide(part.width), high(part.height))
        left += wide(part.width) + PADDING
        bottom = max(bottom, top + high(part.height))
    return bottom


def _attach(process: Process, node: FlowNode, drawing: Drawing) -> None:
    """Put a boundary event on the border of its host."""
    host = drawing.shapes[node.attached_to or ""]
    position = [other.id for other in process.boundary_events(node.attached_to or "")].index(node.id)
    offset, edge = SPOTS[position % len(SPOTS)]
    shift = (position // len(SPOTS)) * GRID
    x = host.right + offset - shift if offset < 0 else host.x + offset + shift
    y = host.bottom if edge == "bottom" else host.y
    drawing.shapes[node.id] = Box(x - EVENT // 2, y - EVENT // 2, EVENT, EVENT)
