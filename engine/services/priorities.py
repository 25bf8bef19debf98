"""Priorities of jobs and external tasks: whole numbers, written in the model or computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.errors import ModelFault
from engine.feel import brief
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.bpmn.model import Process
    from engine.services.expressions import Expressions, Place

PRIORITIES: Final = range(-(2**63), 2**63)
"""What the columns hold, and Camunda's Long."""


def whole_number(value: object) -> int | None:
    """A value as a priority; None where it is none."""
    try:
        number = int(str(value))
    except ValueError:
        return None
    return number if number in PRIORITIES else None


def job_priority(expressions: Expressions, process: Process, place: Place) -> int:
    """Of a job at the element of a place: what its model says there, else of the process, else 0. Raises `ModelFault`."""
    text = process.nodes[place.element].job_priority or process.job_priority
    if text is None:
        return 0
    value = expressions.text(text, place)
    number = whole_number(value)
    if number is None:
        message = Phrase("the job priority of {id} is {value}, not a whole number", id=place.element, value=brief(value))
        raise ModelFault(message, element=place.element, line=text.line)
    return number
