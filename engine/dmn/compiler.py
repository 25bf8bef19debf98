"""Compiles decision logic: literal expressions, decision tables and the boxed expressions (DMN 1.5, 10.2)."""

from __future__ import annotations

from collections.abc import Callable

from engine.dmn.boxed import BoxedContext, BoxedFunction, BoxedInvocation, BoxedList, BoxedRelation, Nothing, Typed
from engine.dmn.expressions import Names
from engine.dmn.scope import Logic
from engine.dmn.table_compiler import TableCompiler
from engine.dmn.xml import Element, child, children, local, type_ref

LOGIC = ("literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition")
NOT_YET = ("conditional", "for", "every", "some", "filter")


class LogicCompiler(TableCompiler):
    """Compiles the logic of one file."""

    def logic(self, owner: Element, names: Names) -> Logic:
        """The logic that an element holds; `Nothing` where there is none."""
        element = child(owner, *LOGIC, *NOT_YET)
        return Nothing() if element is None else self.boxed(element, names)

    def boxed(self, element: Element, names: Names) -> Logic:
        """One boxed expression; `Nothing` where it is refused."""
        kind = local(element)
        if kind in NOT_YET:
            message = f"A boxed '{kind}' is not supported yet. Write it as a FEEL expression."
            self.problems.add(element, "dmn-unsupported", message)
            return Nothing()
        makers: dict[str, Callable[[Element, Names], Logic]] = {
            "literalExpression": self._literal,
            "decisionTable": self.table,
            "context": self._context,
            "list": self._list,
            "relation": self._relation,
            "invocation": self._invocation,
            "functionDefinition": self.function,
        }
        logic = makers[kind](element, names)
        declared = self.types.find(type_ref(element), element)
        return logic if declared is None else Typed(logic, declared, names.label)

    def _literal(self, element: Element, names: Names) -> Logic:
        self.language(element)
        return self.expression(element, names, names.label) or Nothing()

    def _context(self, element: Element, names: Names) -> Logic:
        entries: list[tuple[str, Logic]] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = "" if variable is None else str(variable.get("name") or "")
            logic = self.logic(entry, names)
            kind = self.types.find(type_ref(variable), entry) if variable is not None else None
            entries.append((name, logic if kind is None else Typed(logic, kind, f"{names.label}.{name}")))
            names = names.with_names(name)
        return BoxedContext(tuple(entries))

    def _list(self, element: Element, names: Names) -> Logic:
        return BoxedList(tuple(self.boxed(item, names) for item in children(element, *LOGIC, *NOT_YET)))

    def _relation(self, element: Element, names: Names) -> Logic:
        columns = tuple(str(column.get("name")) for column in children(element, "column"))
        rows = tuple(tuple(self.boxed(cell, names) for cell in children(row, *LOGIC, *NOT_YET)) for row in children(element, "row"))
        if any(len(row) != len(columns) for row in rows):
            self.problems.add(element, "dmn-relation", f"{names.label}: a row does not match the columns.")
            return Nothing()
        return BoxedRelation(columns, rows)

    def _invocation(self, element: Element, names: Names) -> Logic:
        function = self.logic(element, names)
        bindings: list[tuple[str, Logic]] = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else str(parameter.get("name") or "")
            bindings.append((name, self.logic(binding, names)))
        return BoxedInvocation(function, tuple(bindings), names.label)

    def function(self, element: Element, names: Names) -> Logic:
        """A function definition, also the encapsulated logic of a business knowledge model."""
        if element.get("kind") not in {None, "", "FEEL"}:
            self.problems.add(
                element, "dmn-unsupported", f"{names.label}: functions in {element.get('kind')} are not supported. Write it in FEEL."
            )
        parameters = tuple(
            (str(parameter.get("name")), self.types.find(type_ref(parameter), parameter))
            for parameter in children(element, "formalParameter")
        )
        body = self.logic(element, names.with_names(*(name for name, _ in parameters)))
        return BoxedFunction(names.label, parameters, body)
