"""The `crossdesk:` vocabulary: a word with a spelling mistake must not be skipped in silence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Final

from lxml import etree

from engine.bpmn.checks.findings import Findings
from engine.bpmn.names import ACTIVITIES, CROSSDESK, EVENTS, FLOW_NODES, Element, is_bpmn, local_name, namespace_of

NAMED: Final = FLOW_NODES | {"process", "lane", "sequenceFlow", "participant", "message", "error", "collaboration", "messageFlow"}


@dataclass(frozen=True, slots=True)
class Word:
    """Where an extension element may stand, and its attributes."""

    on: frozenset[str]  # BPMN elements in whose extensionElements it stands, or extension elements around it
    attributes: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    once: bool = True


def _word(on: frozenset[str] | set[str] | str, attributes: str, *, once: bool = True) -> Word:
    """A word of the table below; required attributes are marked with `!`."""
    names = attributes.split()
    places = frozenset({on}) if isinstance(on, str) else frozenset(on)
    required = frozenset(name.rstrip("!") for name in names if name.endswith("!"))
    return Word(places, frozenset(name.rstrip("!") for name in names), required, once)


WORDS: Final = {
    "case": _word("process", "numberPrefix subject category owner visibility"),
    "keyField": _word("case", "name! type! label!", once=False),
    "variable": _word("case", "name! type! label!", once=False),
    "value": _word("variable", "id! name!", once=False),
    "categoryName": _word("case", "language! text!", once=False),
    "about": _word("case", "language! text!", once=False),
    "translation": _word(NAMED | {"outcome", "keyField", "variable", "value", "offer"}, "language! text!", once=False),
    "outcome": _word("userTask", "id! kind! name!", once=False),
    "deadline": _word("userTask", "duration!"),
    "fields": _word({"userTask", "startEvent"}, "default"),
    "field": _word("fields", "name! access!", once=False),
    "performer": _word("lane", "group!"),
    "handler": _word({"serviceTask", "sendTask", "messageEventDefinition"}, "name!"),
    "connector": _word({"serviceTask", "sendTask", "messageEventDefinition"}, "name!"),
    "parameter": _word({"handler", "connector"}, "name! value!", once=False),
    "offer": _word(EVENTS | (ACTIVITIES & {"receiveTask"}), "group! label!"),
}


def check_vocabulary(findings: Findings) -> None:
    """Every element and attribute of the `crossdesk:` namespace."""
    for item in chain(findings.elements(), findings.declared()):
        if namespace_of(item) == CROSSDESK:
            _check_word(findings, item)
        for key in item.attrib:
            name = etree.QName(key)
            if name.namespace == CROSSDESK:
                findings.error("crossdesk-attribute", item, name=f"crossdesk:{name.localname}", on=local_name(item))


def _check_word(findings: Findings, item: Element) -> None:
    name = local_name(item)
    word = WORDS.get(name)
    around = _around(item)
    if word is None or around is None:
        findings.error("crossdesk-element", item, name=name)
        return
    place = local_name(around)
    if place not in word.on:
        findings.error("crossdesk-place", item, name=name, place=place, allowed=_listed(word.on))
    for attribute in sorted({str(name) for name in item.attrib} - word.attributes):
        findings.error("crossdesk-attribute", item, name=attribute, on=name)
    for attribute in sorted(word.required):
        if not (item.get(attribute) or "").strip():
            findings.error("crossdesk-missing-attribute", item, name=attribute, on=name)
    if word.once and next(item.itersiblings(str(item.tag), preceding=True), None) is not None:
        findings.error("crossdesk-twice", item, name=name)


def _around(item: Element) -> Element | None:
    """What an extension element belongs to: the BPMN element around `extensionElements`, or the extension element around it."""
    parent = item.getparent()
    if parent is not None and is_bpmn(parent, "extensionElements"):
        return parent.getparent()
    return parent


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
