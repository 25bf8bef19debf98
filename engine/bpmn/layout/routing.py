"""Routes flows at right angles around shapes, on the lines between columns and rows: A* with a price for bends and crossings."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, TypeAlias

from engine.bpmn.layout.geometry import Box, Point

CLEARANCE: Final = 9
BEND: Final = 40
CROSSING: Final = 60
TOUCHING: Final = 90
OVERLAP: Final = 500
LABEL: Final = 60
SHARED: Final = 5

Vertex: TypeAlias = tuple[int, int]  # indexes of a vertical and a horizontal line
Direction: TypeAlias = tuple[int, int]
State: TypeAlias = tuple[Vertex, Direction]  # a place, and how we came there
EAST, WEST, SOUTH, NORTH = (1, 0), (-1, 0), (0, 1), (0, -1)
DIRECTIONS: Final = (EAST, WEST, SOUTH, NORTH)


@dataclass(frozen=True, slots=True)
class Port:
    """A point of a shape where a flow may begin or end; `direction` looks away from the shape. `price`: how unwelcome it is."""

    point: Point
    direction: Direction
    price: int


Ends: TypeAlias = dict[Vertex, list[tuple[Port, int]]]
"""The entries of a target by the place in front of them, with their prices."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A flow to route."""

    flow: str
    source: str
    target: str
    exits: tuple[Port, ...]
    entries: tuple[Port, ...]


class _Frontier:
    """The places to go on from, the most promising first, and how each was reached."""

    def __init__(self) -> None:
        self._queue: list[tuple[int, int, Vertex, Direction]] = []
        self._best: dict[State, int] = {}
        self._came: dict[State, State | Port] = {}

    def offer(self, state: State, price: int, remaining: int, before: State | Port) -> None:
        """A way to a place, kept if it is the cheapest so far."""
        if price < self._best.get(state, price + 1):
            self._best[state], self._came[state] = price, before
            heapq.heappush(self._queue, (price + remaining, price, *state))

    def take(self) -> tuple[int, int, Vertex, Direction] | None:
        """The next place: the price of the whole way at least, the price so far, the place, and how it was reached."""
        while self._queue:
            found = heapq.heappop(self._queue)
            if found[1] == self._best[found[2], found[3]]:
                return found
        return None

    def walked(self, state: State) -> tuple[Port, list[Vertex]]:
        """The way to a place, from its exit on."""
        vertices = [state[0]]
        before = self._came[state]
        while not isinstance(before, Port):
            vertices.append(before[0])
            before = self._came[before]
        return before, vertices[::-1]


