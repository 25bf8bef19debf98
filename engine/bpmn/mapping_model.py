"""Mappings of variables, listeners and errors of external tasks as a model has them: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from engine.bpmn.model import EventDefinition, Text


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a variable as it is: what a data association copies. One that is not there is not copied."""

    name: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One `camunda:inputParameter` or `outputParameter`, or a data association: a text, or a list or map of texts, or a variable."""

    name: str
    value: ParameterValue


ParameterValue: TypeAlias = "Text | Variable | tuple[ParameterValue, ...] | dict[str, ParameterValue] | None"


@dataclass(frozen=True, slots=True)
class Listener:
    """A `camunda:executionListener` (start, end, take) or `taskListener` (create, assignment, complete, …) with an expression.

    `timer`: when a task listener of the event `timeout` is called.
    """

    event: str
    expression: Text
    of_task: bool = False
    timer: EventDefinition | None = None


@dataclass(frozen=True, slots=True)
class ExternalError:
    """`camunda:errorEventDefinition` of an external task: the error with this code is thrown where the expression is true."""

    code: str | None
    expression: Text | None
    line: int
