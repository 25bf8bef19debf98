"""Reads a DMN file and compiles its decisions; refuses it with element, line and reason, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from engine.bpmn.xml import parse_xml
from engine.dmn.boxed import Typed
from engine.dmn.compiler import LOGIC, NOT_YET, LogicCompiler
from engine.dmn.decisions import Decision, DecisionModel, Function, InputData
from engine.dmn.expressions import Names
from engine.dmn.item_types import ItemTypes
from engine.dmn.scope import Logic
from engine.dmn.xml import NAMESPACES, Element, Problems, child, children, is_dmn, line_of, local, type_ref

_UNSUPPORTED = {
    "decisionService": "Decision services are not supported yet.",
    "import": "Imports of other files are not supported yet. Put the decisions into one file.",
}
_KNOWN = frozenset(
    {
        "decision", "inputData", "businessKnowledgeModel", "itemDefinition", "knowledgeSource", "textAnnotation",
        "association", "group", "elementCollection", "performanceIndicator", "organizationUnit", "description",
        "extensionElements", "DMNDI", *_UNSUPPORTED,
    }
)  # fmt: skip


def compile_dmn(xml: bytes, resource: str, *, functions: Iterable[str] = ()) -> DecisionModel:
    """The decisions of a file, compiled. `functions` are host functions that expressions may call.

    Raises `DeploymentRefused` with every problem, each with the id of its element and its line.
    """
    root = parse_xml(xml, resource)
    problems = Problems(resource)
    if etree.QName(root).namespace not in NAMESPACES or local(root) != "definitions":
        problems.add(root, "dmn-namespace", "This is not a DMN file of version 1.1 to 1.5.")
        problems.check()
    for element in children(root):
        if local(element) in _UNSUPPORTED or local(element) not in _KNOWN:
            message = _UNSUPPORTED.get(local(element), f"The element '{local(element)}' is not known.")
            problems.add(element, "dmn-unsupported", message)
    model = _Reader(root, problems, tuple(functions)).read()
    problems.check()
    return model


class _Reader:
    """Reads one file: first who requires whom, then the logic, since it needs their names."""

    def __init__(self, root: Element, problems: Problems, functions: Sequence[str]) -> None:
        self._root = root
        self._problems = problems
        self._types = ItemTypes(root, problems)
        self._logic = LogicCompiler(self._types, problems, functions)
        self._elements = self._by_id("decision", "inputData", "businessKnowledgeModel")

    def _by_id(self, *kinds: str) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for element in children(self._root, *kinds):
            identity = element.get("id") or ""
            if not identity or identity in found:
                reason = "needs an id" if not identity else f"has the id '{identity}', which is taken"
                self._problems.add(element, "dmn-id", f"The {local(element)} '{element.get('name')}' {reason}.")
            found[identity] = element
        return found

    def read(self) -> DecisionModel:
        """All of the file."""
        inputs = {key: self._input(key, element) for key, element in self._of("inputData")}
        functions = {key: self._function(key, element) for key, element in self._of("businessKnowledgeModel")}
        decisions = {key: self._decision(key, element) for key, element in self._of("decision")}
        self._no_cycles({key: decision.decisions for key, decision in decisions.items()})
        self._no_cycles({key: tuple(k for k in function.knowledge if k != key) for key, function in functions.items()})
        if not decisions and not self._problems.refused:
            self._problems.add(self._root, "dmn-empty", "The file has no decision.")
        warnings = tuple(self._problems.found)
        name = self._root.get("name") or ""
        return DecisionModel(self._problems.resource, name, decisions, inputs, functions, warnings)

    def _of(self, kind: str) -> list[tuple[str, Element]]:
        return [(key, element) for key, element in self._elements.items() if local(element) == kind]

    def _variable(self, element: Element) -> Element | None:
        return child(element, "variable") if child(element, "variable") is not None else child(element, "informationItem")

    def _name(self, element: Element) -> str:
        variable = self._variable(element)
        own = None if variable is None else variable.get("name")
        return " ".join(str(own or element.get("name") or element.get("id") or "").split())

    def _type(self, element: Element) -> str:
        return type_ref(self._variable(element))

    def _input(self, key: str, element: Element) -> InputData:
        reference = self._type(element)
        return InputData(key, self._name(element), self._types.find(reference, element), reference)

    def _required(self, element: Element, requirement: str, *kinds: str) -> tuple[str, ...]:
        found: list[str] = []
        for holder in children(element, requirement):
            for reference in children(holder, *kinds):
                key = (reference.get("href") or "").rpartition("#")[2]
                if key in self._elements:
                    found.append(key)
                else:
                    message = f"'{element.get('name')}' requires '{reference.get('href')}', which is not in this file."
                    self._problems.add(reference, "dmn-requirement", message)
        return tuple(found)

    def _names(self, key: str, element: Element, required: Iterable[str]) -> Names:
        label = str(element.get("name") or key)
        return Names(key, label, tuple(self._name(self._elements[other]) for other in required))

    def _typed(self, logic: Logic, element: Element) -> Logic:
        kind = self._types.find(self._type(element), element)
        return logic if kind is None else Typed(logic, kind, str(element.get("name")))

    def _function(self, key: str, element: Element) -> Function:
        knowledge = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        names = self._names(key, element, (*knowledge, key))
        definition = child(element, "encapsulatedLogic")
        if definition is None:
            self._problems.add(element, "dmn-logic", f"The business knowledge model '{names.label}' has no logic.")
            return Function(key, self._name(element), self._logic.logic(element, names), knowledge)
        return Function(key, self._name(element), self._logic.function(definition, names), knowledge)

    def _decision(self, key: str, element: Element) -> Decision:
        decisions = self._required(element, "informationRequirement", "requiredDecision")
        inputs = self._required(element, "informationRequirement", "requiredInput")
        knowledge = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        names = self._names(key, element, (*decisions, *inputs, *knowledge))
        logic = child(element, *LOGIC, *NOT_YET)
        if logic is None:
            self._refuse_logic(element, names.label)
        return Decision(
            key,
            names.label,
            line_of(element),
            "" if logic is None else local(logic),
            self._name(element),
            self._typed(self._logic.logic(element, names), element),
            inputs,
            decisions,
            knowledge,
        )

    def _refuse_logic(self, element: Element, label: str) -> None:
        other = [local(part) for part in element if is_dmn(part) and local(part) in {"decisionTable", "expression", "literalExpression"}]
        what = f"its logic '{other[0]}' is not supported" if other else "it has no logic"
        self._problems.add(element, "dmn-logic", f"The decision '{label}' cannot be decided: {what}.")

    def _no_cycles(self, requires: Mapping[str, tuple[str, ...]]) -> None:
        done: set[str] = set()
        for start in requires:
            self._walk(start, requires, done)

    def _walk(self, start: str, requires: Mapping[str, tuple[str, ...]], done: set[str]) -> None:
        path: list[tuple[str, list[str]]] = [(start, [*requires.get(start, ())])]
        while path:
            key, left = path[-1]
            if not left:
                done.add(key)
                path.pop()
                continue
            following = left.pop()
            if any(following == before for before, _ in path):
                element = self._elements[following]
                message = f"'{element.get('name')}' requires itself, directly or by way of others."
                self._problems.add(element, "dmn-cycle", message)
                return
            if following not in done and following in requires:
                path.append((following, [*requires[following]]))
