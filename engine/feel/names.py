"""Names with spaces and signs: which of the known names stands at a place (DMN 1.5, 10.3.1.4 and 10.3.1.6).

`monthly fee - discount` is one name where such a name is in scope, and a subtraction where it is not. Only names of several parts
need to be known for that; a plain word is always a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
SPACE = "\\s\u180e\u200b\u2060\ufeff"

WORD = re.compile(f"[{_START}][{_PART}]*")
"""The first word of a name; grammar rules 27 to 30 without `?`, which is a value in unary tests."""
PARTS = re.compile(f"[{_PART}]+")
"""A further word of a name: it may begin with a digit."""
DECLARED = re.compile(f"[{_START}][{_PART}{SPACE}./'+*-]*")
"""A name that is being declared: its end is told by what follows."""
_TOKENS = re.compile(f"[{_PART}]+|[^{SPACE}]")
BLANKS = re.compile(f"[{SPACE}]*")

KEYWORDS = frozenset(
    {
        "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between",
        "function", "external", "true", "false", "null",
    }
)  # fmt: skip
"""Words that are never a name by themselves. `not`, `instance` and `of` are words like others, unless the grammar wants them."""

STOPS = frozenset({"then", "else", "in", "return", "satisfies", "and", "or", "between"})
"""Words that end a name of several words, because an operator may stand there."""


@lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """The words and signs that a name is made of."""
    return tuple(_TOKENS.findall(name))


def normal(name: str) -> str:
    """A name with its blanks brought into one form: single, and none around the signs that stand without them."""
    return " ".join(name.split())


class NameIndex:
    """The names of several parts, found by their first word."""

    __slots__ = ("_names",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Plain words may be among the names; they are not needed and not kept."""
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one more name."""
        parts = tokens(name)
        if len(parts) > 1:
            self._names.setdefault(parts[0], []).append((parts, name))

    def longest(self, source: str, at: int) -> tuple[int, str] | None:
        """The longest known name at a place: where it ends, and how it was declared."""
        first = PARTS.match(source, at)
        if first is None:
            return None
        found: tuple[int, str] | None = None
        for parts, name in self._names.get(first.group(), ()):
            end = _match(parts, source, first.end())
            if end is not None and (found is None or end > found[0]):
                found = (end, name)
        return found


def _match(parts: tuple[str, ...], source: str, at: int) -> int | None:
    for part in parts[1:]:
        blanks = BLANKS.match(source, at)
        start = blanks.end() if blanks else at
        if not source.startswith(part, start):
            return None
        at = start + len(part)
        word = PARTS.match(source, start)
        if word is not None and word.end() != at:
            return None  # the source has a longer word here
    return at
