"""Data objects and properties (BPMN 2.0, 10.4): variables that data associations copy into what an activity declares, and out of it.

Modelers also draw associations that name nothing inside of the activity. They say to readers which data is meant; nothing is to be copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.mapping_model import Parameter, Variable
from engine.bpmn.names import ACTIVITIES, Element, child, children, elements, is_bpmn, reference, text_of

LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


def data_names(root: Element) -> dict[str, str]:
    """The variable of each data object, reference to one and property of a file, by their ids: its name, else its id."""
    items = [item for item in root.iter() if is_bpmn(item, "dataObject", "dataObjectReference", "property") and item.get("id")]
    objects = {item.get("id", ""): item for item in items}
    return {key: _name(objects.get(reference(item.get("dataObjectRef")) or "", item), item) for key, item in objects.items()}


def _name(named: Element, item: Element) -> str:
    return named.get("name") or item.get("name") or str(named.get("id"))


def read_data(activity: Element, names: Mapping[str, str]) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    """What is copied when an activity begins, and when it completes."""
    inputs: list[Parameter] = []
    outputs: list[Parameter] = []
    for association, source, target in copies(activity, names):
        into = is_bpmn(association, "dataInputAssociation")
        (inputs if into else outputs).append(Parameter(target, Variable(source)))
    return tuple(inputs), tuple(outputs)


def copies(activity: Element, names: Mapping[str, str]) -> Iterator[tuple[Element, str, str]]:
    """The associations of an activity that copy something, each with the names of its source and its target."""
    if not is_bpmn(activity, *ACTIVITIES) or any(child(activity, loop) is not None for loop in LOOPS):
        return
    declared = child(activity, "ioSpecification")
    own = {} if declared is None else {it.get("id"): it.get("name") or str(it.get("id")) for it in elements(declared) if it.get("id")}
    for association in children(activity, "dataInputAssociation", "dataOutputAssociation"):
        into = is_bpmn(association, "dataInputAssociation")
        source, target = (reference(text_of(child(association, name))) or "" for name in ("sourceRef", "targetRef"))
        known = (names, own) if into else (own, names)
        if source in known[0] and target in known[1]:
            yield association, known[0][source], known[1][target]
