"""Regular expressions, only through google-re2: the time that they take grows with the text and nothing else.

FEEL's are those of XPath and XML Schema (DMN 1.5, table 77): they are translated to those of re2 here. What re2 cannot do in that time,
back references to groups, has no value; what XPath does not have, such as looking around, neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn, cast

import re2

from engine.feel.errors import FeelNull
from engine.feel.regex_blocks import BLANK, BLOCKS, NAME, NAME_START, Ranges
from engine.feel.values import FeelValue
from engine.phrases import Phrase, recognised

_MAX_PATTERN = 4_096
_LAST = 0x10FFFF
_CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co".split()  # noqa: SIM905
)
_RE2 = (
    Phrase("missing ]: {place}"),
    Phrase("missing ): {place}"),
    Phrase("missing terminating ]: {place}"),
    Phrase("unexpected ): {place}"),
    Phrase("invalid escape sequence: {place}"),
    Phrase("invalid character class range: {place}"),
    Phrase("invalid character class: {place}"),
    Phrase("no argument for repetition operator: {place}"),
    Phrase("missing argument to repetition operator: {place}"),
    Phrase("bad repetition operator: {place}"),
    Phrase("invalid nested repetition operator: {place}"),
    Phrase("invalid repetition size: {place}"),
    Phrase("invalid perl operator: {place}"),
    Phrase("invalid or unsupported Perl syntax: {place}"),
    Phrase("invalid named capture group: {place}"),
    Phrase("trailing \\"),
    Phrase("trailing \\ at end of regexp"),
    Phrase("pattern too large - compile failed"),
)
_CONTROLS = {"n": 0xA, "r": 0xD, "t": 0x9}
_PLAIN_ESCAPES = frozenset("\\|.-^?*+{}()[]$")


@dataclass(frozen=True, slots=True)
class _Item:
    """Some characters: as the inside of a class of re2, and all others likewise."""

    inside: str
    others: str


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> FeelValue:
    """A compiled pattern, kept for the next time. Flags: s, m, i, x and q. Raises `FeelNull` for what is no pattern."""
    if set(flags) - set("smixq"):
        raise FeelNull(Phrase("flags are s, m, i, x and q"))
    if len(pattern) > _MAX_PATTERN:
        raise FeelNull(Phrase("the pattern is too long"))
    translated = cast("str", re2.escape(pattern)) if "q" in flags else _Translator(pattern, flags).whole()
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    options.case_sensitive = "i" not in flags
    options.dot_nl = True
    prefix = "(?m)" if "m" in flags and "q" not in flags else ""
    try:
        return re2.compile(prefix + translated, options)
    except re2.error as error:
        raise FeelNull(Phrase("'{pattern}' is not a pattern: {reason}", pattern=pattern[:40], reason=said_by_re2(error))) from error


def said_by_re2(error: re2.error) -> Phrase:
    """What re2 says is wrong with a pattern."""
    said = error.args[0] if error.args else ""
    return recognised(said.decode(errors="replace") if isinstance(said, bytes) else str(said), _RE2, "“{said}”")


class _Translator:
    """Reads a pattern from left to right and writes that of re2."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._any = "." if "s" in flags else r"[^\n\r]"
        self._spaced = "x" in flags

    def whole(self) -> str:
        """All of it."""
        written: list[str] = []
        while self._at < len(self._pattern):
            sign = self._take()
            if sign == "\\":
                written.append(self._escape())
            elif sign == "[":
                written.append(self._class())
            elif sign == "(" and self._sees("?") and not self._sees("?:"):
                self._refuse("'(?' is only known as '(?:'")
            elif sign == ".":
                written.append(self._any)
            elif not (self._spaced and sign in " \t\n\r"):
                written.append(sign)
        return "".join(written)

    def _take(self) -> str:
        if self._at >= len(self._pattern):
            self._refuse("it ends too early")
        self._at += 1
        return self._pattern[self._at - 1]

    def _sees(self, text: str) -> bool:
        return self._pattern.startswith(text, self._at)

    def _refuse(self, reason: str) -> NoReturn:
        raise FeelNull(Phrase("'{pattern}' is not a pattern: {reason}", pattern=self._pattern[:40], reason=reason))

    def _escape(self) -> str:
        """An escape outside of a class."""
        sign = self._pattern[self._at : self._at + 1]
        if sign.isdigit():
            self._refuse("references to groups are not supported")
        return f"[{self._escaped().inside}]"

    def _escaped(self) -> _Item:
        """The characters that an escape stands for."""
        sign = self._take()
        if sign in _CONTROLS:
            return _ranges(((_CONTROLS[sign], _CONTROLS[sign]),))
        if sign in _PLAIN_ESCAPES:
            return _ranges(((ord(sign), ord(sign)),))
        if sign in "pP":
            item = self._category()
        elif sign.lower() in _CLASSES:
            item = _CLASSES[sign.lower()]
        else:
            self._refuse(f"there is no escape '\\{sign}'")
        return item if sign.islower() else _Item(item.others, item.inside)

    def _category(self) -> _Item:
        end = self._pattern.find("}", self._at)
        if not self._sees("{") or end < 0:
            self._refuse("a category is written as \\p{Lu}")
        name = self._pattern[self._at + 1 : end]
        self._at = end + 1
        if name in _CATEGORIES:
            return _Item(f"\\p{{{name}}}", f"\\P{{{name}}}")
        block = BLOCKS.get(name.removeprefix("Is")) if name.startswith("Is") else None
        if block is None:
            self._refuse(f"there is no category '{name}'")
        return _ranges((block,))

    def _class(self) -> str:
        """A class behind its `[`, with what is subtracted from it."""
        negated = self._sees("^")
        self._at += negated
        items: list[_Item] = []
        while not self._sees("]") or not items:
            if self._sees("-["):
                self._at += 2
                return self._subtracted(items, negated=negated)
            items.append(self._member())
        self._at += 1
        inside = "".join(item.inside for item in items)
        return f"[{'^' if negated else ''}{inside}]"

    def _member(self) -> _Item:
        """One character, range or escape of a class."""
        sign = self._take()
        if sign == "[":
            self._refuse("'[' in a class is written as '\\['")
        if sign == "]":
            self._refuse("a class is empty")
        first = self._escaped() if sign == "\\" else _ranges(((ord(sign), ord(sign)),))
        more = self._pattern[self._at + 1 : self._at + 2]
        if not self._sees("-") or more in {"]", "["} or not more:
            return first
        start = sign if sign != "\\" else self._single(first)
        self._at += 1
        sign = self._take()
        end = self._single(self._escaped()) if sign == "\\" else sign
        if start > end:
            self._refuse("a range ends before it begins")
        return _ranges(((ord(start), ord(end)),))

    def _single(self, item: _Item) -> str:
        """The one character that an escape stands for."""
        if not item.inside.startswith("\\x{") or "-" in item.inside or item.inside.count("\\x") != 1:
            self._refuse("a range begins and ends with a character")
        return chr(int(item.inside[3:-1], 16))

    def _subtracted(self, items: list[_Item], *, negated: bool) -> str:
        """`[a-z-[aeiou]]`: re2 knows only unions and complements, so that each part is written as what is left of all others."""
        inner_negated = self._sees("^")
        self._at += inner_negated
        taken: list[_Item] = []
        while not self._sees("]"):
            if self._sees("-["):
                self._refuse("a class is subtracted from another only once")
            taken.append(self._member())
        self._at += 1
        if self._take() != "]":
            self._refuse("what is subtracted ends the class")
        if not items or not taken:
            self._refuse("a class is empty")
        if negated and not inner_negated:
            return f"[^{''.join(item.inside for item in (*items, *taken))}]"
        if negated:
            self._refuse("a negated class is subtracted from a negated one")
        if inner_negated:
            parts = [f"[^{item.others}{other.others}]" for item in items for other in taken]
        else:
            parts = [f"[^{item.others}{''.join(other.inside for other in taken)}]" for item in items]
        return f"(?:{'|'.join(parts)})"


def _ranges(ranges: Ranges) -> _Item:
    """Characters by their code points, and all others."""
    inside = "".join(_range(first, last) for first, last in ranges)
    others, following = "", 0
    for first, last in sorted(ranges):
        if following < first:
            others += _range(following, first - 1)
        following = max(following, last + 1)
    return _Item(inside, others + (_range(following, _LAST) if following <= _LAST else ""))


def _range(first: int, last: int) -> str:
    return f"\\x{{{first:X}}}" if first == last else f"\\x{{{first:X}}}-\\x{{{last:X}}}"


_CLASSES = {
    "s": _ranges(BLANK),
    "i": _ranges(NAME_START),
    "c": _ranges(NAME),
    "d": _Item(r"\p{Nd}", r"\P{Nd}"),
    "w": _Item(r"\p{L}\p{M}\p{N}\p{S}", r"\p{P}\p{Z}\p{C}"),
}
"""The escapes of XML Schema that stand for several characters; those in capitals stand for all others."""
