"""Compiles unary tests: of `in`, and of the cells of decision tables (DMN 1.5, 10.3.2.15, table 55)."""

from __future__ import annotations

from decimal import Decimal

from engine.feel import tree
from engine.feel.compare import ORDERS, between, contains, equal
from engine.feel.compile_operators import TRUTH, compare_equal
from engine.feel.compiler import TESTED, Compiler, compiles
from engine.feel.errors import FeelNull
from engine.feel.runtime import Frame, Place, Run
from engine.feel.scope import Scope
from engine.feel.values import FeelValue, Range
from engine.phrases import Phrase


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
    if len(tests) > 1 and all(map(_is_constant, tests)):
        return _compile_constants(compiler, tests, scope)
    compiled = [_compile_test(compiler, test, scope) for test in tests]
    if len(compiled) == 1:
        return compiled[0]
    return _any_of(compiled)


def _any_of(compiled: list[Run]) -> Run:

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


_CONSTANTS = frozenset({str, Decimal})


def _is_constant(node: tree.Node) -> bool:
    return isinstance(node, tree.Literal) and type(node.value) in _CONSTANTS


def _compile_constants(compiler: Compiler, tests: tuple[tree.Node, ...], scope: Scope) -> Run:
    """`"a", "b", 3`: looked up among the values of the tested value's own type; of another type, one after the other."""
    values = [node.value for node in tests if isinstance(node, tree.Literal)]
    known = {kind: frozenset(value for value in values if type(value) is kind) for kind in _CONSTANTS}
    one_kind = len({type(value) for value in values}) == 1
    otherwise = _any_of([_compile_test(compiler, test, scope) for test in tests])

    def match(frame: Frame) -> FeelValue:
        tested = frame[0]
        kind = type(tested)
        if kind in _CONSTANTS:
            if tested in known[kind]:
                return True
            if one_kind and known[kind]:
                return False
        return otherwise(frame)

    return match


def _compile_constant(node: tree.Literal, otherwise: Run) -> Run:
    value = node.value
    kind = type(value)

    def match(frame: Frame) -> FeelValue:
        tested = frame[0]
        return tested == value if type(tested) is kind else otherwise(frame)

    return match


def _compile_order(node: tree.Test, otherwise: Run) -> Run:
    """`< 5`: compared at once, where the tested value is a number too."""
    compare = ORDERS.get(node.operator)
    if compare is None or not isinstance(node.operand, tree.Literal) or type(node.operand.value) is not Decimal:
        return otherwise
    bound = node.operand.value

    def match(frame: Frame) -> FeelValue:
        tested = frame[0]
        return compare(tested, bound) if type(tested) is Decimal else otherwise(frame)

    return match


def _compile_test(compiler: Compiler, node: tree.Node, scope: Scope) -> Run:
    if isinstance(node, tree.Test):
        comparison = tree.Comparison(node.at, node.operator, tree.Name(node.at, TESTED), node.operand)
        return _compile_order(node, compiler.compile(comparison, scope))
    outer_use, scope.used = scope.used, False
    run = compiler.compile(node, scope)
    uses, scope.used = scope.used, outer_use or scope.used
    place = compiler.place(node.at)
    if uses:
        return lambda frame: run(frame) is True
    truth = isinstance(node, TRUTH)

    def match(frame: Frame) -> FeelValue:
        tested, expected = frame[0], run(frame)
        if truth and type(tested) is not bool:
            return expected is True  # a condition of its own, written without `?`
        return matches(tested, expected, frame, place)

    if isinstance(node, tree.RangeLiteral):
        return _compile_range_test(compiler, node, scope, match)
    return _compile_constant(node, match) if isinstance(node, tree.Literal) and _is_constant(node) else match


def _compile_range_test(compiler: Compiler, node: tree.RangeLiteral, scope: Scope, otherwise: Run) -> Run:
    """`[low..high]` as the comparisons that it stands for (DMN 1.5, table 55); a range is tested as a value."""
    if node.operator in {"=", "!="}:
        return otherwise
    lower, upper = (">=" if node.start_included else ">", node.start), ("<=" if node.end_included else "<", node.end)
    bounds = [(symbol, compiler.compile(end, scope)) for symbol, end in (lower, upper) if end is not None]
    place = compiler.place(node.at)
    ends = [end.value for end in (node.start, node.end) if isinstance(end, tree.Literal) and type(end.value) is Decimal]
    fast = [(ORDERS[symbol], end) for (symbol, _), end in zip(bounds, ends, strict=False)] if len(ends) == len(bounds) else []

    def match(frame: Frame) -> FeelValue:
        tested = frame[0]
        if fast and type(tested) is Decimal:
            for compare, end in fast:  # noqa: SIM110 - `all` takes three times as long, and tables have many of these
                if not compare(tested, end):
                    return False
            return True
        if type(tested) is Range:
            return otherwise(frame)
        try:
            return between(tested, *((symbol, end(frame)) for symbol, end in bounds))
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))

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
    raise compiler.refuse(node, Phrase("'{operator}' needs a value at its left", operator=node.operator))
