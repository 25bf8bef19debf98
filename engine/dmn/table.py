"""Decision tables (DMN 1.5, chapter 8): rules over inputs, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.dmn.columns import KINDS, read_as
from engine.dmn.hit_policies import MULTIPLE, Aggregation, Hit, HitPolicy, aggregate, select
from engine.dmn.model import DecisionTrace
from engine.dmn.scope import Run, relocate
from engine.errors import ModelFault
from engine.feel import Expression, FeelValue, UnaryTests
from engine.feel.runtime import Frame
from engine.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Placed:
    """An expression of a table with its place, as warnings and faults name it."""

    expression: Expression
    line: int
    what: str

    def evaluate(self, run: Run) -> FeelValue:
        """The value."""
        since = len(run.environment.warnings)
        if run.evaluation is not None:
            value = self.expression.evaluate_within(run.variables, run.evaluation)
        else:
            value = self.expression.evaluate(run.variables, run.environment)
        relocate(run.environment, since, self.line, self.what)
        return value


@dataclass(frozen=True, slots=True)
class Cell:
    """The tests of one rule for one input; None: everything passes."""

    tests: UnaryTests
    line: int
    what: str

    def passes(self, value: FeelValue, run: Run, frame: Frame) -> bool:
        """Whether the input's value passes; `frame` holds the variables of the run and, outside of functions, an account of the table."""
        warnings = run.environment.warnings
        since = len(warnings)
        if run.evaluation is not None:
            result = self.tests.evaluate_within(value, run.variables, run.evaluation)
        else:
            result = self.tests.check(value, frame)
        if len(warnings) != since:
            relocate(run.environment, since, self.line, self.what)
        return result


@dataclass(frozen=True, slots=True)
class Input:
    """An input column: its expression, and the values that are allowed."""

    label: str
    expression: Placed
    allowed: Cell | None = None
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """An output column: its name (empty: the only one), the order of its values, what it is when no rule matches."""

    name: str
    values: tuple[FeelValue, ...] = ()
    default: Placed | None = None
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the cells that restrict it, by the index of their input, and its outputs."""

    cells: tuple[tuple[int, Cell], ...]
    outputs: tuple[Placed, ...]
    reason: tuple[tuple[str, str], ...] = ()  # each of its cells as the label of the input and the text of the tests


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A compiled decision table."""

    id: str
    name: str
    line: int
    policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def evaluate(self, run: Run) -> FeelValue:
        """The result by the hit policy. Raises `ModelFault` where the rules contradict it."""
        values = tuple(read_as(column.type_ref, column.expression.evaluate(run)) for column in self.inputs)
        labels = tuple((column.label, value) for column, value in zip(self.inputs, values, strict=True))
        frame: Frame = (run.variables, None, run.account())
        if not self._allowed(values, run, frame):
            run.traces.append(DecisionTrace(self.id, self.name, labels, (), (), None))
            return None
        ranks = [_rank(output.values) for output in self.outputs]
        try:
            chosen = select(self.policy, self._hits(values, run, frame), ranks, run.account())
        except ModelFault as fault:
            raise ModelFault(Phrase("{name}: {fault}", name=self.name, fault=fault), element=self.id, line=self.line) from None
        rows = tuple(self._row(hit.outputs) for hit in chosen) or self._default(run)
        result = self._result(chosen, rows, run)
        numbers = tuple(hit.rule for hit in chosen)
        reasons = tuple(self.rules[number - 1].reason for number in numbers)
        listed = self.policy in MULTIPLE and self.aggregation is None and bool(chosen)
        total = {self.outputs[0].name: result} if self._is_total(chosen, rows) else None
        kinds = (
            {} if self.aggregation is Aggregation.COUNT else {it.name: KINDS[it.type_ref] for it in self.outputs if it.type_ref in KINDS}
        )
        run.traces.append(DecisionTrace(self.id, self.name, labels, numbers, rows, result, reasons, listed, total, kinds))
        return result

    def _is_total(self, chosen: list[Hit], rows: tuple[Mapping[str, FeelValue], ...]) -> bool:
        """Whether COLLECT made one value: of what matched, or by counting that nothing did."""
        return self.aggregation is not None and (bool(chosen) or (self.aggregation is Aggregation.COUNT and not rows))

    def _allowed(self, values: tuple[FeelValue, ...], run: Run, frame: Frame) -> bool:
        for column, value in zip(self.inputs, values, strict=True):
            if column.allowed is not None and value is not None and not column.allowed.passes(value, run, frame):
                run.account().warn((self.line, 1), Phrase("{label}: the value is not one of those allowed", label=column.label))
                return False
        return True

    def _hits(self, values: tuple[FeelValue, ...], run: Run, frame: Frame) -> list[Hit]:
        hits: list[Hit] = []
        for number, rule in enumerate(self.rules, 1):
            for index, cell in rule.cells:
                if not cell.passes(values[index], run, frame):
                    break
            else:
                given = zip(self.outputs, rule.outputs, strict=True)
                hits.append(Hit(number, tuple(read_as(column.type_ref, output.evaluate(run)) for column, output in given)))
                if self.policy is HitPolicy.FIRST:
                    break
        return hits

    def _row(self, values: tuple[FeelValue, ...]) -> Mapping[str, FeelValue]:
        return {output.name: value for output, value in zip(self.outputs, values, strict=True)}

    def _default(self, run: Run) -> tuple[Mapping[str, FeelValue], ...]:
        if all(output.default is None for output in self.outputs):
            return ()
        return ({output.name: None if output.default is None else output.default.evaluate(run) for output in self.outputs},)

    def _result(self, chosen: list[Hit], rows: tuple[Mapping[str, FeelValue], ...], run: Run) -> FeelValue:
        results = [_single(row) for row in rows]
        if self.policy not in MULTIPLE:
            return results[0] if results else None
        if self.aggregation is not None and chosen:
            return aggregate(self.aggregation, results, run.account())
        if not chosen:
            return results[0] if results else self._nothing()
        return results

    def _nothing(self) -> FeelValue:
        if self.aggregation is Aggregation.COUNT:
            return Decimal(0)
        return None if self.aggregation else []


def _single(row: Mapping[str, FeelValue]) -> FeelValue:
    """A row of one output is its value, of several a context."""
    return next(iter(row.values())) if len(row) == 1 else dict(row)


def _rank(values: tuple[FeelValue, ...]) -> Callable[[FeelValue], int]:
    """The place of a value among the values of its column; one that is not listed comes last."""

    def rank(value: FeelValue) -> int:  # by type too: to Python, 1 equals true
        return next((place for place, one in enumerate(values) if type(one) is type(value) and one == value), len(values))

    return rank
