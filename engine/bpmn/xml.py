"""Safe XML: a model is input from outside, and the parser is where the outside touches us first.

No entities, no DOCTYPE, no network, no processing instructions, and limits of size, elements and depth (OWASP ASVS 5.0, 1.5.1). A file
is parsed once, in pieces, and refused as soon as a limit is passed.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from engine.bpmn.names import Element
from engine.bpmn.xml_phrases import syntax
from engine.errors import DeploymentRefused, ModelProblem

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ELEMENTS: Final = 50_000
MAX_DEPTH: Final = 200
CHUNK: Final = 64 * 1024

XML_MESSAGES: Final = {
    "xml-too-large": "The file has {size} bytes; at most {most} are read. Split the model into called processes.",
    "xml-too-many-elements": "The file has more than {most} elements. Split the model into called processes.",
    "xml-too-deep": "The elements are nested more than {most} deep. Split the model into called processes.",
    "xml-doctype": "A DOCTYPE is not allowed in a model, since it can define entities. Remove the <!DOCTYPE …> declaration.",
    "xml-syntax": "The file is not well-formed XML: {reason}. Mend it at this line.",
    "not-bpmn": "This is no BPMN 2.0 file: its root is <{root}> of “{namespace}”. "
    "Give a file whose root is <definitions> of the BPMN 2.0 namespace.",
}
"""Why a file is refused as a whole, by code."""

# Possessive, so that a hostile prologue costs one pass: what stands before the root element is white space, comments and instructions.
PROLOGUE_WITH_DOCTYPE: Final = re.compile(rb"(?:\s+|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE", re.DOTALL)
BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def parse_xml(data: bytes, resource: str) -> Element:
    """The root element of an XML file, or `DeploymentRefused` with the line.

    Comments and processing instructions are gone from the tree; every element knows its `sourceline`.
    """
    if len(data) > MAX_BYTES:
        raise refused(resource, 0, "xml-too-large", size=f"{len(data):,}", most=f"{MAX_BYTES:,}")
    refuse_doctype(data, resource)
    root = _parse(data, resource)
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise _doctype(resource, 1)
    return root


def refuse_doctype(data: bytes, resource: str) -> None:
    """Refuse a DOCTYPE before a parser sees it. Encodings of two bytes are looked through without their zero bytes."""
    start = data
    for mark in BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"")
    found = PROLOGUE_WITH_DOCTYPE.match(start)
    if found:
        raise _doctype(resource, start.count(b"\n", 0, found.end()) + 1)


def refused(resource: str, line: int, code: str, **said: str) -> DeploymentRefused:
    """A refusal of the file as a whole."""
    return DeploymentRefused([ModelProblem(resource, line, "", code, XML_MESSAGES[code].format(**said), details=tuple(said.items()))])


def _doctype(resource: str, line: int) -> DeploymentRefused:
    return refused(resource, line, "xml-doctype")


def _parse(data: bytes, resource: str) -> Element:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_pis=True,
        remove_comments=True,
    )
    limits = _Limits(resource)
    try:
        for start in range(0, len(data), CHUNK):
            parser.feed(data[start : start + CHUNK])
            limits.see(parser)
        root = parser.close()
        limits.see(parser)
    except etree.XMLSyntaxError as error:
        first = next(iter(parser.feed_error_log), None)
        line, reason = (first.line, first.message) if first else (error.lineno or 1, error.msg)
        raise refused(resource, line, "xml-syntax", reason=syntax(reason)) from None
    return root


class _Limits:
    """Counts elements and depth while a file is parsed."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self._elements = 0
        self._depth = 0

    def see(self, parser: etree.XMLPullParser[Element]) -> None:
        """Refuse the file as soon as it has too many elements or is nested too deep."""
        for event, element in parser.read_events():
            if event == "end":
                self._depth -= 1
                continue
            self._elements += 1
            self._depth += 1
            line = int(element.sourceline or 0)
            if self._elements > MAX_ELEMENTS:
                raise refused(self._resource, line, "xml-too-many-elements", most=f"{MAX_ELEMENTS:,}")
            if self._depth > MAX_DEPTH:
                raise refused(self._resource, line, "xml-too-deep", most=str(MAX_DEPTH))
