"""What the host of a step evaluates: variables where a token is, expressions, conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.bpmn.model import Mapping as VariableMapping
from engine.bpmn.model import SequenceFlow, Text
from engine.phrases import Phrase, in_a_row
from engine.services.expressions import Place
from engine.services.handling import Forecast
from engine.tokens import CompiledProcess, Scope, TokenTask

if TYPE_CHECKING:
    from engine.services.catalogue import Definition
    from engine.services.step import Step


@dataclass(frozen=True, slots=True)
class Sent:
    """A signal that a step has thrown.

    `own`: None, or the subscriptions of this root that get it as all others do: each in a transaction of its own.
    """

    name: str
    variables: Mapping[str, object]
    business_key: str | None = None  # of what it starts
    own: frozenset[str] | None = None


class HostBase:
    """Variables and expressions of one step."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._variables = step.variables
        self.forecast: Forecast | None = None  # in a forecast handlers are not called: each is asked what it would answer
        self._collections: dict[str, list[object]] = {}  # of multi-instance bodies that began in this step
        self._undecided: dict[str, list[str]] = {}  # conditions that are null and why, by token id
        self.due: dict[str, datetime] = {}  # of timers that were armed in this step, by subscription id
        self.priorities: dict[str, int] = {}  # of their jobs
        self.signals: list[Sent] = []  # thrown in this step, in order
        self.silent = False  # no listener is called
        self.unmapped = False  # no input or output parameter is evaluated
        self._looked_at = 0  # how many changes of variables the game has seen

    def definition(self, definition_id: str) -> CompiledProcess:
        """The compiled process of a definition id."""
        return self._definition(definition_id).compiled

    def new_id(self) -> str:
        """An id for a token, scope or subscription."""
        return self._step.runtime.new_id()

    def _definition(self, definition_id: str) -> Definition:
        return self._step.runtime.catalogue.definition(self._step.connection, definition_id)

    # ---- expressions and variables ---------------------------------------------------------------------------------------

    def view(self, token: TokenTask) -> Mapping[str, object]:
        """The variables that are visible at a token."""
        return self._variables.view(token.variable_scopes())

    def evaluate(self, text: Text, token: TokenTask) -> object:
        """The value of a text at a token."""
        return self._step.expressions.text(text, self.place(token))

    def place(self, token: TokenTask, variables: Mapping[str, object] | None = None) -> Place:
        """Where an expression is evaluated: at a token, with its variables or others."""
        row = token.workflow.row
        definition = self._definition(row.definition_id)
        view = self.view(token) if variables is None else variables
        return Place(token.element_id, view, definition.names, self.camunda_names(definition, row, token.id, token.element_id))

    def camunda_names(self, definition: Definition, scope: Scope, execution: str, element: str | None) -> dict[str, object]:
        """The read-only names of Camunda that a template may use where an execution is, in a scope."""
        business_key = self._step.business_key(scope.instance_id)
        node = definition.process.nodes.get(element or "")
        return {
            "execution.processInstanceId": scope.instance_id,
            "execution.rootProcessInstanceId": self._step.root_id,
            "execution.processBusinessKey": business_key,
            "execution.businessKey": business_key,
            "execution.processDefinitionId": scope.definition_id,
            "execution.currentActivityId": element,
            "execution.currentActivityName": node.name or None if node else None,
            "execution.activityInstanceId": execution,
            "execution.id": execution,
            "execution.parentId": scope.id,
            "execution.tenantId": None,
            "execution.eventName": None,  # a listener says which
        }

    def carried(self, mapping: VariableMapping, source: Sequence[str], token: TokenTask) -> dict[str, object]:
        """What one `camunda:in` or `camunda:out` takes along from variable scopes; `local`: from the innermost alone."""
        seen = source[:1] if mapping.local else source
        if mapping.all_variables:
            return {name: self._variables.get(seen, name) for name in self._variables.names(seen)}
        if not mapping.target:
            return {}
        if mapping.source is not None:
            return {mapping.target: self._step.expressions.text(mapping.source, self.place(token, self._variables.view(source)))}
        return {mapping.target: self._variables.view(seen).get(mapping.variable or "")}

    def condition(self, token: TokenTask, flow: SequenceFlow) -> bool:
        """Whether the condition of a flow is true."""
        if flow.condition is None:
            return True
        holds = self._step.expressions.condition(flow.condition, replace(self.place(token), element=flow.id))
        because = "" if holds else self._step.expressions.because()
        if because:
            self._undecided.setdefault(token.id, []).append(
                Phrase("{condition} is null{because}", condition=repr(flow.condition.source.strip()), because=because)
            )
        return holds

    def undecided(self, token: TokenTask) -> str:
        """The conditions that are neither true nor false at a token, and why."""
        return in_a_row(self._undecided.pop(token.id, []))
