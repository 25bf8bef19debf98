"""What was submitted, checked by the form of its step: only what the step may write comes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from engine.bpmn.form_data import READONLY
from engine.bpmn.model import FieldAccess
from engine.services import form_fields
from engine.services.form_places import at_start, at_task
from engine.store.values import plain
from engine.work.fields import start_fields, task_fields

if TYPE_CHECKING:
    from engine.bpmn.form_data import FormField
    from engine.bpmn.model import FlowNode, UserTask
    from engine.services.catalogue import Definition
    from engine.services.form_fields import FormPlace
    from engine.services.runtime import Runtime
    from engine.services.step import Step
    from engine.tokens import TokenTask
    from engine.work.fields import StepFields


GivenBy = Literal["form", "submission", "program"]
"""How values come to a task, or to the beginning of a case. A person fills in its form, which checks them. A program sends what would be
filled in: a form inside of the model (`camunda:formData`) checks it, another counts where the model says what the step may do with its
fields. Or it says what is known: that goes to the case, and a form inside of the model does not count.
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
    runtime: Runtime, step: Step, token: TokenTask, form_key: str | None, task: UserTask, values: Mapping[str, object], by: GivenBy
) -> Mapping[str, object]:
    """The values that a completion may write. A task without a form takes what a client sends, unless the model says what it may write."""
    fields = task_fields(task)
    if by == "submission" and task.form_data:
        return _submitted(task.form_data, values, at_task(step, token), fields if task.declares_fields else None)
    definition = runtime.catalogue.definition(step.connection, token.workflow.row.definition_id)
    form = runtime.catalogue.form(step.connection, definition, form_key) if form_key else None
    if form is None:
        if task.declares_fields:
            fields.refuse_unwritable(values)
        return values
    if by == "form" and task.form_data:
        return _of_page(runtime, form, task.form_data, values, at_task(step, token), fields)
    return runtime.forms.validate(form, plain(values), step.host.view(token), fields)


def validated_start(
    runtime: Runtime, step: Step, definition: Definition, event: FlowNode, values: Mapping[str, object], by: GivenBy
) -> Mapping[str, object]:
    """The values that a start form may write; nothing is known yet."""
    fields = start_fields(event)
    if event.form_data and by == "submission":
        return _submitted(event.form_data, values, at_start(step, definition, event, step.root_id), fields)
    form = runtime.catalogue.form(step.connection, definition, event.form_key.source) if event.form_key else None
    if form is None:
        return values
    if event.form_data:
        return _of_page(runtime, form, event.form_data, values, at_start(step, definition, event, step.root_id), fields)
    return runtime.forms.validate(form, plain(values), {}, fields)


def _submitted(
    form_data: tuple[FormField, ...], values: Mapping[str, object], place: FormPlace, fields: StepFields | None
) -> Mapping[str, object]:
    """A form inside of the model that a program submits; `fields`: what the model says besides of who may write what."""
    if fields is None:
        return form_fields.submitted(form_data, values, place, lambda _: False)
    readonly = {field.id for field in form_data if field.has(READONLY)}  # that is for the form to say
    fields.refuse_unwritable(values.keys() - readonly)
    return form_fields.submitted(form_data, values, place, lambda name: fields(name) is FieldAccess.REQUIRED)


def _of_page(
    runtime: Runtime,
    form: str,
    form_data: tuple[FormField, ...],
    values: Mapping[str, object],
    place: FormPlace,
    fields: StepFields,
) -> Mapping[str, object]:
    """A form inside of the model that somebody filled in: checked as any other, then with the types and defaults of its fields."""
    shown = plain(form_fields.unchangeable(form_data, place))
    checked = runtime.forms.validate(form, plain(values), {**place.known, **shown}, fields)
    return form_fields.on_page(form_data, values, checked, place)
