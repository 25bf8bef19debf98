"""What failed in cases until nobody tried it any more, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import url_for

from app.cases.naming import failure, process_name, step_name
from app.services import services

if TYPE_CHECKING:
    from engine import Actor, IncidentView


@dataclass(frozen=True, slots=True)
class TryLine:
    """One try that failed."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """Something that failed until nobody tried it any more."""

    id: str
    root_id: str
    number: str  # of its root case; empty where no case could begin
    subject: str
    url: str | None
    process: str
    version: int
    step: str
    reason: str
    since: datetime
    tries: tuple[TryLine, ...]  # the newest first
    may_try_again: bool

    @property
    def title(self) -> str:
        """What it is about, in one line."""
        return f"{self.number} {self.subject}".strip()


def incidents_of(actor: Actor, case_id: str) -> list[IncidentLine]:
    """What waits for a repair in a case, and in the cases that it calls."""
    return [incident_line(it) for it in services().engine.incidents.of_case(actor, case_id)]


def incident_line(view: IncidentView) -> IncidentLine:
    """An incident in the language of the page."""
    it, root = view.incident, view.root
    definition = services().engine.definitions.get(view.definition_id)
    subject = (root.subject if root else "") or process_name(definition)
    return IncidentLine(
        id=it.id,
        root_id=it.root_id,
        number=(root.number or "") if root else "",
        subject=subject,
        url=url_for("cases.show", case_id=it.instance_id) if root else None,
        process=process_name(definition),
        version=definition.row.version,
        step=step_name(definition, it.element_id),
        reason=failure(view.reason),
        since=it.created_at,
        tries=tuple(TryLine(one.at, failure(one.reason)) for one in view.tries),
        may_try_again=view.may_try_again,
    )
