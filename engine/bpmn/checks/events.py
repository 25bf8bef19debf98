"""Events: which kinds may stand where, what starts a process or subprocess, timers (BPMN 2.0, 10.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.words import PLACES as PLACE_WORDS
from engine.bpmn.checks.words import kind_word
from engine.bpmn.cycles import read_cron, read_repeat
from engine.bpmn.model import EventDefinition, EventKind, FlowNode, Process, TimerKind
from engine.bpmn.names import is_computed
from engine.feel import FeelNull, YearsMonthsDuration
from engine.feel.temporal import parse_literal
from engine.phrases import Phrase

KINDS: Final = EventKind
STARTING: Final = frozenset({KINDS.MESSAGE, KINDS.TIMER, KINDS.SIGNAL, KINDS.CONDITIONAL})
"""What comes from outside: a process may start by it, and a token may wait for it."""

ALLOWED: Final[dict[str, frozenset[EventKind | None]]] = {
    "start of a process": STARTING | {None},
    "start of a subprocess": frozenset({None}),
    "start of an event subprocess": STARTING | {KINDS.ERROR, KINDS.ESCALATION, KINDS.COMPENSATION},
    "intermediate catch event": STARTING | {KINDS.LINK},
    "intermediate throw event": frozenset({None, KINDS.MESSAGE, KINDS.SIGNAL, KINDS.ESCALATION, KINDS.LINK, KINDS.COMPENSATION}),
    "boundary event": STARTING | {KINDS.ERROR, KINDS.ESCALATION, KINDS.COMPENSATION, KINDS.CANCEL},
    "end event": frozenset(
        {None, KINDS.MESSAGE, KINDS.SIGNAL, KINDS.ERROR, KINDS.ESCALATION, KINDS.TERMINATE, KINDS.COMPENSATION, KINDS.CANCEL}
    ),
}
ALONE: Final = frozenset({KINDS.LINK, KINDS.CANCEL, KINDS.COMPENSATION, KINDS.TERMINATE})
"""Kinds that make no sense beside others in one event."""

PLACES: Final = {
    "intermediateCatchEvent": "intermediate catch event",
    "intermediateThrowEvent": "intermediate throw event",
    "boundaryEvent": "boundary event",
    "endEvent": "end event",
}


def check_events(findings: Findings, process: Process) -> None:
    """The events of one process."""
    for node in process.nodes.values():
        if node.type.endswith("Event"):
            _check_place(findings, process, node)
            _check_ends(findings, node)
        _check_definitions(findings, node)
        if node.type == "receiveTask" and node.event is None:
            findings.warn("receive-task-without-message", node)
        if node.triggered_by_event:
            _check_event_subprocess(findings, process, node)
        _check_handlers(findings, process.boundary_events(node.id))
    _check_starts(findings, process)
    for handlers in _by_scope([node for node in process.nodes.values() if node.triggered_by_event]).values():
        starts = [child for handler in handlers for child in process.children(handler.id) if child.type == "startEvent"]
        _check_handlers(findings, starts)


def _check_definitions(findings: Findings, node: FlowNode) -> None:
    for event in node.events:
        if event.kind is EventKind.TIMER:
            _check_timer(findings, node, event)
        if event.kind is EventKind.SIGNAL and event.name is None:
            findings.error("signal-without-name", node)
        if event.kind is EventKind.CONDITIONAL and event.condition is None:
            findings.error("conditional-without-condition", node)
    for listener in node.listeners:
        if listener.timer is not None:
            _check_timer(findings, node, listener.timer)
    if len(node.events) > 1 and node.has_event(*ALONE):
        findings.error("unsupported-several-definitions", node, count=len(node.events))


def _place(process: Process, node: FlowNode) -> str:
    if node.type != "startEvent":
        return PLACES[node.type]
    around = process.nodes.get(node.scope or "")
    if around is None:
        return "start of a process"
    return "start of an event subprocess" if around.triggered_by_event else "start of a subprocess"


def _check_place(findings: Findings, process: Process, node: FlowNode) -> None:
    place = _place(process, node)
    kinds: list[EventKind | None] = [*(event.kind for event in node.events)] or [None]
    for kind in kinds:
        if kind not in ALLOWED[place]:
            findings.error("event-place", node, kind=kind_word(kind), place=PLACE_WORDS[place], allowed=_listed(ALLOWED[place]))
        if kind is EventKind.ERROR and node.type != "endEvent" and not node.interrupting:
            findings.error("error-must-interrupt", node)
    if node.type == "endEvent" and any(event.kind is EventKind.ERROR and not event.code for event in node.events):
        findings.error("error-without-code", node)
    if place == "start of a process" and not node.interrupting:
        findings.warn("interrupting-ignored", node)


def _listed(kinds: frozenset[EventKind | None]) -> Phrase:
    first, *others = sorted(map(kind_word, kinds))
    for word in others:
        first = Phrase("{first}, {second}", first=first, second=word)
    return first


def _check_ends(findings: Findings, node: FlowNode) -> None:
    if node.type in {"startEvent", "boundaryEvent"} and node.incoming:
        findings.error("flow-into-start", node)
    if node.type == "endEvent" and node.outgoing:
        findings.error("flow-out-of-end", node)


def _check_timer(findings: Findings, node: FlowNode, event: EventDefinition) -> None:
    text = event.timer_text
    if event.timer is None or text is None:
        findings.error("timer-without-time", node)
        return
    if is_computed(text.source):
        return
    fits = {TimerKind.DATE: is_moment, TimerKind.DURATION: is_duration, TimerKind.CYCLE: is_cycle}[event.timer]
    if not fits(text.source):
        findings.error("timer-text", (node.id, text.line), text=text.source, kind=event.timer.value)


def is_moment(text: str) -> bool:
    """Whether a literal is a date, or a date and time, as the engine will read it."""
    return isinstance(_literal(text), date)


def is_duration(text: str) -> bool:
    """Whether a literal is a duration, as the engine will read it: days and smaller, or years and months."""
    return isinstance(_literal(text), timedelta | YearsMonthsDuration)


def is_cycle(text: str) -> bool:
    """Whether a literal is a repeating interval or a cron expression; a single duration counts as one that happens once."""
    repeat = read_repeat(text)
    if repeat is None:
        return read_cron(text) is not None or is_duration(text)
    return is_duration(repeat.every) and (repeat.start is None or is_moment(repeat.start))


def _literal(text: str) -> object:
    try:
        return parse_literal(text)
    except (FeelNull, ValueError, OverflowError):
        return None


def _check_event_subprocess(findings: Findings, process: Process, node: FlowNode) -> None:
    starts = [child for child in process.children(node.id) if child.type == "startEvent"]
    if len(starts) != 1:
        findings.error("event-subprocess-starts", node, count=len(starts))
    if node.incoming or node.outgoing:
        findings.error("event-subprocess-flow", node)
    if process.boundary_events(node.id) or node.loop is not None:
        findings.error("event-subprocess-plain", node)


def _check_starts(findings: Findings, process: Process) -> None:
    """At most one none start event a scope, and each message starts a process in one place."""
    starts = [node for node in process.nodes.values() if node.type == "startEvent"]
    none = [node for node in starts if node.event is None]
    for first, *others in _by_scope(none).values():
        for other in others:
            findings.error("several-starts", other, first=first.id)
    names: dict[str, str] = {}
    for node in process.beginnings():
        for event in node.events:
            if event.kind not in {EventKind.MESSAGE, EventKind.SIGNAL} or event.name is None:
                continue
            name = event.name.source
            earlier = names.setdefault(name, node.id) if event.kind is EventKind.MESSAGE else node.id
            if earlier != node.id:
                findings.error("message-starts-twice", node, name=name, first=earlier)
            if is_computed(name):
                findings.error("message-start-expression", node, name=name)
    if not any(process.beginnings()):
        findings.warn("process-without-start", process)


def _by_scope(nodes: list[FlowNode]) -> dict[str | None, list[FlowNode]]:
    found: dict[str | None, list[FlowNode]] = {}
    for node in nodes:
        found.setdefault(node.scope, []).append(node)
    return found


def _check_handlers(findings: Findings, events: Iterable[FlowNode]) -> None:
    """Two events in one place that catch the same error or escalation: the second one could never be reached, or hardly.

    As in Camunda 7, event subprocesses may both catch an error: the first one does, and the second one what is thrown inside of the first.
    """
    seen: dict[tuple[EventKind, str | None], str] = {}
    for node in events:
        for event in node.events:
            if event.kind not in {EventKind.ERROR, EventKind.ESCALATION}:
                continue
            first = seen.setdefault((event.kind, event.code), node.id)
            if first == node.id:
                continue
            if event.kind is EventKind.ERROR and node.type == "startEvent":
                findings.warn("caught-before", node, caught=event.code or "*", first=first)
            else:
                findings.error("caught-twice", node, kind=kind_word(event.kind), caught=event.code or "*", first=first)
