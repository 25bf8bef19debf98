"""List functions (DMN 1.5, 10.3.4.4), those that give lists or places. Indexes count from 1, or from the end when negative."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from engine.feel.builtins.registry import builtin, whole
from engine.feel.compare import equal, order
from engine.feel.errors import FeelNull
from engine.feel.values import FeelFunction, FeelValue
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

List = list[Any]


def same(left: FeelValue, right: FeelValue, evaluation: Evaluation) -> bool:
    """Whether two values are equal; those that cannot be compared are not."""
    evaluation.charge(1)
    return equal(left, right, evaluation.charge) is True


def _index(position: Decimal, items: List, name: str = "position") -> int:
    place = whole(position, name)
    if place == 0 or abs(place) > len(items):
        raise FeelNull(Phrase("'{name}' lies outside the list", name=name))
    return place - 1 if place > 0 else len(items) + place


@builtin("list contains", "list: list", "element: any")
def list_contains(evaluation: Evaluation, items: List, element: FeelValue) -> bool:
    """Whether the list has the element; null may be one."""
    return any(same(item, element, evaluation) for item in items)


@builtin("count", "list: list")
def count(_: Evaluation, items: List) -> Decimal:
    """How many items there are."""
    return Decimal(len(items))


@builtin("sublist", "list: list", "start position: number", "length?: number?")
def sublist(evaluation: Evaluation, items: List, start: Decimal, length: Decimal | None = None) -> List:
    """A part of the list."""
    begin = _index(start, items, "start position")
    if length is None:
        return evaluation.items(items[begin:])
    size = whole(length, "length")
    if size < 0 or begin + size > len(items):
        raise FeelNull(Phrase("'length' goes beyond the list"))
    return evaluation.items(items[begin : begin + size])


@builtin("append", "list: list", "item: any", variadic=True)
def append(evaluation: Evaluation, items: List, *further: FeelValue) -> List:
    """The list with the items at its end."""
    return evaluation.items([*items, *further])


@builtin("concatenate", "list: list", variadic=True)
def concatenate(evaluation: Evaluation, *lists: List) -> List:
    """All lists one after the other."""
    evaluation.room(sum(map(len, lists)))
    return evaluation.items([item for items in lists for item in items])


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(evaluation: Evaluation, items: List, position: Decimal, item: FeelValue) -> List:
    """The list with one more item before a position."""
    place = _index(position, items)
    return evaluation.items([*items[:place], item, *items[place:]])


@builtin("remove", "list: list", "position: number")
def remove(evaluation: Evaluation, items: List, position: Decimal) -> List:
    """The list without the item at a position."""
    place = _index(position, items)
    return evaluation.items([*items[:place], *items[place + 1 :]])


@builtin("list replace", "list: list", "position: number", "newItem: any")
def list_replace(evaluation: Evaluation, items: List, position: Decimal, item: FeelValue) -> List:
    """The list with another item at a position."""
    place = _index(position, items)
    return evaluation.items([*items[:place], item, *items[place + 1 :]])


@builtin("list replace", "list: list", "match: function", "newItem: any")
def list_replace_matching(evaluation: Evaluation, items: List, match: FeelFunction, new_item: FeelValue) -> List:
    """The list with another item wherever `match(item, newItem)` is true."""
    result = []
    for item in items:
        verdict = match.call(evaluation, (item, new_item))
        if type(verdict) is not bool:
            raise FeelNull(Phrase("'match' must give true or false"))
        result.append(new_item if verdict else item)
    return evaluation.items(result)


@builtin("reverse", "list: list")
def reverse(evaluation: Evaluation, items: List) -> List:
    """The list from its end to its beginning."""
    return evaluation.items(items[::-1])


@builtin("index of", "list: list", "match: any")
def index_of(evaluation: Evaluation, items: List, match: FeelValue) -> List:
    """The indexes of all items that equal the match."""
    return [Decimal(index) for index, item in enumerate(items, 1) if same(item, match, evaluation)]


def distinct(items: List, evaluation: Evaluation) -> List:
    """Each value once, where it came first. Simple values by hash, the others one by one."""
    seen: set[tuple[type, object]] = set()
    result: List = []
    complex_ones: List = []
    for item in items:
        if type(item) in {str, Decimal, bool, type(None)}:
            key = (type(item), item)
            if key in seen:
                continue
            seen.add(key)
        else:
            if any(same(item, other, evaluation) for other in complex_ones):
                continue
            complex_ones.append(item)
        result.append(item)
    return evaluation.items(result)


@builtin("union", "list: list", variadic=True)
def union(evaluation: Evaluation, *lists: List) -> List:
    """All lists one after the other, each value once."""
    return distinct(concatenate(evaluation, *lists), evaluation)


@builtin("distinct values", "list: list")
def distinct_values(evaluation: Evaluation, items: List) -> List:
    """Each value once."""
    return distinct(items, evaluation)


@builtin("duplicate values", "list: list")
def duplicate_values(evaluation: Evaluation, items: List) -> List:
    """The values that occur more than once, each once."""
    return [item for item in distinct(items, evaluation) if sum(same(item, other, evaluation) for other in items) > 1]


@builtin("flatten", "list: list")
def flatten(evaluation: Evaluation, items: List) -> List:
    """Lists within lists opened, all the way."""
    result: List = []
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            evaluation.charge(1)
            if type(item) is list:
                stack.append(iter(item))
                break
            result.append(item)
            evaluation.room(len(result))
        else:
            stack.pop()
    return result


@builtin("sort", "list: list", "precedes?: function?")
def sort(evaluation: Evaluation, items: List, precedes: FeelFunction | None = None) -> List:
    """Ordered by a function that says whether one item precedes another; without it by `<`. Equal items keep their order."""
    before = _by_order if precedes is None else _by_function(evaluation, precedes)

    def compare(left: FeelValue, right: FeelValue) -> int:
        evaluation.charge(1)
        if before(left, right):
            return -1
        return 1 if before(right, left) else 0

    return evaluation.items(sorted(items, key=cmp_to_key(compare)))


def _by_order(left: FeelValue, right: FeelValue) -> bool:
    return order("<", left, right)


def _by_function(evaluation: Evaluation, precedes: FeelFunction) -> Callable[[FeelValue, FeelValue], bool]:
    def before(left: FeelValue, right: FeelValue) -> bool:
        verdict = precedes.call(evaluation, (left, right))
        if type(verdict) is not bool:
            raise FeelNull(Phrase("'precedes' must give true or false"))
        return verdict

    return before
