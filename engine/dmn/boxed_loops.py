"""Boxed conditionals, iterators and filters (DMN 1.4 and 1.5, 10.2.2.9 to 10.2.2.13), compiled."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dmn.scope import Logic, Run
from engine.feel import FeelNull, FeelValue
from engine.feel.compile_loops import PARTIAL, iterated
from engine.feel.scope import ITEM
from engine.phrases import Phrase


@dataclass(frozen=True, slots=True)
class BoxedConditional:
    """`if`, `then`, `else`: only true leads to `then`."""

    condition: Logic
    then: Logic
    otherwise: Logic
    label: str

    def evaluate(self, run: Run) -> FeelValue:
        """The value of the branch."""
        verdict = self.condition.evaluate(run)
        if verdict is True:
            return self.then.evaluate(run)
        if verdict is not False:
            run.account().warn((1, 1), Phrase("{label}: the condition is neither true nor false: 'else' is taken", label=self.label))
        return self.otherwise.evaluate(run)


@dataclass(frozen=True, slots=True)
class BoxedFor:
    """`for`: the body for each item; `partial` is the list of the results so far."""

    variable: str
    domain: Logic
    body: Logic
    label: str

    def evaluate(self, run: Run) -> FeelValue:
        """The list of the results."""
        account = run.account()
        results: list[FeelValue] = []
        try:
            for item in iterated(self.domain.evaluate(run), account):
                account.charge(1)
                account.room(len(results) + 1)
                values = {PARTIAL: account.items(results.copy()), self.variable: item}
                results.append(self.body.evaluate(run.within(account).layer(values)))
        except FeelNull as reason:
            return account.warn((1, 1), Phrase("{label}: {reason}", label=self.label, reason=reason))
        return results


@dataclass(frozen=True, slots=True)
class BoxedQuantified:
    """`some` (`every` is False) and `every`."""

    every: bool
    variable: str
    domain: Logic
    condition: Logic
    label: str

    def evaluate(self, run: Run) -> FeelValue:
        """True, false, or null where it cannot be told."""
        account = run.account()
        verdicts: list[FeelValue] = []
        try:
            for item in iterated(self.domain.evaluate(run), account):
                account.charge(1)
                verdicts.append(self.condition.evaluate(run.within(account).layer({self.variable: item})))
        except FeelNull as reason:
            return account.warn((1, 1), Phrase("{label}: {reason}", label=self.label, reason=reason))
        if any(type(verdict) is not bool for verdict in verdicts):  # the parts of a boxed iterator must be boolean, all of them
            return account.warn((1, 1), Phrase("{label}: a condition is neither true nor false", label=self.label))
        return all(verdicts) if self.every else any(verdicts)


@dataclass(frozen=True, slots=True)
class BoxedFilter:
    """The items of a list that match; the condition sees `item` and, where it is a context, its entries."""

    domain: Logic
    condition: Logic
    label: str

    def evaluate(self, run: Run) -> FeelValue:
        """A list, always; null where a condition is neither true nor false."""
        account = run.account()
        kept: list[FeelValue] = []
        try:
            items = iterated(self.domain.evaluate(run), account)
        except FeelNull as reason:
            return account.warn((1, 1), Phrase("{label}: {reason}", label=self.label, reason=reason))
        for item in items:
            account.charge(1)
            entries = item if type(item) is dict else {}
            verdict = self.condition.evaluate(run.within(account).layer({ITEM: item, **entries}))
            if type(verdict) is not bool:
                return account.warn((1, 1), Phrase("{label}: the condition is neither true nor false", label=self.label))
            if verdict:
                kept.append(item)
        return kept
