"""Compiles decision logic: literal expressions, decision tables and the boxed expressions (DMN 1.5, 10.2)."""

from __future__ import annotations

from collections.abc import Callable

from engine.dmn.boxed import BoxedContext, BoxedFunction, BoxedInvocation, BoxedList, BoxedRelation, Nothing, Typed
from engine.dmn.boxed_loops import BoxedConditional, BoxedFilter, BoxedFor, BoxedQuantified
from engine.dmn.expressions import Names
from engine.dmn.messages import Where
from engine.dmn.scope import Logic
from engine.dmn.table_compiler import TableCompiler
from engine.dmn.xml import Element, child, children, local, name_of, type_ref
from engine.feel.compile_loops import PARTIAL
from engine.feel.scope import ITEM
from engine.feel.types import FeelType, SimpleType

LOGIC = (
    "literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
    "conditional", "for", "every", "some", "filter",
)  # fmt: skip
"""The elements of boxed expressions."""


class LogicCompiler(TableCompiler):
    """Compiles the logic of one file."""

    def logic(self, owner: Element, names: Names) -> Logic:
        """The logic that an element holds; `Nothing` where there is none."""
        element = child(owner, *LOGIC)
        return Nothing() if element is None else self.boxed(element, names)

    def boxed(self, element: Element, names: Names) -> Logic:
        """One boxed expression; `Nothing` where it is refused."""
        kind = local(element)
        makers: dict[str, Callable[[Element, Names], Logic]] = {
            "literalExpression": self._literal,
            "decisionTable": self.table,
            "context": self._context,
            "list": self._list,
            "relation": self._relation,
            "invocation": self._invocation,
            "functionDefinition": self._function,
            "conditional": self._conditional,
            "for": self._for,
            "every": self._quantified,
            "some": self._quantified,
            "filter": self._filter,
        }
        logic = makers[kind](element, names)
        declared = None if kind == "functionDefinition" else self.types.find(type_ref(element), element)
        return logic if declared is None else Typed(logic, declared, names.label)

    def _function(self, element: Element, names: Names) -> Logic:
        return self.function(element, names)

    def _literal(self, element: Element, names: Names) -> Logic:
        self.language(element)
        return self.expression(element, names, Where(names.label)) or Nothing()

    def _context(self, element: Element, names: Names) -> Logic:
        entries: list[tuple[str, Logic]] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = name_of(variable)
            logic = self.logic(entry, names)
            kind = self.types.find(type_ref(variable), entry) if variable is not None else None
            entries.append((name, logic if kind is None else Typed(logic, kind, f"{names.label}.{name}")))
            names = names.with_names(name)
        return BoxedContext(tuple(entries))

    def _list(self, element: Element, names: Names) -> Logic:
        return BoxedList(tuple(self.boxed(item, names) for item in children(element, *LOGIC)))

    def _relation(self, element: Element, names: Names) -> Logic:
        columns = tuple((name_of(column), self.types.find(type_ref(column), column)) for column in children(element, "column"))
        rows = [[self.boxed(cell, names) for cell in children(row, *LOGIC)] for row in children(element, "row")]
        if any(len(row) != len(columns) for row in rows):
            self.problems.add(element, "dmn-relation", label=names.label)
            return Nothing()
        typed = (
            tuple(
                cell if kind is None else Typed(cell, kind, f"{names.label}.{name}")
                for cell, (name, kind) in zip(row, columns, strict=True)
            )
            for row in rows
        )
        return BoxedRelation(tuple(name for name, _ in columns), tuple(typed))

    def _invocation(self, element: Element, names: Names) -> Logic:
        function = self.logic(element, names)
        bindings = tuple((name_of(child(binding, "parameter")), self.logic(binding, names)) for binding in children(element, "binding"))
        return BoxedInvocation(function, bindings, names.label)

    def function(self, element: Element, names: Names, result: FeelType | None = None) -> Logic:
        """A function definition, also the encapsulated logic of a business knowledge model, whose variable may declare its result."""
        if element.get("kind") not in {None, "", "FEEL"}:
            self.problems.add(element, "dmn-unsupported.function", label=names.label, kind=element.get("kind"))
        parameters = tuple(
            (name_of(parameter), self.types.find(type_ref(parameter), parameter)) for parameter in children(element, "formalParameter")
        )
        body = self.logic(element, names.with_names(*(name for name, _ in parameters)))
        declared = result or self.types.find(type_ref(element), element)
        if declared is not None and declared != SimpleType("function"):
            body = Typed(body, declared, names.label)
        return BoxedFunction(names.label, parameters, body)

    def _part(self, element: Element, part: str, names: Names) -> Logic:
        """The logic in one of the children that a conditional, iterator or filter is made of."""
        holder = child(element, part)
        inside = None if holder is None else child(holder, *LOGIC)
        if holder is None or inside is None:
            self.problems.add(element, "dmn-logic.part", label=names.label, kind=local(element), part=part)
            return Nothing()
        logic = self.boxed(inside, names)
        declared = self.types.find(type_ref(holder), holder)
        return logic if declared is None else Typed(logic, declared, names.label)

    def _variable(self, element: Element, names: Names) -> str:
        name = " ".join((element.get("iteratorVariable") or "").split())
        if not name:
            self.problems.add(element, "dmn-logic.variable", label=names.label, kind=local(element))
        return name

    def _conditional(self, element: Element, names: Names) -> Logic:
        condition, then, otherwise = (self._part(element, part, names) for part in ("if", "then", "else"))
        return BoxedConditional(condition, then, otherwise, names.label)

    def _for(self, element: Element, names: Names) -> Logic:
        variable = self._variable(element, names)
        body = self._part(element, "return", names.with_names(variable, PARTIAL))
        return BoxedFor(variable, self._part(element, "in", names), body, names.label)

    def _quantified(self, element: Element, names: Names) -> Logic:
        variable = self._variable(element, names)
        condition = self._part(element, "satisfies", names.with_names(variable))
        return BoxedQuantified(local(element) == "every", variable, self._part(element, "in", names), condition, names.label)

    def _filter(self, element: Element, names: Names) -> Logic:
        condition = self._part(element, "match", names.with_names(ITEM, *self.types.component_names))
        return BoxedFilter(self._part(element, "in", names), condition, names.label)