@dataclass(slots=True)
class Router:
    """The lines, the shapes between them, and what has been routed so far."""

    xs: list[int]
    ys: list[int]
    shapes: list[Box]
    labels: list[Box] = field(default_factory=list)
    _segments: dict[tuple[Vertex, Vertex], list[Wire]] = field(default_factory=lambda: defaultdict(list))
    _corners: dict[Vertex, list[tuple[Wire, bool, bool]]] = field(default_factory=lambda: defaultdict(list))
    _ports: dict[Point, list[tuple[Wire, bool]]] = field(default_factory=lambda: defaultdict(list))
    _free: dict[tuple[Vertex, Vertex], tuple[bool, int]] = field(default_factory=dict)

    def route(self, wire: Wire) -> list[Point]:
        """The bends of a flow, its ends included. Straight through everything only where no way is left at all."""
        ends: Ends = defaultdict(list)
        for port in wire.entries:
            vertex = self._dock(port)
            if vertex is not None:
                ends[vertex].append((port, port.price + self._port_price(port, leaving=False)))
        found = self._search(wire, ends)
        if found is None:
            start, end = wire.exits[0].point, wire.entries[0].point
            return [start, (end[0], start[1]), end] if start[1] != end[1] else [start, end]
        exit_port, vertices, entry = found
        self._remember(wire, exit_port, vertices, entry)
        points = [exit_port.point, *((self.xs[x], self.ys[y]) for x, y in vertices), entry.point]
        return straightened(points)

    def _search(self, wire: Wire, ends: Ends) -> tuple[Port, list[Vertex], Port] | None:
        """A*: the cheapest way from an exit to an entry, or None."""
        frontier = _Frontier()
        for port in wire.exits:
            vertex = self._dock(port)
            if vertex is not None:
                price = port.price + self._port_price(port, leaving=True) + self._length(vertex, port.point)
                frontier.offer((vertex, port.direction), price, self._remaining(vertex, ends), port)
        closed: tuple[int, State, Port] | None = None
        while (found := frontier.take()) is not None:
            estimate, price, vertex, direction = found
            if closed is not None and estimate >= closed[0]:
                break
            for extra, port in self._closings(vertex, direction, ends):
                if closed is None or price + extra < closed[0]:
                    closed = (price + extra, (vertex, direction), port)
            for step, cost in self._steps(wire, vertex, direction):
                target = (vertex[0] + step[0], vertex[1] + step[1])
                frontier.offer((target, step), price + cost, self._remaining(target, ends), (vertex, direction))
        return None if closed is None else (*frontier.walked(closed[1]), closed[2])

    def _closings(self, vertex: Vertex, direction: Direction, ends: Ends) -> Iterator[tuple[int, Port]]:
        """What it costs to end at the entries in front of which we stand."""
        for port, price in ends.get(vertex, ()):
            inwards = _opposite(port.direction)
            turn = 0 if inwards == direction else BEND if port.direction != direction else 10 * BEND
            yield price + turn + self._length(vertex, port.point), port

    def _steps(self, wire: Wire, vertex: Vertex, direction: Direction) -> Iterator[tuple[Direction, int]]:
        for step in DIRECTIONS:
            target = (vertex[0] + step[0], vertex[1] + step[1])
            if step == _opposite(direction) or not (0 <= target[0] < len(self.xs) and 0 <= target[1] < len(self.ys)):
                continue
            free, label = self._segment(vertex, target)
            if not free:
                continue
            cost = self._length(vertex, (self.xs[target[0]], self.ys[target[1]])) + label
            cost += BEND if step != direction else 0
            yield step, cost + self._traffic(wire, vertex, target, step)

    def _traffic(self, wire: Wire, vertex: Vertex, target: Vertex, step: Direction) -> int:
        """What it costs to use a segment and a corner that others use."""
        price = 0
        for other in self._segments.get(_ordered(vertex, target), ()):
            price += SHARED if _related(wire, other) else OVERLAP
        for other, across, along in self._corners.get(target, ()):
            if _related(wire, other):
                continue
            horizontal = step[1] == 0
            if across and along:
                price += TOUCHING
            elif across != horizontal:
                price += CROSSING
        return price

    def _segment(self, vertex: Vertex, target: Vertex) -> tuple[bool, int]:
        """Whether a segment is free of shapes, and what the labels on it cost."""
        key = _ordered(vertex, target)
        if key not in self._free:
            line = Box.around(*((self.xs[x], self.ys[y]) for x, y in key)).grown(1)
            blocked = any(line.overlaps(shape.grown(CLEARANCE - 1)) for shape in self.shapes)
            self._free[key] = (not blocked, LABEL * sum(line.overlaps(label) for label in self.labels))
        return self._free[key]

    def _dock(self, port: Port) -> Vertex | None:
        """The first crossing of lines in front of a port, clear of its own shape."""
        x, y = port.point
        away = CLEARANCE + 1
        if port.direction in {EAST, WEST}:
            row = bisect_left(self.ys, y)
            if row == len(self.ys) or self.ys[row] != y:
                return None
            column = bisect_left(self.xs, x + away) if port.direction == EAST else bisect_right(self.xs, x - away) - 1
        else:
            column = bisect_left(self.xs, x)
            if column == len(self.xs) or self.xs[column] != x:
                return None
            row = bisect_left(self.ys, y + away) if port.direction == SOUTH else bisect_right(self.ys, y - away) - 1
        if not (0 <= column < len(self.xs) and 0 <= row < len(self.ys)):
            return None
        spot = Box(self.xs[column], self.ys[row], 0, 0).grown(1)
        return None if any(spot.overlaps(shape.grown(CLEARANCE - 1)) for shape in self.shapes) else (column, row)

    def _port_price(self, port: Port, *, leaving: bool) -> int:
        """Flows of the other direction make a port unwelcome; two flows out of one port are less clear than two into one."""
        price = 0
        for _, left in self._ports.get(port.point, ()):
            price += 150 if left != leaving else 120 if leaving else 5
        return price

    def _length(self, vertex: Vertex, point: Point) -> int:
        return abs(self.xs[vertex[0]] - point[0]) + abs(self.ys[vertex[1]] - point[1])

    def _remaining(self, vertex: Vertex, ends: Ends) -> int:
        here = (self.xs[vertex[0]], self.ys[vertex[1]])
        return min((self._length(end, here) for end in ends), default=0)

    def _remember(self, wire: Wire, exit_port: Port, vertices: list[Vertex], entry: Port) -> None:
        self._ports[exit_port.point].append((wire, True))
        self._ports[entry.point].append((wire, False))
        for before, after in pairwise(vertices):
            self._segments[_ordered(before, after)].append(wire)
        steps = [exit_port.direction]
        steps += [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(vertices)]
        steps.append((-entry.direction[0], -entry.direction[1]))
        for vertex, came, goes in zip(vertices, steps, steps[1:], strict=False):
            across = came[1] == 0 or goes[1] == 0
            along = came[0] == 0 or goes[0] == 0
            self._corners[vertex].append((wire, across, along))


def straightened(points: list[Point]) -> list[Point]:
    """Without the points that lie between two others on a straight line."""
    kept = points[:1]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        if not (before[0] == point[0] == after[0] or before[1] == point[1] == after[1]):
            kept.append(point)
    return [*kept, points[-1]]


def _ordered(one: Vertex, other: Vertex) -> tuple[Vertex, Vertex]:
    return (one, other) if one < other else (other, one)


def _related(one: Wire, other: Wire) -> bool:
    return one.target == other.target or one.source == other.source


def _opposite(direction: Direction) -> Direction:
    return -direction[0], -direction[1]
