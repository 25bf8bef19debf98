"""The names that an expression defines itself, while it is compiled: each is a frame when it runs."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel.runtime import Frame
from engine.feel.values import FeelValue

ITEM = "item"


class Scope:
    """One frame to come: a variable, or the item of a filter, whose entries are variables too."""

    __slots__ = ("is_item", "name", "outer", "used")

    def __init__(self, name: str, outer: Scope | None, *, is_item: bool = False) -> None:
        """`outer` is None for the host's variables alone."""
        self.name = name
        self.outer = outer
        self.is_item = is_item
        self.used = False  # whether anything inside may read this frame


class Found:
    """Where a name was found: how many frames out, and the items on the way whose entries come first."""

    __slots__ = ("depth", "free", "items")

    def __init__(self, depth: int, items: tuple[int, ...], *, free: bool) -> None:
        """`free`: not defined by the expression, so that the host's variables are asked at `depth`."""
        self.depth = depth
        self.items = items
        self.free = free


def find(name: str, scope: Scope) -> Found:
    """Look a name up from the inside to the outside."""
    depth = 0
    items: list[int] = []
    current = scope
    while current.outer is not None:
        if current.is_item:
            current.used = True
            items.append(depth)
        if current.name == name:
            current.used = True
            return Found(depth, tuple(items), free=False)
        depth += 1
        current = current.outer
    return Found(depth, tuple(items), free=True)


def reader(depth: int) -> Callable[[Frame], FeelValue]:
    """Reads the value of the frame so many frames out."""
    if depth == 0:
        return lambda frame: frame[0]
    if depth == 1:
        return lambda frame: frame[1][0]  # type: ignore[index]  # the scopes say that there is one

    def read(frame: Frame) -> FeelValue:
        current: FeelValue = frame
        for _ in range(depth):
            current = current[1]
        return current[0]

    return read
