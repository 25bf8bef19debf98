"""Computed fields: each FEEL expression of the form evaluated until nothing changes any more, as the viewer does while a person types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from forms.expressions import Functions, evaluate, names_in
from forms.rows import Row, Taken
from forms.schema import COMPUTED

MAX_PASSES: Final = 20
"""Expressions may read each other; a circle among them ends here."""


def compute(root: Row, functions: Functions) -> None:
    """Compute the fields of the form and of all its rows, innermost first."""
    pairs = list(_computed(root))
    for _, taken in pairs:
        taken.reads = names_in(taken.field.expression, functions)
    for _ in range(MAX_PASSES):
        changes = [_compute(row, taken, functions) for row, taken in pairs]
        if not any(changes):
            return


def _computed(row: Row) -> Iterator[tuple[Row, Taken]]:
    for taken in row.fields:
        for inner in taken.rows:
            yield from _computed(inner)
    yield from ((row, taken) for taken in row.fields if taken.field.type == COMPUTED)


def _compute(row: Row, taken: Taken, functions: Functions) -> bool:
    """Compute one field; whether it changed."""
    name = taken.field.name
    value = evaluate(taken.field.expression, row.context(), functions)
    before = row.computed.get(name)
    changed = name not in row.computed or not _equal(before, value)
    row.computed[name] = value
    row.viewer[name] = value
    return changed


def _equal(one: object, other: object) -> bool:
    """Equality that does not take 1 for true."""
    if isinstance(one, Decimal) != isinstance(other, Decimal):
        return False
    return type(one) is type(other) and one == other
