"""What a piece of decision logic gets when it runs, and what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from engine.dmn.model import DecisionTrace
from engine.feel import Environment, FeelValue, FeelWarning
from engine.feel.runtime import Evaluation, Variables
from engine.phrases import Phrase


@dataclass(slots=True)
class Run:
    """One run of a piece of logic. With `evaluation`, it is the body of a function and runs at the caller's expense."""

    variables: Variables
    environment: Environment
    evaluation: Evaluation | None = None
    traces: list[DecisionTrace] = field(default_factory=list)

    def layer(self, values: dict[str, FeelValue]) -> Run:
        """The same run with more variables in front."""
        return Run(self.variables.layer(values), self.environment, self.evaluation, self.traces)

    def within(self, evaluation: Evaluation) -> Run:
        """The same run at the expense of one evaluation: the turns of a loop share its limits."""
        return Run(self.variables, self.environment, evaluation, self.traces)

    def account(self) -> Evaluation:
        """The evaluation to charge: the caller's, or a new one."""
        return self.evaluation or Evaluation(self.environment)


class Logic(Protocol):
    """A compiled boxed expression (DMN 1.5, 10.2.1)."""

    def evaluate(self, run: Run) -> FeelValue:
        """The value with the variables of this run."""
        ...


def relocate(environment: Environment, since: int, line: int, what: str) -> None:
    """Give the warnings of one expression their place in the file: its element and the line there."""
    warnings = environment.warnings
    warnings[since:] = [
        FeelWarning(line + warning.line - 1, warning.column, Phrase("{what}: {reason}", what=what, reason=warning.message))
        for warning in warnings[since:]
    ]
