"""Text or expression: what a model writes where Camunda takes text.

A literal, unless it begins with `=` (FEEL) or contains `${…}` or `#{…}`. A template of one expression keeps its type, several parts
are joined to a string.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from engine.feel.compiler import HOST_FUNCTIONS, Compiler
from engine.feel.errors import FeelWarning
from engine.feel.expression import Expression, compile_expression
from engine.feel.juel import JuelParser
from engine.feel.limits import DEFAULT_LIMITS, Limits
from engine.feel.runtime import Environment, Evaluation
from engine.feel.scanner import Scanner
from engine.feel.spin import as_text
from engine.feel.values import FeelValue
from engine.phrases import Phrase

_OPENINGS = ("${", "#{")


class Text:
    """A compiled text: literal parts and expressions, in order."""

    def __init__(self, source: str, parts: tuple[str | Expression, ...]) -> None:
        """No parts at all are the empty literal."""
        self.source = source
        self._parts = parts
        self._expressions = tuple(part for part in parts if isinstance(part, Expression))

    @property
    def is_literal(self) -> bool:
        """Whether there is nothing to evaluate."""
        return not self._expressions

    @property
    def literal(self) -> str | None:
        """The text of a literal; None for anything else."""
        return "".join(cast("tuple[str, ...]", self._parts)) if self.is_literal else None

    @property
    def expression(self) -> Expression | None:
        """The expression, where the text is exactly one."""
        return self._expressions[0] if len(self._parts) == 1 and self._expressions else None

    @property
    def names(self) -> frozenset[str]:
        """The variables of the host that it reads."""
        return frozenset[str]().union(*(part.names for part in self._expressions))

    @property
    def functions(self) -> frozenset[str]:
        """The host functions that it calls."""
        return frozenset[str]().union(*(part.functions for part in self._expressions))

    @property
    def diagnostics(self) -> tuple[FeelWarning, ...]:
        """What will be null whatever the variables are."""
        return tuple(warning for part in self._expressions for warning in part.diagnostics)

    def evaluate(self, variables: Mapping[str, object], environment: Environment | None = None) -> FeelValue:
        """The literal, the value of the one expression, or all parts joined (null is then empty)."""
        if self.is_literal:
            return self.literal
        if self.expression is not None:
            return self.expression.evaluate(variables, environment)
        environment = environment or Environment()
        evaluation = Evaluation(environment)
        joined = ""
        for part in self._parts:
            value = part if isinstance(part, str) else part.evaluate(variables, environment)
            joined = evaluation.text(joined + ("" if value is None else as_text(value, evaluation)))
        return joined


def compile_text(
    source: str,
    names: Iterable[str] = (),
    *,
    functions: Iterable[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    assigns: bool = False,
) -> Text:
    """Compile a text of a model. Raises `FeelSyntaxError` with the place in the whole text.

    `assigns`: the text may be `${execution.setVariable(name, value)}` and nothing else; evaluating it calls `Environment.assign`.
    """
    callable_names = list(functions)
    start = len(source) - len(source.lstrip())
    if source.startswith("=", start):
        return Text(
            source,
            (compile_expression(source, names, functions=callable_names, limits=limits, start=start + 1),),
        )
    if assigns and source.startswith(_OPENINGS, start):
        expression, end = _one(source, start, callable_names, limits, assigns=True)
        if not source[end:].strip():
            return Text(source, (expression,))
    return Text(source, tuple(_template(source, callable_names, limits)))


def _template(source: str, functions: list[str], limits: Limits) -> list[str | Expression]:
    parts: list[str | Expression] = []
    at = 0
    while True:
        opening = min((found for sign in _OPENINGS if (found := source.find(sign, at)) >= 0), default=-1)
        if opening < 0:
            break
        if opening > at:
            parts.append(source[at:opening])
        expression, at = _one(source, opening, functions, limits)
        parts.append(expression)
    if at < len(source) or not parts:
        parts.append(source[at:])
    return parts


def _one(source: str, opening: int, functions: list[str], limits: Limits, *, assigns: bool = False) -> tuple[Expression, int]:
    parser = JuelParser(source, limits, opening + 2, HOST_FUNCTIONS.union(functions), assigns=assigns)
    try:
        node = parser.whole()
        return Expression(source, Compiler(source, functions=functions), node), parser.at
    except RecursionError:
        parser.fail(Phrase("the expression is nested too deeply"), at=opening)


def compile_condition(
    source: str,
    names: Iterable[str] = (),
    *,
    functions: Iterable[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Expression:
    """Compile a condition: `${…}`, or FEEL with or without a leading `=`. It holds when its value is true.

    Raises `FeelSyntaxError`, also for text around a `${…}`.
    """
    callable_names = list(functions)
    start = len(source) - len(source.lstrip())
    if source.startswith(_OPENINGS, start):
        expression, end = _one(source, start, callable_names, limits)
        if source[end:].strip():
            JuelParser(source, limits, end).fail(Phrase("a condition is one expression"), Phrase("the end"))
        return expression
    if source.startswith("=", start):
        start += 1
    parser = Scanner(source, limits, start)
    if parser.sees("<") or parser.sees(">"):
        parser.fail(Phrase("a condition needs a value at the left of the comparison"))
    return compile_expression(source, names, functions=callable_names, limits=limits, start=start)
