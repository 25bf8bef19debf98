"""Item definitions as FEEL types (DMN 1.5, 7.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.dmn.xml import Element, Problems, child, children, local, text_of, type_ref
from engine.feel import Environment, FeelSyntaxError, FeelValue, UnaryTests, compile_unary_tests
from engine.feel.types import ALIASES, ANY, SIMPLE_TYPES, Charge, ContextType, FeelType, ListType, SimpleType

_OTHER = {"integer": "number", "long": "number", "double": "number", "decimal": "number", "float": "number"}
"""Type names of Camunda 7's decision tables."""


@dataclass(frozen=True, slots=True)
class AllowedType:
    """A type of which only some values are allowed."""

    base: FeelType
    tests: UnaryTests

    def accepts(self, value: FeelValue, charge: Charge) -> bool:
        """Whether the value is null, or of the type and allowed."""
        if value is None:
            return True
        charge(1)
        return self.base.accepts(value, charge) and self.tests.evaluate(value, {}, Environment())


def _joined(source: str, name: str) -> str:
    """The name of an imported type."""
    return f"{source}.{name}" if source else name


class ItemTypes:
    """The item definitions of one file, each built when it is first asked for."""

    def __init__(self, root: Element, problems: Problems, imported: Mapping[str, ItemTypes] | None = None) -> None:
        """All definitions are built, so that every problem is found. `imported` are those of other files, by the name of the import."""
        self._problems = problems
        self._imported = {_joined(source, name): types for source, types in (imported or {}).items() for name in types.names}
        self._elements = {str(item.get("name")): item for item in children(root, "itemDefinition")}
        self.types: dict[str, FeelType] = {}  # without allowed values: `instance of` and parameters of FEEL look at these
        self._allowing: dict[str, FeelType] = {}
        for name, types in self._imported.items():
            own = name if name in types.types else name.partition(".")[2]
            self.types[name] = types.types[own]
            self._allowing[name] = types.find(own, root) or SimpleType(ANY)
        self._building: set[tuple[str, bool]] = set()
        for name, element in self._elements.items():
            self.find(name, element)
            self.find(name, element, allowing=False)

    @property
    def names(self) -> list[str]:
        """The names of all definitions of this file."""
        return list(self._elements)

    @property
    def component_names(self) -> list[str]:
        """The names of all components, those of imported files too: they may follow a dot."""
        others = {id(types): types for types in self._imported.values()}
        return [name for types in others.values() for name in types.component_names] + [
            str(part.get("name"))
            for item in self._elements.values()
            for part in item.iter()
            if isinstance(part.tag, str) and local(part) == "itemComponent"
        ]

    def find(self, name: str, where: Element, *, allowing: bool = True) -> FeelType | None:
        """The type of this name, with its allowed values; None for none at all or `Any`. An unknown one is a problem."""
        built = self._allowing if allowing else self.types
        name = ALIASES.get(_OTHER.get(name, name), _OTHER.get(name, name))
        if name in {"", ANY}:
            return None
        if name in built:
            return built[name]
        if name in self._elements and (name, allowing) not in self._building:
            self._building.add((name, allowing))
            built[name] = self._build(self._elements[name], allowing=allowing)
            return built[name]
        if name in SIMPLE_TYPES or name in {"list", "context", "function", "range"}:
            return SimpleType(name)
        if (name, allowing) not in self._building:
            self._problems.add(where, "dmn-type", name=name)
        return None

    def allowed(self, name: str) -> str:
        """The text of a definition's allowed values."""
        if name in self._imported:
            return self._imported[name].allowed(name.partition(".")[2])
        element = self._elements.get(name)
        if element is None:
            return ""
        own = text_of(child(element, "allowedValues"))[0]
        return own or self.allowed(type_ref(element))

    def _build(self, element: Element, *, allowing: bool) -> FeelType:
        components = list(children(element, "itemComponent"))
        kind: FeelType
        if components:
            kind = ContextType(tuple((str(part.get("name")), self._build(part, allowing=allowing)) for part in components))
        elif child(element, "functionItem") is not None:
            kind = SimpleType("function")
        else:
            kind = self.find(type_ref(element), element, allowing=allowing) or SimpleType("Any")
        kind = self._restrict(kind, child(element, "allowedValues")) if allowing else kind
        if element.get("isCollection") == "true":
            kind = ListType(kind)
        return self._restrict(kind, child(element, "typeConstraint")) if allowing else kind

    def _restrict(self, kind: FeelType, values: Element | None) -> FeelType:
        source, line = text_of(values)
        if values is None or not source.strip():
            return kind
        try:
            return AllowedType(kind, compile_unary_tests(source))
        except FeelSyntaxError as error:
            self._problems.add(values, "dmn-expression.values", line=line + error.line - 1, reason=error.reason)
            return kind
