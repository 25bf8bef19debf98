"""Boxed expressions (DMN 1.5, 10.2.1): contexts, lists, relations, invocations and functions, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.dmn.scope import Logic, Run
from engine.feel import FeelFunction, FeelNull, FeelValue
from engine.feel.compile_calls import call_function
from engine.feel.runtime import Evaluation
from engine.feel.types import FeelType, coerce
from engine.feel.values import Parameter
from engine.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Nothing:
    """No logic at all: always null."""

    def evaluate(self, _: Run) -> FeelValue:
        """Null."""
        return None


@dataclass(frozen=True, slots=True)
class Typed:
    """Logic whose result must conform to a type; what does not is null."""

    logic: Logic
    type: FeelType
    label: str

    def evaluate(self, run: Run) -> FeelValue:
        """The value, fitted to the type."""
        value = self.logic.evaluate(run)
        account = run.account()
        fits, fitted = coerce(value, self.type, account.charge)
        return fitted if fits else account.warn((1, 1), Phrase("{label}: the result does not conform to its type", label=self.label))


@dataclass(frozen=True, slots=True)
class BoxedContext:
    """A context; an entry without a name is its result."""

    entries: tuple[tuple[str, Logic], ...]

    def evaluate(self, run: Run) -> FeelValue:
        """The context, or its result entry. Each entry sees those before it."""
        values: dict[str, FeelValue] = {}
        inner = run.layer(values)
        for name, logic in self.entries:
            value = logic.evaluate(inner)
            if not name:
                return value
            values[name] = value
        return values


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A list."""

    items: tuple[Logic, ...]

    def evaluate(self, run: Run) -> FeelValue:
        """The values of all items."""
        return [item.evaluate(run) for item in self.items]


@dataclass(frozen=True, slots=True)
class BoxedRelation:
    """A relation: a list of contexts with the same keys."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Logic, ...], ...]

    def evaluate(self, run: Run) -> FeelValue:
        """One context for each row."""
        return [{name: cell.evaluate(run) for name, cell in zip(self.columns, row, strict=True)} for row in self.rows]


@dataclass(frozen=True, slots=True)
class BoxedInvocation:
    """An invocation of a function with its parameters bound by name."""

    function: Logic
    bindings: tuple[tuple[str, Logic], ...]
    label: str

    def evaluate(self, run: Run) -> FeelValue:
        """The value of the function; null with a warning where the bindings do not suit."""
        function = self.function.evaluate(run)
        account = run.account()
        if type(function) is not FeelFunction:
            return account.warn((1, 1), Phrase("{label}: what is invoked is no function", label=self.label))
        names = tuple(name for name, _ in self.bindings)
        values = [logic.evaluate(run) for _, logic in self.bindings]
        try:
            return call_function(function, values, names, account)
        except FeelNull as reason:
            return account.warn((1, 1), Phrase("{label}: {reason}", label=self.label, reason=reason))


@dataclass(frozen=True, slots=True)
class BoxedFunction:
    """A function definition."""

    name: str
    parameters: tuple[tuple[str, FeelType | None], ...]
    body: Logic

    def evaluate(self, run: Run) -> FeelValue:
        """The function as a value; it sees the variables of the place where it is defined."""

        def call(evaluation: Evaluation, arguments: Sequence[FeelValue]) -> FeelValue:
            if len(arguments) != len(self.parameters):
                wanted, given = len(self.parameters), len(arguments)
                raise FeelNull(Phrase("it takes {parameters} arguments, not {arguments}", parameters=wanted, arguments=given))
            values = {
                name: _fitted(argument, name, kind, evaluation) for argument, (name, kind) in zip(arguments, self.parameters, strict=True)
            }
            inner = Run(run.variables.layer(values), evaluation.environment, evaluation, run.traces)
            return self.body.evaluate(inner)

        return FeelFunction(tuple(Parameter(name) for name, _ in self.parameters), call, self.name)


def _fitted(value: FeelValue, name: str, kind: FeelType | None, evaluation: Evaluation) -> FeelValue:
    if kind is None:
        return value
    fits, fitted = coerce(value, kind, evaluation.charge)
    if not fits:
        raise FeelNull(Phrase("'{name}' does not conform to its type", name=name))
    return fitted
