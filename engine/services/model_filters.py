"""Filters of process definitions by what stands in their models alone: who may start them, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.services.instances import can_start, starters

if TYPE_CHECKING:
    from engine.bpmn.model import Process
    from engine.model import Actor
    from engine.organisation.directory import Directory

BY_MODEL = frozenset({"startableBy", "startableInTasklist", "notStartableInTasklist", "startablePermissionCheck"})
"""The filters of this kind."""


def fits_model(process: Process, asked: Mapping[str, object], actor: Actor, directory: Directory) -> bool:
    """Whether a version fits the filters of this kind. `startableBy`: whom the model names as a starter, as in Camunda 7."""
    return (
        ("startableBy" not in asked or _names(process, str(asked["startableBy"]), directory))
        and ("startableInTasklist" not in asked or process.startable_in_tasklist)
        and ("notStartableInTasklist" not in asked or not process.startable_in_tasklist)
        and ("startablePermissionCheck" not in asked or can_start(actor, process))
    )


def _names(process: Process, person: str, directory: Directory) -> bool:
    users, groups = starters(process)
    return person in users or not directory.groups_of(person).isdisjoint(groups)
