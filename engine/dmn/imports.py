"""The files that a DMN file imports (DMN 1.5, 6.3.3): found among those of its deployment, by their namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.bpmn.xml import parse_xml
from engine.dmn.item_types import ItemTypes
from engine.dmn.schema import Schemas
from engine.dmn.xml import NAMESPACES, Element, Problems, children, name_of
from engine.errors import DeploymentRefused

_MOST = 100  # files that one file may import, directly or not


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the name that expressions give it (empty: its elements stand by their own names), and the file."""

    name: str
    namespace: str
    resource: str
    xml: bytes


class Files:
    """The files that may be imported, and what is known of those that were read."""

    def __init__(self, others: Mapping[str, bytes], schemas: Schemas | None) -> None:
        """`others` are the files by name."""
        self._others = others
        self._schemas = schemas
        self._by_namespace: dict[str, str] | None = None
        self._read = 0
        self.types: dict[str, ItemTypes] = {}  # of the files that were read, by namespace

    def validate(self, root: Element, problems: Problems) -> None:
        """Check a file against the schema of its version, where there is one."""
        if self._schemas is not None:
            self._schemas.validate(root, problems)

    def imports(self, root: Element, problems: Problems, importing: tuple[str, ...]) -> Iterator[Import]:
        """The files that this one imports; what cannot be found or imports itself is a problem."""
        for element in children(root, "import"):
            namespace = element.get("namespace") or ""
            if element.get("importType") not in NAMESPACES:
                problems.add(element, "dmn-import.kind", name=element.get("name"), kind=element.get("importType"))
                continue
            if namespace in importing:
                problems.add(element, "dmn-import.cycle", namespace=namespace)
                continue
            resource = self._found(namespace)
            if resource is None:
                problems.add(element, "dmn-import.missing", namespace=namespace)
                continue
            self._read += 1
            if self._read > _MOST:
                problems.add(element, "dmn-import.many", most=_MOST)
                return
            yield Import(name_of(element), namespace, resource, self._others[resource])

    def _found(self, namespace: str) -> str | None:
        if self._by_namespace is None:
            self._by_namespace = {}
            for resource, xml in self._others.items():
                if resource.endswith((".dmn", ".xml")):
                    self._by_namespace.setdefault(_namespace_of(xml, resource), resource)
        return self._by_namespace.get(namespace)


def _namespace_of(xml: bytes, resource: str) -> str:
    """The namespace that a DMN file declares for its elements; empty for anything else."""
    try:
        root = parse_xml(xml, resource)
    except DeploymentRefused:
        return ""
    return (root.get("namespace") or "") if etree.QName(root).namespace in NAMESPACES else ""
