"""Collects what the checks find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from lxml import etree

from engine.bpmn.checks.messages import MESSAGES
from engine.bpmn.model import Model
from engine.bpmn.names import BPMN, BPMNDI, Element, children, namespace_of
from engine.errors import ModelProblem


class Located(Protocol):
    """A value of the model that knows where it stands."""

    @property
    def id(self) -> str:
        """The id of the element."""
        ...

    @property
    def line(self) -> int:
        """The line in the file."""
        ...


Place: TypeAlias = Located | Element | tuple[str, int]
"""Where something was found: a value of the model, an element of the tree, or an id with a line."""


@dataclass(slots=True)
class Findings:
    """The problems of one model, in the order in which they were found, each once."""

    model: Model
    _found: dict[ModelProblem, None] = field(default_factory=dict)

    @property
    def problems(self) -> list[ModelProblem]:
        """What was found, in the order in which it was found."""
        return list(self._found)

    def error(self, code: str, where: Place, **details: object) -> None:
        """Something for which the deployment is refused."""
        self._add(code, where, details, warning=False)

    def warn(self, code: str, where: Place, **details: object) -> None:
        """Something that the person who deploys should know."""
        self._add(code, where, details, warning=True)

    def unknown(self, code: str, where: Place, *, strict: bool, **details: object) -> None:
        """A name that nobody knows: refused where the catalogue is strict, else a warning."""
        self._add(code, where, details, warning=not strict)

    def add(self, problem: ModelProblem) -> None:
        """Something that was found elsewhere."""
        self._found[problem] = None

    def elements(self) -> Iterator[Element]:
        """The elements of the executable processes, the processes themselves included; what is only drawn beside them is not ours."""
        for process in children(self.model.tree, "process"):
            if process.get("id") in self.model.processes:
                yield from process.iter(etree.Element)

    def declared(self) -> Iterator[Element]:
        """What stands around the processes and has a meaning for them: messages, errors, signals, escalations, pools."""
        for item in children(self.model.tree, "message", "error", "signal", "escalation", "collaboration"):
            yield from item.iter(etree.Element)

    def _add(self, code: str, where: Place, details: dict[str, object], *, warning: bool) -> None:
        element, line = position(where)
        said = {name: str(value) for name, value in details.items()}  # a phrase stays one
        message = MESSAGES[code].format(**said)
        problem = ModelProblem(self.model.resource, line, element, code, message, warning, tuple(said.items()))
        self.add(problem)


def position(where: Place) -> tuple[str, int]:
    """The id and line of a place; an extension element, and one without an id, has that of the BPMN element around it."""
    if isinstance(where, tuple):
        return where
    if not isinstance(where, etree._Element):  # noqa: SLF001  lxml has no public name for the type of its elements
        return where.id, where.line
    around: Element | None = where
    while around is not None and not (around.get("id") and namespace_of(around) in {BPMN, BPMNDI}):
        around = around.getparent()
    return ("" if around is None else around.get("id", "")), where.sourceline or 0
