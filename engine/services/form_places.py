"""Where a form inside of a model is filled in: at a task, or where a case begins. What is known there, and how defaults are evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.services.expressions import Place
from engine.services.form_fields import FormPlace
from engine.tokens import Scope, ScopeKind, TokenTask

if TYPE_CHECKING:
    from engine.bpmn.model import FlowNode, Text
    from engine.services.catalogue import Definition
    from engine.services.step import Step


def at_task(step: Step, token: TokenTask) -> FormPlace:
    """The form of a user task: it sees what the task does."""
    scopes = token.variable_scopes()

    def text(text: Text, before: Mapping[str, object]) -> object:
        place = step.host.place(token, step.variables.view(scopes, before))
        return step.expressions.text(text, replace(place, host={**place.host, **step.host.task_names(token)}))

    return FormPlace(token.element_id, step.variables.view(scopes), text, step.calendar.local)


def at_start(step: Step, definition: Definition, event: FlowNode, case_id: str) -> FormPlace:
    """The form of a start event: nothing is known yet but the names of the case itself."""
    scope = Scope(case_id, case_id, definition.row.id, None, ScopeKind.INSTANCE)
    names = step.host.camunda_names(definition, scope, case_id, event.id)

    def text(text: Text, before: Mapping[str, object]) -> object:
        return step.expressions.text(text, Place(event.id, before, definition.names, names))

    return FormPlace(event.id, {}, text, step.calendar.local)
