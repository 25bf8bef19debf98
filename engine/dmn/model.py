"""What a decision answers, and the trace of how it came to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.feel import FeelValue, FeelWarning


@dataclass(frozen=True, slots=True)
class DecisionTrace:
    """One decision on the way: what went in, which rules matched (from 1), what came out."""

    decision_id: str
    name: str
    inputs: tuple[tuple[str, FeelValue], ...]  # label and value of each input of a decision table
    rules: tuple[int, ...]  # matched rules in the order of the result; empty for other logic
    outputs: tuple[Mapping[str, FeelValue], ...]  # of each of these rules, by the name of the output
    result: FeelValue
    reasons: tuple[tuple[tuple[str, str], ...], ...] = ()  # of each of these rules: the inputs that it looks at, with its tests
    listed: bool = False  # the result is a list, with an item for each of these rules
    total: Mapping[str, FeelValue] | None = None  # what COLLECT made of all outputs, by the name of the output
    kinds: Mapping[str, str] = field(default_factory=dict)  # of outputs whose column says so, by name: Integer, Long or Double

    @property
    def rows(self) -> tuple[Mapping[str, FeelValue], ...]:
        """The rows that are handed on: what was made of all rules is one, as in Camunda 7."""
        return self.outputs if self.total is None else (self.total,)

    def entries(self) -> dict[str, FeelValue]:
        """The outputs by name, as Camunda 7 hands them to the decisions that require this one; of a list, the list of each output."""
        if self.total is not None:
            return {name: value for name, value in self.total.items() if name}
        if not self.outputs:
            return {}
        names = [name for name in self.outputs[0] if name]
        if self.listed:
            return {name: [row[name] for row in self.outputs] for name in names}
        return dict.fromkeys(names, self.result) if len(self.outputs[0]) == 1 else {name: self.outputs[0][name] for name in names}


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The answer of a decision.

    `rows` are the outputs by name: of each rule that counts, in the order of the hit policy, or one row of what COLLECT made of them or of
    other logic. They are what Camunda's `mapDecisionResult` chooses from. `kinds` are the types of whole columns of numbers, by name.
    """

    result: FeelValue
    rows: tuple[Mapping[str, FeelValue], ...]
    trace: tuple[DecisionTrace, ...]  # required decisions first, the asked one last
    warnings: tuple[FeelWarning, ...] = ()  # why something turned to null
    kinds: Mapping[str, str] = field(default_factory=dict)
