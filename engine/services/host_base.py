"""What the host of a step evaluates: variables where a token is, expressions, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.bpmn.model import SequenceFlow, Text
from engine.phrases import Phrase, in_a_row
from engine.services.expressions import Place
from engine.services.handling import Forecast
from engine.tokens import CompiledProcess, Scope, TokenTask

if TYPE_CHECKING:
    from engine.services.catalogue import Definition
    from engine.services.step import Step


class HostBase:
    """Variables and expressions of one step."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._variables = step.variables
        self.forecast: Forecast | None = None  # in a forecast handlers are not called: each is asked what it would answer
        self._collections: dict[str, list[object]] = {}  # of multi-instance bodies that began in this step
        self._undecided: dict[str, list[str]] = {}  # conditions that are null and why, by token id
        self.due: dict[str, datetime] = {}  # of timers that were armed in this step, by subscription id
        self.signals: list[str] = []  # thrown in this step, in order
        self.silent = False  # no listener is called
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
        view = self.view(token) if variables is None else variables
        names = self._definition(row.definition_id).names
        return Place(token.element_id, view, names, self.camunda_names(row, token.id, token.element_id))

    def camunda_names(self, scope: Scope, execution: str, element: str | None) -> dict[str, object]:
        """The read-only names of Camunda that a template may use where an execution is, in a scope."""
        business_key = self._step.business_key(scope.instance_id)
        node = self._definition(scope.definition_id).process.nodes.get(element or "")
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
        }

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
