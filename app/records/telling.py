"""What handlers did, as the timeline of a case tells it: a short line for each thing, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.cases.naming import item_words, partner_name
from app.words import gettext, ngettext

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind of line is told, and which values of the case it gives away: paths as forms have them (`items.quantity`)."""

    say: Callable[[Line], str]
    shows: frozenset[str]


def _wording(say: Callable[[Line], str], *shows: str) -> Wording:
    return Wording(say, frozenset(shows))


def _released(line: Line) -> str:
    if not line.get("contract"):
        return gettext("%(amount)s are not spent", amount=line["amount"])
    return gettext("%(amount)s given back to contract %(contract)s", amount=line["amount"], contract=line["contract"])


def _matched(line: Line) -> str:
    head = gettext(
        "Invoice %(invoice)s for %(charged)s, due are %(due)s", invoice=line["invoice"], charged=line["charged"], due=line["due"]
    )
    count = int(line["differences"])
    rest = ngettext("%(num)s difference", "%(num)s differences", count) if count else gettext("all matches")
    return gettext("%(first)s: %(second)s", first=head, second=rest)


def _credit(line: Line) -> str:
    account = gettext(
        "%(customer)s: limit %(limit)s, open %(open)s, this order %(order)s",
        customer=line["customer"], limit=line["credit_limit"], open=line["credit_open"], order=line["order"],
    )  # fmt: skip
    overdue = str(line["credit_overdue"])
    if not any(digit in "123456789" for digit in overdue):
        return account
    return gettext("%(first)s, %(second)s", first=account, second=gettext("overdue %(amount)s", amount=overdue))


def _taken_off(line: Line) -> str:
    return gettext("%(amount)s taken off the account of %(customer)s", amount=line["amount"], customer=line["customer"])


_LINES, _ACCOUNT = ("items.item", "items.quantity"), ("customer", "amount")
WORDINGS: Final[Mapping[str, Wording]] = {
    "stock-reserved": _wording(lambda it: gettext("%(item)s: %(quantity)s reserved", **it), *_LINES),
    "stock-missing": _wording(lambda it: gettext("%(item)s: %(quantity)s missing", **it), *_LINES),
    "stock-released": _wording(lambda it: gettext("%(item)s: %(quantity)s given back to stock", **it), *_LINES),
    "stock-shipped": _wording(lambda it: gettext("%(item)s: %(quantity)s taken out of stock", **it), *_LINES),
    "goods-received": _wording(lambda it: gettext("%(item)s: %(quantity)s received", **it)),  # what it shows: `_RECEIVED`
    "contract-used": _wording(
        lambda it: gettext("%(amount)s taken from contract %(contract)s with %(supplier)s", **it), "contract", "supplier", "amount"
    ),
    "request-noted": _wording(lambda it: gettext("%(amount)s from %(supplier)s, without a contract", **it), "supplier", "amount"),
    "contract-released": _wording(_released, "contract", "amount"),
    "replenishment-ordered": _wording(
        lambda it: ngettext(
            "%(num)s item ordered from %(supplier)s for %(amount)s", "%(num)s items ordered from %(supplier)s for %(amount)s",
            int(it["lines"]), supplier=it["supplier"], amount=it["amount"],
        ),
        "orders.price",
    ),
    "invoice-matched": _wording(_matched, "invoice_number", "invoice_amount"),
    "purchase-paid": _wording(lambda it: gettext("%(amount)s paid, reference %(reference)s", **it), "invoice_amount", "payment_reference"),
    "credit-looked-up": _wording(_credit, *_ACCOUNT, "credit_limit", "credit_open", "credit_overdue"),
    "order-refused": _wording(_taken_off, *_ACCOUNT),
    "order-cancelled": _wording(_taken_off, *_ACCOUNT),
    "record-added": _wording(lambda it: gettext("%(id)s added to the records", **it)),
    "record-changed": _wording(lambda it: gettext("%(id)s changed in the records", **it)),
    "order-paid": _wording(_taken_off, *_ACCOUNT),
}  # fmt: skip
"""The lines that the handlers write, by their name."""
_RECEIVED: Final = {
    "book-receipt": frozenset({"receipt.item", "receipt.received"}),
    "receive-stock": frozenset({"received.item", "received.quantity"}),
}


def told(handler: str, line: Line, may_see: Callable[[str], bool]) -> str:
    """A line of a handler; empty where it gives away what the reader may not see, and where nobody knows it."""
    code = str(line.get("text"))
    wording = WORDINGS.get(code)
    if wording is None:
        return ""
    shows = _RECEIVED.get(handler, wording.shows) if code == "goods-received" else wording.shows
    if not all(may_see(path) for path in shows if path != "contract" or line.get("contract")):
        return ""
    return wording.say(_localised(line))


def _localised(line: Line) -> dict[str, Any]:
    """The figures of a line with names and units in the language of the page."""
    found = {name: value for name, value in line.items() if name != "text"}
    found.update({name: partner_name(str(found[name])) for name in ("customer", "supplier") if name in found})
    if "item" in found:
        name, unit = item_words(str(found.get("id") or ""), str(found["item"]), str(found.get("unit") or ""))
        found.update(item=name, quantity=" ".join(part for part in (str(found["quantity"]), unit) if part))
    return found
