"""What the handlers would answer, for forecasts: from the records as they are, written nowhere, nothing locked.

`notes` hand on from one rehearsal to the next what the handlers before would have changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from app.records.problems import plain
from app.records.purchasing import (
    RELEASED,
    fingerprint,
    known_supplier,
    latest_purchase,
    purchase_lines,
    refuse_locked,
    refuse_over,
    refuse_unknown_items,
    unmatched,
    usable_contract,
)
from app.records.reading import amount, change_of, lines, optional_text, text
from app.records.selling import active_customer, credit_figures
from app.records.stock import NONE, reservations, share, wanted_of
from app.records.tables import contract, customer, item
from engine import ModelFault, StepContext

_RECEIVED, _MATCHED, _HELD, _ARRIVED = "goods received", "invoice matched", "stock held", "goods arrived"


def use_contract(context: StepContext, _notes: dict[str, object]) -> Mapping[str, object]:
    """What `use-contract` would answer now, or with what it would refuse."""
    change, asked = change_of(context), lines(context, "items")
    supplier_id, contract_id, needed = text(context, "supplier"), optional_text(context, "contract"), amount(context, "amount")
    before = latest_purchase(change, context.case.id)
    items, suppliers = change.read(item, (line.item for line in asked)), known_supplier(change, supplier_id)
    refuse_unknown_items(items, asked, "items")
    if before:
        refuse_locked(before)
    if contract_id:
        chosen = usable_contract(context, change.read(contract, [contract_id]).get(contract_id), contract_id, supplier_id)
        back = before["amount"] if before and before["contract_id"] == contract_id and before["state"] != RELEASED else Decimal(0)
        refuse_over({**chosen, "used": chosen["used"] - back}, needed, asked, items)
    content, previous = fingerprint(needed, supplier_id, asked), before["content"] if before else None
    return {"content": content, "previous_content": previous, "supplier_name": suppliers["name"]}


def book_receipt(_context: StepContext, notes: dict[str, object]) -> Mapping[str, object]:
    """`book-receipt` answers nothing; from then on all that was ordered counts as received."""
    notes[_RECEIVED] = True
    return {}


def match_invoice(context: StepContext, notes: dict[str, object]) -> Mapping[str, object]:
    """What `match-invoice` would answer: an invoice that is not there yet is assumed to be right. What is booked as received stands.

    Whether what was cleared once matches then cannot be told.
    """
    change = change_of(context)
    found = latest_purchase(change, context.case.id)
    if notes.get(_MATCHED) or (found and found["invoice_number"] is not None):
        raise ModelFault("Whether the invoice matches depends on what is cleared.", element=context.element_id)
    notes[_MATCHED] = True
    rows = purchase_lines(change, found["id"]) if found and not notes.get(_RECEIVED) else []
    return {"differences": unmatched(rows)}


def check_credit(context: StepContext, _notes: dict[str, object]) -> Mapping[str, object]:
    """What `check-credit` would answer now."""
    change, name = change_of(context), text(context, "customer")
    found = active_customer(change.read(customer, [name]), name)
    return {**credit_figures(found), "customer_name": found["name"]}


def reserve_stock(context: StepContext, notes: dict[str, object]) -> Mapping[str, object]:
    """What `reserve-stock` would answer now. After a replenishment that is foretold too, all is there."""
    change, asked = change_of(context), lines(context, "lines")
    items = change.read(item, [line.item for line in asked])
    refuse_unknown_items(items, asked, "items")
    held = cast("dict[str, Decimal]", notes.setdefault(_HELD, reservations(change, context.case.id)))
    taken, missing = [], []
    for name, wanted in wanted_of(asked, items).items():
        had = held.get(name, NONE)
        got = max(NONE, wanted - had) if notes.get(_ARRIVED) else share(items[name], wanted, had)
        held[name] = had + got
        if got:
            taken.append({"item": name, "quantity": plain(got)})
        if wanted > had + got:
            missing.append({"item": name, "quantity": plain(wanted - had - got)})
    return {optional_text(context, "into") or "reserved": taken, "missing": missing}


def receive_stock(_context: StepContext, notes: dict[str, object]) -> Mapping[str, object]:
    """`receive-stock` answers nothing; what was missing is there from then on."""
    notes[_ARRIVED] = True
    return {}


def set_variables(context: StepContext, _notes: dict[str, object]) -> Mapping[str, object]:
    """What `set-variables` will answer."""
    return dict(context.parameters)


def nothing(_context: StepContext, _notes: dict[str, object]) -> Mapping[str, object]:
    """For handlers that answer nothing by which a model could decide."""
    return {}
