"""Decisions and what they require (DMN 1.5, chapter 6), decided with a context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.dmn.model import DecisionResult, DecisionTrace
from engine.dmn.scope import Logic, Run
from engine.errors import ModelFault, ModelProblem
from engine.feel import Environment, FeelEvaluationError, FeelValue
from engine.feel.runtime import MISSING, Evaluation, Variables
from engine.feel.types import FeelType, coerce


@dataclass(frozen=True, slots=True)
class InputData:
    """An input of the decisions: its name as expressions use it, and its type."""

    id: str
    name: str
    type: FeelType | None
    type_ref: str


@dataclass(frozen=True, slots=True)
class Function:
    """A business knowledge model: logic that decisions call."""

    id: str
    name: str
    logic: Logic
    knowledge: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a file; `kind` is the element of its logic, such as `decisionTable`."""

    id: str
    name: str
    line: int
    kind: str
    variable: str
    logic: Logic = field(repr=False)
    inputs: tuple[str, ...] = ()  # ids of required input data
    decisions: tuple[str, ...] = ()  # ids of required decisions
    knowledge: tuple[str, ...] = ()  # ids of required business knowledge models


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """The decisions of one file. Immutable: it may be used from any thread."""

    resource: str
    name: str
    decisions: Mapping[str, Decision]
    inputs: Mapping[str, InputData]
    functions: Mapping[str, Function] = field(repr=False)
    warnings: tuple[ModelProblem, ...] = ()

    def decide(self, decision_id: str, context: Mapping[str, object], environment: Environment | None = None) -> DecisionResult:
        """Decide, required decisions first. Expressions read what they require, then the other variables of the context.

        Raises `KeyError` for an unknown decision, `ModelFault` where rules contradict their hit policy or a limit is passed.
        What has no value is null, with a warning in the environment that names decision, rule and line.
        """
        decision = self.decisions[decision_id]
        environment = environment or Environment()
        run = Run(Variables(context), environment)
        results: dict[str, FeelValue] = {}
        try:
            result = self._decide(decision, run, results)
        except FeelEvaluationError as error:
            raise ModelFault(f"Decision '{decision.name}': {error}", element=decision.id, line=decision.line) from error
        last = run.traces[-1]
        return DecisionResult(result, last.outputs, tuple(run.traces))

    def _decide(self, decision: Decision, run: Run, results: dict[str, FeelValue]) -> FeelValue:
        if decision.id in results:
            return results[decision.id]
        scope: dict[str, FeelValue] = {}
        for required in decision.decisions:
            other = self.decisions[required]
            scope[other.variable] = self._decide(other, run, results)
        for required in decision.inputs:
            data = self.inputs[required]
            scope[data.name] = self._input(data, run)
        self._add_functions(decision.knowledge, scope, run)
        inner = run.layer(scope)
        result = decision.logic.evaluate(inner)
        if decision.kind != "decisionTable":  # a table writes its own trace
            row = {decision.variable: result}
            run.traces.append(DecisionTrace(decision.id, decision.name, (), (), (row,), result))
        results[decision.id] = result
        return result

    def _input(self, data: InputData, run: Run) -> FeelValue:
        value = run.variables.get(data.name)
        if value is MISSING:
            return run.account().warn((1, 1), f"there is no input '{data.name}'")
        if data.type is None:
            return value
        account = Evaluation(run.environment)
        fits, fitted = coerce(value, data.type, account.charge)
        return fitted if fits else account.warn((1, 1), f"the input '{data.name}' does not conform to its type")

    def _add_functions(self, ids: tuple[str, ...], scope: dict[str, FeelValue], run: Run) -> None:
        for required in ids:
            function = self.functions[required]
            if function.name not in scope:
                known: dict[str, FeelValue] = {}
                scope[function.name] = function.logic.evaluate(run.layer(known))
                known[function.name] = scope[function.name]  # a function may call itself
                self._add_functions(function.knowledge, known, run)
