"""Walks the XML of a DMN file: namespaces of DMN 1.1 to 1.5, names, lines, and the problems found on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.dmn.messages import MESSAGES, Where
from engine.errors import DeploymentRefused, ModelProblem

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",  # 1.1
        "http://www.omg.org/spec/DMN/20180521/MODEL/",  # 1.2
        "https://www.omg.org/spec/DMN/20191111/MODEL/",  # 1.3
        "https://www.omg.org/spec/DMN/20211108/MODEL/",  # 1.4
        "https://www.omg.org/spec/DMN/20230324/MODEL/",  # 1.5
    }
)
FEEL_LANGUAGES = frozenset(
    {
        "feel",
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
    }
)
Element = etree._Element  # noqa: SLF001 - lxml gives its element no public name


def local(element: Element) -> str:
    """The name without its namespace."""
    return etree.QName(element).localname


def is_dmn(element: Element) -> bool:
    """Whether the element is one of DMN's."""
    return isinstance(element.tag, str) and etree.QName(element).namespace in NAMESPACES


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of DMN, of these names if any are given."""
    for child in element:
        if is_dmn(child) and (not names or local(child) in names):
            yield child


def child(element: Element, *names: str) -> Element | None:
    """The first such child."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> tuple[str, int]:
    """What stands in the `<text>` of an element, and its line; empty if there is none."""
    inner = None if element is None else child(element, "text")
    if inner is None:
        return "", 0 if element is None else line_of(element)
    return "".join(str(part) for part in inner.itertext()), line_of(inner)


def line_of(element: Element) -> int:
    """The line of an element in its file."""
    return int(element.sourceline or 0)


def name_of(element: Element | None) -> str:
    """The name of an element with its blanks in one form; empty if it has none."""
    return "" if element is None else " ".join((element.get("name") or "").split())


def type_ref(element: Element | None) -> str:
    """The `typeRef` of an element, as attribute or as child, without a prefix; empty if there is none."""
    if element is None:
        return ""
    inner = child(element, "typeRef")
    name = element.get("typeRef") or ((inner.text or "") if inner is not None else "")
    return name.strip().rsplit(":", 1)[-1]


@dataclass(slots=True)
class Problems:
    """The problems of one file, collected so that all are told at once."""

    resource: str
    found: list[ModelProblem] = field(default_factory=list)

    def add(self, element: Element, text: str, where: Where | None = None, *, line: int = 0, warning: bool = False, **said: object) -> None:
        """Note a problem of an element, which is named by the nearest id. `text` is a key of `MESSAGES`, `said` its details."""
        details = {**(where.details() if where else {}), **{name: str(value) for name, value in said.items()}}
        message = MESSAGES[text].format(where=where, **details)
        code, place = text.partition(".")[0], line or line_of(element)
        self.found.append(ModelProblem(self.resource, place, id_of(element), code, message, warning, tuple(details.items()), text))

    @property
    def refused(self) -> bool:
        """Whether one of them is more than a warning."""
        return any(not problem.warning for problem in self.found)

    def check(self) -> None:
        """Refuse the file, if there is reason to."""
        if self.refused:
            raise DeploymentRefused(self.found)


def id_of(element: Element) -> str:
    """The id of an element, or of the nearest one around it that has one."""
    current: Element | None = element
    while current is not None:
        if current.get("id"):
            return str(current.get("id"))
        current = current.getparent()
    return ""
