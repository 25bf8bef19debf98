"""Evaluates what a model writes: texts, templates, expressions, conditions, with the functions that the engine adds to FEEL.

An expression that cannot be evaluated is a fault of the model: it says element, line and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from engine.bpmn.model import EventDefinition, Text, TimerKind
from engine.errors import ModelFault
from engine.feel import (
    Environment,
    Expression,
    FeelError,
    FeelSyntaxError,
    YearsMonthsDuration,
    compile_condition,
    compile_expression,
    compile_text,
)
from engine.feel import Text as FeelText
from engine.feel.temporal import parse_literal
from engine.organisation.directory import Directory
from engine.work.calendar import WorkingCalendar
from engine.work.durations import working_time_function

HOST_FUNCTIONS = ("now", "today", "working time", "department of", "head of", "superior of")
"""The functions that the engine adds to FEEL; expressions are compiled with these names."""


@lru_cache(maxsize=20_000)
def _text(source: str) -> FeelText:
    return compile_text(source, functions=HOST_FUNCTIONS)


@lru_cache(maxsize=20_000)
def _condition(source: str) -> Expression:
    return compile_condition(source, functions=HOST_FUNCTIONS)


@lru_cache(maxsize=20_000)
def _expression(source: str) -> Expression:
    return compile_expression(source, functions=HOST_FUNCTIONS)


class Expressions:
    """The evaluator of one step: its moment, the organisation and the calendar do not change within it."""

    def __init__(self, at: datetime, directory: Directory, calendar: WorkingCalendar) -> None:
        """`at` is what `now()` tells."""
        self.at = at
        self._calendar = calendar
        self._functions: dict[str, Callable[..., object]] = {
            "now": lambda: calendar.local(at),
            "today": lambda: calendar.local(at).date(),
            "working time": working_time_function(calendar),
            "department of": lambda person: directory.department_of(str(person)),
            "head of": lambda department: directory.head_of(str(department)),
            "superior of": lambda person: directory.superior_of(str(person)),
        }

    def text(self, text: Text, element: str, variables: Mapping[str, object], host: Mapping[str, object] | None = None) -> object:
        """The value of a text: a literal, a FEEL expression or a template."""
        try:
            return _text(text.source).evaluate(variables, self._environment(host))
        except FeelError as error:
            raise _fault(error, element, text) from error

    def string(self, text: Text, element: str, variables: Mapping[str, object]) -> str:
        """The value of a text as a string; null is empty."""
        value = self.text(text, element, variables)
        return "" if value is None else str(value)

    def condition(self, text: Text, element: str, variables: Mapping[str, object]) -> bool:
        """Whether a condition is true; null is not."""
        try:
            return _condition(text.source).evaluate(variables, self._environment(None)) is True
        except FeelError as error:
            raise _fault(error, element, text) from error

    def feel(self, text: Text, element: str, variables: Mapping[str, object]) -> object:
        """The value of a FEEL expression that is written without the leading `=` (subject of a case, …)."""
        try:
            return _expression(text.source.removeprefix("=")).evaluate(variables, self._environment(None))
        except FeelError as error:
            raise _fault(error, element, text) from error

    def due(self, event: EventDefinition, element: str, variables: Mapping[str, object]) -> datetime:
        """The moment of a timer, counted from now; in UTC."""
        text = event.timer_text
        if text is None:
            raise ModelFault("the timer has no time", element=element)
        value = self.text(text, element, variables)
        try:
            return self.moment(value, event.timer)
        except (ValueError, OverflowError) as error:
            raise ModelFault(
                f"{text.source!r} gives {value!r}, which is not a moment or duration", element=element, line=text.line
            ) from error

    def moment(self, value: object, timer: TimerKind | None = TimerKind.DATE) -> datetime:
        """A date, date-time, duration or the text of one, as a moment in UTC. Raises `ValueError` for anything else."""
        if isinstance(value, str):
            value = parse_literal(value.strip())
        if isinstance(value, datetime):
            return (value if value.tzinfo else self._calendar.local(value)).astimezone(UTC)
        if isinstance(value, date):
            return self._calendar.local(datetime.combine(value, time.min)).astimezone(UTC)
        if isinstance(value, timedelta):
            return self.at + value
        if isinstance(value, YearsMonthsDuration):
            return self._calendar.local(self.at + _months(value, self.at)).astimezone(UTC)
        raise ValueError(f"{value!r} is not a moment ({timer})")

    def environment(self, host: Mapping[str, object] | None = None) -> Environment:
        """What an evaluation elsewhere (a decision table) gets from the engine."""
        return self._environment(host)

    def _environment(self, host: Mapping[str, object] | None) -> Environment:
        return Environment(functions=self._functions, host=host or {})


def _months(duration: YearsMonthsDuration, at: datetime) -> timedelta:
    """How long so many months are, counted from `at`; the day is held within the month."""
    month = at.year * 12 + at.month - 1 + duration.months
    year, month = divmod(month, 12)
    for day in range(at.day, 0, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day) - at
        except ValueError:
            continue
    raise ValueError(f"{duration} is too long")


def _fault(error: FeelError, element: str, text: Text) -> ModelFault:
    """The fault of a model, with the place of the expression in the file."""
    line = text.line + (error.line - 1 if isinstance(error, FeelSyntaxError) else 0)
    return ModelFault(f"{text.source!r}: {error}", element=element, line=line)
