"""Handlers of purchases: the contract, the order, the receipt, the invoice, the payment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.records.changes import Change, Record
from app.records.problems import Locked, finding, money, quantity, refuse
from app.records.reading import Line, amount, change_of, lines, optional_date, optional_text, text
from app.records.tables import contract, item, purchase, purchase_line, supplier
from engine import FieldProblem, HandlerResult, InvalidSubmission, ModelFault, StepContext

REQUESTED, RELEASED, ORDERED, RECEIVED, PAID = "requested", "released", "ordered", "received", "paid"


def use_contract(context: StepContext) -> HandlerResult:
    """`use-contract`: take the amount of a request from what is left of its contract, and note what is asked for.

    Parameters: `supplier`, `contract` (may be null), `amount`, `items`. A resubmission takes only the difference; another contract is
    used and the former one released. Gives `content`, a fingerprint of amount, supplier and items, and `previous_content`.
    """
    change, asked = change_of(context), lines(context, "items")
    supplier_id, contract_id, needed = text(context, "supplier"), optional_text(context, "contract"), amount(context, "amount")
    before = latest_purchase(change, context.case.id)
    former, previous = (before["contract_id"], before["content"]) if before else (None, None)
    contracts = change.lock({contract: [name for name in (contract_id, former) if name]})[contract]
    items, suppliers = change.read(item, (line.item for line in asked)), known_supplier(change, supplier_id)
    refuse_unknown_items(items, asked, "items")
    if before and former:
        _give_back(change, contracts[former], before)
    if contract_id:
        chosen = usable_contract(context, contracts.get(contract_id), contract_id, supplier_id)
        refuse_over(chosen, needed, asked, items)
        change.change(contract, chosen, used=chosen["used"] + needed)
    content = fingerprint(needed, supplier_id, asked)
    _write_request(change, before, supplier_id, contract_id, needed, content, asked)
    line = {"contract": contract_id, "supplier": suppliers["name"], "amount": money(needed)}
    return HandlerResult(
        variables={"content": content, "previous_content": previous, "supplier_name": suppliers["name"]},
        history=(("contract-used" if contract_id else "request-noted", {key: value for key, value in line.items() if value}),),
    )


def release_contract(context: StepContext) -> HandlerResult:
    """`release-contract`: give back what a rejected or withdrawn request had taken from its contract."""
    change = change_of(context)
    found = latest_purchase(change, context.case.id)
    if found is None or found["state"] == RELEASED:
        return HandlerResult()
    refuse_locked(found)
    if found["contract_id"]:
        held = change.lock({contract: [found["contract_id"]]})[contract]
        _give_back(change, held[found["contract_id"]], found)
    change.change(purchase, found, state=RELEASED)
    return HandlerResult(history=(("contract-released", {"contract": found["contract_id"] or "", "amount": money(found["amount"])}),))


def replenish(context: StepContext) -> HandlerResult:
    """`replenish`: one order to a supplier for all that is missing.

    Parameters: `orders` (item, quantity, price), `supplier`, `expected_on`.
    """
    change, asked, supplier_id = change_of(context), lines(context, "orders"), text(context, "supplier")
    suppliers = known_supplier(change, supplier_id)
    refuse_unknown_items(change.read(item, (line.item for line in asked)), asked, "orders")
    total = sum((line.total for line in asked), Decimal(0))
    record = _new_purchase(change, supplier_id, None, total, fingerprint(total, supplier_id, asked), ORDERED)
    record["expected_on"] = optional_date(context, "expected_on")
    change.add(purchase, record)
    _write_lines(change, record["id"], asked)
    figures = {"supplier": suppliers["name"], "amount": money(total), "lines": len(asked)}
    return HandlerResult(variables={"supplier_name": suppliers["name"]}, history=(("replenishment-ordered", figures),))


def unmatched(rows: Iterable[Record]) -> list[dict[str, object]]:
    """What was ordered and did not come, or came and was not ordered."""
    return [
        {"what": "quantity", "item": row["item_id"], "expected": row["quantity"], "found": row["received"]}
        for row in rows
        if row["quantity"] != row["received"]
    ]


def match_invoice(context: StepContext) -> HandlerResult:
    """`match-invoice`: compare what was ordered, what was received, and what the supplier charges.

    Parameters: `invoice_number`, `invoice_amount`. Gives `differences`: a list of `what` (`quantity` or `invoice`), `item`, `expected`,
    `found`; empty where all matches.
    """
    change = change_of(context)
    found = require_purchase(change, context)
    refuse_locked(found)
    charged, number = amount(context, "invoice_amount"), text(context, "invoice_number")
    change.change(purchase, found, invoice_number=number, invoice_amount=charged)
    rows = purchase_lines(change, found["id"])
    differences = unmatched(rows)
    due = sum(((row["received"] * row["price"]).quantize(Decimal("0.01")) for row in rows), Decimal(0))
    if due != charged:
        differences.append({"what": "invoice", "item": None, "expected": due, "found": charged})
    figures = {"invoice": number, "charged": money(charged), "due": money(due), "differences": len(differences)}
    return HandlerResult(variables={"differences": differences}, history=(("invoice-matched", figures),))


def confirm_purchase(context: StepContext) -> HandlerResult:
    """`confirm-purchase`: book the payment and lock the purchase. The contract is charged what was invoiced, not what was asked for.

    Parameters: `payment_reference`, `paid_on`.
    """
    change = change_of(context)
    found = require_purchase(change, context)
    refuse_locked(found)
    charged = found["invoice_amount"]
    if charged is None:
        raise ModelFault("The purchase has no invoice yet: match it before it is confirmed.", element=context.element_id)
    if found["contract_id"]:
        held = change.lock({contract: [found["contract_id"]]})[contract][found["contract_id"]]
        used = held["used"] - found["amount"] + charged
        if used > held["amount"]:
            left = held["amount"] - held["used"] + found["amount"]
            figures = {"contract": held["id"], "left": money(left), "amount": money(held["amount"])}
            raise refuse("invoice_amount", "invoice-over-contract", needed=money(charged), over=money(charged - left), **figures)
        change.change(contract, held, used=used)
    change.change(
        purchase,
        found,
        state=PAID,
        paid_on=optional_date(context, "paid_on"),
        payment_reference=text(context, "payment_reference"),
        confirmed_by=context.actor.id,
        confirmed_at=change.now(),
    )
    return HandlerResult(history=(("purchase-paid", {"amount": money(charged), "reference": found["payment_reference"]}),))


def fingerprint(total: Decimal, supplier_id: str, asked: Iterable[Line]) -> str:
    """What approvals are given for: amount, supplier and items. Two requests for the same have the same."""
    rows = [[line.item, format(line.quantity.normalize(), "f"), format(line.price.normalize(), "f")] for line in asked]
    text_ = json.dumps([format(total.normalize(), "f"), supplier_id, rows], ensure_ascii=False)
    return hashlib.sha256(text_.encode()).hexdigest()[:16]


def latest_purchase(change: Change, case_id: str) -> Record | None:
    """The newest purchase of a case."""
    rows = change.connection.execute(select(purchase).where(purchase.c.case_id == case_id).order_by(purchase.c.id.desc()).limit(1))
    row = rows.mappings().first()
    return dict(row) if row else None


def require_purchase(change: Change, context: StepContext) -> Record:
    """The purchase of the step's case; a model that has none yet is at fault."""
    found = latest_purchase(change, context.case.id)
    if found is None:
        raise ModelFault("The case has no purchase yet.", element=context.element_id)
    return found


