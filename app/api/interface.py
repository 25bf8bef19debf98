"""Puts the interface on an application: all calls, who may make them, how they fail."""

from __future__ import annotations

from flask import Flask

from app.api import (
    activities,
    attachments,
    basic,
    decisions,
    definitions,
    deployments,
    document,
    executions,
    external_lists,
    external_retries,
    external_tasks,
    history,
    history_failures,
    history_links,
    history_statistics,
    history_values,
    incidents,
    instances,
    jobs,
    messages,
    operations,
    parameters,
    retention,
    starting,
    statistics,
    suspension,
    task_details,
    task_forms,
    tasks,
    variables,
)
from app.api.blueprint import api
from app.security import csrf

CALLS = (
    activities, attachments, decisions, definitions, deployments, document, executions, external_lists, external_retries,
    external_tasks, history, history_failures, history_links, history_statistics, history_values, incidents, instances, jobs,
    messages, operations, parameters, retention, starting, statistics, suspension, task_details, task_forms, tasks, variables,
)  # fmt: skip
"""The modules whose import has registered the calls."""


def set_up(app: Flask) -> None:
    """Serve `/engine-rest`. Tokens against foreign forms guard cookies, and there are none here."""
    basic.set_up(app)
    csrf.exempt(api)
    app.register_blueprint(api)
