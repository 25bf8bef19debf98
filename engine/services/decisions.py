"""Decisions made for clients of the API, outside of any case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine import access
from engine.services.catalogue import DecisionBinding
from engine.services.expressions import Expressions
from engine.store.values import plain

if TYPE_CHECKING:
    from engine.dmn import DecisionResult
    from engine.model import Actor
    from engine.services.runtime import Runtime


class Decisions:
    """Deployed decisions."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def evaluate(self, actor: Actor, key: str, variables: Mapping[str, object], *, version: int | None = None) -> DecisionResult:
        """Make a decision with these variables, by its latest version or the one given. Nothing is written. Raises `NotFound`."""
        access.may_correlate(actor)
        runtime = self._runtime
        binding = DecisionBinding("latest") if version is None else DecisionBinding("version", version)
        with runtime.database.read() as connection:
            model, _ = runtime.catalogue.decision(connection, None, key, binding)
            expressions = Expressions(runtime.clock.now(), runtime.directory(connection), runtime.calendar(connection))
            return model.decide(key, plain(variables), expressions.environment())
