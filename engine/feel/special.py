"""Operations that `${…}` has and FEEL has not: `empty`, remainder, equality across types, a few methods of Java's types."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.compare import equal
from engine.feel.errors import FeelNull
from engine.feel.types import type_name
from engine.feel.values import NUMBERS, FeelValue

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation


def _empty(_: Evaluation, value: FeelValue) -> bool:
    return value is None or (type(value) in {str, list, dict} and not value)


def _equals(evaluation: Evaluation, left: FeelValue, right: FeelValue) -> bool:
    return equal(left, right, evaluation.charge) is True


def _remainder(_: Evaluation, left: FeelValue, right: FeelValue) -> Decimal:
    """With the sign of the dividend, as Java has it."""
    if type(left) is not Decimal or type(right) is not Decimal:
        raise FeelNull(f"{type_name(left)} % {type_name(right)} is not defined")
    try:
        return NUMBERS.remainder(left, right)
    except decimal.InvalidOperation as error:
        raise FeelNull("division by zero") from error


def _size(_: Evaluation, value: FeelValue) -> Decimal:
    if type(value) not in {str, list, dict}:
        raise FeelNull(f"{type_name(value)} has no size")
    return Decimal(len(value))


def _contains(evaluation: Evaluation, value: FeelValue, wanted: FeelValue) -> bool:
    if type(value) is str and type(wanted) is str:
        return wanted in value
    if type(value) is list:
        evaluation.charge(len(value))
        return any(equal(item, wanted, evaluation.charge) is True for item in value)
    raise FeelNull(f"{type_name(value)} cannot contain {type_name(wanted)}")


def _contains_key(_: Evaluation, value: FeelValue, key: FeelValue) -> bool:
    if type(value) is not dict:
        raise FeelNull(f"{type_name(value)} has no keys")
    return type(key) is str and key in value


def _strings(operation: Callable[..., FeelValue]) -> Callable[..., FeelValue]:
    def run(evaluation: Evaluation, *values: FeelValue) -> FeelValue:
        if not all(type(value) is str for value in values):
            raise FeelNull(f"a string is wanted, not {type_name(values[0])}")
        result = operation(*values)
        return evaluation.text(result) if type(result) is str else result

    return run


SPECIALS: dict[str, Callable[..., FeelValue]] = {
    "empty": _empty,
    "equals": _equals,
    "differs": lambda evaluation, left, right: not _equals(evaluation, left, right),
    "remainder": _remainder,
    "size": _size,
    "contains": _contains,
    "containsKey": _contains_key,
    "startsWith": _strings(lambda value, prefix: value.startswith(prefix)),
    "endsWith": _strings(lambda value, suffix: value.endswith(suffix)),
    "toLowerCase": _strings(lambda value: value.lower()),
    "toUpperCase": _strings(lambda value: value.upper()),
    "trim": _strings(lambda value: value.strip()),
}
"""By the name that the tree gives them."""
