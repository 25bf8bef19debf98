"""What compiling or evaluating an expression may raise, and the warnings that an evaluation leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.phrases import Phrase


class FeelError(Exception):
    """An expression cannot be compiled or evaluated."""


class FeelSyntaxError(FeelError):
    """The text is not an expression, or uses what is not there.

    `line` and `column` count from 1, in code points; `expected` lists what could have stood there instead (empty: nothing particular);
    `reason` is the message with these.
    """

    def __init__(self, message: str, *, line: int, column: int, expected: tuple[str, ...] = (), source: str = "") -> None:
        """`message` says what is wrong, without the place."""
        said = _expecting(message, expected)
        super().__init__(Phrase("line {line}, column {column}: {message}", line=line, column=column, message=said))
        self.message = message
        self.reason = said
        self.line = line
        self.column = column
        self.expected = expected
        self.source = source


class FeelEvaluationError(FeelError):
    """The evaluation cannot give a value: unlike a null, this must be seen."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        """`line` and `column` say where in the source; 0 where that is not known."""
        super().__init__(Phrase("line {line}, column {column}: {message}", line=line, column=column, message=message) if line else message)
        self.message = message
        self.line = line
        self.column = column


class UnknownVariable(FeelEvaluationError):
    """A `${…}` expression reads a variable that does not exist."""

    def __init__(self, name: str, *, line: int = 0, column: int = 0) -> None:
        """`name` is the variable."""
        super().__init__(Phrase("unknown variable '{name}'", name=name), line=line, column=column)
        self.name = name


class FeelLimitExceeded(FeelEvaluationError):
    """The evaluation took too many steps, too much time or too much memory.

    `limit` names the field of `Limits` that was hit.
    """

    def __init__(self, limit: str, message: str) -> None:
        """`message` says what was too much."""
        super().__init__(message)
        self.limit = limit


class FeelNull(ValueError):
    """An operation has no value; its reason becomes a warning and the value null. Host functions may raise it too."""


class Unsuited(ValueError):
    """An operation of `${…}` does not suit its values: as in Camunda 7 that is an error there, raised with its place, and never null."""


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """Why something turned to null, and where in the source (from 1)."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """The place and the reason."""
        return Phrase("line {line}, column {column}: {message}", line=self.line, column=self.column, message=self.message)


def _expecting(message: str, expected: tuple[str, ...]) -> str:
    """What is wrong, with what could have stood there instead."""
    if not expected:
        return message
    return Phrase("{message}; expected {expected}", message=message, expected=one_of(expected))


def one_of(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    said, last = words[0], words[-1]
    for word in words[1:-1]:
        said = Phrase("{first}, {second}", first=said, second=word)
    return Phrase("{first} or {second}", first=said, second=last) if len(words) > 1 else said