def purchase_lines(change: Change, purchase_id: str) -> list[Record]:
    """The lines of a purchase, in order."""
    rows = change.connection.execute(
        select(purchase_line).where(purchase_line.c.purchase_id == purchase_id).order_by(purchase_line.c.line),
    )
    return [dict(row) for row in rows.mappings()]


def set_received(change: Change, purchase_id: str, line: int, received: Decimal) -> None:
    """Note how much of a line has been received."""
    change.connection.execute(
        update(purchase_line).where(purchase_line.c.purchase_id == purchase_id, purchase_line.c.line == line).values(received=received),
    )


def refuse_unknown_items(known: dict[str, Record], asked: Iterable[Line], path: str) -> None:
    """Refuse lines that name an item there is not."""
    problems: list[FieldProblem] = [
        finding(f"{path}[{line.number - 1}].item", "unknown-item", line=line.number, item=line.item)
        for line in asked
        if line.item not in known
    ]
    if problems:
        raise InvalidSubmission(problems)


def known_supplier(change: Change, supplier_id: str) -> Record:
    """A supplier from whom may be bought."""
    row = change.connection.execute(select(supplier).where(supplier.c.id == supplier_id, supplier.c.active)).mappings().first()
    if row is None:
        raise refuse("supplier", "unknown-supplier", supplier=supplier_id)
    return dict(row)


