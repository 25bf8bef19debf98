"""Parses names: which characters belong to one, with the names in scope and what follows dots (DMN 1.5, 10.3.1.4 and 10.3.1.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from engine.feel.builtins import BUILTINS
from engine.feel.limits import Limits
from engine.feel.names import BLANKS, PARTS, SPACE, STOPS, WORD, NameIndex, normal
from engine.feel.parse_types import TypeParser
from engine.feel.types import FeelType
from engine.phrases import Phrase

T = TypeVar("T")

PROPERTIES = ("time offset", "start included", "end included")
_BUILT_IN = NameIndex(BUILTINS)
_INSTANCE_OF = re.compile(rf"instance[{SPACE}]+of\b")


class NameParser(TypeParser):
    """Knows the names in scope at each place."""

    def __init__(
        self,
        source: str,
        limits: Limits,
        start: int = 0,
        *,
        names: Iterable[str] = (),
        properties: Iterable[str] = (),
        types: Mapping[str, FeelType] | None = None,
    ) -> None:
        """`names` are those in scope at the start, `properties` those that may follow a dot or stand in a filter."""
        super().__init__(source, limits, start, types)
        self._scopes = [_BUILT_IN, NameIndex(names)]
        self._properties = NameIndex([*PROPERTIES, *properties])
        self._in_filter = 0
        self._range_end = False  # a `[` may close the range that is being read

    def bracketed(self, parse: Callable[..., T], *arguments: int) -> T:
        """Parse inside brackets, where an outer range does not end."""
        saved, self._range_end = self._range_end, False
        result = parse(*arguments)
        self._range_end = saved
        return result

    def scoped(self, names: Iterable[str], parse: Callable[[], T]) -> T:
        """Parse where further names are in scope."""
        self._scopes.append(NameIndex(names))
        result = parse()
        self._scopes.pop()
        return result

    def property(self) -> str:
        """The name behind a dot."""
        found = self._properties.longest(self.source, self.at)
        words = self._words(self.at)
        if found is not None and (words is None or found[0] >= words):
            self.at = found[0]
            name = found[1]
        elif words is not None:
            name = normal(self.source[self.at : words])
            self.at = words
        else:
            self.fail("", Phrase("the name of a property"))
        self.skip()
        return name

    def _known(self, at: int) -> tuple[int, str] | None:
        indexes = [*self._scopes, self._properties] if self._in_filter else self._scopes
        found = [known for index in indexes if (known := index.longest(self.source, at)) is not None]
        return max(found, key=lambda known: known[0]) if found else None

    def _words(self, at: int) -> int | None:
        """Where a name of plain words ends."""
        match = WORD.match(self.source, at)
        if match is None or match.group() in STOPS:
            return None
        end = match.end()
        while True:
            blanks = BLANKS.match(self.source, end)
            behind = blanks.end() if blanks else end
            word = PARTS.match(self.source, behind)
            if word is None or behind == end or word.group() in STOPS or self.instance_of(behind):
                return end
            end = word.end()

    def instance_of(self, at: int) -> bool:
        """Whether these two words stand here."""
        return _INSTANCE_OF.match(self.source, at) is not None

    def name(self) -> str:
        """The name that comes next: the longest known one, or all words up to an operator."""
        known = self._known(self.at)
        words = self._words(self.at)
        if known is not None and (words is None or known[0] >= words):
            self.at = known[0]
            name = known[1]
        elif words is not None:
            name = normal(self.source[self.at : words])
            self.at = words
        else:
            self.fail("", Phrase("an expression"))
        self.skip()
        return name
