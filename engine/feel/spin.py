"""JSON values as Camunda's Spin shows them to `${…}`: `order.prop('lines').elements()[0].prop('price').numberValue()`.

A JSON value is an ordinary list, context, text, number or truth value here, so that each is its own node, and `value()` gives it back.
What has no such property or is of another type is an error, as there. Nothing changes a value: `append`, `remove` and `prop` with two
arguments are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NoReturn

from engine.feel.errors import Unsuited
from engine.feel.formatting import format_number, to_text
from engine.feel.types import type_name
from engine.feel.values import FeelValue, new_number
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_TREES: Final = frozenset({list, dict})


def _property(_: Evaluation, value: FeelValue, name: FeelValue) -> FeelValue:
    if type(value) is not dict or type(name) is not str or name not in value:
        raise Unsuited(Phrase("there is no property '{name}'", name=str(name)[:80]))
    return value[name]


def _element(_: Evaluation, value: FeelValue, index: FeelValue) -> FeelValue:
    """One of a list, from 0."""
    if type(value) is not list or int(index) >= len(value):
        raise Unsuited(Phrase("there is nothing at this index"))
    return value[int(index)]


def _elements(_: Evaluation, value: FeelValue) -> FeelValue:
    return _of(list, value)


def _names(evaluation: Evaluation, value: FeelValue) -> FeelValue:
    return evaluation.items(list(_of(dict, value)))


def _of(kind: type, value: FeelValue) -> FeelValue:
    if type(value) is not kind:
        raise Unsuited(Phrase("this JSON value is {found}, not {wanted}", found=type_name(value), wanted=_KINDS[kind]))
    return value


_KINDS: Final = {list: "list", dict: "context", str: "string", Decimal: "number", bool: "boolean"}  # as `type_name` says them


def _value(_: Evaluation, value: FeelValue) -> FeelValue:
    if type(value) in _TREES:
        raise Unsuited(Phrase("this JSON value is {found}, which has no value of its own", found=type_name(value)))
    return value


def _is(*kinds: type) -> Callable[[Evaluation, FeelValue], bool]:
    return lambda _, value: type(value) in kinds


def _only(kind: type) -> Callable[[Evaluation, FeelValue], FeelValue]:
    return lambda _, value: _of(kind, value)


def _read(evaluation: Evaluation, value: FeelValue) -> FeelValue:
    """`S(text)` and `JSON(text)`: the value that a JSON text says; what is a list or a context already is that."""
    if type(value) in _TREES:
        return value
    text = _of(str, value)
    evaluation.charge(len(text) // 100)
    try:
        found: Any = json.loads(text, parse_int=new_number, parse_float=new_number, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unsuited(Phrase("this text is not JSON")) from error
    _limit_depth(found, evaluation)
    return found


def _limit_depth(value: FeelValue, evaluation: Evaluation) -> None:
    """Charge every part, and refuse what is nested too deeply for those who read it next."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > evaluation.limits.depth:
            raise Unsuited(Phrase("this JSON text is nested too deeply"))
        trees = [it for it in level if type(it) in _TREES]
        level = [it for tree in trees for it in (tree.values() if type(tree) is dict else tree)]
        evaluation.charge(len(level))


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)  # Infinity and NaN are not JSON


def as_text(value: FeelValue, evaluation: Evaluation) -> str:
    """A value as text: lists and contexts as JSON, everything else as FEEL writes it."""
    return _written(value, evaluation) if type(value) in _TREES else to_text(value, evaluation)


def _written(value: FeelValue, evaluation: Evaluation) -> str:
    evaluation.charge(1)
    if type(value) is dict:
        return evaluation.text("{" + ",".join(f"{_quoted(key)}:{_written(it, evaluation)}" for key, it in value.items()) + "}")
    if type(value) is list:
        return evaluation.text("[" + ",".join(_written(it, evaluation) for it in value) + "]")
    if type(value) is Decimal:
        return format_number(value)
    if value is None or type(value) is bool:
        return json.dumps(value)
    return _quoted(to_text(value, evaluation))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_PLAIN: Final = (
    "elements", "fieldNames", "stringValue", "numberValue", "boolValue", "value", "isString", "isNumber", "isBoolean", "isNull", "isValue",
    "isObject", "isArray", "element", "elementList",
)  # fmt: skip
METHODS: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "prop": ("prop", (1,)),
    "hasProp": ("hasProp", (1,)),
    "jsonPath": ("jsonPath", (1,)),
    **{name: (name, (0,)) for name in _PLAIN},
}
"""The methods that may be called, with how many arguments."""
OPERATIONS: Final[dict[str, Callable[..., FeelValue]]] = {
    "prop": _property,
    "hasProp": lambda _, value, name: type(value) is dict and type(name) is str and name in value,
    "at": _element,
    "elements": _elements,
    "elementList": _elements,
    "element": lambda _, value: value,
    "fieldNames": _names,
    "stringValue": _only(str),
    "numberValue": _only(Decimal),
    "boolValue": _only(bool),
    "value": _value,
    "isString": _is(str),
    "isNumber": _is(Decimal),
    "isBoolean": _is(bool),
    "isNull": _is(type(None)),
    "isValue": lambda _, value: type(value) not in _TREES,
    "isObject": _is(dict),
    "isArray": _is(list),
    "json": _read,
}
TRUTHS: Final = frozenset({"hasProp", "isString", "isNumber", "isBoolean", "isNull", "isValue", "isObject", "isArray"})
"""Those that are true or false."""
