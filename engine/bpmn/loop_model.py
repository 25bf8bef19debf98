"""How activities repeat, and those of ad-hoc subprocesses, as a model has them: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.bpmn.model import Text


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance characteristics (BPMN 2.0, 10.3.8): a cardinality or a collection, never both.

    A literal text as `collection` is the name of the variable that holds the list.
    """

    sequential: bool
    cardinality: Text | None = None
    collection: Text | None = None
    element_variable: str | None = None
    completion_condition: Text | None = None
    standard: bool = False  # a standard loop (13.3.6): sequential, goes on while `completion_condition` does not hold
    test_before: bool = False
    output_collection: str | None = None  # loopDataOutputRef: the list that the instances' `output_element` are gathered in
    output_element: str | None = None
    async_before: bool = False  # each instance begins in a transaction of its own


@dataclass(frozen=True, slots=True)
class AdHoc:
    """What an ad-hoc subprocess says of its activities (BPMN 2.0, 10.3.5): one after another, until when, what then becomes of others."""

    sequential: bool = False
    completion: Text | None = None
    cancels_remaining: bool = True
