"""One evaluation: what it may read, what it has cost so far, what it has warned of.

A compiled part of an expression is a closure that takes a frame. A frame is `(value, outer frame, evaluation)`: each variable
that the expression itself defines has a frame of its own, the outermost frame holds the variables of the host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.feel.errors import FeelEvaluationError, FeelLimitExceeded, FeelWarning
from engine.feel.limits import DEFAULT_LIMITS, Limits
from engine.feel.values import FeelValue, to_feel
from engine.phrases import Phrase

Place: TypeAlias = tuple[int, int]
"""Line and column, from 1."""

Frame: TypeAlias = tuple[FeelValue, "Frame | None", "Evaluation"]
Run: TypeAlias = Callable[[Frame], FeelValue]
"""A compiled part: from a frame to its value."""

MISSING = object()
_NOTHING: Mapping[str, object] = {}
_CLOCK_EVERY = 512  # steps between two looks at the clock


@dataclass(slots=True)
class Environment:
    """What the host gives to an evaluation, and what it gets back.

    `functions` are host functions by name (`now`, `working time`): called with FEEL values, they return one or raise `FeelNull`.
    `host` are the read-only names of `${…}`: `execution.processBusinessKey`, `task.assignee`, …
    `warnings` fills up with the reasons why something turned to null. `stopwatch` tells seconds, from anywhere.
    An environment belongs to one thread at a time; compiled expressions are free of it.
    """

    functions: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    limits: Limits = DEFAULT_LIMITS
    warnings: list[FeelWarning] = field(default_factory=list)
    host: Mapping[str, object] = field(default_factory=dict)
    stopwatch: Callable[[], float] = time.perf_counter
    assign: Callable[[str, FeelValue], None] | None = None  # for `execution.setVariable`, where a model may set variables


class Variables:
    """The host's variables, each converted once, and layers of FEEL values above them."""

    __slots__ = ("_known", "_outer", "_source")

    def __init__(self, source: Mapping[str, object]) -> None:
        """`source` may be lazy: only what is read is asked for."""
        self._source = source
        self._known: dict[str, FeelValue] = {}
        self._outer: Variables | None = None

    def layer(self, values: dict[str, FeelValue]) -> Variables:
        """These variables with others in front of them. The dict may still grow; its values are FEEL's already."""
        layer = Variables(_NOTHING)
        layer._known = values
        layer._outer = self
        return layer

    def get(self, name: str) -> FeelValue:
        """The value, or `MISSING`."""
        value = self._known.get(name, MISSING)
        if value is MISSING:
            if self._outer is not None:
                return self._outer.get(name)
            if name in self._source:
                value = self._known[name] = to_feel(self._source[name], name)
        return value


class Evaluation:
    """The account of one evaluation: steps, time, depth of calls, warnings."""

    __slots__ = ("_checkpoint", "_first", "_started", "_steps", "depth", "environment", "limits")

    def __init__(self, environment: Environment) -> None:
        """Nothing is spent yet; the clock is not read before the first checkpoint."""
        self.environment = environment
        self.limits = environment.limits
        self.depth = 0
        self._steps = 0
        self._started: float | None = None
        self._first = self._checkpoint = min(_CLOCK_EVERY, self.limits.steps + 1)

    @property
    def steps(self) -> int:
        """How many steps were spent."""
        return self._steps

    def renew(self, steps: int) -> None:
        """Begin a new account for something of its own: the cells of a table are not limited together."""
        self._steps = steps
        self._started = None
        self._checkpoint = self._first

    def charge(self, steps: int) -> None:
        """Spend steps; looks at the limits now and then."""
        self._steps += steps
        if self._steps >= self._checkpoint:
            self._check()

    def _check(self) -> None:
        if self._steps > self.limits.steps:
            raise FeelLimitExceeded("steps", Phrase("the expression takes more than {steps} steps", steps=self.limits.steps))
        now = self.environment.stopwatch()
        if self._started is None:
            self._started = now
        elif (now - self._started) * 1000 > self.limits.milliseconds:
            raise FeelLimitExceeded(
                "milliseconds", Phrase("the expression takes longer than {milliseconds} ms", milliseconds=f"{self.limits.milliseconds:g}")
            )
        self._checkpoint = min(self._steps + _CLOCK_EVERY, self.limits.steps + 1)

    def text(self, value: str) -> str:
        """Let a new string through, if it is not too long; long ones cost steps, for their memory."""
        length = len(value)
        if length > 1000:  # noqa: PLR2004 - the price of a step, see Limits.steps
            if length > self.limits.string_length:
                raise FeelLimitExceeded(
                    "string_length", Phrase("a string is longer than {string_length} characters", string_length=self.limits.string_length)
                )
            self.charge(length // 1000)
        return value

    def items(self, value: list[FeelValue]) -> list[FeelValue]:
        """Let a new list through, if it is not too long; its items cost steps."""
        self.room(len(value))
        self.charge(len(value))
        return value

    def room(self, count: int) -> None:
        """Refuse a list of so many items, if that is too many."""
        if count > self.limits.list_items:
            raise FeelLimitExceeded("list_items", Phrase("a list has more than {list_items} items", list_items=self.limits.list_items))

    @property
    def notes(self) -> bool:
        """Whether one more warning is kept: what can happen in each item of a list asks before it makes its words."""
        return len(self.environment.warnings) < self.limits.warnings

    def warn(self, place: Place, message: str) -> FeelValue:
        """Note why something turned to null, and return that null."""
        if self.notes:
            self.environment.warnings.append(FeelWarning(place[0], place[1], message))
        return None

    def host_function(self, name: str, place: Place) -> Callable[..., object]:
        """The function that the host gives by this name."""
        function = self.environment.functions.get(name)
        if function is None:
            raise FeelEvaluationError(Phrase("there is no function '{name}' here", name=name), line=place[0], column=place[1])
        return function

    def deeper(self, levels: int) -> None:
        """Enter a function's body; the caller takes the levels off again."""
        self.depth += levels
        if self.depth > self.limits.call_depth:
            raise FeelLimitExceeded("call_depth", Phrase("functions call each other too deeply"))
