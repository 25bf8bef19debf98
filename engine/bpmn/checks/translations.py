"""Names that people read and that lack a translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.called import Translations
from engine.bpmn.model import FlowNode, Model, Process


@dataclass(frozen=True, slots=True)
class Untranslated:
    """A name without a text in the language that was asked for."""

    element: str  # id of the element, or of the one that holds the name
    line: int
    name: str


def untranslated(model: Model, language: str) -> list[Untranslated]:
    """The names of a file that have no translation into `language`, in the order in which they stand.

    A name in the plain attribute is taken to be of another language: ask for `zh` where the plain names are English.
    """
    names = [(p.id, p.line, p.name, p.translations) for p in model.participants]
    for process in model.processes.values():
        names.extend(_names(process))
    return [
        Untranslated(element, line, name)
        for element, line, name, translations in sorted(names, key=lambda item: item[1])
        if name and language not in dict(translations.texts)
    ]


def _names(process: Process) -> Iterator[tuple[str, int, str, Translations]]:
    yield process.id, process.line, process.name, process.translations
    if process.category:
        yield process.id, process.line, process.category, process.category_translations
    for field in process.key_fields:
        yield process.id, process.line, field.label, field.translations
    for lane in process.lanes.values():
        yield lane.id, lane.line, lane.name, lane.translations
    for node in process.nodes.values():
        yield from _names_of_node(node)
    for flow in process.flows.values():
        yield flow.id, flow.line, flow.name, flow.translations


def _names_of_node(node: FlowNode) -> Iterator[tuple[str, int, str, Translations]]:
    yield node.id, node.line, node.name, node.translations
    for outcome in node.user_task.outcomes if node.user_task else ():
        yield node.id, node.line, outcome.name, outcome.translations
    if node.event is not None and node.event.label:
        yield node.id, node.line, node.event.label, node.event.label_translations
