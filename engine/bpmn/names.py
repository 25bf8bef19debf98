"""Names in BPMN files: namespaces, tags and small steps through the tree.

Prefixes differ between files and say nothing: everything here goes by namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no public name for the type of its elements

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
CROSSDESK: Final = "urn:crossdesk:schema:1.0"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

PREFIXES: Final = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "camunda": CAMUNDA, "crossdesk": CROSSDESK}
"""For paths written in this package; files may use other prefixes."""

EVENTS: Final = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAYS: Final = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
TASKS: Final = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
    }
)
SUBPROCESSES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES: Final = TASKS | SUBPROCESSES | {"callActivity"}
FLOW_NODES: Final = EVENTS | GATEWAYS | ACTIVITIES


CONNECTORS: Final = "crossdesk:"
"""How the topics begin under which connectors wait to be called: no worker asks for them."""


def tag(namespace: str, name: str) -> str:
    """The tag or attribute name as lxml writes it: `{namespace}name`."""
    return f"{{{namespace}}}{name}"


def bpmn(name: str) -> str:
    """The tag of an element of the BPMN namespace."""
    return tag(BPMN, name)


def namespace_of(element: Element) -> str:
    """The namespace of an element, or nothing."""
    return etree.QName(element).namespace or ""


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def is_bpmn(element: Element, *names: str) -> bool:
    """Whether an element is of the BPMN namespace and, where names are given, has one of them."""
    return namespace_of(element) == BPMN and (not names or local_name(element) in names)


def children(element: Element, *names: str) -> Iterator[Element]:
    """The BPMN elements directly inside, in document order; where names are given, only those."""
    return (child for child in elements(element) if is_bpmn(child, *names))


def elements(element: Element) -> Iterator[Element]:
    """The elements directly inside: unresolved entities, which are no elements, are left out."""
    return (child for child in element if isinstance(child.tag, str))


def child(element: Element, name: str) -> Element | None:
    """The first BPMN element of that name directly inside."""
    return next(children(element, name), None)


def text_of(element: Element | None) -> str:
    """The text directly inside an element, without the white space around it."""
    return "" if element is None else (element.text or "").strip()


def camunda(element: Element, name: str) -> str | None:
    """A `camunda:` attribute; an empty one counts as absent."""
    return (element.get(tag(CAMUNDA, name)) or "").strip() or None


def reference(value: str | None) -> str | None:
    """The id in a reference: BPMN references are qualified names, and `tns:order` means the id `order`."""
    stripped = (value or "").strip()
    return stripped.rpartition(":")[2] or None


def is_computed(source: str) -> bool:
    """Whether a text is FEEL or a template, and not meant as it stands."""
    return source.startswith("=") or "${" in source or "#{" in source


def flag(value: str | None, *, default: bool) -> bool:
    """An XML boolean: `true`, `1`, `false` or `0`; anything else is the default."""
    return {"true": True, "1": True, "false": False, "0": False}.get((value or "").strip(), default)


def extensions(element: Element, namespace: str, name: str) -> list[Element]:
    """The extension elements of that name, directly inside the `extensionElements` of an element."""
    wanted = tag(namespace, name)
    return [item for holder in children(element, "extensionElements") for item in elements(holder) if item.tag == wanted]


def extension(element: Element, namespace: str, name: str) -> Element | None:
    """The first extension element of that name."""
    return next(iter(extensions(element, namespace, name)), None)
