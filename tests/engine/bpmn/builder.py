"""Builds small BPMN files from strings, so that a test shows only what it is about."""

from itertools import pairwise
from xml.sax.saxutils import quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:crossdesk="urn:crossdesk:schema:1.0" '
    'id="definitions" targetNamespace="http://example.org/test">\n'
)


def definitions(*parts):
    """A whole file around processes, messages, errors …: one part a line, the first on line 3."""
    return (HEAD + "\n".join(parts) + "\n</bpmn:definitions>").encode()


def process(*parts, **attributes):
    """An executable process with the key `order`, if nothing else is said."""
    return element("process", *parts, **{"id": "order", "isExecutable": "true", **attributes})


def element(name, /, *parts, **attributes):
    """An element of BPMN, or of another namespace by its prefix: `camunda__formKey` is the attribute `camunda:formKey`."""
    said = "".join(f" {key.replace('__', ':')}={quoteattr(str(value))}" for key, value in attributes.items() if value is not None)
    qualified = name if ":" in name else f"bpmn:{name}"
    return f"<{qualified}{said}>{''.join(parts)}</{qualified}>"


def extension(*parts):
    """Extension elements."""
    return element("extensionElements", *parts)


def flow(source, target, /, *parts, **attributes):
    """A sequence flow named after its ends."""
    return element("sequenceFlow", *parts, **{"id": f"{source}_{target}", "sourceRef": source, "targetRef": target, **attributes})


def condition(source):
    """The condition of a sequence flow."""
    return f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{source}</bpmn:conditionExpression>'


def chain(*ids):
    """The flows from each to the next."""
    return "\n".join(flow(a, b) for a, b in pairwise(ids))


def straight(*nodes, ids):
    """A process: start, these nodes in a row, end. One node a line, the first on line 5."""
    return process(
        "\n",
        element("startEvent", id="start"),
        "\n",
        *(node + "\n" for node in nodes),
        element("endEvent", id="end"),
        "\n",
        chain("start", *ids, "end"),
    )


def one(name, /, *parts, **attributes):
    """A file with one node of interest, called `it`, between start and end."""
    return definitions(straight(element(name, *parts, **{"id": "it", **attributes}), ids=["it"]))
