"""Compiles lists, contexts, ranges, paths, filters, and the tests of `in` and of decision tables."""

from __future__ import annotations

from decimal import Decimal

from engine.feel import tree
from engine.feel.compare import order
from engine.feel.compile_operators import TRUTH
from engine.feel.compiler import Compiled, Compiler, compiles, item_scope
from engine.feel.errors import FeelNull
from engine.feel.properties import get_property
from engine.feel.runtime import Evaluation, Frame, Place, Run
from engine.feel.scope import Scope
from engine.feel.values import FeelValue, Range, is_whole
from engine.phrases import Phrase

_FALLS = Phrase("the range ends before it starts")
_OUTSIDE = Phrase("the index lies outside the list")
_NO_FILTER = Phrase("the filter is neither true, false nor an index")


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
    if isinstance(node.start, tree.Literal) and isinstance(node.end, tree.Literal) and not _in_order(node.start.value, node.end.value):
        compiler.note(node, _FALLS)

    def run(frame: Frame) -> FeelValue:
        start, end = (None if part is None else part(frame) for part in ends)
        if start is end is None and node.operator not in {"=", "!="}:
            return frame[2].warn(place, Phrase("the range has no end"))
        try:
            falls = node.operator not in {"=", "!="} and not _rises(start, end)
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))
        if falls:
            return frame[2].warn(place, _FALLS)
        return Range(start, node.start_included, end, node.end_included, node.operator)

    return run


def _in_order(start: FeelValue, end: FeelValue) -> bool:
    try:
        return _rises(start, end)
    except FeelNull:
        return False


def _rises(start: FeelValue, end: FeelValue) -> bool:
    """Whether the ends are in order; raises `FeelNull` where they have none."""
    for one in (start, end):
        if one is not None:
            order("<=", one, one)
    return start is None or end is None or order("<=", start, end)


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
    always_truth = isinstance(node.condition, TRUTH)

    def run(frame: Frame) -> FeelValue:
        value = target(frame)
        if value is None:
            return frame[2].warn(place, Phrase("null cannot be filtered"))
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
        return range_items(value, frame[2])
    except FeelNull as reason:
        frame[2].warn(place, str(reason))
        return None


def _each(items: list[FeelValue], condition: Compiled, frame: Frame, place: Place, *, always_truth: bool) -> FeelValue:
    evaluation, run = frame[2], condition.run
    kept: list[FeelValue] = []
    if not items and not always_truth and type(run((None, frame, evaluation))) is Decimal:
        return evaluation.warn(place, _OUTSIDE)
    for item in items:
        evaluation.charge(condition.size)
        verdict = run((item, frame, evaluation))
        if verdict is True:
            kept.append(item)
        elif type(verdict) is Decimal:
            return _at(items, verdict, frame, place)
        elif verdict is not False and verdict is not None:  # for null, its reason has been told
            return evaluation.warn(place, _NO_FILTER)
    return kept


def _once(items: list[FeelValue], verdict: FeelValue, frame: Frame, place: Place) -> FeelValue:
    if type(verdict) is Decimal:
        return _at(items, verdict, frame, place)
    if verdict is True:
        return items
    if verdict is not False:
        frame[2].warn(place, _NO_FILTER)
    return [] if verdict is False or verdict is None else None


def _at(items: list[FeelValue], index: Decimal, frame: Frame, place: Place) -> FeelValue:
    count = len(items)
    if is_whole(index) and index and -count <= index <= count:
        position = int(index)
        return items[position - 1 if position > 0 else count + position]
    return frame[2].warn(place, _OUTSIDE)


def range_items(span: Range, evaluation: Evaluation) -> list[FeelValue]:
    """The integers of a range. Raises `FeelNull` for any other."""
    start, end = span.start, span.end
    if type(start) is not Decimal or type(end) is not Decimal or not (is_whole(start) and is_whole(end)):
        raise FeelNull(Phrase("only a range of integers has items"))
    first = int(start) + (not span.start_included)
    last = int(end) - (not span.end_included)
    evaluation.room(last - first + 1)
    return evaluation.items([Decimal(number) for number in range(first, last + 1)])
