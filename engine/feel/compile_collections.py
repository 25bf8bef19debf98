"""Compiles lists, contexts, ranges, paths, filters, and the tests of `in` and of decision tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel import tree
from engine.feel.compare import contains, equal, order
from engine.feel.compile_operators import compare_equal
from engine.feel.compiler import TESTED, Compiled, Compiler, compiles, item_scope
from engine.feel.errors import FeelNull
from engine.feel.properties import get_property
from engine.feel.runtime import Frame, Place, Run
from engine.feel.scope import Scope
from engine.feel.values import FeelValue, Range, is_whole

_TRUTH = (
    tree.Comparison, tree.Logic, tree.Between, tree.In, tree.Quantified, tree.InstanceOf,
)  # fmt: skip


@compiles(tree.ListLiteral)
def compile_list(compiler: Compiler, node: tree.ListLiteral, scope: Scope) -> Run:
    """`[item, …]`."""
    items = [compiler.compile(item, scope) for item in node.items]
    return lambda frame: [item(frame) for item in items]


@compiles(tree.ContextLiteral)
def compile_context(compiler: Compiler, node: tree.ContextLiteral, scope: Scope) -> Run:
    """`{key: value, …}`: each entry sees those before it."""
    entries: list[tuple[str, Run]] = []
    for key, value in node.entries:
        entries.append((key, compiler.compile(value, scope)))
        scope = Scope(key, scope)

    def run(frame: Frame) -> FeelValue:
        result: dict[str, FeelValue] = {}
        for key, value in entries:
            result[key] = entry = value(frame)
            frame = (entry, frame, frame[2])
        return result

    return run


@compiles(tree.RangeLiteral)
def compile_range(compiler: Compiler, node: tree.RangeLiteral, scope: Scope) -> Run:
    """A range; its ends must have an order."""
    ends = [None if end is None else compiler.compile(end, scope) for end in (node.start, node.end)]
    place = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        start, end = (None if part is None else part(frame) for part in ends)
        try:
            if node.operator not in {"=", "!="}:
                for one in (start, end):
                    if one is not None:
                        order("<=", one, one)
                if start is not None and end is not None:
                    order("<=", start, end)
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))
        return Range(start, node.start_included, end, node.end_included, node.operator)

    return run


@compiles(tree.Path)
def compile_path(compiler: Compiler, node: tree.Path, scope: Scope) -> Run:
    """`target.name`; of a list, the property of each item."""
    target, name, place = compiler.compile(node.target, scope), node.name, compiler.place(node.at)

    def read(value: FeelValue, frame: Frame) -> FeelValue:
        try:
            return get_property(value, name)
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))

    def run(frame: Frame) -> FeelValue:
        value = target(frame)
        if type(value) is dict:
            return value[name] if name in value else read(value, frame)
        if type(value) is list:
            frame[2].charge(len(value))
            return [read(item, frame) for item in value]
        return read(value, frame)

    return run


@compiles(tree.Filter)
def compile_filter(compiler: Compiler, node: tree.Filter, scope: Scope) -> Run:
    """`target[condition]`: a number is an index, anything else a condition on each item."""
    target, place = compiler.compile(node.target, scope), compiler.place(node.at)
    inner = item_scope(scope)
    condition = compiler.measured(node.condition, inner)
    always_truth = isinstance(node.condition, _TRUTH)

    def run(frame: Frame) -> FeelValue:
        value = target(frame)
        if value is None:
            return frame[2].warn(place, "null cannot be filtered")
        items = _as_list(value, frame, place)
        if items is None:
            return None
        if inner.used:
            return _each(items, condition, frame, place, always_truth=always_truth)
        return _once(items, condition.run((None, frame, frame[2])), frame, place)

    return run


def _as_list(value: FeelValue, frame: Frame, place: Place) -> list[FeelValue] | None:
    if type(value) is list:
        return value
    if type(value) is not Range:
        return [value]
    try:
        return range_items(value, frame)
    except FeelNull as reason:
        frame[2].warn(place, str(reason))
        return None


def _each(
    items: list[FeelValue], condition: Compiled, frame: Frame, place: Place, *, always_truth: bool
) -> FeelValue:
    evaluation, run = frame[2], condition.run
    kept: list[FeelValue] = []
    if not items and not always_truth and type(run((None, frame, evaluation))) is Decimal:
        return evaluation.warn(place, "the index lies outside the list")
    for item in items:
        evaluation.charge(condition.size)
        verdict = run((item, frame, evaluation))
        if verdict is True:
            kept.append(item)
        elif type(verdict) is Decimal:
            return _at(items, verdict, frame, place)
    return kept


def _once(items: list[FeelValue], verdict: FeelValue, frame: Frame, place: Place) -> FeelValue:
    if type(verdict) is Decimal:
        return _at(items, verdict, frame, place)
    if verdict is True:
        return items
    if verdict is not False:
        return frame[2].warn(place, "the filter is neither true, false nor an index")
    return []


def _at(items: list[FeelValue], index: Decimal, frame: Frame, place: Place) -> FeelValue:
    count = len(items)
    if is_whole(index) and index and -count <= index <= count:
        position = int(index)
        return items[position - 1 if position > 0 else count + position]
    return frame[2].warn(place, "the index lies outside the list")


def range_items(span: Range, frame: Frame) -> list[FeelValue]:
    """The integers of a range. Raises `FeelNull` for any other."""
    start, end = span.start, span.end
    if type(start) is not Decimal or type(end) is not Decimal or not (is_whole(start) and is_whole(end)):
        raise FeelNull("only a range of integers has items")
    first = int(start) + (not span.start_included)
    last = int(end) - (not span.end_included)
    frame[2].room(last - first + 1)
    return frame[2].items([Decimal(number) for number in range(first, last + 1)])


@compiles(tree.In)
def compile_in(compiler: Compiler, node: tree.In, scope: Scope) -> Run:
    """`value in tests`."""
    value = compiler.compile(node.value, scope)
    tests = compile_tests(compiler, node.tests, Scope(TESTED, scope))

    def run(frame: Frame) -> FeelValue:
        return tests((value(frame), frame, frame[2]))

    return run


def compile_tests(compiler: Compiler, tests: tuple[tree.Node, ...], scope: Scope) -> Run:
    """Whether the value of the innermost frame passes any of the tests; null if none passes and one cannot be told."""
    compiled = [_compile_test(compiler, test, scope) for test in tests]
    if len(compiled) == 1:
        return compiled[0]

    def run(frame: Frame) -> FeelValue:
        result: bool | None = False
        for test in compiled:
            verdict = test(frame)
            if verdict is True:
                return True
            if verdict is None:
                result = None
        return result

    return run


def _compile_test(compiler: Compiler, node: tree.Node, scope: Scope) -> Run:
    if isinstance(node, tree.Test):
        return compiler.compile(tree.Comparison(node.at, node.operator, tree.Name(node.at, TESTED), node.operand), scope)
    outer_use, scope.used = scope.used, False
    run = compiler.compile(node, scope)
    uses, scope.used = scope.used, outer_use or scope.used
    place = compiler.place(node.at)
    if uses:
        return lambda frame: run(frame) is True
    truth = isinstance(node, _TRUTH)

    def match(frame: Frame) -> FeelValue:
        tested, expected = frame[0], run(frame)
        if truth and type(tested) is not bool:
            return expected is True  # a condition of its own, written without `?`
        return matches(tested, expected, frame, place)

    return match


def matches(tested: FeelValue, expected: FeelValue, frame: Frame, place: Place) -> bool | None:
    """Whether a value equals what is expected, or lies in its range or list (DMN 1.5, table 55)."""
    kind = type(expected)
    try:
        if kind is Range and type(tested) is not Range:
            return contains(expected, tested)
        if kind is list:
            return _among(tested, expected, frame)
    except FeelNull as reason:
        frame[2].warn(place, str(reason))
        return None
    return compare_equal(tested, expected, frame, place)


def _among(tested: FeelValue, expected: list[FeelValue], frame: Frame) -> bool:
    charge = frame[2].charge
    charge(len(expected))
    for item in expected:
        if type(item) is Range and type(tested) is not Range:
            if _within(item, tested):
                return True
        elif equal(tested, item, charge) is True:
            return True
    return type(tested) is list and equal(tested, expected, charge) is True


def _within(span: Range, value: FeelValue) -> bool:
    try:
        return contains(span, value) is True
    except FeelNull:
        return False


@compiles(tree.Test)
def compile_test(compiler: Compiler, node: tree.Test, _: Scope) -> Run:
    """A test never stands alone: its place is behind `in` or in a cell."""
    raise compiler.refuse(node, f"'{node.operator}' needs a value at its left")


def tested_frame(value: Any, frame: Frame) -> Frame:
    """The frame in which unary tests look at a value."""
    return (value, frame, frame[2])
