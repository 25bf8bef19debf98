"""The variables of one root instance during a step: one value per scope and name, read from the inside out.

Values are kept as they are stored (type and text) and parsed when they are read: most steps look at few of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.errors import InvalidRequest
from engine.events import VariableChanged, VariableRemoved
from engine.services.limits import check_name
from engine.store.values import StoredValue, Transient, from_stored, to_stored

Variables = dict[str, dict[str, StoredValue]]


class VariableScopes:
    """Variables by scope id and name. `before` is what the database holds; `after` what it is to hold."""

    def __init__(self, stored: Variables) -> None:
        """`stored`: scope id to name to value, as loaded."""
        self._values = {scope: dict(values) for scope, values in stored.items()}
        self.events: list[VariableChanged | VariableRemoved] = []
        self._is_any_transient = False

    def get(self, scopes: Sequence[str], name: str) -> object:
        """The value that is visible from the innermost of these scopes. Raises `KeyError` for an unknown name."""
        scope = self.holder(scopes, name)
        if scope is None:
            raise KeyError(name)
        return from_stored(*self._values[scope][name])

    def holder(self, scopes: Sequence[str], name: str) -> str | None:
        """The innermost of these scopes that has a variable of this name."""
        return next((scope for scope in scopes if name in self._values.get(scope, ())), None)

    def write(self, scopes: Sequence[str], name: str, value: object) -> None:
        """Write to the innermost scope that has the name, else to the outermost: the process instance."""
        self.write_local(self.holder(scopes, name) or scopes[-1], name, value)

    def write_all(self, scopes: Sequence[str], values: Mapping[str, object]) -> None:
        """Write several, each as `write`."""
        for name, value in values.items():
            self.write(scopes, name, value)

    def write_local(self, scope: str, name: str, value: object) -> None:
        """Write into exactly this scope."""
        self.put(scope, name, to_stored(value))

    def put(self, scope: str, name: str, after: StoredValue) -> None:
        """Write a stored value into exactly this scope; an equal value is no change and leaves no trace."""
        values = self._values.setdefault(scope, {})
        before = values.get(name)
        if isinstance(before, Transient):
            before = None
        if isinstance(after, Transient):
            if before is not None:
                raise InvalidRequest(f"Cannot set transient variable with name {name} to non-transient variable and vice versa.")
            check_name("the name of a variable", name)
            values[name], self._is_any_transient = after, True
            return
        if before == after:
            return
        if before is None:
            check_name("the name of a variable", name)
        values[name] = after
        self.events.append(VariableChanged(scope, name, list(after), list(before) if before else None))

    def keep(self, record: str, name: str, value: StoredValue) -> None:
        """Put a value aside for a compensation: nothing has changed for anybody."""
        self._values.setdefault(record, {})[name] = value

    def remove(self, scopes: Sequence[str], name: str) -> None:
        """Remove a variable from the innermost of these scopes that has it; one that is not there leaves no trace."""
        scope = self.holder(scopes, name)
        if scope is not None:
            before = self._values[scope].pop(name)
            if not isinstance(before, Transient):
                self.events.append(VariableRemoved(scope, name, list(before)))

    def view(self, scopes: Sequence[str], extra: Mapping[str, object] | None = None) -> Mapping[str, object]:
        """What is visible from the innermost of these scopes, as a mapping for expressions; `extra` names come first."""
        return _View(self, scopes, extra or {})

    def local(self, scope: str) -> dict[str, object]:
        """The variables of exactly this scope."""
        return {name: from_stored(*value) for name, value in self._values.get(scope, {}).items()}

    def stored(self, scope: str) -> Mapping[str, StoredValue]:
        """The variables of exactly this scope, as they are stored."""
        return self._values.get(scope, {})

    def seen(self, scopes: Sequence[str]) -> dict[str, StoredValue]:
        """What is visible from the innermost of these scopes, as it is stored."""
        return {name: value for scope in reversed(scopes) for name, value in self._values.get(scope, {}).items()}

    def drop_transient(self) -> None:
        """Forget what was for this step alone."""
        if self._is_any_transient:
            self._values = {
                scope: {name: value for name, value in values.items() if not isinstance(value, Transient)}
                for scope, values in self._values.items()
            }

    def drop_all_but(self, living: set[str]) -> None:
        """Forget the variables of scopes and tokens that are gone."""
        for scope in [scope for scope in self._values if scope not in living]:
            del self._values[scope]

    def rows(self) -> Variables:
        """What the database is to hold after the step."""
        return self._values

    def names(self, scopes: Sequence[str]) -> list[str]:
        """The visible names, innermost first."""
        return list(dict.fromkeys(name for scope in scopes for name in self._values.get(scope, ())))


class _View(Mapping[str, object]):
    """A mapping of what is visible; reading a name parses its value once."""

    def __init__(self, variables: VariableScopes, scopes: Sequence[str], extra: Mapping[str, object]) -> None:
        self._variables, self._scopes = variables, list(scopes)
        self._known = dict(extra)

    def __getitem__(self, name: str) -> object:
        if name not in self._known:
            self._known[name] = self._variables.get(self._scopes, name)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known or (isinstance(name, str) and self._variables.holder(self._scopes, name) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._known, *self._variables.names(self._scopes)]))

    def __len__(self) -> int:
        return sum(1 for _ in self)
