"""A hand-made case: a model, what is done, and what must be open after each thing that is done."""

from __future__ import annotations

from dataclasses import dataclass

from tests.tokens.plain import START_VALUES, Values

FAULT = "fault"
ENDED = "ended"


@dataclass(frozen=True)
class Step:
    """`what` is start, complete, throw, message, signal, timer or cancel.

    `waits` are the open subscriptions, None where they are left out.
    """

    what: str
    element: str
    code: str
    values: Values
    open: list[str]
    waits: list[str] | None


@dataclass(frozen=True)
class Case:
    """`sentence` is what the case shows; `section` where the standard says it, or `engine` for what we decided ourselves."""

    sentence: str
    section: str
    model: str
    steps: str

    def parsed(self) -> list[Step]:
        """The steps: `complete a pick=1 b1 !b2: b c | m` completes a with these values; then b and c are open and m is awaited."""
        return [_step(line) for line in self.steps.strip().splitlines()]


def _step(line: str) -> Step:
    done, _, after = line.strip().partition(":")
    what, *words = done.split()
    values = {name: value for word in words if (pair := _value(word)) for name, value in [pair]}
    names = [word for word in words if not _value(word)]
    opened, bar, awaited = after.partition("|")
    element, code = [*names, "", ""][:2]
    return Step(what, element, code, values, sorted(opened.split()), sorted(awaited.split()) if bar else None)


def _value(word: str) -> tuple[str, int | bool] | None:
    """`pick=1`, `b1` or `!b1`."""
    name, equals, number = word.partition("=")
    if equals:
        return name, int(number)
    return (word.removeprefix("!"), not word.startswith("!")) if word.removeprefix("!") in START_VALUES else None
