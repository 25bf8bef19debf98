"""How the built-in functions are declared: their parameters by name and kind, and how arguments are fitted to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.errors import FeelNull, one_of
from engine.feel.types import type_name
from engine.feel.values import FeelFunction, FeelValue, Parameter, Range, YearsMonthsDuration
from engine.feel.wide import DATES, DURATIONS, MOMENTS, TIMES
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_LONG = 1000  # characters that cost a step

KINDS: dict[str, tuple[type, ...]] = {
    "any": (),
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "range": (Range,),
    "function": (FeelFunction,),
    "date": (*DATES, *MOMENTS),
    "time": (*TIMES, *MOMENTS),
    "duration": (*DURATIONS, YearsMonthsDuration),
}
"""The kinds that a parameter may ask for, and the types that satisfy it. `any` takes null too, the others do not."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A parameter's name, what it takes, and whether null may be given."""

    name: str
    kind: str
    optional: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a built-in function."""

    function: str
    parameters: tuple[Kind, ...]
    run: Callable[..., FeelValue]
    variadic: bool = False

    @property
    def required(self) -> int:
        """How many arguments there must be."""
        return sum(not parameter.optional for parameter in self.parameters)

    def takes(self, count: int) -> bool:
        """Whether so many arguments in order suit."""
        return self.required <= count and (self.variadic or count <= len(self.parameters))

    def order(self, names: Sequence[str]) -> list[int | None] | None:
        """For each parameter, which of the named arguments it gets; None if the names do not suit."""
        known = [parameter.name for parameter in self.parameters]
        if not set(names) <= set(known):
            return None
        order = [names.index(name) if name in names else None for name in known]
        missing = [p for p, index in zip(self.parameters, order, strict=True) if index is None]
        if any(not (parameter.optional or parameter.nullable or parameter.kind == "any") for parameter in missing):
            return None  # they would be null (DMN 1.5, 10.3.2.13.5), and so would the result
        return order

    def suits(self, arguments: Sequence[FeelValue]) -> bool:
        """Whether the arguments are of the kinds that are asked for, as they are."""
        return all(
            not (types := KINDS[parameter.kind]) or type(value) in types
            for parameter, value in zip(self.parameters, arguments, strict=False)
        )

    def call(self, evaluation: Evaluation, arguments: Sequence[FeelValue]) -> FeelValue:
        """Fit the arguments and run. Raises `FeelNull` where the function has no value."""
        last = len(self.parameters) - 1
        fitted = [_fit(value, self.parameters[min(last, index)], evaluation) for index, value in enumerate(arguments)]
        return self.run(evaluation, *fitted)


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function with all its overloads."""

    name: str
    overloads: tuple[Overload, ...]

    def call(self, evaluation: Evaluation, arguments: Sequence[FeelValue]) -> FeelValue:
        """Call with arguments in order."""
        return choose(self.taking(len(arguments)), arguments, self).call(evaluation, arguments)

    def taking(self, count: int) -> tuple[Overload, ...]:
        """The overloads that take so many arguments."""
        return tuple(overload for overload in self.overloads if overload.takes(count))

    def usage(self) -> str:
        """How the function wants to be called."""
        forms = [f"{self.name}({', '.join(p.name for p in o.parameters)})" for o in self.overloads]
        return Phrase("it is called as {forms}", forms=one_of(forms))

    def value(self) -> FeelFunction:
        """The function as a value."""
        widest = max(self.overloads, key=lambda overload: len(overload.parameters))
        return FeelFunction(
            tuple(Parameter(parameter.name) for parameter in widest.parameters),
            self.call,
            self.name,
            optional=len(widest.parameters) - min(overload.required for overload in self.overloads),
            variadic=any(overload.variadic for overload in self.overloads),
        )


def choose(overloads: Sequence[Overload], arguments: Sequence[FeelValue], function: Builtin) -> Overload:
    """The overload whose kinds suit the arguments, as they are or with lists of one item opened, else the first.

    Raises `FeelNull` if there is none at all.
    """
    if len(overloads) == 1:
        return overloads[0]
    if not overloads:
        raise FeelNull(function.usage())
    for given in (arguments, [_opened(value) for value in arguments]):
        for overload in overloads:
            if overload.suits(given):
                return overload
    return overloads[0]


def _opened(value: FeelValue) -> FeelValue:
    """A list of one item as that item, for the choice of an overload (DMN 1.5, 10.3.2.9.4)."""
    return value[0] if type(value) is list and len(value) == 1 else value


BUILTINS: dict[str, Builtin] = {}
"""All built-in functions by name."""


def builtin(name: str, *parameters: str, variadic: bool = False) -> Callable[[Callable[..., FeelValue]], Callable[..., FeelValue]]:
    """Declare a function: each parameter as `name: kind`, `name?: kind` when optional, `name: kind?` when it may be null."""

    def declare(run: Callable[..., FeelValue]) -> Callable[..., FeelValue]:
        kinds = tuple(_kind(parameter) for parameter in parameters)
        overload = Overload(name, kinds, run, variadic)
        before = BUILTINS[name].overloads if name in BUILTINS else ()
        BUILTINS[name] = Builtin(name, (*before, overload))
        return run

    return declare


def _kind(text: str) -> Kind:
    name, kind = (part.strip() for part in text.split(":"))
    return Kind(name.removesuffix("?"), kind.removesuffix("?"), optional=name.endswith("?"), nullable=kind.endswith("?"))


def _fit(value: FeelValue, parameter: Kind, evaluation: Evaluation) -> FeelValue:
    types = KINDS[parameter.kind]
    kind = type(value)
    if kind in types or not types:
        if kind is list:
            evaluation.charge(len(value))
        elif kind is str and len(value) > _LONG:
            evaluation.charge(len(value) // _LONG)
        return value
    if value is None:
        if parameter.nullable:
            return None
        raise FeelNull(Phrase("'{name}' is null", name=parameter.name))
    if types == (list,):
        return [value]  # DMN 1.5, 10.3.2.9.4: a value where a list is wanted
    if kind is list and len(value) == 1 and type(value[0]) in types:
        return value[0]
    raise FeelNull(Phrase("'{name}' must be a {kind}, not a {value}", name=parameter.name, kind=parameter.kind, value=type_name(value)))


def whole(value: Decimal, name: str) -> int:
    """A number as an integer, its fraction cut off. Raises `FeelNull` if it is beyond all bounds."""
    if value.adjusted() > 18:  # noqa: PLR2004 - beyond any length or index
        raise FeelNull(Phrase("'{name}' is too large", name=name))
    return int(value)
