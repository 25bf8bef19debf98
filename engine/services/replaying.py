"""Plays the history of a case again, as far as its variables go, and stops at each decision with the values that it read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.services.variables import VariableScopes
from engine.store.values import StoredValue

if TYPE_CHECKING:
    from datetime import datetime

    from engine.store.queries.past_decisions import PastEntry

Fields = Mapping[str, Any]
_CHANGES = frozenset({"VariableChanged", "VariableRemoved"})


class Watched(Mapping[str, object]):
    """Variables that remember which of them were read."""

    def __init__(self, inner: Mapping[str, object]) -> None:
        """Nothing is read yet."""
        self._inner = inner
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.read.add(name)
        return self._inner[name]

    def __contains__(self, name: object) -> bool:
        return name in self._inner

    def __iter__(self) -> Iterator[str]:
        return iter(self._inner)

    def __len__(self) -> int:
        return len(self._inner)


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision as the history keeps it, at the moment at which it was made.

    `values` makes the variables that it saw. `unsure`: those that changed in the same entry, where an older version wrote it and nobody
    can say whether that was before the decision or after it.
    """

    at: datetime
    fields: Fields
    values: Callable[[], Watched]
    unsure: frozenset[str] = frozenset()

    @property
    def instance(self) -> str:
        """The case in which it was made."""
        return str(self.fields["instance"])


def decisions_in(entries: Sequence[PastEntry]) -> Iterator[PastDecision]:
    """The decisions of a history in their order. The values of each are those of that moment: look at it before going on."""
    variables = VariableScopes({})
    for entry in entries:
        changes = [(name, fields) for name, fields in entry.events if name in _CHANGES]
        decisions = [fields for name, fields in entry.events if name == "DecisionEvaluated"]
        done = 0
        for fields in decisions:
            if fields.get("seen") is not None:
                for change in changes[done : fields["seen"]]:
                    _apply(variables, *change)
                done = max(done, fields["seen"])
                yield PastDecision(entry.at, fields, _view(variables, fields))
        for change in changes[done:]:
            _apply(variables, *change)
        unsure = frozenset(str(fields["name"]) for _, fields in changes)
        for fields in decisions:
            if fields.get("seen") is None:
                yield PastDecision(entry.at, fields, _view(variables, fields), unsure)


def _view(variables: VariableScopes, fields: Fields) -> Callable[[], Watched]:
    scopes = [*(fields.get("scopes") or ()), str(fields["instance"])]
    return lambda: Watched(variables.view(scopes))


def _apply(variables: VariableScopes, name: str, fields: Fields) -> None:
    scope, variable = str(fields["scope"]), str(fields["name"])
    if name == "VariableChanged":
        variables.put(scope, variable, StoredValue(*fields["after"]))
    else:
        variables.remove([scope], variable)
