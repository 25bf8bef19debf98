"""Filters of process definitions by what stands in their models alone: who may start them and where, and their categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.services.instances import can_start, starters
from engine.store.queries.likes import is_like

if TYPE_CHECKING:
    from engine.bpmn.model import Process
    from engine.model import Actor
    from engine.organisation.directory import Directory
    from engine.services.catalogue import Definition

BY_MODEL = frozenset(
    {"category", "categoryLike", "startableBy", "startableInTasklist", "notStartableInTasklist", "startablePermissionCheck"}
)
"""The filters of this kind."""


def fits_model(definition: Definition, asked: Mapping[str, object], actor: Actor, directory: Directory) -> bool:
    """Whether a version fits the filters of this kind. `startableBy`: whom the model names as a starter, as in Camunda 7."""
    process, category = definition.process, definition.category
    return (
        ("category" not in asked or category == asked["category"])
        and ("categoryLike" not in asked or is_like(category, str(asked["categoryLike"])))
        and ("startableBy" not in asked or _names(process, str(asked["startableBy"]), directory))
        and ("startableInTasklist" not in asked or process.startable_in_tasklist)
        and ("notStartableInTasklist" not in asked or not process.startable_in_tasklist)
        and ("startablePermissionCheck" not in asked or can_start(actor, process))
    )


def _names(process: Process, person: str, directory: Directory) -> bool:
    users, groups = starters(process)
    return person in users or not directory.groups_of(person).isdisjoint(groups)
