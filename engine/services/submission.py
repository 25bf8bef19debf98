"""What was submitted, checked by the form of its step: only what the step may write comes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from engine.store.values import StoredValue, from_stored
from engine.work.fields import StepFields, task_fields

if TYPE_CHECKING:
    from engine.bpmn.model import FlowNode, UserTask
    from engine.services.catalogue import Definition
    from engine.services.runtime import Runtime
    from engine.services.step import Step
    from engine.tokens import TokenTask


GivenBy = Literal["form", "submission", "program"]
"""How values come to a task. A person fills in its form, which checks them. A program sends what would be filled in: the form counts where
the model says what the step may do with its fields. Or it says what is known: the same, and it goes to the case.
"""


def made_by_model(node: FlowNode) -> frozenset[str | None]:
    """The variables that the model makes where an activity is: in Camunda they belong to its execution, not to its task."""
    loop = {"loopCounter", node.loop.element_variable} if node.loop is not None else set()
    return frozenset({it.name for it in node.inputs} | loop)


def write(step: Step, token: TokenTask, node: FlowNode, values: Mapping[str, object], by: GivenBy) -> None:
    """Write what came.

    What a task alone has, a draft perhaps, hides variables of its case from it. A program means those of the case, as in Camunda, and of
    the task only what the model itself made there.
    """
    scopes, made = token.variable_scopes(), made_by_model(node)
    for name, value in values.items():
        step.variables.write(scopes[1:] if by == "program" and name not in made else scopes, name, value)


def validated(
    runtime: Runtime, step: Step, token: TokenTask, form_key: str | None, task: UserTask, submitted: Mapping[str, object]
) -> Mapping[str, object]:
    """The values that a completion may write. A task without a form takes what a client sends, unless the model says what it may write."""
    fields = task_fields(task)
    definition = runtime.catalogue.definition(step.connection, token.workflow.row.definition_id)
    form = runtime.catalogue.form(step.connection, definition, form_key) if form_key else None
    if form is None:
        if task.declares_fields:
            fields.refuse_unwritable(submitted)
        return submitted
    return runtime.forms.validate(form, plain(submitted), step.host.view(token), fields)


def validated_start(
    runtime: Runtime, step: Step, definition: Definition, form_key: str | None, fields: StepFields, submitted: Mapping[str, object]
) -> Mapping[str, object]:
    """The values that a start form may write; nothing is known yet."""
    form = runtime.catalogue.form(step.connection, definition, form_key) if form_key else None
    if form is None:
        return submitted
    return runtime.forms.validate(form, plain(submitted), {}, fields)


def plain(submitted: Mapping[str, object]) -> Mapping[str, object]:
    """Values whose type a client chose, as forms know them: a form has types of its own."""
    return {name: from_stored(*value) if isinstance(value, StoredValue) else value for name, value in submitted.items()}
