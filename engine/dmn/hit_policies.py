"""Hit policies: from the rules that match to one result (DMN 1.5, 8.2.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import ModelFault
from engine.feel import FeelNull, FeelValue
from engine.feel.builtins import BUILTINS
from engine.feel.compare import equal
from engine.feel.runtime import Evaluation
from engine.phrases import Phrase


class HitPolicy(StrEnum):
    """How the results of several matching rules become one."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


class Aggregation(StrEnum):
    """What COLLECT makes of the outputs; without one they are a list."""

    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


MULTIPLE = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
"""The policies whose result is a list."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: its number from 1 and its outputs in the order of the columns."""

    rule: int
    outputs: tuple[FeelValue, ...]


Ranks = Sequence[Callable[[FeelValue], int]]
"""For each output column, the place of a value in the list of its values: the first is the most important."""


def select(policy: HitPolicy, hits: list[Hit], ranks: Ranks, evaluation: Evaluation) -> list[Hit]:
    """The hits that count, in the order in which they count. Raises `ModelFault` where the rules contradict the policy."""
    if policy is HitPolicy.UNIQUE and len(hits) > 1:
        numbers = ", ".join(str(hit.rule) for hit in hits)
        raise ModelFault(Phrase("The rules {numbers} match at once, but the hit policy is UNIQUE", numbers=numbers))
    if policy is HitPolicy.ANY:
        return _agreed(hits, evaluation)
    if policy is HitPolicy.FIRST:
        return hits[:1]
    if policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}:
        ordered = sorted(hits, key=lambda hit: [rank(value) for rank, value in zip(ranks, hit.outputs, strict=True)])
        return ordered[:1] if policy is HitPolicy.PRIORITY else ordered
    return hits


def _agreed(hits: list[Hit], evaluation: Evaluation) -> list[Hit]:
    for hit in hits[1:]:
        if equal(list(hit.outputs), list(hits[0].outputs), evaluation.charge) is not True:
            raise ModelFault(
                Phrase(
                    "The rules {first} and {second} match with different outputs, but the hit policy is ANY",
                    first=hits[0].rule,
                    second=hit.rule,
                )
            )
    return hits[:1]


def aggregate(aggregation: Aggregation, values: list[FeelValue], evaluation: Evaluation) -> FeelValue:
    """The one value that COLLECT makes of all. Null where there is none, with a warning."""
    function = aggregation.value.lower()
    if not values and aggregation is not Aggregation.COUNT:
        return None
    try:
        return BUILTINS[function].call(evaluation, [values])
    except FeelNull as reason:
        return evaluation.warn((1, 1), Phrase("{aggregation}: {reason}", aggregation=aggregation, reason=reason))
