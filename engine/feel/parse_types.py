"""Parses types: after `instance of`, and of the parameters of functions (DMN 1.5, 10.3.1.2, rule 52)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel.limits import Limits
from engine.feel.names import STOPS, NameIndex, normal
from engine.feel.scanner import Scanner
from engine.feel.types import (
    ALIASES,
    SIMPLE_TYPES,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    RangeType,
    SimpleType,
)
from engine.phrases import Phrase

_BUILT_IN = NameIndex([*SIMPLE_TYPES, *ALIASES])
_BARE = frozenset({"list", "context", "range", "function"})


class TypeParser(Scanner):
    """The types; `types` are those that the host defines, by name (item definitions)."""

    def __init__(self, source: str, limits: Limits, start: int = 0, types: Mapping[str, FeelType] | None = None) -> None:
        """Ready to read at `start`."""
        super().__init__(source, limits, start)
        self._types = dict(types or {})
        self._type_names = NameIndex(self._types)
        self.bare = False  # a list, context, range or function was named without what it holds

    def type(self) -> FeelType:
        """One type."""
        self.enter()
        start = self.at
        name = self._type_name()
        kind = self._types.get(name) or self._generic(name)
        if kind is None:
            name = ALIASES.get(name, name)
            if name not in SIMPLE_TYPES:
                self.fail(Phrase("there is no type '{name}'", name=name), Phrase("the name of a type"), at=start)
            kind = SimpleType(name)
        self.leave()
        return kind

    def _type_name(self) -> str:
        for index in (self._type_names, _BUILT_IN):
            found = index.longest(self.source, self.at)
            if found is not None:
                self.at = found[0]
                self.skip()
                return normal(found[1])
        word = self.word()
        if not word or word in STOPS:
            self.fail("", Phrase("the name of a type"))
        self.take_word(word)
        while self.sees("."):  # the name of an imported type: `import.type`
            self.take(".")
            part = self.word()
            self.take_word(part)
            word = f"{word}.{part}"
        return word

    def _generic(self, name: str) -> FeelType | None:
        if name not in _BARE:
            return None
        if not self.take("<"):
            self.bare = True
            return SimpleType(name)
        if name == "context":
            return ContextType(self._entry_types())
        if name == "function":
            return self._function_type()
        item = self.type()
        self.need(">")
        return ListType(item) if name == "list" else RangeType(item)

    def _entry_types(self) -> tuple[tuple[str, FeelType], ...]:
        entries: list[tuple[str, FeelType]] = []
        while not self.take(">"):
            if entries:
                self.need(",", "'>'")
            key = self.until(":")
            self.need(":")
            entries.append((key, self.type()))
        return tuple(entries)

    def _function_type(self) -> FeelType:
        parameters: list[FeelType] = []
        while not self.take(">"):
            if parameters:
                self.need(",", "'>'")
            parameters.append(self.type())
        self.need("->")
        return FunctionType(tuple(parameters), self.type())

    def until(self, *ends: str) -> str:
        """A name that is being declared: everything up to one of these signs, in one form."""
        start = self.at
        if not self.word():
            self.fail("", Phrase("a name"))
        while self.at < len(self.source) and not any(self.sees(end) for end in ends):
            if self.source[self.at] in '"(){}[]<>=,;@':
                self.fail("", *(f"'{end}'" for end in ends))
            self.at += 1
        name = normal(self.source[start : self.at])
        self.skip()
        return name
