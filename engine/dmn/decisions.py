"""Decisions and what they require (DMN 1.5, chapter 6), decided with a context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.dmn.model import DecisionResult, DecisionTrace
from engine.dmn.scope import Logic, Run
from engine.dmn.words import DecisionWords
from engine.errors import ModelFault, ModelProblem
from engine.feel import Environment, FeelEvaluationError, FeelFunction, FeelNull, FeelValue
from engine.feel.compile_calls import call_function
from engine.feel.runtime import MISSING, Evaluation, Variables
from engine.feel.types import FeelType, coerce
from engine.feel.values import Parameter
from engine.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that logic requires: its key, and the name of the import that it comes from (empty: none, or a nameless one)."""

    key: str
    source: str = ""


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
    knowledge: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions as a function (DMN 1.5, 10.4): the inputs are its parameters, the outputs its result."""

    id: str
    name: str
    inputs: tuple[Requirement, ...]  # input data, the first parameters
    decisions: tuple[Requirement, ...]  # decisions whose results are given: the further parameters
    outputs: tuple[Requirement, ...]
    type: FeelType | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a file; `kind` is the element of its logic, such as `decisionTable`."""

    id: str
    name: str
    line: int
    kind: str
    variable: str
    logic: Logic = field(repr=False)
    inputs: tuple[Requirement, ...] = ()  # required input data
    decisions: tuple[Requirement, ...] = ()  # required decisions
    knowledge: tuple[Requirement, ...] = ()  # required business knowledge models and decision services
    type: FeelType | None = field(default=None, repr=False)
    version_tag: str | None = None  # camunda:versionTag
    words: DecisionWords | None = field(default=None, repr=False)


Node: TypeAlias = Decision | InputData | Function | DecisionService


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """The decisions of one file. Immutable: it may be used from any thread."""

    resource: str
    name: str
    namespace: str
    decisions: Mapping[str, Decision]
    inputs: Mapping[str, InputData]
    functions: Mapping[str, Function] = field(repr=False)
    services: Mapping[str, DecisionService] = field(repr=False)
    nodes: Mapping[str, Node] = field(repr=False)  # those of imported files too, by `namespace#id`
    warnings: tuple[ModelProblem, ...] = ()

    def decide(self, decision_id: str, context: Mapping[str, object], environment: Environment | None = None) -> DecisionResult:
        """Decide, required decisions first. Expressions read what they require, then the other variables of the context.

        Raises `KeyError` for an unknown decision, `ModelFault` where rules contradict their hit policy or a limit is passed.
        What has no value is null, with a warning in the environment that names decision, rule and line.
        """
        decision = self.decisions[decision_id]
        environment = environment or Environment()
        run = Run(Variables(context), environment)
        try:
            result = Deciding(self.nodes).decide(decision, run)
        except FeelEvaluationError as error:
            raise ModelFault(
                Phrase("Decision '{name}': {error}", name=decision.name, error=error), element=decision.id, line=decision.line
            ) from error
        last = run.traces[-1]
        return DecisionResult(result, last.rows, tuple(run.traces), tuple(environment.warnings), last.kinds)

    def invoke(self, invocable_id: str, arguments: Mapping[str, object], environment: Environment | None = None) -> DecisionResult:
        """Call a business knowledge model or decision service with arguments by name; those that are missing are null.

        Raises `KeyError` for an unknown one, `ModelFault` as `decide` does.
        """
        node = self.nodes[invocable_id]
        environment = environment or Environment()
        run = Run(Variables(arguments), environment)
        deciding = Deciding(self.nodes)
        try:
            if isinstance(node, Decision | InputData):
                raise KeyError(invocable_id)
            function = deciding.function(node, run)
            result = _called(function, run)
        except FeelEvaluationError as error:
            raise ModelFault(Phrase("'{invocable_id}': {error}", invocable_id=invocable_id, error=error), element=invocable_id) from error
        row: Mapping[str, FeelValue] = {node.name: result}
        trace = DecisionTrace(node.id, node.name, (), (), (row,), result)
        return DecisionResult(result, (row,), (*run.traces, trace), tuple(environment.warnings))


def _called(function: FeelValue, run: Run) -> FeelValue:
    """Call a function with the variables of a run as its arguments."""
    account = Evaluation(run.environment)
    if type(function) is not FeelFunction:
        return account.warn((1, 1), Phrase("what is invoked is no function"))
    given = [run.variables.get(parameter.name) for parameter in function.parameters]
    try:
        return call_function(function, [None if value is MISSING else value for value in given], None, account)
    except FeelNull as reason:
        return account.warn((1, 1), Phrase("{name}: {reason}", name=function.name, reason=reason))


