"""Handlers of customers' orders: credit, cancellation, shipping, payment."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import insert, select, update

from app.records.changes import Change, Record
from app.records.problems import Locked, money, refuse
from app.records.reading import amount, change_of, optional_date, optional_text, text
from app.records.stock import give_back, reservations, ship_stock
from app.records.tables import customer, item, sales_order
from engine import HandlerResult, ModelFault, StepContext

OPEN, REFUSED, CANCELLED, SHIPPED, PAID = "open", "refused", "cancelled", "shipped", "paid"


def check_credit(context: StepContext) -> HandlerResult:
    """`check-credit`: put an order on its customer's account, and give the figures by which credit is decided.

    Parameters: `customer`, `amount`. Gives `credit_limit`, `credit_open` (before this order), `credit_overdue` and `customer_name`. The
    order counts at once, so that two orders together cannot pass a limit that each alone would keep.
    """
    change, name, needed = change_of(context), text(context, "customer"), amount(context, "amount")
    found = active_customer(change.lock({customer: [name]})[customer], name)
    figures, before = credit_figures(found), found["open_amount"]
    change.connection.execute(insert(sales_order).values(case_id=context.case.id, customer_id=name, amount=needed, state=OPEN))
    change.change(customer, found, open_amount=before + needed)
    told = {"customer": found["name"], **{key: money(value) for key, value in figures.items()}, "order": money(needed)}
    return HandlerResult(variables={**figures, "customer_name": found["name"]}, history=(("credit-looked-up", told),))


def release_credit(context: StepContext) -> HandlerResult:
    """`release-credit`: take a refused order off its customer's account."""
    change = change_of(context)
    order = _order(change, context)
    return HandlerResult(history=_take_off(change, _customer(change, order), order, REFUSED))


def cancel_order(context: StepContext) -> HandlerResult:
    """`cancel-order`: undo what an order has set aside and take it off its customer's account."""
    change = change_of(context)
    order = _found_order(change, context)
    if order is None:  # cancelled before the credit was looked up
        return HandlerResult()
    held = reservations(change, context.case.id)
    locked = change.lock({customer: [order["customer_id"]], item: held})
    told = _take_off(change, locked[customer][order["customer_id"]], order, CANCELLED)
    return HandlerResult(history=(*give_back(change, locked[item]), *told))


def ship_order(context: StepContext) -> HandlerResult:
    """`ship-stock`: take what is set aside out of stock, and note how the order left.

    Parameters: `carrier`, `tracking_number`, `shipped_on`.
    """
    change = change_of(context)
    order, shipped = _order(change, context), ship_stock(context)
    _write(
        change,
        order,
        state=SHIPPED,
        carrier=optional_text(context, "carrier"),
        tracking_number=optional_text(context, "tracking_number"),
        shipped_on=optional_date(context, "shipped_on"),
    )
    return shipped


def book_payment(context: StepContext) -> HandlerResult:
    """`book-payment`: take a paid order off its customer's account, and lock it."""
    change = change_of(context)
    order = _order(change, context)
    told = _take_off(change, _customer(change, order), order, PAID)
    _write(change, order, confirmed_by=context.actor.id, confirmed_at=change.now())
    return HandlerResult(history=told)


def active_customer(found: dict[str, Record], name: str) -> Record:
    """A customer to whom may be sold."""
    if name not in found or not found[name]["active"]:
        raise refuse("customer", "unknown-customer", customer=name)
    return found[name]


def credit_figures(account: Record) -> dict[str, Decimal]:
    """By what credit is decided."""
    return {"credit_limit": account["credit_limit"], "credit_open": account["open_amount"], "credit_overdue": account["overdue"]}


def _found_order(change: Change, context: StepContext) -> Record | None:
    row = change.connection.execute(select(sales_order).where(sales_order.c.case_id == context.case.id)).mappings().first()
    return dict(row) if row else None


def _order(change: Change, context: StepContext) -> Record:
    found = _found_order(change, context)
    if found is None:
        raise ModelFault("The case has no order on a customer's account yet.", element=context.element_id)
    return found


def _customer(change: Change, order: Record) -> Record:
    return change.lock({customer: [order["customer_id"]]})[customer][order["customer_id"]]


def _take_off(change: Change, account: Record, order: Record, state: str) -> tuple[tuple[str, dict[str, object]], ...]:
    """Lower the customer's open amount by an order that is open no longer."""
    if order["confirmed_by"] is not None:
        raise Locked(record=order["case_id"], by=order["confirmed_by"])
    change.change(customer, account, open_amount=account["open_amount"] - order["amount"])
    _write(change, order, state=state)
    return ((f"order-{state}", {"customer": account["name"], "amount": money(order["amount"])}),)


def _write(change: Change, order: Record, **values: object) -> None:
    change.connection.execute(update(sales_order).where(sales_order.c.case_id == order["case_id"]).values(**values))
    order.update(values)
