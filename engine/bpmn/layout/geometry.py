"""Points, boxes, and the sizes of things. Everything is in pixels; y grows downwards."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from engine.bpmn.model import FlowNode
from engine.bpmn.names import EVENTS, GATEWAYS

GRID: Final = 20
EVENT: Final = 36
GATEWAY: Final = 50
TASK: Final = (100, 80)
HEADER: Final = 30  # of a pool or lane, at its left
PADDING: Final = 40  # inside a subprocess or lane
LABEL_WIDTH: Final = 90  # where modelers break the lines of a label
LABEL_MARGIN: Final = 8  # a label as narrow as its text would be broken inside words
LETTER: Final = 6
IDEOGRAPH: Final = 11
LINE: Final = 14

Point: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height

    @property
    def center(self) -> Point:
        """Its middle."""
        return self.x + self.width // 2, self.y + self.height // 2

    def moved(self, by: Point) -> Box:
        """The same box elsewhere."""
        return Box(self.x + by[0], self.y + by[1], self.width, self.height)

    def grown(self, by: int) -> Box:
        """The box with a margin all around."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Box) -> bool:
        """Whether they have more than an edge in common."""
        beside = self.right <= other.x or other.right <= self.x
        above = self.bottom <= other.y or other.bottom <= self.y
        return not beside and not above

    @classmethod
    def around(cls, start: Point, end: Point) -> Box:
        """The box of a straight line."""
        return cls(min(start[0], end[0]), min(start[1], end[1]), abs(start[0] - end[0]), abs(start[1] - end[1]))


@dataclass(slots=True)
class Drawing:
    """Where everything of one scope is: shapes and labels by element id, flows as their bends."""

    shapes: dict[str, Box] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    lanes: dict[str, Box] = field(default_factory=dict)
    width: int = 0
    height: int = 0

    def add(self, other: Drawing, by: Point) -> None:
        """Put another drawing into this one, moved."""
        self.shapes |= {name: box.moved(by) for name, box in other.shapes.items()}
        self.labels |= {name: box.moved(by) for name, box in other.labels.items()}
        self.lanes |= {name: box.moved(by) for name, box in other.lanes.items()}
        self.edges |= {name: [(x + by[0], y + by[1]) for x, y in points] for name, points in other.edges.items()}


def size_of(node: FlowNode) -> tuple[int, int]:
    """The size of the shape of a flow node that is no expanded subprocess."""
    if node.type in EVENTS:
        return EVENT, EVENT
    if node.type in GATEWAYS:
        return GATEWAY, GATEWAY
    return TASK


def label_size(text: str) -> tuple[int, int]:
    """About the size that a label takes once its lines are broken."""
    lines = [0]
    for word in _words(text):
        width = sum(IDEOGRAPH if unicodedata.east_asian_width(letter) in "WF" else LETTER for letter in word)
        if lines[-1] and lines[-1] + width > LABEL_WIDTH - LABEL_MARGIN:
            lines.append(0)
        lines[-1] += width
    return min(max(lines) + LABEL_MARGIN, LABEL_WIDTH), LINE * len(lines)


def snap(value: int) -> int:
    """The next line of the grid."""
    return -(-value // GRID) * GRID


def wide(value: int) -> int:
    """The next width that has the middle of a task: shapes around a common middle then all stand on the grid."""
    return value + (GRID - value) % (2 * GRID)


def high(value: int) -> int:
    """The next height that has the middle of a task."""
    return value + -value % (2 * GRID)


def _words(text: str) -> list[str]:
    """Pieces between which a line may be broken: at spaces, and anywhere between ideographs."""
    pieces: list[str] = []
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in "WF"
        if not pieces or wide or pieces[-1].endswith(" ") or unicodedata.east_asian_width(pieces[-1][-1]) in "WF":
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return pieces
