"""What handlers read from their parameters: the lines of a form as they were validated, never trusted further than their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from app.records.changes import Change
from engine import ModelFault, StepContext


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order or request; `number` counts from 1."""

    number: int
    item: str
    quantity: Decimal
    price: Decimal

    @property
    def total(self) -> Decimal:
        """Quantity times price, to the cent."""
        return (self.quantity * self.price).quantize(Decimal("0.01"))


def change_of(context: StepContext) -> Change:
    """Changes in the name of the step's actor and case."""
    return Change(context.connection, context.clock, context.new_id, context.actor, context.case.id)


def text(context: StepContext, name: str) -> str:
    """A parameter that must be a text. A model that gives none is at fault."""
    value = context.parameters.get(name)
    if not isinstance(value, str) or not value:
        raise ModelFault(f"The parameter “{name}” of the handler has no text.", element=context.element_id)
    return value


def optional_text(context: StepContext, name: str) -> str | None:
    """A parameter that may be missing."""
    value = context.parameters.get(name)
    return value if isinstance(value, str) and value else None


def amount(context: StepContext, name: str) -> Decimal:
    """A parameter that must be a number."""
    return _number(context, context.parameters.get(name), name)


def optional_date(context: StepContext, name: str) -> date | None:
    """A parameter that may be a date, or a text that says one."""
    value = context.parameters.get(name)
    if isinstance(value, str) and value:
        return date.fromisoformat(value)
    return value if isinstance(value, date) else None


def lines(context: StepContext, name: str, *, quantity: str = "quantity") -> list[Line]:
    """A parameter that must be a list of lines with `item`, a quantity and perhaps a `price`."""
    rows = context.parameters.get(name)
    if not isinstance(rows, list):
        raise ModelFault(f"The parameter “{name}” of the handler is no list.", element=context.element_id)
    return [_line(context, row, number, name, quantity) for number, row in enumerate(rows, 1)]


def _line(context: StepContext, row: object, number: int, name: str, quantity: str) -> Line:
    if not isinstance(row, Mapping) or not isinstance(row.get("item"), str):
        raise ModelFault(f"Line {number} of the parameter “{name}” names no item.", element=context.element_id)
    price = row.get("price")
    return Line(
        number=number,
        item=row["item"],
        quantity=_number(context, row.get(quantity), f"{name}[{number}].{quantity}"),
        price=Decimal(0) if price is None else _number(context, price, f"{name}[{number}].price"),
    )


def _number(context: StepContext, value: object, name: str) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ModelFault(f"“{name}” is no number.", element=context.element_id) from None
