"""Parses FEEL (DMN 1.5, 10.3.1): operators by precedence climbing, `if`, `for`, `some`, `every`, and unary tests."""

from __future__ import annotations

from engine.feel import tree
from engine.feel.parse_primary import COMPARISONS, PrimaryParser
from engine.phrases import Phrase

_OR, _AND, _COMPARISON, _ADDITIVE, _MULTIPLICATIVE, _POWER = range(6)
_SYMBOLS = ("**", "*", "/", "+", "-")
_LEVELS = {
    "or": _OR,
    "and": _AND,
    "between": _COMPARISON,
    "in": _COMPARISON,
    **dict.fromkeys(COMPARISONS, _COMPARISON),
    "+": _ADDITIVE,
    "-": _ADDITIVE,
    "*": _MULTIPLICATIVE,
    "/": _MULTIPLICATIVE,
    "**": _POWER,
}
"""How tightly each operator binds (DMN 1.5, 10.3.1.2); negation and `instance of` bind tighter than all of them."""


class Parser(PrimaryParser):
    """The operators, loosest first: or, and, comparison, additive, multiplicative, power, negation, instance of."""

    def whole(self) -> tree.Node:
        """One expression and nothing behind it."""
        node = self.expression()
        if self.at < len(self.source):
            self.fail("", Phrase("an operator"), Phrase("the end"))
        return node

    def whole_tests(self) -> tree.Tests:
        """The unary tests of one cell and nothing behind them."""
        start = self.at
        if self.take("-") and self.at == len(self.source):
            return tree.Tests(start, (), negated=False)
        self.at = start
        negated = self._negated(start)
        if negated is not None:
            return negated
        self.at = start
        tests = self._tests()
        if self.at < len(self.source):
            self.fail("", "','", Phrase("the end"))
        return tree.Tests(start, tests, negated=False)

    def _negated(self, start: int) -> tree.Tests | None:
        # `not(…)` negates the tests only when it is the whole cell; `not(a) and b` is an expression.
        if not (self.take_word("not") and self.take("(")):
            return None
        tests = self.bracketed(self._tests)
        if self.take(")") and self.at == len(self.source):
            return tree.Tests(start, tests, negated=True)
        return None

    def _tests(self) -> tuple[tree.Node, ...]:
        tests = [self._test()]
        while self.take(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> tree.Node:
        at = self.at
        operator = self.take(*COMPARISONS)
        if operator is None:
            return self.expression()
        self.node()
        return tree.Test(at, operator, self.additive())

    def expression(self) -> tree.Node:
        """A whole expression; `< 10` alone is a range with one end (DMN 1.5, rules 2 and 7)."""
        self.enter()
        at = self.at
        operator = self.take("<=", ">=", "<", ">")
        if operator:
            self.node()
        node = self.operator_range(at, operator, self.additive()) if operator else self._climb(_OR)
        self.leave()
        return node

    def additive(self) -> tree.Node:
        """An expression without comparison or logic outside of brackets."""
        return self._climb(_ADDITIVE)

    def _climb(self, lowest: int) -> tree.Node:
        """Operators of at least this level, the tighter ones inside the looser ones, each from left to right."""
        node = self._operand()
        levels = 0
        while True:
            at = self.at
            operator, level = self._operator(lowest)
            if not operator:
                self.leave(levels)
                return node
            self.node()
            if level == _COMPARISON:  # a chain of these is nested; arithmetic and logic are compiled flat
                self.enter()
                levels += 1
                node = self._compared(at, operator, node)
            elif level < _COMPARISON:
                node = tree.Logic(at, operator, node, self._climb(level + 1))
            else:
                node = tree.Arithmetic(at, operator, node, self._climb(level + 1))

    def _operator(self, lowest: int) -> tuple[str, int]:
        """Take the operator that comes next, if it binds tightly enough."""
        for operator in _SYMBOLS if lowest > _COMPARISON else (*_SYMBOLS, *COMPARISONS):
            if self.sees(operator):
                level = _LEVELS[operator]
                return (self.take(operator) or "", level) if level >= lowest else ("", 0)
        word = self.word() if lowest <= _COMPARISON else ""
        level = _LEVELS.get(word, -1)
        return (self.take_word(word) or "", level) if level >= lowest else ("", 0)

    def _compared(self, at: int, operator: str, node: tree.Node) -> tree.Node:
        if operator == "between":
            low = self.additive()
            self.need_word("and")
            return tree.Between(at, node, low, self.additive())
        if operator == "in":
            return tree.In(at, node, self._in_tests())
        return tree.Comparison(at, operator, node, self.additive())

    def _operand(self) -> tree.Node:
        at = self.at
        if not self.sees("-") or self.sees_number(at + 1):  # the sign belongs to the number (DMN 1.5, rule 35)
            node = self.postfix()
            return self._instance_of_type(node) if self.word() == "instance" else node
        self.take("-")
        self.node()
        self.enter()
        negated = tree.Negate(at, self._operand())
        self.leave()
        return negated

    def _in_tests(self) -> tuple[tree.Node, ...]:
        at = self.at
        operator = self.take(*COMPARISONS)
        if operator:
            return (tree.Test(at, operator, self.additive()),)
        if not self.sees("("):
            return (self.additive(),)
        self.take("(")
        return self.bracketed(self._in_parenthesised, at)

    def _in_parenthesised(self, start: int) -> tuple[tree.Node, ...]:
        tests = [self._test()]
        if self.sees(".."):
            return (self.range_from(start, tests[0], included=False),)
        while not self.take(")"):
            self.need(",", "')'")
            tests.append(self._test())
        return tuple(tests)

    def _instance_of_type(self, node: tree.Node) -> tree.Node:
        at = self.at
        if not self.instance_of(at):
            return node
        self.take_word("instance")
        self.need_word("of")
        self.node()
        self.bare = False
        kind = self.type()
        return tree.InstanceOf(at, node, None if self.bare else kind)

    def statement(self, word: str) -> tree.Node | None:
        """`if`, `for`, `some` and `every`."""
        start = self.at
        if word == "if":
            self.take_word(word)
            return self._if(start)
        if word not in {"for", "some", "every"} or self._known(start):
            return None
        self.take_word(word)
        self._scopes.append(type(self._properties)())
        iterators = self._iterators()
        self.need_word("return" if word == "for" else "satisfies")
        body = self.expression()
        self._scopes.pop()
        if word == "for":
            return tree.For(start, iterators, body)
        return tree.Quantified(start, word == "every", iterators, body)

    def _if(self, start: int) -> tree.Node:
        condition = self.expression()
        self.need_word("then")
        then = self.expression()
        self.need_word("else")
        return tree.If(start, condition, then, self.expression())

    def _iterators(self) -> tuple[tuple[str, tree.Node], ...]:
        iterators: list[tuple[str, tree.Node]] = []
        while True:
            at = self.at
            end = self._words(at)
            if end is None:
                self.fail("", Phrase("the name of a variable"))
            name = " ".join(self.source[at:end].split())
            self.at = end
            self.skip()
            self.need_word("in")
            domain = self.expression()
            low_at = self.at
            if self.take(".."):
                domain = tree.Steps(low_at, domain, self.expression())
            iterators.append((name, domain))
            self._scopes[-1].add(name)
            if not self.take(","):
                return tuple(iterators)