class Deciding:
    """One walk through the requirement graph: each decision is decided once."""

    __slots__ = ("_entries", "_inputs", "_nodes", "_results")

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        """Nothing is decided yet."""
        self._nodes = nodes
        self._results: dict[str, FeelValue] = {}  # of decisions, by key
        self._entries: dict[str, dict[str, FeelValue]] = {}  # their outputs by name
        self._inputs: dict[str, FeelValue] = {}  # of input data that a decision service was given, by key

    def decide(self, decision: Decision, run: Run, key: str = "") -> FeelValue:
        """The result of one decision."""
        key = key or decision.id
        if key in self._results:
            return self._results[key]
        scope: dict[str, FeelValue] = {}
        entries: dict[str, FeelValue] = {}
        for required in decision.decisions:
            other = self._nodes[required.key]
            if isinstance(other, Decision):
                _place(scope, required, other.variable, self.decide(other, _inside(run, required.source), required.key))
                entries.update(self._entries.get(required.key, {}))
        for required in decision.inputs:
            data = self._nodes[required.key]
            if isinstance(data, InputData):
                _place(scope, required, data.name, self._input(data, required, run))
        self._add_functions(decision.knowledge, scope, run)
        # By the names of their outputs, too, as in Camunda 7; what the standard names comes first.
        result = decision.logic.evaluate(run.layer({**entries, **scope}))
        if decision.kind != "decisionTable":  # a table writes its own trace
            row = {decision.variable: result}
            inputs = tuple((name, value) for name, value in scope.items() if type(value) is not FeelFunction)
            run.traces.append(DecisionTrace(decision.id, decision.name, inputs, (), (row,), result))
        self._results[key], self._entries[key] = result, run.traces[-1].entries()
        return result

    def _input(self, data: InputData, required: Requirement, run: Run) -> FeelValue:
        if required.key in self._inputs:
            return self._inputs[required.key]
        value = _inside(run, required.source).variables.get(data.name)
        if value is MISSING:
            return run.account().warn((1, 1), Phrase("there is no input '{name}'", name=data.name))
        if data.type is None:
            return value
        account = Evaluation(run.environment)
        fits, fitted = coerce(value, data.type, account.charge)
        return fitted if fits else account.warn((1, 1), Phrase("the input '{name}' does not conform to its type", name=data.name))

    def _add_functions(self, required: Iterable[Requirement], scope: dict[str, FeelValue], run: Run) -> None:
        for requirement in required:
            node = self._nodes[requirement.key]
            if isinstance(node, Function | DecisionService):
                _place(scope, requirement, node.name, self.function(node, _inside(run, requirement.source)))

    def function(self, node: Function | DecisionService, run: Run) -> FeelValue:
        """A business knowledge model or decision service as a function."""
        if isinstance(node, DecisionService):
            return self._service(node, run)
        known: dict[str, FeelValue] = {}
        function = node.logic.evaluate(run.layer(known))
        known[node.name] = function  # a function may call itself
        self._add_functions((requirement for requirement in node.knowledge if requirement.key != node.id), known, run)
        return function

    def _service(self, service: DecisionService, run: Run) -> FeelFunction:
        parameters = [*service.inputs, *service.decisions]
        names = [_parameter(self._nodes[required.key]) for required in parameters]

        def call(evaluation: Evaluation, arguments: Iterable[FeelValue]) -> FeelValue:
            given = list(arguments)
            if len(given) != len(parameters):
                raise FeelNull(Phrase("it takes {parameters} arguments, not {given}", parameters=len(parameters), given=len(given)))
            inner = Deciding(self._nodes)
            values: dict[str, FeelValue] = {}
            for required, name, value in zip(parameters, names, given, strict=True):
                fitted = values[name] = _fitted(value, self._nodes[required.key], name, evaluation)
                (inner._inputs if required in service.inputs else inner._results)[required.key] = fitted
            evaluation.deeper(_SERVICE_LEVELS)
            try:
                within = Run(run.variables.layer(values), evaluation.environment, evaluation, run.traces)
                return inner._outputs(service, within)
            finally:
                evaluation.depth -= _SERVICE_LEVELS

        return FeelFunction(tuple(Parameter(name) for name in names), call, service.name)

    def _outputs(self, service: DecisionService, run: Run) -> FeelValue:
        results: dict[str, FeelValue] = {}
        for required in service.outputs:
            decision = self._nodes[required.key]
            if isinstance(decision, Decision):
                results[decision.variable] = self.decide(decision, run, required.key)
        result = next(iter(results.values())) if len(results) == 1 else results
        if service.type is None:
            return result
        account = run.account()
        fits, fitted = coerce(result, service.type, account.charge)
        return fitted if fits else account.warn((1, 1), Phrase("{name}: the result does not conform to its type", name=service.name))


_SERVICE_LEVELS = 20  # Python's own calls around the decisions of a service


def _place(scope: dict[str, FeelValue], required: Requirement, name: str, value: FeelValue) -> None:
    """Put a value where expressions find it: by its name, or in the context of its import."""
    if required.source:
        scope.setdefault(required.source, {})[name] = value
    else:
        scope[name] = value


def _inside(run: Run, source: str) -> Run:
    """A run for what is imported: its inputs may be given in a context by the name of the import."""
    group = run.variables.get(source) if source else None
    return run.layer(group) if type(group) is dict else run


def _parameter(node: Node) -> str:
    return node.variable if isinstance(node, Decision) else node.name


def _fitted(value: FeelValue, node: Node, name: str, evaluation: Evaluation) -> FeelValue:
    kind = node.type if isinstance(node, InputData | Decision) else None
    if kind is None:
        return value
    fits, fitted = coerce(value, kind, evaluation.charge)
    if not fits:
        raise FeelNull(Phrase("'{name}' does not conform to its type", name=name))
    return fitted