def usable_contract(context: StepContext, chosen: Record | None, contract_id: str, supplier_id: str) -> Record:
    """The contract, if it is with this supplier and has not ended."""
    if chosen is None:
        raise refuse("contract", "unknown-contract", contract=contract_id)
    if chosen["supplier_id"] != supplier_id:
        raise refuse("contract", "contract-of-other-supplier", contract=contract_id, supplier=chosen["supplier_id"])
    if chosen["valid_until"] < context.clock.now().date():
        raise refuse("contract", "contract-expired", contract=contract_id, valid_until=chosen["valid_until"].isoformat())
    return chosen


def refuse_over(chosen: Record, needed: Decimal, asked: list[Line], items: dict[str, Record]) -> None:
    """Name the line with which the contract is exceeded, if it is."""
    left = chosen["amount"] - chosen["used"]
    if needed <= left:
        return
    running, over = Decimal(0), asked[-1] if asked else None
    for line in asked:
        running += line.total
        if running > left:
            over = line
            break
    figures: dict[str, Any] = {"contract": chosen["id"], "left": money(left), "amount": money(chosen["amount"]), "needed": money(needed)}
    named = {"line": over.number if over else 0, "item": items[over.item]["name"] if over else "", "over": money(needed - left)}
    raise refuse("contract", "over-contract", **figures, **named)


def _give_back(change: Change, held: Record, record: Record) -> None:
    """Undo what an open purchase has taken from its contract."""
    refuse_locked(record)
    if record["state"] != RELEASED:
        change.change(contract, held, used=held["used"] - record["amount"])


def refuse_locked(record: Record) -> None:
    """Refuse to change what Finance has confirmed."""
    if record["confirmed_by"] is not None:
        raise Locked(record=record["id"], by=record["confirmed_by"])


def _new_purchase(change: Change, supplier_id: str, contract_id: str | None, total: Decimal, content: str, state: str) -> Record:
    empty = dict.fromkeys(column.name for column in purchase.columns)
    return empty | {
        "id": change.new_id(),
        "case_id": change.case_id,
        "supplier_id": supplier_id,
        "contract_id": contract_id,
        "amount": total,
        "content": content,
        "state": state,
    }


def _write_request(
    change: Change,
    before: Record | None,
    supplier_id: str,
    contract_id: str | None,
    needed: Decimal,
    content: str,
    asked: list[Line],
) -> None:
    """One purchase for each request: a resubmission changes it."""
    if before is None:
        record = _new_purchase(change, supplier_id, contract_id, needed, content, REQUESTED)
        change.add(purchase, record)
    else:
        record = before
        change.change(
            purchase,
            record,
            supplier_id=supplier_id,
            contract_id=contract_id,
            amount=needed,
            content=content,
            state=REQUESTED,
        )
        change.connection.execute(delete(purchase_line).where(purchase_line.c.purchase_id == record["id"]))
    _write_lines(change, record["id"], asked)


def _write_lines(change: Change, purchase_id: str, asked: list[Line]) -> None:
    rows = [
        {
            "purchase_id": purchase_id,
            "line": line.number,
            "item_id": line.item,
            "quantity": line.quantity,
            "price": line.price,
            "received": Decimal(0),
        }
        for line in asked
    ]
    if rows:
        change.connection.execute(insert(purchase_line), rows)


def said(record: Record, number: Decimal) -> dict[str, object]:
    """A quantity of an item, as the history keeps it: its id, and name and unit as they are now."""
    return {"id": record["id"], "item": record["name"], "quantity": quantity(number), "unit": record["unit"]}
