"""All tables of the engine by name, and their metadata."""

from engine.store.schema.attachments import attachment, attachment_content
from engine.store.schema.base import metadata
from engine.store.schema.cases import case_field, case_instance, case_participant, once_key
from engine.store.schema.definitions import (
    decision_definition,
    definition_viewer,
    deployment,
    deployment_resource,
    model_draft,
    number_block,
    process_definition,
    resource,
    start_subscription,
)
from engine.store.schema.delivery import notice, outbox
from engine.store.schema.history import history_entry, history_head
from engine.store.schema.organisation import calendar_day, calendar_hours, department, membership, person, role
from engine.store.schema.runtime import (
    external_task,
    incident,
    job,
    process_instance,
    scope,
    subscription,
    token,
    variable,
    variable_value,
)
from engine.store.schema.work import finished_task, task_candidate, task_draft, user_task

__all__ = [
    "attachment",
    "attachment_content",
    "calendar_day",
    "calendar_hours",
    "case_field",
    "case_instance",
    "case_participant",
    "decision_definition",
    "definition_viewer",
    "department",
    "deployment",
    "deployment_resource",
    "external_task",
    "finished_task",
    "history_entry",
    "history_head",
    "incident",
    "job",
    "membership",
    "metadata",
    "model_draft",
    "notice",
    "number_block",
    "once_key",
    "outbox",
    "person",
    "process_definition",
    "process_instance",
    "resource",
    "role",
    "scope",
    "start_subscription",
    "subscription",
    "task_candidate",
    "task_draft",
    "token",
    "user_task",
    "variable",
    "variable_value",
]
