"""Compiles `for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from engine.feel import tree
from engine.feel.compile_collections import range_items
from engine.feel.compiler import Compiled, Compiler, compiles
from engine.feel.errors import FeelNull
from engine.feel.runtime import Evaluation, Frame, Run
from engine.feel.scope import Scope
from engine.feel.types import type_name
from engine.feel.values import FeelValue, Range, is_whole
from engine.feel.wide import DATES, make_date, ordinal_of
from engine.phrases import Phrase

PARTIAL = "partial"

Sink = Callable[[Frame], bool]
"""Gets the frame of each combination of items; returns whether to stop."""
Loop = Callable[[Frame, Sink], bool]


def _compile_iterators(compiler: Compiler, iterators: Sequence[tuple[str, tree.Node]], scope: Scope) -> tuple[Loop, Scope]:
    domains: list[Run] = []
    for name, domain in iterators:
        domains.append(_compile_domain(compiler, domain, scope))
        scope = Scope(name, scope)

    def loop_at(index: int) -> Loop:
        domain = domains[index]
        inner = loop_at(index + 1) if index + 1 < len(domains) else None

        def loop(frame: Frame, sink: Sink) -> bool:
            evaluation = frame[2]
            for item in domain(frame):
                evaluation.charge(1)
                following = (item, frame, evaluation)
                if inner(following, sink) if inner else sink(following):
                    return True
            return False

        return loop

    return loop_at(0), scope


def _compile_domain(compiler: Compiler, node: tree.Node, scope: Scope) -> Run:
    if isinstance(node, tree.Steps):
        low, high = compiler.compile(node.low, scope), compiler.compile(node.high, scope)
        return lambda frame: _steps(low(frame), high(frame), frame[2])
    domain = compiler.compile(node, scope)
    return lambda frame: iterated(domain(frame), frame[2])


def iterated(value: FeelValue, evaluation: Evaluation) -> list[FeelValue]:
    """The items that a loop runs through, of a list or range; one value is no list here (DMN 1.5, 10.3.2.9.4). Raises `FeelNull`."""
    if type(value) is list:
        return value
    if type(value) is Range:
        return _range(value, evaluation)
    raise FeelNull(Phrase("{value} cannot be iterated: a list or range is wanted", value=type_name(value)))


def _range(span: Range, evaluation: Evaluation) -> list[FeelValue]:
    if type(span.start) in DATES and type(span.end) in DATES:
        first = ordinal_of(span.start) + (not span.start_included)
        last = ordinal_of(span.end) - (not span.end_included)
        return _days(first, last, evaluation) if first <= last else []
    items = range_items(span, evaluation)
    if span.start > span.end:
        raise FeelNull(Phrase("the range ends before it starts"))
    return items


def _steps(low: FeelValue, high: FeelValue, evaluation: Evaluation) -> list[FeelValue]:
    """`low .. high`, in either direction, both included."""
    if type(low) in DATES and type(high) in DATES:
        return _days(ordinal_of(low), ordinal_of(high), evaluation)
    if type(low) is not Decimal or type(high) is not Decimal or not (is_whole(low) and is_whole(high)):
        raise FeelNull(Phrase("{low} .. {high} cannot be iterated", low=type_name(low), high=type_name(high)))
    first, last = int(low), int(high)
    evaluation.room(abs(last - first) + 1)
    step = 1 if first <= last else -1
    return evaluation.items([Decimal(number) for number in range(first, last + step, step)])


def _days(low: int, high: int, evaluation: Evaluation) -> list[FeelValue]:
    """The dates between two, both included, in either direction."""
    evaluation.room(abs(high - low) + 1)
    step = 1 if low <= high else -1
    return evaluation.items([make_date(day) for day in range(low, high + step, step)])


@compiles(tree.For)
def compile_for(compiler: Compiler, node: tree.For, scope: Scope) -> Run:
    """`for … return`: a list; `partial` is the list of the results so far."""
    loop, inner = _compile_iterators(compiler, node.iterators, scope)
    partial = Scope(PARTIAL, inner)
    body = compiler.measured(node.body, partial)
    place = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        results: list[FeelValue] = []
        evaluation = frame[2]

        def collect(item: Frame) -> bool:
            evaluation.charge(body.size)
            evaluation.room(len(results) + 1)
            sofar = evaluation.items(results.copy()) if partial.used else None
            results.append(body.run((sofar, item, evaluation)))
            return False

        try:
            loop(frame, collect)
        except FeelNull as reason:
            return evaluation.warn(place, str(reason))
        return results

    return run


@compiles(tree.Quantified)
def compile_quantified(compiler: Compiler, node: tree.Quantified, scope: Scope) -> Run:
    """`some` and `every … satisfies`, in three-valued logic."""
    loop, inner = _compile_iterators(compiler, node.iterators, scope)
    condition = compiler.measured(node.condition, inner)
    decisive = not node.every
    place = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        try:
            return _decide(loop, condition, frame, decisive=decisive)
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))

    return run


def _decide(loop: Loop, condition: Compiled, frame: Frame, *, decisive: bool) -> bool | None:
    unknown = False
    evaluation = frame[2]

    def look(item: Frame) -> bool:
        nonlocal unknown
        evaluation.charge(condition.size)
        verdict = condition.run(item)
        if verdict is decisive:
            return True
        if type(verdict) is not bool:
            unknown = True
        return False

    if loop(frame, look):
        return decisive
    if unknown:
        raise FeelNull(Phrase("a condition is neither true nor false"))
    return not decisive
