"""Compiles a tree to closures: the checks that need no values are made here once, an evaluation only runs.

Each kind of node has a function in one of the `compile_*` modules; they register themselves in `COMPILERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.feel import tree
from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelSyntaxError, FeelWarning, UnknownVariable
from engine.feel.runtime import MISSING, Frame, Place, Run
from engine.feel.scope import ITEM, Scope, find, reader
from engine.feel.values import FeelValue
from engine.phrases import Phrase

HOST_FUNCTIONS = frozenset({"now", "today"})
"""Functions of the standard that need a clock: the host gives them at evaluation."""

TESTED = "?"


class Compiled:
    """A closure and what it costs at most to run once without its loops."""

    __slots__ = ("height", "run", "size")

    def __init__(self, run: Run, size: int, height: int) -> None:
        """`size` counts nodes, `height` nested ones."""
        self.run = run
        self.size = size
        self.height = height


class Compiler:
    """Compiles the tree of one source."""

    def __init__(self, source: str, *, names: Iterable[str] = (), functions: Iterable[str] = ()) -> None:
        """`names` are the host's variables that may hold functions, `functions` the host's functions."""
        self._source = source
        self.known = frozenset(names)
        self.functions = frozenset(functions) | HOST_FUNCTIONS
        self.free: dict[str, Place] = {}  # variables that the host must have
        self.possible: dict[str, Place] = {}  # variables of the host, or entries of an item
        self.used_functions: set[str] = set()
        self.diagnostics: list[FeelWarning] = []
        self._size = 0
        self._level = 0
        self._deepest = 0

    def place(self, at: int) -> Place:
        """Line and column of an offset."""
        line = self._source.count("\n", 0, at) + 1
        return line, at - (self._source.rfind("\n", 0, at) + 1) + 1

    def refuse(self, node: tree.Node, message: str) -> FeelSyntaxError:
        """The refusal of a node, to be raised."""
        line, column = self.place(node.at)
        return FeelSyntaxError(message, line=line, column=column, source=self._source)

    def note(self, node: tree.Node, message: str) -> None:
        """Tell that this will always be null."""
        line, column = self.place(node.at)
        self.diagnostics.append(FeelWarning(line, column, message))

    def compile(self, node: tree.Node, scope: Scope) -> Run:
        """The closure of one node."""
        self._size += 1
        self._level += 1
        self._deepest = max(self._deepest, self._level)
        run = COMPILERS[type(node)](self, node, scope)
        self._level -= 1
        return run

    def measured(self, node: tree.Node, scope: Scope) -> Compiled:
        """The closure of one node, with its cost: bodies of loops and functions are charged each time they run."""
        size, deepest = self._size, self._deepest
        self._deepest = self._level
        run = self.compile(node, scope)
        height = self._deepest - self._level
        self._deepest = max(deepest, self._deepest)
        return Compiled(run, self._size - size, height)


COMPILERS: dict[type, Callable[[Compiler, Any, Scope], Run]] = {}
"""How each kind of node is compiled."""


def compiles(kind: type) -> Callable[[Callable[[Compiler, Any, Scope], Run]], Callable[[Compiler, Any, Scope], Run]]:
    """Register the function that compiles a kind of node."""

    def register(function: Callable[[Compiler, Any, Scope], Run]) -> Callable[[Compiler, Any, Scope], Run]:
        COMPILERS[kind] = function
        return function

    return register


@compiles(tree.Literal)
def compile_literal(_: Compiler, node: tree.Literal, __: Scope) -> Run:
    """A constant."""
    value = node.value
    return lambda frame: value  # noqa: ARG005 - all closures take a frame


@compiles(tree.Name)
def compile_name(compiler: Compiler, node: tree.Name, scope: Scope) -> Run:
    """A variable: of the expression itself, an entry of a filtered item, or of the host."""
    found = find(node.name, scope)
    place = compiler.place(node.at)
    if found.free:
        if node.name == TESTED:
            raise compiler.refuse(node, Phrase("'?' stands for the tested value and only in unary tests"))
        (compiler.possible if found.items else compiler.free).setdefault(node.name, place)
        outer = _host_variable(node, place, found.depth)
    else:
        outer = reader(found.depth)
    if not found.items:
        return outer
    return _entry_or(node.name, found.items, outer)


def _host_variable(node: tree.Name, place: Place, depth: int) -> Run:
    name, strict = node.name, node.strict
    builtin = BUILTINS.get(name)
    read = reader(depth)

    def absent(frame: Frame) -> FeelValue:
        if strict:
            raise UnknownVariable(name, line=place[0], column=place[1])
        if builtin is not None:
            return builtin.value()
        return frame[2].warn(place, Phrase("there is no variable '{name}'", name=name)) if frame[2].notes else None

    if depth == 0:

        def run_here(frame: Frame) -> FeelValue:
            value = frame[0].get(name)
            return value if value is not MISSING else absent(frame)

        return run_here

    def run(frame: Frame) -> FeelValue:
        value = read(frame).get(name)
        return value if value is not MISSING else absent(frame)

    return run


def _entry_or(name: str, items: tuple[int, ...], outer: Run) -> Run:
    readers = [reader(depth) for depth in items]

    def run(frame: Frame) -> FeelValue:
        for read in readers:
            item = read(frame)
            if type(item) is dict and name in item:
                return item[name]
        return outer(frame)

    return run


def item_scope(outer: Scope) -> Scope:
    """The frame of a filtered item."""
    return Scope(ITEM, outer, is_item=True)
