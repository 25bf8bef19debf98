"""Expressions by chance that know their types: mostly valid, sometimes odd. The same seed gives the same expressions."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

VARIABLES: Mapping[str, object] = {
    "n": 7,
    "half": 0.5,
    "s": "abc",
    "unit price": 12,
    "金额": 250,
    "paid": True,
    "nothing": None,
    "prices": [3, 1, 2],
    "items": [{"a": 1, "b": "x"}, {"a": 5, "b": "y"}],
}
"""The context of every expression."""

_NAMED = {
    "number": ["n", "half", "unit price", "金额"], "string": ["s"], "boolean": ["paid"], "numbers": ["prices"], "contexts": ["items"],
    "any": ["nothing", "n", "s"],
}  # fmt: skip

_LITERALS: Mapping[str, list[str]] = {
    "number": ["0", "1", "2", "3", "5", "10", "100", "-1", "-3", "0.5", "2.25", "-7.75", "1e3", ".5"],
    "small": ["0", "1", "2", "3", "-2", "0.5"],
    "exponent": ["0", "1", "2", "3", "-1", "-2"],
    "index": ["0", "1", "2", "3", "-1", "-2", "4"],
    "scale": ["0", "1", "2", "-1"],
    "digits": ['"1"', '"1000.5"', '"-3"', '"1 000"', '"x"', '""'],
    "boolean": ["true", "false"],
    "string": ['""', '"a"', '"b"', '"abc"', '"foobar"', '"ab ab"', '"中文"', r'"\U01F40E!"', '"a;b;c"'],
    "pattern": ['"a"', '"[a-c]+"', '"b*"', '";"', r'"\\s"', '"^a"', '"(a)(b)"', '"["', '"."'],
    "numbers": ["[]", "[1, 2, 3]", "[3, 1, 2, 1]", "[0.5, -1]", "[1, null]"],
    "strings": ["[]", '["a", "b"]', '["x", null, "y"]', '["b", "a", "c"]'],
    "booleans": ["[]", "[true, false]", "[true, null]", "[false, null]"],
    "date": ['@"2020-02-29"', '@"2019-12-31"', '@"2021-01-15"', 'date("2020-06-30")', "date(2024, 3, 31)"],
    "time": ['@"10:00:00"', '@"23:59:30"', '@"10:00:00Z"', '@"12:00:00+02:00"', 'time("08:30:00")'],
    "moment": ['@"2020-02-29T10:00:00"', '@"2021-03-28T01:30:00"', '@"2020-01-01T00:00:00Z"', '@"2020-01-01T02:00:00+02:00"'],
    "days": ['@"P1D"', '@"PT36H"', '@"-PT90M"', '@"P2DT3H4M5S"', 'duration("PT0S")'],
    "months": ['@"P1Y"', '@"P14M"', '@"-P1M"', '@"P2Y3M"', 'duration("P0M")'],
    "range": ["[1..5]", "(1..5)", "[3..8)", "(0..3]", "(< 3)", "(>= 5)", "[5..5]"],
    "context": ['{a: 1, b: "x"}', '{a: 5, b: "y", c: {d: 1}}', "{}", '{b: "z"}'],
    "contexts": ["[]", '[{a: 1, b: "x"}, {a: 2, b: "y"}]', '[{a: 3}, {b: "q"}]'],
}  # fmt: skip

_ANY = ["number", "string", "boolean", "numbers", "strings", "date", "time", "moment", "days", "months", "range", "context", "contexts"]
_GROUPS = {"list": ["numbers", "strings", "contexts", "booleans"]}
_PART = re.compile("‹([^›|]+)(?:\\|([^›]+))?›")


@dataclass(frozen=True)
class Expression:
    """A generated expression: its text with a place `‹›` for each part. `bound`: it uses variables of what stands around it."""

    form: str
    parts: tuple[Expression, ...]
    bound: frozenset[str]
    in_brackets: bool = False

    @property
    def text(self) -> str:
        """The text of the whole."""
        text = self.with_parts([part.text for part in self.parts])
        return f"({text})" if self.in_brackets else text

    def given(self, values: Mapping[str, str]) -> Expression:
        """The same expression with literals in the places of variables."""
        if not self.parts:
            return Expression(values[self.form], (), frozenset()) if self.bound & values.keys() else self
        return Expression(self.form, tuple(part.given(values) for part in self.parts), self.bound - values.keys(), self.in_brackets)

    def with_parts(self, texts: list[str]) -> str:
        """The text with others in the places of the parts."""
        pieces = self.form.split("‹›")
        return pieces[0] + "".join(text + piece for text, piece in zip(texts, pieces[1:], strict=True))


def _read_operations() -> dict[str, list[str]]:
    operations: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "operations.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, form = line.split(": ", 1)
            operations.setdefault(kind, []).append(form)
    return operations


OPERATIONS = _read_operations()
"""By the type of their value, the forms of expressions."""


TESTED: Mapping[str, list[object]] = {
    "number tests": [0, 1, 2, 3.5, -1, 7, 100, None],
    "string tests": ["", "a", "abc", "foobar", "中文", None],
}
"""The kinds of unary tests, and the values that they test."""


class Generator:
    """Makes expressions; all chance comes from the seed."""

    def __init__(self, seed: int) -> None:
        """The same seed gives the same expressions."""
        self._chance = random.Random(seed)

    def expressions(self, count: int) -> Iterator[Expression]:
        """So many expressions of all types."""
        kinds = [kind for kind in OPERATIONS if kind not in TESTED]
        for _ in range(count):
            yield self._expression(self._chance.choice([*kinds, "any"]), self._chance.randint(1, 4), {})

    def tests(self, count: int) -> Iterator[tuple[object, Expression]]:
        """So many unary tests, each with a value to be tested."""
        for _ in range(count):
            kind = self._chance.choice(list(TESTED))
            yield self._chance.choice(TESTED[kind]), self._expression(kind, self._chance.randint(2, 3), {})

    def _expression(self, kind: str, depth: int, scope: Mapping[str, str]) -> Expression:
        chance = self._chance
        if kind not in TESTED and chance.random() < 0.03:  # something of another type, or nothing
            kind = chance.choice(_ANY)
        if kind in _GROUPS:
            kind = chance.choice(_GROUPS[kind])
        if kind == "any" and (depth <= 0 or chance.random() < 0.5):
            kind = chance.choice(_ANY)
        if depth <= 0 or kind not in OPERATIONS or (kind not in TESTED and chance.random() < 0.15):
            return self._leaf(kind, scope)
        form = chance.choice(OPERATIONS[kind])
        parts = [self._part(match[1], match[2], depth, scope) for match in _PART.finditer(form)]
        own = {name for match in _PART.finditer(form) for name, _ in _variables(match[2])}
        return Expression(_PART.sub("‹›", form), tuple(parts), frozenset[str]().union(*(part.bound for part in parts)) - own)

    def _part(self, kind: str, variables: str | None, depth: int, scope: Mapping[str, str]) -> Expression:
        if kind in TESTED and depth <= 1:
            kind = kind.removesuffix(" tests")
        part = self._expression(kind, depth - 1, {**scope, **dict(_variables(variables))})
        if not part.parts or kind in TESTED or self._chance.random() < 0.1:
            return part
        return Expression(part.form, part.parts, part.bound, in_brackets=True)

    def _leaf(self, kind: str, scope: Mapping[str, str]) -> Expression:
        chance = self._chance
        if chance.random() < 0.04:
            return Expression("null", (), frozenset())
        inner = [name for name, its in scope.items() if kind in {its, "any"}]
        if inner and chance.random() < 0.7:
            name = chance.choice(inner)
            return Expression(name, (), frozenset({name}))
        outer = _NAMED.get(kind, [])
        if outer and chance.random() < 0.2:
            return Expression(chance.choice(outer), (), frozenset())
        literals = _LITERALS.get(kind) or _LITERALS[chance.choice(_ANY)]
        return Expression(chance.choice(literals), (), frozenset())


def _variables(text: str | None) -> list[tuple[str, str]]:
    return [(name, kind) for name, _, kind in (one.partition(":") for one in (text or "").split(",") if one)]
