"""Pieces of models that several examples are made of."""

from __future__ import annotations

import itertools

from tests.engine.services.conftest import END, START, model, user_task
from tests.engine.services.test_compensation import UNDO, flows, undoable
from tests.engine.services.test_compensation import model as undoable_model
from tests.engine.services.test_escalations_and_conditions import condition, escalation
from tests.engine.services.test_events_and_jobs import service, timer
from tests.engine.services.test_mappings_and_async import mapping, out, put

__all__ = [
    "END",
    "START",
    "UNDO",
    "condition",
    "escalation",
    "flows",
    "mapping",
    "model",
    "out",
    "put",
    "service",
    "timer",
    "undoable",
    "undoable_model",
]

DECLARED = (
    '<message id="m" name="M"/><signal id="x" name="X"/><error id="bad" errorCode="BAD"/><escalation id="up" escalationCode="UP"/>'
    '<itemDefinition id="item"/>'
)
MESSAGE = '<messageEventDefinition messageRef="m"/>'
SIGNAL = '<signalEventDefinition signalRef="x"/>'
TIMER = timer("PT1H")
CONDITION = condition("n = 1")
ERROR = '<errorEventDefinition errorRef="bad"/>'
ESCALATION = '<escalationEventDefinition escalationRef="up"/>'
COMPENSATION = "<compensateEventDefinition/>"
A, B = user_task("a"), user_task("b")


def straight(*nodes: str, ids: str, key: str = "p", attributes: str = "") -> str:
    """Start event `s`, these nodes one after the other, end event `e`."""
    row = ["s", *ids.split(), "e"]
    return model(START, *nodes, END, *(f"{a} > {b}" for a, b in itertools.pairwise(row)), before=DECLARED, key=key, attributes=attributes)


def extended(*parts: str) -> str:
    """Extension elements."""
    return f"<extensionElements>{''.join(parts)}</extensionElements>"


def sub(name: str, inside: str, element: str = "subProcess", attributes: str = "") -> str:
    """A subprocess."""
    return f'<{element} id="{name}" {attributes}>{inside}</{element}>'


def event(element: str, name: str, definition: str = "", attributes: str = "") -> str:
    """An event."""
    return f'<{element} id="{name}" {attributes}>{definition}</{element}>'


def text(name: str, source: str) -> str:
    """A formal expression."""
    return f'<{name} xsi:type="tFormalExpression">{source}</{name}>'


def loop(inner: str, attributes: str = "", task: str = "a") -> str:
    """A user task of several instances."""
    many = f"<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"
    return f'<userTask id="{task}" camunda:candidateGroups="sales">{many}</userTask>'
