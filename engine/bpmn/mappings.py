"""Camunda's mappings of variables in and out of an element, and its listeners."""

from __future__ import annotations

from engine.bpmn.events import read_timer
from engine.bpmn.mapping_model import Listener, Parameter, ParameterValue, Variable
from engine.bpmn.model import Text
from engine.bpmn.names import CAMUNDA, Element, child, elements, extension, extensions, is_bpmn, local_name, tag, text_of

LISTENERS = ("executionListener", "taskListener")
TAKE = "take"


def read_parameters(element: Element, name: str) -> tuple[Parameter, ...]:
    """The `camunda:inputParameter`s or `outputParameter`s of an element, in document order."""
    holder = extension(element, CAMUNDA, "inputOutput")
    if holder is None:
        return ()
    return tuple(Parameter(item.get("name", ""), _value(item)) for item in elements(holder) if item.tag == tag(CAMUNDA, name))


def _value(item: Element) -> ParameterValue:
    """A text, or a list or map of texts; nothing where the element is empty. Scripts read as FEEL: the checks refuse others."""
    for inner in elements(item):
        return _structure(inner)
    text = text_of(item)
    return Text(text, item.sourceline or 0) if text else None


def _structure(item: Element) -> ParameterValue:
    name = local_name(item)
    if name == "list":
        return tuple(_structure(inner) for inner in elements(item))
    if name == "map":
        return {entry.get("key", ""): _value(entry) for entry in elements(item) if local_name(entry) == "entry"}
    text = text_of(item)
    if name == "script":
        return Text(f"={text.removeprefix('=')}", item.sourceline or 0)
    return Text(text, item.sourceline or 0) if text else None


def read_listeners(element: Element) -> tuple[Listener, ...]:
    """The listeners of an element that are expressions; the checks refuse the others. A flow has one event only, and need not say it."""
    only = TAKE if is_bpmn(element, "sequenceFlow") else ""
    return tuple(
        Listener(
            only or item.get("event") or "",
            Text(item.get("expression", ""), item.sourceline or 0),
            of_task=name == "taskListener",
            timer=None if (timer := child(item, "timerEventDefinition")) is None else read_timer(timer),
        )
        for name in LISTENERS
        for item in extensions(element, CAMUNDA, name)
        if item.get("expression")
    )


def read_properties(element: Element) -> tuple[tuple[str, str], ...]:
    """The `camunda:property` pairs of an element, in document order; those without a name are left out."""
    holder = extension(element, CAMUNDA, "properties")
    found = () if holder is None else elements(holder)
    return tuple((name, item.get("value", "")) for item in found if (name := item.get("name")))


def texts_in(value: ParameterValue) -> list[Text]:
    """Every text of a parameter."""
    if isinstance(value, Text):
        return [value]
    if isinstance(value, Variable):
        return []
    parts = value.values() if isinstance(value, dict) else value or ()
    return [text for part in parts for text in texts_in(part)]
