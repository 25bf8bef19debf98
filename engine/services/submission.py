"""What was submitted, checked by the form of its step: only what the step may write comes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.store.values import StoredValue, from_stored
from engine.work.fields import StepFields, task_fields

if TYPE_CHECKING:
    from engine.bpmn.model import UserTask
    from engine.services.catalogue import Definition
    from engine.services.runtime import Runtime
    from engine.services.step import Step
    from engine.tokens import TokenTask


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
