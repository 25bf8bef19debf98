"""Parses literals, names, lists, ranges, contexts, function definitions and what hangs on them: paths, filters, invocations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from engine.feel import tree
from engine.feel.errors import FeelNull
from engine.feel.names import DECLARED, SPACE, STOPS, normal
from engine.feel.parse_names import NameParser
from engine.feel.temporal import parse_literal
from engine.feel.types import FeelType
from engine.feel.values import NUMBERS
from engine.phrases import Phrase

_CONSTANTS = {"true": True, "false": False, "null": None}
_PARAMETER = re.compile(rf"({DECLARED.pattern}):")
_AFTER_RANGE = re.compile(rf"\[[{SPACE}]*(?:$|[),\]}}=!<>]|\.[^0-9]|(?:{'|'.join(STOPS)}|instance)\b)")
COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")


class PrimaryParser(NameParser):
    """Everything that binds tighter than an operator."""

    def expression(self) -> tree.Node:
        """A whole expression; the operators are the subclass's."""
        raise NotImplementedError

    def additive(self) -> tree.Node:
        """An expression without comparison or logic outside of brackets."""
        raise NotImplementedError

    def statement(self, word: str) -> tree.Node | None:
        """`if`, `for`, `some`, `every`: those that begin with a word of their own."""
        raise NotImplementedError

    def postfix(self) -> tree.Node:
        """A primary with its paths, filters and invocations."""
        node = self._primary()
        levels = 0
        while True:
            at = self.at
            if self.sees(".") and not self.sees(".."):
                self.take(".")
                node = tree.Path(at, node, self.property())
            elif self.sees("[") and not (self._range_end and _AFTER_RANGE.match(self.source, self.at)):
                self.take("[")
                target = node
                node = tree.Filter(at, target, self.bracketed(self._condition))
            elif self.sees("("):
                self.take("(")
                arguments, names = self.bracketed(self._arguments)
                node = tree.Call(at, node, arguments, names)
            else:
                break
            self.node()
            self.enter()
            levels += 1
        self.leave(levels)
        return node

    def _condition(self) -> tree.Node:
        self._in_filter += 1
        condition = self.expression()
        self._in_filter -= 1
        self.need("]")
        return condition

    def _arguments(self) -> tuple[tuple[tree.Node, ...], tuple[str, ...] | None]:
        arguments: list[tree.Node] = []
        names: list[str] = []
        if self.take(")"):
            return (), None
        named = _PARAMETER.match(self.source, self.at) is not None
        while True:
            if named:
                names.append(self._argument_name(names))
            arguments.append(self.expression())
            if self.take(")"):
                return tuple(arguments), tuple(names) if named else None
            self.need(",", "')'")

    def _argument_name(self, before: list[str]) -> str:
        match = _PARAMETER.match(self.source, self.at)
        if match is None:
            self.fail("", Phrase("the name of a parameter and ':'"))
        name = normal(match[1])
        if name in before:
            self.fail(Phrase("the parameter '{name}' is given twice", name=name))
        self.at = match.end()
        self.skip()
        return name

    def _primary(self) -> tree.Node:
        self.node()
        start = self.at
        sign = self.source[start : start + 1]
        simple = self._SIGNS.get(sign)
        if simple is not None:
            return simple(self, start)
        negative = sign == "-" and self.take("-") is not None
        number = self.take_number()
        if number is not None:
            return tree.Literal(start, NUMBERS.minus(number) if negative else number)
        word = self.word()
        statement = self.statement(word)
        if statement is not None:
            return statement
        if word in _CONSTANTS and not self._known(start):
            self.take_word(word)
            return tree.Literal(start, _CONSTANTS[word])
        if word == "function" and self.source[start + 8 :].lstrip().startswith("("):
            return self._function(start)
        return tree.Name(start, self.name())

    def _string(self, start: int) -> tree.Node:
        return tree.Literal(start, self.take_string())

    def _at_literal(self, start: int) -> tree.Node:
        self.take("@")
        if not self.sees('"'):
            self.fail("", Phrase("a string after '@'"))
        try:
            return tree.Literal(start, parse_literal(self.take_string()))
        except FeelNull as error:
            self.fail(str(error), at=start)

    def _tested(self, start: int) -> tree.Node:
        self.take("?")
        return tree.Name(start, "?")

    def _parenthesis(self, start: int) -> tree.Node:
        self.take("(")
        return self.bracketed(self._in_parenthesis, start)

    def _in_parenthesis(self, start: int) -> tree.Node:
        operator = self.take(*COMPARISONS)
        if operator:
            self.enter()
            node: tree.Node = self.operator_range(start, operator, self.additive())
            self.leave()
            self.need(")")
            return node
        node = self.expression()
        if self.sees(".."):
            return self.range_from(start, node, included=False)
        self.need(")", "'..'")
        return node

    def operator_range(self, start: int, operator: str, operand: tree.Node) -> tree.RangeLiteral:
        """`(< 10)`: a range with one end."""
        included = operator in {"<=", ">=", "="}
        if operator in {"<", "<="}:
            return tree.RangeLiteral(start, None, start_included=False, end=operand, end_included=included, operator=operator)
        if operator in {">", ">="}:
            return tree.RangeLiteral(start, operand, included, None, end_included=False, operator=operator)
        return tree.RangeLiteral(start, operand, included, operand, included, operator)

    def range_from(self, start: int, low: tree.Node, *, included: bool) -> tree.RangeLiteral:
        """The rest of a range, from its `..`."""
        self.need("..")
        saved, self._range_end = self._range_end, True
        high = self.expression()
        self._range_end = saved
        close = self.take("]", ")", "[")
        if close is None:
            self.fail("", "']'", "')'", "'['")
        return tree.RangeLiteral(start, low, included, high, close == "]")

    def _open_range(self, start: int) -> tree.Node:
        self.take("]")
        return self.bracketed(lambda: self.range_from(start, self.expression(), included=False))

    def _bracket(self, start: int) -> tree.Node:
        self.take("[")
        return self.bracketed(self._in_bracket, start)

    def _in_bracket(self, start: int) -> tree.Node:
        items: list[tree.Node] = []
        if self.take("]"):
            return tree.ListLiteral(start, ())
        while True:
            items.append(self.expression())
            if len(items) == 1 and self.sees(".."):
                return self.range_from(start, items[0], included=True)
            if self.take("]"):
                return tree.ListLiteral(start, tuple(items))
            self.need(",", "']'", *(["'..'"] if len(items) == 1 else []))

    def _context(self, start: int) -> tree.Node:
        self.take("{")
        return self.bracketed(lambda: self.scoped((), lambda: self._entries(start)))

    def _entries(self, start: int) -> tree.Node:
        entries: dict[str, tree.Node] = {}
        while not self.take("}"):
            if entries:
                self.need(",", "'}'")
            at = self.at
            key = self.take_string() if self.sees('"') else self.until(":")
            if key in entries:
                self.fail(Phrase("the key '{key}' is given twice", key=key), at=at)
            self.need(":")
            entries[key] = self.expression()
            self._scopes[-1].add(key)
            self._properties.add(key)
        return tree.ContextLiteral(start, tuple(entries.items()))

    def _function(self, start: int) -> tree.Node:
        self.take_word("function")
        self.need("(")
        parameters: dict[str, FeelType | None] = {}
        while not self.take(")"):
            if parameters:
                self.need(",", "')'")
            at = self.at
            name = self.until(":", ",", ")")
            if name in parameters:
                self.fail(Phrase("the parameter '{name}' is given twice", name=name), at=at)
            parameters[name] = self.type() if self.take(":") else None
        if self.word() == "external":
            self.fail(Phrase("external functions are not supported"))
        self.enter()
        body = self.scoped(parameters, self.expression)
        self.leave()
        return tree.FunctionLiteral(start, tuple(parameters.items()), body)

    _SIGNS: Mapping[str, Callable[[PrimaryParser, int], tree.Node]] = {
        '"': _string,
        "@": _at_literal,
        "?": _tested,
        "(": _parenthesis,
        "[": _bracket,
        "]": _open_range,
        "{": _context,
    }
