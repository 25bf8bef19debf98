"""List functions that give one value: sums, extremes, logic (DMN 1.5, 10.3.4.4). Each takes a list, or the items themselves."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, Overflow
from functools import reduce
from typing import TYPE_CHECKING, Any

from engine.feel.arithmetic import calculate
from engine.feel.builtins.registry import builtin
from engine.feel.compare import order
from engine.feel.errors import FeelNull
from engine.feel.types import type_name
from engine.feel.values import NUMBERS, FeelValue, YearsMonthsDuration
from engine.feel.wide import DURATIONS
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

List = list[Any]
_SUMMABLE = frozenset({Decimal, YearsMonthsDuration}) | DURATIONS


def _items(evaluation: Evaluation, arguments: tuple[FeelValue, ...]) -> List:
    if arguments == (None,):
        raise FeelNull(Phrase("'list' is null"))
    items: List = arguments[0] if len(arguments) == 1 and type(arguments[0]) is list else list(arguments)
    evaluation.charge(len(items))
    return items


def _numbers(evaluation: Evaluation, arguments: tuple[FeelValue, ...]) -> list[Decimal]:
    items = _items(evaluation, arguments)
    for item in items:
        if type(item) is not Decimal:
            raise FeelNull(Phrase("'list' must hold numbers only, not a {item}", item=type_name(item)))
    return items


def _extreme(evaluation: Evaluation, arguments: tuple[FeelValue, ...], symbol: str) -> FeelValue:
    items = _items(evaluation, arguments)
    if not items:
        raise FeelNull(Phrase("'list' is empty"))
    best = items[0]
    order("<=", best, best)  # one item alone must have an order too
    for item in items[1:]:
        if order(symbol, item, best):
            best = item
    return best


@builtin("min", "list: any", variadic=True)
def minimum(evaluation: Evaluation, *arguments: FeelValue) -> FeelValue:
    """The least item."""
    return _extreme(evaluation, arguments, "<")


@builtin("max", "list: any", variadic=True)
def maximum(evaluation: Evaluation, *arguments: FeelValue) -> FeelValue:
    """The greatest item."""
    return _extreme(evaluation, arguments, ">")


@builtin("sum", "list: any", variadic=True)
def total(evaluation: Evaluation, *arguments: FeelValue) -> FeelValue:
    """The sum of numbers or of durations; null for an empty list."""
    items = _items(evaluation, arguments)
    if not items:
        raise FeelNull(Phrase("'list' is empty"))
    if type(items[0]) not in _SUMMABLE:
        raise FeelNull(Phrase("a {items} cannot be summed", items=type_name(items[0])))
    return reduce(lambda left, right: calculate("+", left, right), items)


@builtin("product", "list: any", variadic=True)
def product(evaluation: Evaluation, *arguments: FeelValue) -> Decimal:
    """The product of numbers; null for an empty list."""
    numbers = _numbers(evaluation, arguments)
    if not numbers:
        raise FeelNull(Phrase("'list' is empty"))
    try:
        return reduce(NUMBERS.multiply, numbers)
    except Overflow as error:
        raise FeelNull(Phrase("the number is too large")) from error


@builtin("mean", "list: any", variadic=True)
def mean(evaluation: Evaluation, *arguments: FeelValue) -> FeelValue:
    """The average of numbers or of durations."""
    items = _items(evaluation, arguments)
    return calculate("/", total(evaluation, items), Decimal(len(items)))


@builtin("median", "list: any", variadic=True)
def median(evaluation: Evaluation, *arguments: FeelValue) -> Decimal:
    """The number in the middle, or the average of the two there."""
    numbers = sorted(_numbers(evaluation, arguments))
    if not numbers:
        raise FeelNull(Phrase("'list' is empty"))
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@builtin("stddev", "list: any", variadic=True)
def stddev(evaluation: Evaluation, *arguments: FeelValue) -> Decimal:
    """The sample standard deviation."""
    numbers = _numbers(evaluation, arguments)
    if len(numbers) < 2:  # noqa: PLR2004 - a deviation needs two
        raise FeelNull(Phrase("'list' must hold at least two numbers"))
    average = NUMBERS.divide(reduce(NUMBERS.add, numbers), Decimal(len(numbers)))
    squares = (NUMBERS.power(NUMBERS.subtract(number, average), Decimal(2)) for number in numbers)
    return NUMBERS.sqrt(NUMBERS.divide(reduce(NUMBERS.add, squares), Decimal(len(numbers) - 1)))


@builtin("mode", "list: any", variadic=True)
def mode(evaluation: Evaluation, *arguments: FeelValue) -> list[Decimal]:
    """The numbers that occur most often, rising."""
    counted = Counter(_numbers(evaluation, arguments))
    most = max(counted.values(), default=0)
    return sorted(number for number, times in counted.items() if times == most)


def _all_of(evaluation: Evaluation, arguments: tuple[FeelValue, ...], *, decisive: bool) -> bool | None:
    items = _items(evaluation, arguments)
    if any(item is decisive for item in items):
        return decisive
    if any(type(item) is not bool for item in items):
        raise FeelNull(Phrase("'list' must hold true and false only"))
    return not decisive


@builtin("all", "list: any", variadic=True)
def all_true(evaluation: Evaluation, *arguments: FeelValue) -> bool | None:
    """False if one is false, true if all are true or there is none."""
    return _all_of(evaluation, arguments, decisive=False)


@builtin("any", "list: any", variadic=True)
def any_true(evaluation: Evaluation, *arguments: FeelValue) -> bool | None:
    """True if one is true, false if all are false or there is none."""
    return _all_of(evaluation, arguments, decisive=True)
