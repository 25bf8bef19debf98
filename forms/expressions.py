"""FEEL in forms: computed fields, conditions, limits, choices. The same expressions run in the viewer while a person types.

So they see the same values: amounts that the viewer holds as text are text here too (`number(this.price)`), rows are `this`, what is
around them `parent`, their place `i`, counted from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import lru_cache
from typing import TypeAlias

from engine import Clock
from engine.feel import Environment, Expression, FeelNull, FeelValue, compile_expression

Functions: TypeAlias = Mapping[str, Callable[..., object]]


def time_functions(clock: Clock | None, zone: tzinfo) -> Functions:
    """`today()` and `now()` in the company's zone; null without a clock."""
    if clock is None:
        return {"now": _no_clock, "today": _no_clock}
    return {"now": lambda: clock.now().astimezone(zone), "today": lambda: clock.now().astimezone(zone).date()}


def _no_clock() -> None:
    raise FeelNull("there is no clock")


def is_expression(value: object) -> bool:
    """Whether an attribute of a form is a FEEL expression: form-js marks them with `=`."""
    return isinstance(value, str) and value.lstrip().startswith("=")


@lru_cache(maxsize=4096)
def compiled(source: str, functions: frozenset[str] = frozenset()) -> Expression:
    """An expression of a form, with or without `=` before it. Compiled once."""
    return compile_expression(source.strip().removeprefix("="), names=frozenset(), functions=functions)


def evaluate(source: str, context: Mapping[str, object], functions: Functions) -> FeelValue:
    """The value of an expression; null where something in it is missing."""
    expression = compiled(source, frozenset(functions))
    return expression.evaluate(context, Environment(functions=functions))


def names_in(source: str, functions: Functions) -> frozenset[str]:
    """The variables that an expression reads."""
    return frozenset(compiled(source, frozenset(functions)).names)
