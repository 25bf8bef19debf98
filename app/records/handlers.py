"""The handlers of service tasks that write the records, by the name that a model gives them.

Each runs in the transaction of its step, on its connection, and gives back variables and lines for the history. What it refuses refuses
the whole step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.records import foreseeing
from app.records.purchasing import confirm_purchase, match_invoice, release_contract, replenish, use_contract
from app.records.selling import book_payment, cancel_order, check_credit, release_credit, ship_order
from app.records.stock import book_receipt, receive_stock, release_stock, reserve_stock
from engine import Handler, HandlerResult, RehearsedHandler, StepContext


def set_variables(context: StepContext) -> HandlerResult:
    """`set-variables`: give variables the values of the parameters of the same names. All are read before the first is written."""
    return HandlerResult(variables=dict(context.parameters))


HANDLERS: Final[Mapping[str, Handler]] = {
    name: RehearsedHandler(run, rehearse)
    for name, run, rehearse in (
        ("use-contract", use_contract, foreseeing.use_contract),
        ("release-contract", release_contract, foreseeing.nothing),
        ("book-receipt", book_receipt, foreseeing.book_receipt),
        ("match-invoice", match_invoice, foreseeing.match_invoice),
        ("confirm-purchase", confirm_purchase, foreseeing.nothing),
        ("replenish", replenish, foreseeing.nothing),
        ("receive-stock", receive_stock, foreseeing.receive_stock),
        ("reserve-stock", reserve_stock, foreseeing.reserve_stock),
        ("release-stock", release_stock, foreseeing.nothing),
        ("check-credit", check_credit, foreseeing.check_credit),
        ("release-credit", release_credit, foreseeing.nothing),
        ("cancel-order", cancel_order, foreseeing.nothing),
        ("ship-stock", ship_order, foreseeing.nothing),
        ("book-payment", book_payment, foreseeing.nothing),
        ("set-variables", set_variables, foreseeing.set_variables),
    )
}
"""For the composition root: `Engine(…, handlers=HANDLERS)`. Each can say beforehand what it would answer."""
