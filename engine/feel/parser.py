"""Parses FEEL (DMN 1.5, 10.3.1): operators by precedence climbing, `if`, `for`, `some`, `every`, and unary tests."""

from __future__ import annotations

from engine.feel import tree
from engine.feel.parse_primary import COMPARISONS, PrimaryParser

_LEVELS: tuple[tuple[str, ...], ...] = (("+", "-"), ("*", "/"), ("**",))


class Parser(PrimaryParser):
    """The operators, loosest first: or, and, comparison, additive, multiplicative, power, negation, instance of."""

    def whole(self) -> tree.Node:
        """One expression and nothing behind it."""
        node = self.expression()
        if self.at < len(self.source):
            self.fail("", "an operator", "the end")
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
            self.fail("", "','", "the end")
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
        """A whole expression."""
        self.enter()
        node = self._and()
        while True:
            at = self.at
            if not self.take_word("or"):
                break
            self.node()
            node = tree.Logic(at, "or", node, self._and())
        self.leave()
        return node

    def _and(self) -> tree.Node:
        node = self._comparison()
        while True:
            at = self.at
            if not self.take_word("and"):
                return node
            self.node()
            node = tree.Logic(at, "and", node, self._comparison())

    def _comparison(self) -> tree.Node:
        node = self.additive()
        levels = 0
        while True:
            at = self.at
            operator = self.take(*COMPARISONS)
            if operator:
                node = tree.Comparison(at, operator, node, self.additive())
            elif self.take_word("between"):
                low = self.additive()
                self.need_word("and")
                node = tree.Between(at, node, low, self.additive())
            elif self.take_word("in"):
                node = tree.In(at, node, self._in_tests())
            else:
                break
            self.node()
            self.enter()
            levels += 1
        self.leave(levels)
        return node

    def _in_tests(self) -> tuple[tree.Node, ...]:
        at = self.at
        operator = self.take(*COMPARISONS)
        if operator:
            return (tree.Test(at, operator, self.additive()),)
        if not self.sees("("):
            return (self.additive(),)
        self.take("(")
        return self.bracketed(lambda: self._in_parenthesised(at))

    def _in_parenthesised(self, start: int) -> tuple[tree.Node, ...]:
        tests = [self._test()]
        if self.sees(".."):
            return (self.range_from(start, tests[0], included=False),)
        while not self.take(")"):
            self.need(",", "')'")
            tests.append(self._test())
        return tuple(tests)

    def additive(self) -> tree.Node:
        """An expression without comparison or logic outside of brackets."""
        return self._binary(0)

    def _binary(self, level: int) -> tree.Node:
        if level == len(_LEVELS):
            return self._negation()
        node = self._binary(level + 1)
        while True:
            at = self.at
            operator = self._operator(level)
            if operator is None:
                return node
            self.node()
            node = tree.Arithmetic(at, operator, node, self._binary(level + 1))

    def _operator(self, level: int) -> str | None:
        if level == 1 and self.sees("**"):
            return None
        return self.take(*_LEVELS[level])

    def _negation(self) -> tree.Node:
        at = self.at
        if not self.take("-"):
            return self._instance_of_type(self.postfix())
        self.node()
        self.enter()
        node = tree.Negate(at, self._negation())
        self.leave()
        return node

    def _instance_of_type(self, node: tree.Node) -> tree.Node:
        at = self.at
        if not (self.word() == "instance" and self._instance_of(at)):
            return node
        self.take_word("instance")
        self.need_word("of")
        self.node()
        return tree.InstanceOf(at, node, self.type())

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
        iterators = self._iterators(steps=word == "for")
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

    def _iterators(self, *, steps: bool) -> tuple[tuple[str, tree.Node], ...]:
        iterators: list[tuple[str, tree.Node]] = []
        while True:
            at = self.at
            end = self._words(at)
            if end is None:
                self.fail("", "the name of a variable")
            name = " ".join(self.source[at:end].split())
            self.at = end
            self.skip()
            self.need_word("in")
            domain = self.expression()
            low_at = self.at
            if steps and self.take(".."):
                domain = tree.Steps(low_at, domain, self.expression())
            iterators.append((name, domain))
            self._scopes[-1].add(name)
            if not self.take(","):
                return tuple(iterators)
