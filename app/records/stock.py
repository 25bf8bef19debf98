"""Handlers of the stock: reserve, release, receive, ship. Each takes all lines at once and locks their items in the order of their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import delete, insert, select, update

from app.records.changes import Change, Record
from app.records.problems import finding, plain, quantity
from app.records.purchasing import (
    RECEIVED,
    latest_purchase,
    purchase_lines,
    refuse_unknown_items,
    require_purchase,
    said,
    set_received,
)
from app.records.reading import Line, change_of, lines, optional_text
from app.records.tables import item, purchase, reservation
from engine import HandlerResult, InvalidSubmission, StepContext

NONE = Decimal(0)


def reserve_stock(context: StepContext) -> HandlerResult:
    """`reserve-stock`: set aside for this case what is there of each item, and say what is missing.

    Parameters: `lines`, and `into`, the name of the variable for what was set aside now (default `reserved`). What the case already has
    set aside counts: a second call takes only the rest. Gives `missing`: item and quantity of all that is not there.
    """
    change, asked = change_of(context), lines(context, "lines")
    items = change.lock({item: [line.item for line in asked]})[item]
    refuse_unknown_items(items, asked, "items")
    held = reservations(change, context.case.id)
    taken, missing, told = [], [], []
    for name, wanted in wanted_of(asked, items).items():
        record, had = items[name], held.get(name, NONE)
        got = share(record, wanted, had)
        _hold(change, name, wanted, had + got, new=name not in held)
        change.change(item, record, reserved=record["reserved"] + got)
        if got:
            taken.append({"item": name, "quantity": plain(got)})
            told.append(("stock-reserved", said(record, got)))
        if wanted > had + got:
            missing.append({"item": name, "quantity": plain(wanted - had - got)})
            told.append(("stock-missing", said(record, wanted - had - got)))
    return HandlerResult(variables={optional_text(context, "into") or "reserved": taken, "missing": missing}, history=tuple(told))


def release_stock(context: StepContext) -> HandlerResult:
    """`release-stock`: give back all that is set aside for this case."""
    change = change_of(context)
    return HandlerResult(history=give_back(change, change.lock({item: reservations(change, context.case.id)})[item]))


def give_back(change: Change, items: dict[str, Record]) -> tuple[tuple[str, dict[str, object]], ...]:
    """Undo the reservations of a case on these locked items; what to tell about it."""
    held = reservations(change, change.case_id or "")
    for name, record in items.items():
        change.change(item, record, reserved=record["reserved"] - held.get(name, NONE))
    change.connection.execute(delete(reservation).where(reservation.c.case_id == change.case_id))
    return tuple(("stock-released", said(record, held[name])) for name, record in items.items() if held.get(name))


def ship_stock(context: StepContext) -> HandlerResult:
    """`ship-stock`: take out of stock what is set aside for this case. Refused where it is not all there.

    Parameters: `carrier`, `tracking_number`, `shipped_on` are noted by the caller's own tables: see `app.records.selling.ship`.
    """
    change = change_of(context)
    rows = change.connection.execute(
        select(reservation).where(reservation.c.case_id == context.case.id).order_by(reservation.c.item_id),
    )
    wanted = {row["item_id"]: dict(row) for row in rows.mappings()}
    items = change.lock({item: wanted})[item]
    problems = [
        finding(
            f"items[{number}].quantity",
            "out-of-stock",
            line=number + 1,
            item=items[name]["name"],
            wanted=quantity(row["wanted"]),
            available=quantity(row["quantity"]),
            unit=items[name]["unit"],
        )
        for number, (name, row) in enumerate(wanted.items())
        if row["quantity"] < row["wanted"]
    ]
    if problems:
        raise InvalidSubmission(problems)
    for name, record in items.items():
        out = wanted[name]["quantity"]
        change.change(item, record, stock=record["stock"] - out, reserved=record["reserved"] - out)
    change.connection.execute(delete(reservation).where(reservation.c.case_id == context.case.id))
    told = (("stock-shipped", said(record, wanted[name]["quantity"])) for name, record in items.items())
    return HandlerResult(history=tuple(told))


def book_receipt(context: StepContext) -> HandlerResult:
    """`book-receipt`: book what the Warehouse received of a purchase into stock.

    Parameters: `receipt` (item, received, in the order of the purchase's lines), `delivery_note`. More than was ordered is refused.
    """
    change, received = change_of(context), lines(context, "receipt", quantity="received")
    return _receive(change, require_purchase(change, context), received, "receipt", context)


def receive_stock(context: StepContext) -> HandlerResult:
    """`receive-stock`: book what arrived of a replenishment into stock.

    Parameters: `received` (item, quantity, in the order of the purchase's lines), `delivery_note`. More than was ordered is welcome.
    What is not kept in stock any more is refused: the order waits for it, and it would be nowhere.
    """
    change, received = change_of(context), lines(context, "received")
    _refuse_not_kept(received, change.read(item, (line.item for line in received)))
    found = latest_purchase(change, context.case.id)
    return _receive(change, found, received, "received", context, limited=False)


def reservations(change: Change, case_id: str) -> dict[str, Decimal]:
    """What is set aside for a case, by item."""
    rows = change.connection.execute(select(reservation.c.item_id, reservation.c.quantity).where(reservation.c.case_id == case_id))
    return {row.item_id: row.quantity for row in rows}


def _receive(
    change: Change,
    found: Record | None,
    received: list[Line],
    path: str,
    context: StepContext,
    *,
    limited: bool = True,
) -> HandlerResult:
    # The items of the order that waits for these goods are locked too: it reserves them next, in the same transaction.
    waiting = reservations(change, context.case.root_id)
    items = change.lock({item: [*waiting, *(line.item for line in received)]})[item]
    refuse_unknown_items(items, received, path)
    ordered = purchase_lines(change, found["id"]) if found else []
    if limited:
        _refuse_too_much(received, ordered, items, path)
    if not any(line.quantity for line in received):
        raise InvalidSubmission([finding(path, "nothing-received")])
    told = []
    for line in received:
        record = items[line.item]
        if record["stocked"]:
            change.change(item, record, stock=record["stock"] + line.quantity)
        told.append(("goods-received", said(record, line.quantity)))
    if found:
        for row, line in zip(ordered, received, strict=False):
            set_received(change, found["id"], row["line"], row["received"] + line.quantity)
        change.change(purchase, found, state=RECEIVED, delivery_note=optional_text(context, "delivery_note"))
    return HandlerResult(history=tuple(told))


def _refuse_not_kept(received: list[Line], items: dict[str, Record]) -> None:
    problems = [
        finding(f"received[{line.number - 1}].item", "not-kept-in-stock", line=line.number, item=items[line.item]["name"])
        for line in received
        if line.item in items and not items[line.item]["stocked"]
    ]
    if problems:
        raise InvalidSubmission(problems)


def _refuse_too_much(received: list[Line], ordered: list[Record], items: dict[str, Record], path: str) -> None:
    problems = [
        finding(
            f"{path}[{line.number - 1}].received",
            "more-than-ordered",
            line=line.number,
            item=items[line.item]["name"],
            received=quantity(line.quantity),
            ordered=quantity(row["quantity"] - row["received"]),
            unit=items[line.item]["unit"],
        )
        for row, line in zip(ordered, received, strict=False)
        if line.quantity > row["quantity"] - row["received"]
    ]
    if problems:
        raise InvalidSubmission(problems)


def wanted_of(asked: Iterable[Line], items: dict[str, Record]) -> dict[str, Decimal]:
    """How much of each stocked item all lines want together, by id."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: NONE)
    for line in asked:
        if items[line.item]["stocked"]:
            sums[line.item] += line.quantity
    return dict(sorted(sums.items()))


def share(record: Record, wanted: Decimal, had: Decimal) -> Decimal:
    """How much of what a case still wants of an item is free."""
    free: Decimal = record["stock"] - record["reserved"]
    return max(NONE, min(wanted - had, free))


def _hold(change: Change, name: str, wanted: Decimal, got: Decimal, *, new: bool) -> None:
    values = {"wanted": wanted, "quantity": got}
    if new:
        change.connection.execute(insert(reservation).values(case_id=change.case_id, item_id=name, **values))
        return
    mine = (reservation.c.case_id == change.case_id) & (reservation.c.item_id == name)
    change.connection.execute(update(reservation).where(mine).values(**values))
