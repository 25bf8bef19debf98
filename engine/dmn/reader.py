"""Reads a DMN file and compiles its decisions; refuses it with element, line and reason, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from engine.bpmn.xml import parse_xml
from engine.dmn.boxed import Typed
from engine.dmn.compiler import LOGIC, LogicCompiler
from engine.dmn.decisions import Decision, DecisionModel, DecisionService, Function, InputData, Node, Requirement
from engine.dmn.expressions import Names
from engine.dmn.graph import refuse_cycles
from engine.dmn.imports import Files, Import
from engine.dmn.item_types import ItemTypes
from engine.dmn.schema import Schemas
from engine.dmn.scope import Logic
from engine.dmn.words import words_of
from engine.dmn.xml import NAMESPACES, Element, Problems, child, children, is_dmn, line_of, local, name_of, type_ref

_KNOWN = frozenset(
    {
        "decision", "inputData", "businessKnowledgeModel", "decisionService", "itemDefinition", "knowledgeSource", "textAnnotation",
        "association", "group", "elementCollection", "performanceIndicator", "organizationUnit", "description", "import",
        "extensionElements", "DMNDI",
    }
)  # fmt: skip

_VERSION_TAG = "{http://camunda.org/schema/1.0/dmn}versionTag"


def compile_dmn(
    xml: bytes,
    resource: str,
    *,
    functions: Iterable[str] = (),
    others: Mapping[str, bytes] | None = None,
    schemas: Schemas | None = None,
) -> DecisionModel:
    """The decisions of a file, compiled.

    `functions` are host functions that expressions may call; `others` are the files that it may import, by name; `schemas` validate
    the file first. Raises `DeploymentRefused` with every problem, each with the id of its element and its line.
    """
    return _read(xml, resource, tuple(functions), Files(others or {}, schemas), ())


def _read(xml: bytes, resource: str, functions: Sequence[str], files: Files, importing: tuple[str, ...]) -> DecisionModel:
    root = parse_xml(xml, resource)
    problems = Problems(resource)
    if etree.QName(root).namespace not in NAMESPACES or local(root) != "definitions":
        problems.add(root, "dmn-namespace")
        problems.check()
    files.validate(root, problems)
    for element in children(root):
        if local(element) not in _KNOWN:
            problems.add(element, "dmn-unsupported", name=local(element))
    namespace = root.get("namespace") or ""
    imports: dict[str, tuple[Import, DecisionModel, ItemTypes]] = {}
    for imported in files.imports(root, problems, (*importing, namespace)):
        model = _read(imported.xml, imported.resource, functions, files, (*importing, namespace))
        imports[imported.namespace] = (imported, model, files.types[imported.namespace])
    reader = _Reader(root, problems, functions, imports)
    files.types[namespace] = reader.types
    model = reader.read()
    problems.check()
    return model


class _Reader:
    """Reads one file: first who requires whom, then the logic, since it needs their names."""

    def __init__(
        self,
        root: Element,
        problems: Problems,
        functions: Sequence[str],
        imports: Mapping[str, tuple[Import, DecisionModel, ItemTypes]],
    ) -> None:
        self._root = root
        self._namespace = root.get("namespace") or ""
        self._problems = problems
        self._imports = imports
        self._imported: dict[str, Node] = {
            key if "#" in key else f"{namespace}#{key}": _foreign(node, namespace)
            for namespace, (_, model, _) in imports.items()
            for key, node in model.nodes.items()
        }
        self.types = ItemTypes(root, problems, {imported.name: types for imported, _, types in imports.values()})
        properties = [_node_name(node) for node in self._imported.values()]
        self._logic = LogicCompiler(self.types, problems, functions, properties)
        self._elements = self._by_id("decision", "inputData", "businessKnowledgeModel", "decisionService")

    def _by_id(self, *kinds: str) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for element in children(self._root, *kinds):
            identity = element.get("id") or ""
            if not identity or identity in found:
                text = "dmn-id.taken" if identity else "dmn-id.missing"
                self._problems.add(element, text, kind=local(element), name=element.get("name"), id=identity)
            found[identity] = element
        return found

    def read(self) -> DecisionModel:
        """All of the file."""
        inputs = {key: self._input(key, element) for key, element in self._of("inputData")}
        functions = {key: self._function(key, element) for key, element in self._of("businessKnowledgeModel")}
        decisions = {key: self._decision(key, element) for key, element in self._of("decision")}
        services = {key: self._service(key, element) for key, element in self._of("decisionService")}
        nodes: dict[str, Node] = {**self._imported, **inputs, **functions, **decisions, **services}
        refuse_cycles(nodes, self._elements, self._problems)
        if not nodes and not self.types.names and not self._problems.refused:
            self._problems.add(self._root, "dmn-empty")
        warnings = (*self._problems.found, *(warning for _, model, _ in self._imports.values() for warning in model.warnings))
        name = self._root.get("name") or ""
        resource = self._problems.resource
        return DecisionModel(resource, name, self._namespace, decisions, inputs, functions, services, nodes, warnings)

    def _of(self, kind: str) -> list[tuple[str, Element]]:
        return [(key, element) for key, element in self._elements.items() if local(element) == kind]

    def _variable(self, element: Element) -> Element | None:
        return child(element, "variable") if child(element, "variable") is not None else child(element, "informationItem")

    def _name(self, element: Element) -> str:
        return name_of(self._variable(element)) or name_of(element) or str(element.get("id") or "")

    def _type(self, element: Element) -> str:
        return type_ref(self._variable(element))

    def _input(self, key: str, element: Element) -> InputData:
        reference = self._type(element)
        return InputData(key, self._name(element), self.types.find(reference, element), reference)

    def _required(self, element: Element, requirement: str, *kinds: str) -> tuple[Requirement, ...]:
        return tuple(found for holder in children(element, requirement) for found in self._referred(element, holder, *kinds))

    def _referred(self, element: Element, holder: Element, *kinds: str) -> list[Requirement]:
        found: list[Requirement] = []
        for reference in children(holder, *kinds):
            namespace, _, key = (reference.get("href") or "").rpartition("#")
            imported = self._imports.get(namespace)
            if namespace in {"", self._namespace} and key in self._elements:
                found.append(Requirement(key))
            elif imported is not None and f"{namespace}#{key}" in self._imported:
                found.append(Requirement(f"{namespace}#{key}", imported[0].name))
            else:
                text, resource = ("dmn-requirement.here", "") if imported is None else ("dmn-requirement.there", imported[0].resource)
                self._problems.add(reference, text, name=element.get("name"), required=reference.get("href"), resource=resource)
        return found

    def _required_name(self, required: Requirement) -> str:
        if required.source:
            return required.source
        node = self._imported.get(required.key)
        return self._name(self._elements[required.key]) if node is None else _node_name(node)

    def _names(self, key: str, element: Element, required: Iterable[Requirement]) -> Names:
        label = str(element.get("name") or key)
        required = tuple(required)
        outputs = (name for other in required for name in self._outputs(other))
        return Names(key, label, tuple(dict.fromkeys((*(self._required_name(other) for other in required), *outputs))))

    def _outputs(self, required: Requirement) -> list[str]:
        """The names of the outputs of a required decision of this file, which Camunda 7 puts in scope beside its own."""
        element = self._elements.get(required.key)
        table = None if element is None else child(element, "decisionTable")
        return [] if table is None else [name for output in children(table, "output") if (name := name_of(output))]

    def _typed(self, logic: Logic, element: Element) -> Logic:
        kind = self.types.find(self._type(element), element)
        return logic if kind is None else Typed(logic, kind, str(element.get("name")))

    def _function(self, key: str, element: Element) -> Function:
        knowledge = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        names = self._names(key, element, (*knowledge, Requirement(key)))
        definition = child(element, "encapsulatedLogic")
        if definition is None:
            self._problems.add(element, "dmn-logic.function", name=names.label)
            return Function(key, self._name(element), self._logic.logic(element, names), knowledge)
        result = self.types.find(self._type(element), element)
        return Function(key, self._name(element), self._logic.function(definition, names, result), knowledge)

    def _service(self, key: str, element: Element) -> DecisionService:
        outputs = self._referred(element, element, "outputDecision")
        if not outputs:
            self._problems.add(element, "dmn-service", name=element.get("name"))
        inputs = self._referred(element, element, "inputData")
        given = self._referred(element, element, "inputDecision")
        kind = self.types.find(self._type(element), element)
        return DecisionService(key, self._name(element), tuple(inputs), tuple(given), tuple(outputs), kind)

    def _decision(self, key: str, element: Element) -> Decision:
        decisions = self._required(element, "informationRequirement", "requiredDecision")
        inputs = self._required(element, "informationRequirement", "requiredInput")
        knowledge = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        names = self._names(key, element, (*decisions, *inputs, *knowledge))
        logic = child(element, *LOGIC)
        if logic is None:
            self._without_logic(element, names.label)
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
            self.types.find(self._type(element), element),
            element.get(_VERSION_TAG),
            words_of(element, names.label),
        )

    def _without_logic(self, element: Element, label: str) -> None:
        other = [local(part) for part in element if is_dmn(part) and local(part) in {"decisionTable", "expression", "literalExpression"}]
        if other:
            self._problems.add(element, "dmn-logic.unsupported", name=label, logic=other[0])
        else:
            self._problems.add(element, "dmn-no-logic", warning=True, name=label)


def _node_name(node: Node) -> str:
    return node.variable if isinstance(node, Decision) else node.name


def _foreign(node: Node, namespace: str) -> Node:
    """A node of an imported file, with the keys of what it requires as the importing file knows them."""

    def renamed(requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        return tuple(one if "#" in one.key else replace(one, key=f"{namespace}#{one.key}") for one in requirements)

    match node:
        case Decision():
            return replace(node, inputs=renamed(node.inputs), decisions=renamed(node.decisions), knowledge=renamed(node.knowledge))
        case Function():
            return replace(node, knowledge=renamed(node.knowledge))
        case DecisionService():
            return replace(node, inputs=renamed(node.inputs), decisions=renamed(node.decisions), outputs=renamed(node.outputs))
        case InputData():
            return node
