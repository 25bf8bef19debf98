"""Validation against the XML schemas of DMN 1.1 to 1.5. Extension elements and attributes pass: the schemas leave them room.

No schema is kept here. That of DMN 1.1 ships with SpiffWorkflow and is found by the metadata of that distribution, which imports none
of its code; those of DMN 1.2 to 1.5 lie in a folder that the composition root names, where the build of the front end puts them.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Final

from lxml import etree

from engine.bpmn.xml_phrases import schema as schema_phrase
from engine.dmn.xml import Element, Problems, local

DMN_1_1: Final = "SpiffWorkflow/dmn/parser/schema/DMN.xsd"
FILES: Final = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "dmn-1_2/DMN12.xsd",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "dmn-1_3/DMN13.xsd",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "dmn-1_4/DMN14.xsd",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "dmn-1_5/DMN15.xsd",
}
"""The schema of each version, by its namespace and in the folder."""
_TAG: Final = re.compile(r"Element '([^']+)'")
_TEXTS: Final = {
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "dmn-schema.required",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "dmn-schema.attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "dmn-schema.attribute",
}


class Schemas:
    """The schemas, each compiled when it is first needed. May be used from any thread."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds `dmn-1_2/DMN12.xsd` and so on; versions that are not there are not validated."""
        self._paths = {"http://www.omg.org/spec/DMN/20151101/dmn.xsd": _of_spiffworkflow()}
        for namespace, name in FILES.items():
            path = None if folder is None else folder / name
            if path is not None and path.is_file():
                self._paths[namespace] = path
        self._compiled: dict[str, etree.XMLSchema] = {}
        self._lock = Lock()  # a compiled schema keeps the errors of its last validation

    @property
    def namespaces(self) -> frozenset[str]:
        """The versions of DMN that are validated."""
        return frozenset(self._paths)

    def validate(self, root: Element, problems: Problems) -> None:
        """Note every place where a file breaks the schema of its version."""
        namespace = str(etree.QName(root).namespace)
        path = self._paths.get(namespace)
        if path is None:
            return
        with self._lock:
            schema = self._compiled.get(namespace) or self._compiled.setdefault(namespace, _schema(path))
            if schema.validate(root):
                return
            broken = [(entry.line, entry.type_name, entry.message) for entry in schema.error_log]
        for line, kind, message in broken:
            tag = _TAG.search(message)
            element = next((item for item in root.iter(tag[1]) if item.sourceline == line), root) if tag else root
            around = element.getparent()
            parent = "" if around is None else local(around)
            problems.add(element, _text(kind, message), line=line, name=local(element), parent=parent, reason=schema_phrase(message))


def _text(kind: str, message: str) -> str:
    """The key of what is said of an error of the validator."""
    if kind == "SCHEMAV_ELEMENT_CONTENT":
        return "dmn-schema.incomplete" if "Missing child" in message else "dmn-schema.element"
    return _TEXTS.get(kind, "dmn-schema.value" if "DATATYPE" in kind or "FACET" in kind or "ENUMERATION" in kind else "dmn-schema")


def _of_spiffworkflow() -> Path:
    return Path(str(metadata.distribution("SpiffWorkflow").locate_file(DMN_1_1)))


def _schema(path: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(str(path), parser))
