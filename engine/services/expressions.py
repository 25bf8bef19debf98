"""Evaluates what a model writes: texts, templates, expressions, conditions, with the functions that the engine adds to FEEL.

An expression that cannot be evaluated is a fault of the model: it says element, line and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from engine.bpmn.checks import ENGINE_FUNCTIONS
from engine.bpmn.cycles import read_cron, read_repeat
from engine.bpmn.model import EventDefinition, Text, TimerKind
from engine.errors import ModelFault
from engine.feel import (
    Environment,
    Expression,
    FeelError,
    FeelEvaluationError,
    FeelNull,
    FeelSyntaxError,
    FeelWarning,
    YearsMonthsDuration,
    brief,
    compile_condition,
    compile_expression,
    compile_text,
)
from engine.feel import Text as FeelText
from engine.feel.temporal import parse_literal
from engine.organisation.directory import Directory
from engine.phrases import Phrase, in_a_row
from engine.tokens import ENDLESS
from engine.work.calendar import WorkingCalendar
from engine.work.durations import working_time_function

MOST_REASONS = 3
"""That a fault names of an expression that turned to null; the others mostly follow from the first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression is evaluated: for which element, with which variables.

    `names` are variables whose names FEEL would otherwise read as operators (`re-check_outcome`); `host` are Camunda's read-only names.
    """

    element: str
    variables: Mapping[str, object]
    names: tuple[str, ...] = ()
    host: Mapping[str, object] = field(default_factory=dict)


@lru_cache(maxsize=20_000)
def _text(source: str, names: tuple[str, ...]) -> FeelText:
    return compile_text(source, names, functions=ENGINE_FUNCTIONS)


@lru_cache(maxsize=20_000)
def _action(source: str, names: tuple[str, ...]) -> FeelText:
    return compile_text(source, names, functions=ENGINE_FUNCTIONS, assigns=True)


@lru_cache(maxsize=20_000)
def _condition(source: str, names: tuple[str, ...]) -> Expression:
    return compile_condition(source, names, functions=ENGINE_FUNCTIONS)


@lru_cache(maxsize=20_000)
def _expression(source: str, names: tuple[str, ...]) -> Expression:
    return compile_expression(source, names, functions=ENGINE_FUNCTIONS)


class Expressions:
    """The evaluator of one step: its moment, the organisation and the calendar do not change within it."""

    def __init__(self, at: datetime, directory: Directory, calendar: WorkingCalendar) -> None:
        """`at` is what `now()` tells."""
        self.at = at
        self._why: tuple[FeelWarning, ...] = ()  # why the evaluation before came to null
        self._calendar, self._directory = calendar, directory
        self._functions: dict[str, Callable[..., object]] = {
            "now": lambda: calendar.local(at),
            "today": lambda: calendar.local(at).date(),
            "working time": working_time_function(calendar),
            "department of": lambda person: directory.department_of(str(person)),
            "head of": lambda department: directory.head_of(str(department)),
            "superior of": lambda person: directory.superior_of(str(person)),
        }

    def counted_from(self, at: datetime) -> Expressions:
        """The same evaluator at another moment."""
        return Expressions(at, self._directory, self._calendar)

    def text(self, text: Text, place: Place) -> object:
        """The value of a text: a literal, a FEEL expression or a template."""
        environment = self.environment(place.host)
        try:
            value = _text(text.source, place.names).evaluate(place.variables, environment)
        except FeelError as error:
            raise _fault(error, place.element, text) from error
        self._why = tuple(environment.warnings) if value is None else ()
        return value

    def perform(self, text: Text, place: Place, assign: Callable[[str, object], None]) -> object:
        """The value of a text that may be `${execution.setVariable(name, value)}`: `assign` then gets name and value."""
        environment = self.environment(place.host)
        environment.assign = assign
        try:
            return _action(text.source, place.names).evaluate(place.variables, environment)
        except FeelError as error:
            raise _fault(error, place.element, text) from error

    def string(self, text: Text, place: Place) -> str:
        """The value of a text as a string; null is empty."""
        value = self.text(text, place)
        return "" if value is None else str(value)

    def condition(self, text: Text, place: Place, *, strictly: bool = True) -> bool:
        """Whether a condition is true. FEEL that is not true is false; `${…}` must be one or the other, if `strictly`, as in Camunda 7."""
        environment = self.environment(place.host)
        try:
            value = _condition(text.source, place.names).evaluate(place.variables, environment)
        except FeelError as error:
            raise _fault(error, place.element, text) from error
        self._why = tuple(environment.warnings) if value is None else ()
        if strictly and type(value) is not bool and text.source.lstrip().startswith(("${", "#{")):
            told = {"id": place.element, "value": brief(value)}
            raise ModelFault(
                Phrase("the condition of {id} is {value}, neither true nor false", **told), element=place.element, line=text.line
            )
        return value is True

    def because(self) -> str:
        """Why the evaluation before came to null, in brackets, for a fault that this leads to; empty where it did not."""
        if not self._why:
            return ""
        return Phrase(" ({reasons})", reasons=in_a_row([str(it) for it in self._why[:MOST_REASONS]]))

    def feel(self, text: Text, place: Place) -> object:
        """The value of a FEEL expression, with or without the leading `=` (the subject of a case)."""
        source = text.source.strip().removeprefix("=")
        try:
            return _expression(source, place.names).evaluate(place.variables, self.environment(place.host))
        except FeelError as error:
            raise _fault(error, place.element, text) from error

    def due(self, event: EventDefinition, place: Place) -> datetime:
        """The moment of a timer, counted from now; in UTC."""
        text = event.timer_text
        if text is None:
            raise ModelFault(Phrase("the timer has no time"), element=place.element)
        value = self.text(text, place)
        try:
            return self._next_of(value) if event.timer is TimerKind.CYCLE else self.moment(value)
        except (ValueError, OverflowError) as error:
            told = {"source": repr(text.source), "value": brief(value), "because": self.because()}
            moment = Phrase("{source} gives {value}, which is not a moment or duration{because}", **told)
            cycle = Phrase("{source} gives {value}, which is not a cycle{because}", **told)
            message = cycle if event.timer is TimerKind.CYCLE else moment
            raise ModelFault(message, element=place.element, line=text.line) from error

    def _next_of(self, value: object) -> datetime:
        """The next time of a cycle: `R3/PT1H`, cron, or a single duration."""
        text = str(value)
        repeat, cron = read_repeat(text), read_cron(text)
        if cron is not None:
            return cron.after(self._calendar.local(self.at)).astimezone(UTC)
        if repeat is None:
            return self.moment(value)
        start = self.moment(repeat.start) if repeat.start is not None else None
        return start if start is not None and start > self.at else self.moment(repeat.every)

    def repetitions(self, event: EventDefinition, place: Place) -> str:
        """How often a cycle fires after its first time: empty for never, `*` for again and again."""
        text = str(self.text(event.timer_text, place)) if event.timer_text is not None else ""
        repeat = read_repeat(text)
        if repeat is None:
            return ENDLESS if read_cron(text) is not None else ""
        return ENDLESS if repeat.times is None else str(max(repeat.times - 1, 0) or "")

    def moment(self, value: object) -> datetime:
        """A date, date-time, duration or the text of one, as a moment in UTC. Raises `ValueError` for anything else."""
        if isinstance(value, str):
            try:
                value = parse_literal(value.strip())
            except FeelNull as error:
                raise ValueError(str(error)) from error
        if isinstance(value, datetime):
            return (value if value.tzinfo else self._calendar.local(value)).astimezone(UTC)
        if isinstance(value, date):
            return self._calendar.local(datetime.combine(value, time.min)).astimezone(UTC)
        if isinstance(value, timedelta):
            return self.at + value
        if isinstance(value, YearsMonthsDuration):
            return _months_after(value, self._calendar.local(self.at)).astimezone(UTC)
        raise ValueError(f"{brief(value)} is not a moment")

    def environment(self, host: Mapping[str, object] | None = None) -> Environment:
        """What an evaluation gets from the engine."""
        return Environment(functions=self._functions, host=host or {})


def _months_after(duration: YearsMonthsDuration, at: datetime) -> datetime:
    """So many months later on the company's clock: at the same time of day, on the same day where the month has it, else on its last."""
    month = at.year * 12 + at.month - 1 + duration.total_months
    year, month = divmod(month, 12)
    for day in range(at.day, 0, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError(f"{duration} is too long")


def _fault(error: FeelError, element: str, text: Text) -> ModelFault:
    """The fault of a model, with the place of the expression in the file."""
    line = text.line + max(error.line - 1, 0) if isinstance(error, FeelSyntaxError | FeelEvaluationError) else text.line
    return ModelFault(Phrase("{source}: {error}", source=repr(text.source), error=error), element=element, line=line)
