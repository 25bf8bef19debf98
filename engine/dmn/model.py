"""What a decision answers, and the trace of how it came to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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

    def entries(self) -> dict[str, FeelValue]:
        """The outputs by name, as Camunda 7 hands them to the decisions that require this one; of a list, the list of each output."""
        if not self.outputs:
            return {}
        names = [name for name in self.outputs[0] if name]
        if self.listed:
            return {name: [row[name] for row in self.outputs] for name in names}
        return dict.fromkeys(names, self.result) if len(self.outputs[0]) == 1 else {name: self.outputs[0][name] for name in names}


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The answer of a decision.

    `rows` are the outputs by name: of each rule that counts, in the order of the hit policy, or one row of other logic. They are
    what Camunda's `mapDecisionResult` chooses from.
    """

    result: FeelValue
    rows: tuple[Mapping[str, FeelValue], ...]
    trace: tuple[DecisionTrace, ...]  # required decisions first, the asked one last
    warnings: tuple[FeelWarning, ...] = ()  # why something turned to null
