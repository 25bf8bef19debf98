"""Reads one source from left to right: blanks, words, signs, numbers and strings, each at its exact place."""

from __future__ import annotations

import re
from typing import NoReturn

from engine.feel.errors import FeelSyntaxError
from engine.feel.limits import Limits
from engine.feel.names import PARTS, SPACE, WORD
from engine.feel.runtime import Place
from engine.feel.values import FeelValue, new_number
from engine.phrases import Phrase

_BLANKS = re.compile(rf"(?:[{SPACE}]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"(?:[0-9]+(?:\.(?!\.)[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPE = re.compile(r"\\(?:(u[0-9A-Fa-f]{4})|(U[0-9A-Fa-f]{6})|([\s\S]))")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_MAX_EXPONENT_DIGITS = 40


class Scanner:
    """A position in a source. `at` is always behind any blanks that were skipped."""

    def __init__(self, source: str, limits: Limits, start: int = 0) -> None:
        """Refuses a source that is too long."""
        self.source = source
        self.at = start
        self.limits = limits
        self._nodes = 0
        self._depth = 0
        if len(source.encode("utf-8", "surrogatepass")) > limits.source_bytes:
            self.fail(Phrase("the expression is longer than {source_bytes} bytes", source_bytes=limits.source_bytes), at=start)
        self.skip()

    def place(self, at: int) -> Place:
        """Line and column of an offset."""
        line = self.source.count("\n", 0, at) + 1
        return line, at - (self.source.rfind("\n", 0, at) + 1) + 1

    def fail(self, message: str = "", *expected: str, at: int | None = None) -> NoReturn:
        """Refuse the source at a place; without a message, name what was found there."""
        offset = self.at if at is None else at
        line, column = self.place(offset)
        raise FeelSyntaxError(
            message or Phrase("unexpected {found}", found=self._found(offset)),
            line=line,
            column=column,
            expected=expected,
            source=self.source,
        )

    def _found(self, at: int) -> str:
        if at >= len(self.source):
            return Phrase("end of the expression")
        word = PARTS.match(self.source, at)
        return f"'{word.group()[:40]}'" if word else f"'{self.source[at]}'"

    def node(self) -> None:
        """Count one part of the tree."""
        self._nodes += 1
        if self._nodes > self.limits.nodes:
            self.fail(Phrase("the expression has more than {nodes} parts", nodes=self.limits.nodes))

    @property
    def nodes(self) -> int:
        """How many parts the tree has so far."""
        return self._nodes

    def enter(self, levels: int = 1) -> None:
        """Go a level deeper; `leave` takes it back."""
        self._depth += levels
        if self._depth > self.limits.depth:
            self.fail(Phrase("the expression is nested deeper than {depth} levels", depth=self.limits.depth))

    def leave(self, levels: int = 1) -> None:
        """Come back from deeper levels."""
        self._depth -= levels

    def skip(self) -> None:
        """Pass blanks and comments."""
        match = _BLANKS.match(self.source, self.at)
        self.at = match.end() if match else self.at
        if self.source.startswith("/*", self.at):
            self.fail(Phrase("the comment is not closed"), "'*/'")

    def sees(self, sign: str) -> bool:
        """Whether this sign comes next."""
        return self.source.startswith(sign, self.at)

    def take(self, *signs: str) -> str | None:
        """Take the first of these signs that comes next."""
        for sign in signs:
            if self.source.startswith(sign, self.at):
                self.at += len(sign)
                self.skip()
                return sign
        return None

    def need(self, sign: str, *also: str) -> None:
        """Take this sign, or refuse the source; `also` is what else could have come."""
        if not self.take(sign):
            self.fail("", f"'{sign}'", *also)

    def word(self) -> str:
        """The word that comes next, not taken; empty if there is none."""
        match = WORD.match(self.source, self.at)
        return match.group() if match else ""

    def take_word(self, *words: str) -> str | None:
        """Take the next word if it is one of these."""
        word = self.word()
        if word in words:
            self.at += len(word)
            self.skip()
            return word
        return None

    def need_word(self, word: str) -> None:
        """Take this word, or refuse the source."""
        if not self.take_word(word):
            self.fail("", f"'{word}'")

    def sees_number(self, at: int) -> bool:
        """Whether a number without a sign stands there."""
        return _NUMBER.match(self.source, at) is not None

    def take_number(self) -> FeelValue | None:
        """Take a number, if one comes next."""
        match = _NUMBER.match(self.source, self.at)
        if match is None:
            return None
        text = match.group()
        exponent = re.split("[eE]", text)[1:]
        if exponent and len(exponent[0]) > _MAX_EXPONENT_DIGITS:
            self.fail(Phrase("the number is too large"))
        try:
            number = new_number(text)
        except ArithmeticError:
            self.fail(Phrase("the number is too large"))
        self.at = match.end()
        self.skip()
        return number

    def take_string(self, quote: str = '"') -> str:
        """Take the string whose opening quote comes next."""
        start = self.at
        at = start + 1
        source = self.source
        while at < len(source) and source[at] != quote:
            at += 2 if source[at] == "\\" else 1
        if at >= len(source):
            self.fail(Phrase("the string is not closed"), f"'{quote}'", at=start)
        text = source[start + 1 : at]
        self.at = at + 1
        self.skip()
        return self._unescaped(text, start + 1) if "\\" in text else text

    def _unescaped(self, text: str, start: int) -> str:
        def character(match: re.Match[str]) -> str:
            if match[1] or match[2]:
                code = int((match[1] or match[2])[1:], 16)
                if code > 0x10FFFF:  # noqa: PLR2004 - the last code point
                    self.fail(Phrase("there is no such character"), at=start + match.start())
                return chr(code)
            # An unknown escape stays as it stands: "\s" in a regular expression.
            return _SIMPLE.get(match[3], "\\" + match[3])

        result = _ESCAPE.sub(character, text)
        result = _SURROGATES.sub(lambda m: m.group().encode("utf-16", "surrogatepass").decode("utf-16"), result)
        if _LONE.search(result):
            self.fail(Phrase("half a character (a lone surrogate)"), at=start)
        return result
