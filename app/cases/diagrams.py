"""What the diagram of a case shows: the way it took, where it is, who has it and for how long."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import url_for

from app.cases.naming import asked
from app.i18n import language, show_span
from app.services import services
from app.shell import group_colour
from app.tasks.model import Diagram, Mark

if TYPE_CHECKING:
    from engine import Definition, FlowNode, Holder, Lane, Process, SequenceFlow


def plain_diagram(definition: Definition) -> Diagram:
    """The diagram of a version, without a case."""
    return _diagram(definition, (), ())


def case_diagram(definition: Definition, path: Collection[str], holders: Iterable[Holder]) -> Diagram:
    """The diagram of a case. Holders of called cases stand in their own diagrams."""
    here = [holder for holder in holders if holder.definition_id == definition.row.id]
    process, now = definition.process, services().clock.now()
    current = {holder.element_id: _current(holder, now) for holder in here}
    done = [Mark(element, "done") for element in path if element in process.nodes and element not in current]
    flows = tuple(element for element in path if element in process.flows)
    return _diagram(definition, flows, (*done, *current.values()))


def _current(holder: Holder, now: datetime) -> Mark:
    late = holder.due_at is not None and holder.due_at < now
    return Mark(
        holder.element_id, "late" if late else "current", asked(holder.assignee, holder.users, holder.groups), show_span(now - holder.since)
    )


def _diagram(definition: Definition, flows: tuple[str, ...], marks: tuple[Mark, ...]) -> Diagram:
    process = definition.process
    lanes = {lane.id: group_colour(lane.group) for lane in process.lanes.values() if lane.group}
    return Diagram(url_for("processes.file", definition_id=definition.row.id), flows, marks, _names(process), lanes)


def _names(process: Process) -> dict[str, str]:
    """The names in the language of the page, where they differ from those in the file."""
    wanted = language()
    elements: list[FlowNode | SequenceFlow | Lane] = [*process.nodes.values(), *process.flows.values(), *process.lanes.values()]
    named = ((it.id, it.name, it.translations.get(wanted, it.name)) for it in elements)
    return {element: shown for element, name, shown in named if shown and shown != name}
