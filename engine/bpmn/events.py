"""Event definitions: what an event catches or throws, with its names looked up in the file (BPMN 2.0, 10.5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.bpmn.extensions import read_offer
from engine.bpmn.model import EventDefinition, EventKind, Text, TimerKind
from engine.bpmn.names import (
    CAMUNDA,
    Element,
    camunda,
    child,
    children,
    elements,
    extensions,
    flag,
    is_bpmn,
    local_name,
    reference,
    text_of,
)
from engine.bpmn.passing import read_mapping

SUFFIX: Final = "EventDefinition"
KINDS: Final = {f"{kind.value}{SUFFIX}": kind for kind in EventKind}
CODES: Final = {EventKind.ERROR: ("errorRef", "errorCode"), EventKind.ESCALATION: ("escalationRef", "escalationCode")}


@dataclass(frozen=True, slots=True)
class Declared:
    """What a file declares beside its processes, by id: messages, signals, errors, escalations."""

    by_id: dict[str, Element]

    @classmethod
    def of(cls, root: Element) -> Declared:
        """The declarations of a file."""
        return cls({item.get("id", ""): item for item in children(root) if item.get("id")})

    def name(self, ref: str | None, line: int) -> Text | None:
        """The name of the message or signal with that id; where it has none, its id."""
        declared = self.by_id.get(ref or "")
        if ref is None or declared is None:
            return None
        return Text(declared.get("name") or ref, declared.sourceline or line)

    def code(self, ref: str | None, attribute: str) -> str | None:
        """The code of the error or escalation with that id. An id that is not declared is itself the code, as in Camunda 7."""
        declared = self.by_id.get(ref or "")
        return ref if declared is None else declared.get(attribute) or None

    def message(self, ref: str | None, line: int) -> Text | None:
        """`camunda:errorMessage` of the error with that id: what is thrown with it."""
        declared = self.by_id.get(ref or "")
        found = None if declared is None else camunda(declared, "errorMessage")
        return Text(found, line) if found else None


def definitions_of(element: Element) -> list[Element]:
    """The event definitions directly inside an event; references to shared ones count too."""
    return [item for item in children(element) if local_name(item) in KINDS or is_bpmn(item, "eventDefinitionRef")]


def read_events(element: Element, declared: Declared) -> tuple[EventDefinition, ...]:
    """The event definitions of an event, or the message of a receive or send task, in document order."""
    if is_bpmn(element, "receiveTask", "sendTask"):
        message = _message(element, element, declared)
        return () if message is None else (message,)
    named = (_shared(item, declared) for item in definitions_of(element))
    found = (_definition(item, element, declared) for item in named if item is not None)
    return tuple(event for event in found if event is not None)


def _shared(item: Element, declared: Declared) -> Element | None:
    """The definition itself, or the one beside the processes that a reference names; None for a reference to nothing."""
    if not is_bpmn(item, "eventDefinitionRef"):
        return item
    shared = declared.by_id.get(reference(text_of(item)) or "")
    return shared if shared is not None and local_name(shared) in KINDS else None


def _definition(found: Element, element: Element, declared: Declared) -> EventDefinition | None:
    kind = KINDS[local_name(found)]
    if kind is EventKind.MESSAGE:
        return _message(found, element, declared)
    if kind is EventKind.TIMER:
        return read_timer(found)
    return _other(found, kind, declared)


def _message(holder: Element, element: Element, declared: Declared) -> EventDefinition | None:
    ref = reference(holder.get("messageRef"))
    if ref is None and not is_bpmn(holder, "messageEventDefinition"):
        return None
    offer = read_offer(element)
    return EventDefinition(
        EventKind.MESSAGE,
        name=declared.name(ref, holder.sourceline or 0),
        role=offer.group,
        label=offer.label,
        label_translations=offer.translations,
    )


def read_timer(found: Element) -> EventDefinition:
    """A timer event definition: its kind and its text."""
    for item in elements(found):
        if is_bpmn(item, *TimerKind):
            return EventDefinition(EventKind.TIMER, timer=TimerKind(local_name(item)), timer_text=_text(item))
    return EventDefinition(EventKind.TIMER)


def _other(found: Element, kind: EventKind, declared: Declared) -> EventDefinition:
    """A definition whose attributes do not depend on each other: each is there only for its own kind."""
    line = found.sourceline or 0
    ref, attribute = CODES.get(kind, ("", ""))
    name = declared.name(reference(found.get("signalRef")), line)
    if kind is EventKind.LINK:
        name = Text(found.get("name", ""), line)
    changes = (camunda(found, "variableEvents") or "").split(",")
    return EventDefinition(
        kind,
        name=name,
        code=declared.code(reference(found.get(ref)), attribute) if ref else None,
        message=declared.message(reference(found.get(ref)), line) if kind is EventKind.ERROR else None,
        condition=_text(child(found, "condition")),
        variable=camunda(found, "variableName"),
        variable_events=tuple(change.strip() for change in changes if change.strip()),
        activity=reference(found.get("activityRef")),
        error_code_variable=camunda(found, "errorCodeVariable") or camunda(found, "escalationCodeVariable"),
        error_message_variable=camunda(found, "errorMessageVariable"),
        ins=tuple(read_mapping(item) for item in extensions(found, CAMUNDA, "in")),
        by_job=kind is EventKind.SIGNAL and flag(camunda(found, "async"), default=False),
    )


def _text(element: Element | None) -> Text | None:
    text = text_of(element)
    return Text(text, element.sourceline or 0) if element is not None and text else None
