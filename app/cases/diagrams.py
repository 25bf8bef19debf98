"""What the diagram of a case shows: the way it took, where it is, who has it and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import url_for

from app.cases.naming import asked
from app.cases.standing import in_short, message_name, places, waits_for, waits_outside
from app.i18n import language, show_moment, show_span
from app.services import services
from app.shell import group_colour
from app.tasks.model import Diagram, Mark
from app.words import gettext

if TYPE_CHECKING:
    from engine import CaseView, Definition, FlowNode, Holder, Lane, Process, SequenceFlow, Standing, Wait


def plain_diagram(definition: Definition) -> Diagram:
    """The diagram of a version, without a case."""
    return _diagram(definition, (), ())


def case_diagram(view: CaseView, standing: Standing) -> Diagram:
    """The diagram of a case: what is open in it. What is open in a called case stands in that one's own diagram, and here at the call."""
    definition, path = view.definition, view.path
    process, now = definition.process, services().clock.now()
    here = standing.of(frozenset({view.case.id}))
    found = [mark for wait in here.waits for mark in _awaited(definition, wait, standing, now)]
    found += [_current(holder, now) for holder in here.holders]
    current = {mark.element: mark for mark in found}
    done = [Mark(element, "done") for element in path if element in process.nodes and element not in current]
    flows = tuple(element for element in path if element in process.flows)
    return _diagram(definition, flows, (*done, *current.values()))


def _current(holder: Holder, now: datetime) -> Mark:
    late = holder.due_at is not None and holder.due_at < now
    return Mark(
        holder.element_id, "late" if late else "current", asked(holder.assignee, holder.users, holder.groups), show_span(now - holder.since)
    )


def _awaited(definition: Definition, wait: Wait, standing: Standing, now: datetime) -> list[Mark]:
    """What a step that waits for no person shows: an event behind a gateway each for itself, a call whom the called case waits for."""
    span = show_span(max(now - wait.since, timedelta(0)))
    if wait.failed or wait.deferred:
        how = ("late", gettext("failed")) if wait.failed else ("current", waits_for(wait))
        return [Mark(wait.element_id, *how, span)]
    if wait.called is not None:
        within = places(standing.of(frozenset({wait.called}))) or tuple(it for it in places(standing) if it.since >= wait.since)
        state = "late" if any(it.is_failed for it in within) else "current"
        return [Mark(wait.element_id, state, in_short(it.text for it in within), span)]
    if wait.topic is not None:
        return [Mark(wait.element_id, "current", waits_outside(wait.topic), span)]
    marks = [Mark(wait.element_id, "current")]
    for it in wait.awaited:
        if it.due_at is not None:
            marks.append(Mark(it.element_id, "current", "", gettext("until %(moment)s", moment=show_moment(it.due_at))))
        else:
            what = gettext("waits for: %(what)s", what=message_name(definition, it))
            marks.append(Mark(it.element_id, "current", what, span))
    return marks


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
