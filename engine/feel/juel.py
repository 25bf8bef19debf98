"""Parses `${…}` and `#{…}`, the expressions of Camunda 7's models, to the same tree as FEEL.

Operators, `empty`, the ternary, property and index access, and a closed list of methods and of names of `execution` and `task`.
Everything else is refused at its place: nothing here can reach an object of the host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from engine.feel import tree
from engine.feel.errors import one_of
from engine.feel.juel_names import HOST_NAMES, METHODS
from engine.feel.limits import Limits
from engine.feel.scanner import Scanner
from engine.feel.special import TRUTHS
from engine.phrases import Phrase

_CONSTANTS = {"true": True, "false": False, "null": None}
_EQUALITY = {"==": "equals", "!=": "differs", "eq": "equals", "ne": "differs"}
_ORDER = {"<=": "<=", ">=": ">=", "<": "<", ">": ">", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
_CLOCK = {"dateTime": "now"}  # Camunda's name for the present moment
_PRODUCT = {"*": "*", "/": "/", "%": "%", "div": "/", "mod": "%"}
_RESERVED = frozenset({"and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod", "empty", "instanceof"})


_JSON = frozenset({"S", "JSON"})  # Spin's functions that read a JSON text
_NOW = frozenset({"isBeforeNow", "isAfterNow"})
_STEP = re.compile(r"""\.(?P<name>[^\W\d][\w-]*)|\[['"](?P<quoted>[^'"\]]+)['"]\]|\[(?P<index>\d{1,9})\]""")
_PATH = re.compile(rf"\$(?:{re.sub(r'[?]P<[a-z]+>', '?:', _STEP.pattern)})*")


def _calculated(at: int, operator: str, left: tree.Node, right: tree.Node) -> tree.Node:
    return tree.Special(at, operator, (left, right))


class JuelParser(Scanner):
    """Reads one expression, from behind its `${` to its `}`."""

    def __init__(self, source: str, limits: Limits, start: int, functions: Collection[str] = (), *, assigns: bool = False) -> None:
        """`functions` are the host's functions that may be called; `assigns`: the whole may be `execution.setVariable(…)`."""
        super().__init__(source, limits, start)
        self._functions = frozenset(functions)
        self._assigns = assigns

    def whole(self) -> tree.Node:
        """The expression; `at` is then behind the closing brace, blanks included as they stand."""
        node = self._assignment() or self._ternary()
        if not self.sees("}"):
            self.fail("", Phrase("an operator"), "'}'")
        self.at += 1
        return node

    def _assignment(self) -> tree.Node | None:
        """`execution.setVariable(name, value)`, or that of a task, where it may stand and is all that there is."""
        start = self.at
        if not (self._assigns and self.take_word("execution", "task") and self.take(".") and self.take_word("setVariable")):
            self.at = start
            return None
        self.node()
        name, value = self._arguments("setVariable", (2,), start)
        return tree.Assignment(start, name, value)

    def _sign(self, words: Mapping[str, str]) -> str | None:
        word = self.word()
        if word:
            return words[self.take_word(word) or ""] if word in words else None
        sign = self.take(*(sign for sign in words if not sign.isalpha()))
        return words[sign] if sign else None

    def _chain(self, operand: Callable[[], tree.Node], words: Mapping[str, str], make: Callable[..., tree.Node]) -> tree.Node:
        node = operand()
        levels = 0
        while True:
            at = self.at
            operator = self._sign(words)
            if operator is None:
                self.leave(levels)
                return node
            self.node()
            self.enter()
            levels += 1
            node = make(at, operator, node, operand())

    def _ternary(self) -> tree.Node:
        self.enter()
        at = self.at
        node = self._or()
        if self.take("?"):
            self.node()
            then = self._ternary()
            self.need(":")
            node = tree.If(at, self._truth(node), then, self._ternary())
        self.leave()
        return node

    def _truth(self, node: tree.Node) -> tree.Node:
        """An operand of logic: null is false, and the texts `true` and `false` are what they say."""
        if isinstance(node, tree.Logic) or (isinstance(node, tree.Special) and node.name in TRUTHS):
            return node
        return tree.Special(node.at, "truth", (node,))

    def _logic(self, at: int, operator: str, left: tree.Node, right: tree.Node) -> tree.Node:
        return tree.Logic(at, operator, self._truth(left), self._truth(right))

    def _or(self) -> tree.Node:
        return self._chain(self._and, {"||": "or", "or": "or"}, self._logic)

    def _and(self) -> tree.Node:
        return self._chain(self._equality, {"&&": "and", "and": "and"}, self._logic)

    def _equality(self) -> tree.Node:
        return self._chain(self._order, _EQUALITY, lambda at, name, left, right: tree.Special(at, name, (left, right)))

    def _order(self) -> tree.Node:
        return self._chain(self._sum, _ORDER, lambda at, name, left, right: tree.Special(at, name, (left, right)))

    def _sum(self) -> tree.Node:
        return self._chain(self._product, {"+": "+", "-": "-"}, _calculated)

    def _product(self) -> tree.Node:
        return self._chain(self._unary, _PRODUCT, _calculated)

    def _unary(self) -> tree.Node:
        at = self.at
        if not self.sees("!=") and (self.take("!") or self.take_word("not")):
            return self._prefixed(lambda operand: tree.Special(at, "not", (operand,)))
        if self.take("-"):
            return self._prefixed(lambda operand: tree.Special(at, "negative", (operand,)))
        if self.take_word("empty"):
            return self._prefixed(lambda operand: tree.Special(at, "empty", (operand,)))
        return self._value()

    def _prefixed(self, make: Callable[[tree.Node], tree.Node]) -> tree.Node:
        self.node()
        self.enter()
        node = make(self._unary())
        self.leave()
        return node

    def _value(self) -> tree.Node:
        node = self._primary()
        levels = 0
        while self.sees(".") or self.sees("["):
            at = self.at
            self.node()
            self.enter()
            levels += 1
            if self.take("["):
                node = tree.Lookup(at, node, self._ternary())
                self.need("]")
            else:
                self.take(".")
                node = self._member(node, at)
        self.leave(levels)
        return node

    def _member(self, target: tree.Node, at: int) -> tree.Node:
        start = self.at
        name = self._identifier(Phrase("the name of a property"))
        if not self.sees("("):
            return tree.Special(at, "time", (target,)) if name == "time" else tree.Path(at, target, name)
        method, counts = METHODS.get(name, ("", ()))
        if not method:
            self.fail(Phrase("the method '{name}' may not be called", name=name), at=start)
        arguments = self._arguments(name, counts, start)
        if method == "get":
            return tree.Lookup(at, target, arguments[0])
        if method == "jsonPath":
            return self._along(target, arguments[0], start)
        if name in _NOW:
            arguments = (tree.Call(at, tree.Name(at, "now"), ()),)
        return tree.Special(at, method, (target, *arguments))

    def _along(self, target: tree.Node, path: tree.Node, at: int) -> tree.Node:
        """`jsonPath('$.lines[0].price')`: a path to one value, step by step."""
        text = path.value if isinstance(path, tree.Literal) else None
        if not isinstance(text, str) or not _PATH.fullmatch(text):
            self.fail(Phrase("'jsonPath' takes the path to one value, such as '$.lines[0].price'"), at=at)
        for step in _STEP.finditer(text):
            self.node()
            name = step["name"] or step["quoted"]
            target = tree.Special(at, "at" if name is None else "prop", (target, tree.Literal(at, name or Decimal(step["index"]))))
        return target

    def _identifier(self, what: str) -> str:
        word = self.word()
        if not word or word in _RESERVED:
            self.fail("", what)
        if word.startswith("__"):
            self.fail(Phrase("the name '{word}' is not allowed", word=word))
        self.take_word(word)
        return word

    def _arguments(self, name: str, counts: tuple[int, ...], at: int) -> tuple[tree.Node, ...]:
        """What stands in the brackets; `counts` are the numbers of arguments that suit, all where it is empty."""
        self.need("(")
        arguments: list[tree.Node] = []
        while not self.take(")"):
            if arguments:
                self.need(",", "')'")
            arguments.append(self._ternary())
        if counts and len(arguments) not in counts:
            self.fail(Phrase("'{name}' takes {counts} arguments", name=name, counts=one_of(tuple(map(str, counts)))), at=at)
        return tuple(arguments)

    def _primary(self) -> tree.Node:
        self.node()
        start = self.at
        if self.take("("):
            node = self._ternary()
            self.need(")")
            return node
        return self._literal(start) or self._named(start)

    def _literal(self, start: int) -> tree.Node | None:
        if self.sees("'") or self.sees('"'):
            return tree.Literal(start, self.take_string(self.source[start]))
        number = self.take_number()
        if number is not None:
            return tree.Literal(start, number)
        word = self.take_word(*_CONSTANTS)
        return tree.Literal(start, _CONSTANTS[word]) if word else None

    def _named(self, start: int) -> tree.Node:
        name = self._identifier(Phrase("a value"))
        if name in HOST_NAMES:
            return self._host(name, start)
        if not self.sees("("):
            return tree.Name(start, name, strict=True)
        if name in _JSON:
            return tree.Special(start, "json", self._arguments(name, (1,), start))
        name = _CLOCK.get(name, name)
        if name not in self._functions:
            self.fail(Phrase("there is no function '{name}'", name=name), at=start)
        return tree.Call(start, tree.Name(start, name), self._arguments(name, (), start))

    def _host(self, owner: str, start: int) -> tree.Node:
        self.need(".")
        at = self.at
        member = self._identifier(Phrase("a name of '{owner}'", owner=owner))
        if owner == "execution" and member in {"variables", "getVariables"}:
            return self._variable(member, at)
        if not self.sees("("):
            return self._host_name(owner, member, at)
        if member in {"getVariable", "hasVariable"}:
            arguments = self._arguments(member, (1,), at)
            return tree.HostVariable(start, arguments[0], exists=member == "hasVariable")
        if member == "setVariable":
            self.fail(Phrase("'setVariable' may only be the whole expression of a service task or listener"), at=at)
        if not member.startswith("get") or len(member) < len("getX"):
            self.fail(Phrase("'{owner}.{member}()' may not be called", owner=owner, member=member), at=at)
        node = self._host_name(owner, member[3].lower() + member[4:], at)
        self._arguments(member, (0,), at)
        return node

    def _variable(self, member: str, at: int) -> tree.Node:
        """`execution.variables.name`, `execution.getVariables().get('name')`: one of them, never all."""
        if member == "getVariables":
            self._arguments(member, (0,), at)
        if self.take("["):
            node = self._ternary()
            self.need("]")
            return tree.HostVariable(at, node, exists=False)
        self.need(".")
        name = self._identifier(Phrase("the name of a variable"))
        if not self.sees("("):
            return tree.HostVariable(at, tree.Literal(at, name), exists=False)
        if name not in {"get", "containsKey"}:
            self.fail(Phrase("the method '{name}' may not be called", name=name), at=at)
        return tree.HostVariable(at, self._arguments(name, (1,), at)[0], exists=name == "containsKey")

    def _host_name(self, owner: str, member: str, at: int) -> tree.Node:
        if member not in HOST_NAMES[owner]:
            self.fail(Phrase("'{owner}.{member}' is not supported", owner=owner, member=member), at=at)
        return tree.HostName(at, f"{owner}.{member}")
