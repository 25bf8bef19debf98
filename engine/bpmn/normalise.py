"""Ids for what may stand in a file without one: sequence flows and lanes (BPMN 2.0 makes the `id` of every element optional).

White space around an id does not belong to it (the type `xs:ID` collapses it), and is taken away.

The ids are the same each time the same file is read, and clash with none of the file's own. An instance that waits in an old version
finds its flows again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from engine.bpmn.names import Element, bpmn, reference

NEEDS_ID: Final = {bpmn("sequenceFlow"): "flow", bpmn("lane"): "lane", bpmn("laneSet"): "lanes"}


def give_ids(root: Element) -> None:
    """Add the missing ids to the tree, in place: `flow_review_approved`, for a second one `flow_review_approved_2`."""
    for element in root.iter(etree.Element):
        given = element.get("id")
        if given is not None and given != given.strip():
            element.set("id", given.strip())
    taken = {value for element in root.iter() for name, value in element.attrib.items() if name == "id"}
    for element in root.iter(*NEEDS_ID):
        if not element.get("id"):
            free = next(name for name in _candidates(element) if name not in taken)
            element.set("id", free)
            taken.add(free)


def _candidates(element: Element) -> Iterator[str]:
    ends = (reference(element.get("sourceRef")), reference(element.get("targetRef")))
    name = "_".join([NEEDS_ID[str(element.tag)], *(end for end in ends if end)])
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1
