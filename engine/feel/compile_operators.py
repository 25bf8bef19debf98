"""Compiles arithmetic, comparison, logic and `if`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from engine.feel import tree
from engine.feel.arithmetic import calculate, negate
from engine.feel.compare import ORDERS, between, equal, order
from engine.feel.compiler import Compiler, compiles
from engine.feel.errors import FeelNull
from engine.feel.runtime import Frame, Place, Run
from engine.feel.scope import Scope
from engine.feel.types import is_instance, type_name
from engine.feel.values import NUMBERS, FeelValue, YearsMonthsDuration
from engine.phrases import Phrase

_FAST: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
}
TRUTH = (tree.Comparison, tree.Logic, tree.Between, tree.In, tree.Quantified, tree.InstanceOf)
"""Nodes whose value is true, false or null, whatever their parts are."""
_UNDECIDED = Phrase("an operand is neither true nor false")
_SAME = frozenset({Decimal, str, bool, date, timedelta, YearsMonthsDuration})


@compiles(tree.Negate)
def compile_negate(compiler: Compiler, node: tree.Negate, scope: Scope) -> Run:
    """`-operand`; a constant is negated once."""
    operand, place = compiler.compile(node.operand, scope), compiler.place(node.at)
    if isinstance(node.operand, tree.Literal) and type(node.operand.value) is Decimal:
        constant = negate(node.operand.value)
        return lambda frame: constant  # noqa: ARG005 - all closures take a frame

    def run(frame: Frame) -> FeelValue:
        try:
            return negate(operand(frame))
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))

    return run


def _apply(symbol: str, left: FeelValue, right: FeelValue, frame: Frame, place: Place) -> FeelValue:
    try:
        result = calculate(symbol, left, right)
    except FeelNull as reason:
        return frame[2].warn(place, str(reason))
    return frame[2].text(result) if type(result) is str else result


@compiles(tree.Arithmetic)
def compile_arithmetic(compiler: Compiler, node: tree.Arithmetic, scope: Scope) -> Run:
    """A chain of operators of any length, from left to right, without one level of calls for each."""
    chain: list[tree.Arithmetic] = []
    first: tree.Node = node
    while isinstance(first, tree.Arithmetic):
        chain.append(first)
        first = first.left
    start = compiler.compile(first, scope)
    steps = [(step.operator, compiler.compile(step.right, scope), compiler.place(step.at)) for step in reversed(chain)]
    if len(steps) == 1:
        return _one_operation(start, *steps[0])

    def run(frame: Frame) -> FeelValue:
        value = start(frame)
        for symbol, right, place in steps:
            value = _apply(symbol, value, right(frame), frame, place)
        return value

    return run


def _one_operation(left: Run, symbol: str, right: Run, place: Place) -> Run:
    fast = _FAST.get(symbol)
    if fast is None:
        return lambda frame: _apply(symbol, left(frame), right(frame), frame, place)

    def run(frame: Frame) -> FeelValue:
        a, b = left(frame), right(frame)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return fast(a, b)
            except ArithmeticError:
                pass  # told as a warning below
        return _apply(symbol, a, b, frame, place)

    return run


@compiles(tree.Comparison)
def compile_comparison(compiler: Compiler, node: tree.Comparison, scope: Scope) -> Run:
    """`= != < <= > >=`."""
    left, right = compiler.compile(node.left, scope), compiler.compile(node.right, scope)
    place = compiler.place(node.at)
    if node.operator in ORDERS:
        return _ordering(node.operator, left, right, place)
    return _equality(left, right, place, negated=node.operator == "!=")


def _equality(left: Run, right: Run, place: Place, *, negated: bool) -> Run:
    def run(frame: Frame) -> FeelValue:
        a, b = left(frame), right(frame)
        kind = type(a)
        if kind is type(b) and kind in _SAME:
            return (a == b) is not negated
        verdict = compare_equal(a, b, frame, place)
        return verdict if verdict is None else verdict is not negated

    return run


def compare_equal(left: FeelValue, right: FeelValue, frame: Frame, place: Place) -> bool | None:
    """`left = right`, with a warning where the two cannot be compared."""
    try:
        verdict = equal(left, right, frame[2].charge)
    except FeelNull as reason:
        frame[2].warn(place, str(reason))
        return None
    if verdict is None and frame[2].notes:
        frame[2].warn(place, Phrase("{left} and {right} cannot be equal", left=type_name(left), right=type_name(right)))
    return verdict


def _ordering(symbol: str, left: Run, right: Run, place: Place) -> Run:
    compare = ORDERS[symbol]

    def run(frame: Frame) -> FeelValue:
        a, b = left(frame), right(frame)
        if type(a) is Decimal and type(b) is Decimal:
            return compare(a, b)
        try:
            return order(symbol, a, b)
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))

    return run


@compiles(tree.Between)
def compile_between(compiler: Compiler, node: tree.Between, scope: Scope) -> Run:
    """`value between low and high`, both included."""
    value, low, high = (compiler.compile(part, scope) for part in (node.value, node.low, node.high))
    place = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        try:
            return between(value(frame), (">=", low(frame)), ("<=", high(frame)))
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))

    return run


@compiles(tree.Logic)
def compile_logic(compiler: Compiler, node: tree.Logic, scope: Scope) -> Run:
    """A chain of `and` or of `or` in three-valued logic (DMN 1.5, table 50): what is not true or false counts as null."""
    chain: list[tree.Node] = []
    first: tree.Node = node
    while isinstance(first, tree.Logic) and first.operator == node.operator:
        chain.append(first.right)
        first = first.left
    operands = [compiler.compile(part, scope) for part in (first, *reversed(chain))]
    decisive = node.operator == "or"
    place = compiler.place(node.at)
    if len(operands) == 2:  # noqa: PLR2004 - the usual case, without a loop
        return _two_operands(operands[0], operands[1], place, decisive=decisive)

    def run(frame: Frame) -> FeelValue:
        unknown = False
        for operand in operands:
            value = operand(frame)
            if value is decisive:
                return decisive
            if type(value) is not bool:
                unknown = True
        return _undecided(frame, place) if unknown else not decisive

    return run


def _two_operands(left: Run, right: Run, place: Place, *, decisive: bool) -> Run:
    def run(frame: Frame) -> FeelValue:
        a = left(frame)
        if a is decisive:
            return decisive
        b = right(frame)
        if b is decisive:
            return decisive
        if type(a) is bool and type(b) is bool:
            return not decisive
        return _undecided(frame, place)

    return run


def _undecided(frame: Frame, place: Place) -> FeelValue:
    return frame[2].warn(place, _UNDECIDED)


@compiles(tree.If)
def compile_if(compiler: Compiler, node: tree.If, scope: Scope) -> Run:
    """`if`: only true leads to `then`."""
    condition = compiler.compile(node.condition, scope)
    then, otherwise = compiler.compile(node.then, scope), compiler.compile(node.otherwise, scope)
    place = compiler.place(node.condition.at)

    def run(frame: Frame) -> FeelValue:
        verdict = condition(frame)
        if verdict is True:
            return then(frame)
        if verdict is not False:
            frame[2].warn(place, Phrase("the condition is neither true nor false: 'else' is taken"))
        return otherwise(frame)

    return run


@compiles(tree.InstanceOf)
def compile_instance_of(compiler: Compiler, node: tree.InstanceOf, scope: Scope) -> Run:
    """`value instance of type`."""
    value, kind = compiler.compile(node.value, scope), node.type
    if kind is None:  # DMN 1.5, table 61
        reason = Phrase("a list, context, range or function needs what it holds: list<Any>, context<>, range<Any>")
        place = compiler.place(node.at)
        compiler.note(node, reason)
        return lambda frame: frame[2].warn(place, reason)
    return lambda frame: is_instance(value(frame), kind, frame[2].charge)
