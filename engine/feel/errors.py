"""What compiling or evaluating an expression may raise, and the warnings that an evaluation leaves behind."""

from __future__ import annotations

from dataclasses import dataclass


class FeelError(Exception):
    """An expression cannot be compiled or evaluated."""


class FeelSyntaxError(FeelError):
    """The text is not an expression, or uses what is not there.

    `line` and `column` count from 1, in code points; `expected` lists what could have stood there instead (empty: nothing particular).
    """

    def __init__(self, message: str, *, line: int, column: int, expected: tuple[str, ...] = (), source: str = "") -> None:
        """`message` says what is wrong, without the place."""
        wanted = f"; expected {_one_of(expected)}" if expected else ""
        super().__init__(f"line {line}, column {column}: {message}{wanted}")
        self.message = message
        self.line = line
        self.column = column
        self.expected = expected
        self.source = source


class FeelEvaluationError(FeelError):
    """The evaluation cannot give a value: unlike a null, this must be seen."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        """`line` and `column` say where in the source; 0 where that is not known."""
        super().__init__(f"line {line}, column {column}: {message}" if line else message)
        self.message = message
        self.line = line
        self.column = column


class UnknownVariable(FeelEvaluationError):
    """A `${…}` expression reads a variable that does not exist."""

    def __init__(self, name: str, *, line: int = 0, column: int = 0) -> None:
        """`name` is the variable."""
        super().__init__(f"unknown variable '{name}'", line=line, column=column)
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


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """Why something turned to null, and where in the source (from 1)."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """The place and the reason."""
        return f"line {self.line}, column {self.column}: {self.message}"


def _one_of(words: tuple[str, ...]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} or {words[-1]}"
