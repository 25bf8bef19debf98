"""The handlers of service tasks that write the records, by the name that a model gives them.

Each runs in the transaction of its step, on its connection, and gives back variables and lines for the history. What it refuses refuses
the whole step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.records.purchasing import confirm_purchase, match_invoice, release_contract, replenish, use_contract
from app.records.selling import book_payment, cancel_order, check_credit, release_credit, ship_order
from app.records.stock import book_receipt, receive_stock, release_stock, reserve_stock
from engine import Handler, HandlerResult, StepContext


def set_variables(context: StepContext) -> HandlerResult:
    """`set-variables`: give variables the values of the parameters of the same names. All are read before the first is written."""
    return HandlerResult(variables=dict(context.parameters))


HANDLERS: Final[Mapping[str, Handler]] = {
    "use-contract": use_contract,
    "release-contract": release_contract,
    "book-receipt": book_receipt,
    "match-invoice": match_invoice,
    "confirm-purchase": confirm_purchase,
    "replenish": replenish,
    "receive-stock": receive_stock,
    "reserve-stock": reserve_stock,
    "release-stock": release_stock,
    "check-credit": check_credit,
    "release-credit": release_credit,
    "cancel-order": cancel_order,
    "ship-stock": ship_order,
    "book-payment": book_payment,
    "set-variables": set_variables,
}
"""For the composition root: `Engine(…, handlers=HANDLERS)`."""
