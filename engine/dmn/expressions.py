"""Compiles the expressions and cells of a DMN file; what is wrong is collected with element and line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.dmn.item_types import ItemTypes
from engine.dmn.messages import Where
from engine.dmn.table import Cell, Placed
from engine.dmn.xml import FEEL_LANGUAGES, Element, Problems, text_of
from engine.feel import (
    Compilation,
    Expression,
    FeelSyntaxError,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)


@dataclass(frozen=True, slots=True)
class Names:
    """Where logic stands: the decision or function it belongs to, and the names that it may use."""

    id: str
    label: str
    known: tuple[str, ...]

    def with_names(self, *names: str) -> Names:
        """The same place with more names in scope."""
        return Names(self.id, self.label, (*self.known, *names))


class ExpressionCompiler:
    """Compiles FEEL with the types and functions of one file."""

    def __init__(self, types: ItemTypes, problems: Problems, functions: Sequence[str], properties: Sequence[str] = ()) -> None:
        """`functions` are the host's functions that expressions may call, `properties` what may follow a dot, such as imported names."""
        self.types = types
        self.problems = problems
        self._functions = tuple(functions)
        self._properties = [*types.component_names, *properties]

    def language(self, element: Element) -> None:
        """Refuse any language but FEEL."""
        language = element.get("expressionLanguage")
        if language and language.strip() not in FEEL_LANGUAGES and language.strip().lower() != "feel":
            self.problems.add(element, "dmn-language", language=language)

    def expression(self, element: Element | None, names: Names, where: Where, default: str = "") -> Placed | None:
        """The expression in the `<text>` of an element; None where there is none or it is refused."""
        source, line = text_of(element)
        source = source if source.strip() else default
        if element is None or not source:
            return None
        compiled = self.compiled(
            lambda: compile_expression(source, names.known, functions=self._functions, properties=self._properties, types=self.types.types),
            element,
            line,
            where,
        )
        return Placed(compiled, line, str(where)) if isinstance(compiled, Expression) else None

    def cell(self, element: Element, names: Names, where: Where) -> Cell | None:
        """The unary tests in the `<text>` of an element; None where everything passes or it is refused."""
        self.language(element)
        source, line = text_of(element)
        if not source.strip() or source.strip() == "-":
            return None
        compiled = self.compiled(
            lambda: compile_unary_tests(
                source, names.known, functions=self._functions, properties=self._properties, types=self.types.types
            ),
            element,
            line,
            where,
        )
        return Cell(compiled, line, str(where)) if isinstance(compiled, UnaryTests) and not compiled.accepts_all else None

    def compiled(self, make: Callable[[], Compilation], element: Element, line: int, where: Where) -> Compilation | None:
        """Compile, or note why not. What is null whatever comes in is a warning."""
        try:
            compiled = make()
        except FeelSyntaxError as error:
            at = line + error.line - 1
            self.problems.add(element, "dmn-expression", where, line=at, column=error.column, reason=error.reason)
            return None
        for warning in compiled.diagnostics:
            at = line + warning.line - 1
            self.problems.add(element, "dmn-null", where, line=at, warning=True, column=warning.column, reason=warning.message)
        return compiled
