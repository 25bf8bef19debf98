"""What the people of the past did with a task or a message: after how much working time, with which outcome, and what they wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from app.sample.past.stories import Story, fields_of
from app.sample.past.subjects import ANSWERS, REJECTIONS, REMARKS, RETURNS

HOUR: Final = 60
DAY: Final = 7 * HOUR + 30  # of working time: 09:00 to 12:00, 13:30 to 18:00

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Complete a task, after so many working minutes."""

    after: int
    outcome: str
    reason: str | None = None
    fields: Callable[[Values, date], Mapping[str, object]] = field(default=lambda _values, _today: {})


@dataclass(frozen=True, slots=True)
class Saying:
    """Give a message by hand: who, after so many working minutes. None: nobody said anything until today."""

    after: int
    person: str


_DELAYS: Final = {  # the usual working minutes of a step, from and to
    "head_approves": (15, 5 * HOUR),
    "purchasing_approves": (30, 6 * HOUR),
    "finance_approves": (30, 6 * HOUR),
    "general_manager_approves": (HOUR, 6 * HOUR),
    "revise_request": (HOUR, DAY),
    "place_order": (HOUR, 7 * HOUR),
    "remind_supplier": (20, 2 * HOUR),
    "receive_goods": (DAY, 3 * DAY),
    "enter_invoice": (2 * HOUR, 2 * DAY),
    "purchasing_clears": (HOUR, DAY),
    "finance_checks": (HOUR, DAY),
    "pay_invoice": (3 * HOUR, 2 * DAY),
    "decide_credit": (30, 4 * HOUR),
    "write_invoice": (20, 4 * HOUR),
    "pick_goods": (30, 4 * HOUR),
    "pick_rest": (30, 3 * HOUR),
    "ship_goods": (40, 5 * HOUR),
    "ask_delivery": (20, 3 * HOUR),
    "send_dunning": (30, 4 * HOUR),
    "order_goods": (30, 4 * HOUR),
    "receive_replenishment": (2 * DAY, 4 * DAY),
}
_SLOW: Final = (3 * DAY, 6 * DAY)
_OUTCOMES: Final = {
    "revise_request": "resubmit", "place_order": "ordered", "remind_supplier": "reminded", "receive_goods": "received",
    "enter_invoice": "entered", "purchasing_clears": "cleared", "finance_checks": "accept", "pay_invoice": "paid",
    "write_invoice": "invoiced", "pick_goods": "picked", "pick_rest": "picked", "ship_goods": "shipped", "ask_delivery": "delivered",
    "send_dunning": "sent", "order_goods": "ordered", "receive_replenishment": "received",
}  # fmt: skip


def act_of(story: Story, element: str, visits: int, random: Random, language: str) -> Act:
    """What happens to a task that stands at `element` for the `visits`th time in this case."""
    traits, first = story.traits, visits == 1
    after = random.randint(*(_SLOW if traits.slow_at == element and first else _DELAYS[element]))
    if traits.returned_at == element and first:
        return Act(after, "return", random.choice(RETURNS).text(language))
    if traits.rejected_at == element:
        return Act(after, "reject", random.choice(REJECTIONS).text(language))
    if element == "revise_request" and traits.withdrawn:
        return Act(after, "withdraw")
    if element == "ask_delivery" and traits.late and first:
        return Act(after, "not_yet", fields=lambda _values, _today: {"delivery_remark": random.choice(REMARKS).text(language)})
    writes = _WRITES.get(element)
    return Act(
        after,
        _OUTCOMES.get(element, "approve"),
        None,
        lambda values, today: writes(story, values, today, random, language) if writes else {},
    )


def saying_of(story: Story, element: str, random: Random) -> Saying | None:
    """When a message came that the case waits for, and who noted it."""
    late = story.traits.late
    if element == "supplier_confirms":
        return Saying(random.randint(3 * DAY + HOUR, 6 * DAY) if late else random.randint(2 * HOUR, 2 * DAY), random.choice(_BUYERS))
    if element == "delivery_confirmed":
        return None if late else Saying(random.randint(DAY, 3 * DAY), "lin-xue")
    if element == "payment_received":
        return Saying(random.randint(9 * DAY, 26 * DAY) if late else random.randint(3 * DAY, 12 * DAY), random.choice(_ACCOUNTANTS))
    if element == "customer_cancels" and story.traits.cancelled:
        return Saying(random.randint(40, 3 * HOUR), story.person)
    return None


_BUYERS: Final = ("zhang-min", "gao-yuan")
_ACCOUNTANTS: Final = ("feng-qi", "li-qiang")


def _revised(story: Story, _values: Values, _today: date, random: Random, language: str) -> Mapping[str, object]:
    return {**fields_of(story, language), "reason": random.choice(ANSWERS).text(language)}


def _ordered(_story: Story, _values: Values, today: date, random: Random, _language: str) -> Mapping[str, object]:
    promised = today + timedelta(days=random.randint(5, 15))
    return {"order_number": f"PO-{random.randint(5000, 7999)}", "order_date": today.isoformat(), "promised_for": promised.isoformat()}


def _received(story: Story, values: Values, today: date, random: Random, _language: str) -> Mapping[str, object]:
    less = 1 if story.traits.short else 0
    rows = [
        {"item": row["item"], "ordered": str(row["quantity"]), "received": str(row["quantity"] - (less if number == 0 else 0))}
        for number, row in enumerate(values["items"])
    ]
    if all(Decimal(row["received"]) == 0 for row in rows):
        rows[0]["received"] = rows[0]["ordered"]
    return {"delivery_note": f"LS {random.randint(2000, 9999)}", "received_on": today.isoformat(), "receipt": rows}


def _invoiced(_story: Story, values: Values, today: date, random: Random, _language: str) -> Mapping[str, object]:
    return {
        "invoice_number": f"RE-{random.randint(10000, 99999)}",
        "invoice_date": today.isoformat(),
        "invoice_amount": str(values["amount"]),
    }


def _cleared(_story: Story, _values: Values, _today: date, _random: Random, language: str) -> Mapping[str, object]:
    return {"purchasing_finding": "余量下周补发。" if language == "zh" else "The rest comes next week."}


def _checked(_story: Story, values: Values, _today: date, _random: Random, language: str) -> Mapping[str, object]:
    said = "差额由下张发票冲抵。" if language == "zh" else "Set off against the next invoice."
    return {"invoice_number": values["invoice_number"], "invoice_amount": str(values["invoice_amount"]), "finance_finding": said}


def _paid(_story: Story, _values: Values, today: date, random: Random, _language: str) -> Mapping[str, object]:
    return {"paid_on": today.isoformat(), "payment_reference": f"BANK {random.randint(10000, 99999)}"}


def _reminded(_story: Story, _values: Values, _today: date, random: Random, language: str) -> Mapping[str, object]:
    return {"reminder_remark": random.choice(REMARKS).text(language)}


def _sold(_story: Story, _values: Values, today: date, random: Random, _language: str) -> Mapping[str, object]:
    return {"sales_invoice_number": f"RG-{random.randint(1000, 9999)}", "sales_invoice_date": today.isoformat()}


def _shipped(_story: Story, _values: Values, today: date, random: Random, _language: str) -> Mapping[str, object]:
    carrier = random.choice(("sf", "deppon", "zto", "own"))
    number = {} if carrier == "own" else {"tracking_number": f"{carrier.upper()}{random.randint(10**9, 10**10 - 1)}"}
    return {"carrier": carrier, "shipped_on": today.isoformat(), **number}


def _delivered(_story: Story, _values: Values, today: date, _random: Random, _language: str) -> Mapping[str, object]:
    return {"delivered_on": today.isoformat()}


def _dunned(_story: Story, _values: Values, _today: date, random: Random, language: str) -> Mapping[str, object]:
    return {"dunning_remark": random.choice(REMARKS).text(language)}


def _replenished(_story: Story, values: Values, today: date, _random: Random, _language: str) -> Mapping[str, object]:
    rows = [
        {"item": row["item"], "missing_quantity": str(row["quantity"]), "quantity": str(row["quantity"]), "price": "12600"}
        for row in values["lines"]
    ]
    return {"orders": rows, "replenishment_supplier": "weite-electric", "expected_on": (today + timedelta(days=6)).isoformat()}


def _arrived(_story: Story, values: Values, _today: date, random: Random, _language: str) -> Mapping[str, object]:
    rows = [{"item": row["item"], "ordered": str(row["quantity"]), "quantity": str(row["quantity"])} for row in values["orders"]]
    return {"received": rows, "replenishment_delivery_note": f"LS {random.randint(2000, 9999)}"}


_WRITES: Final[Mapping[str, Callable[[Story, Values, date, Random, str], Mapping[str, object]]]] = {
    "revise_request": _revised, "place_order": _ordered, "receive_goods": _received, "enter_invoice": _invoiced,
    "purchasing_clears": _cleared, "finance_checks": _checked, "pay_invoice": _paid, "remind_supplier": _reminded,
    "write_invoice": _sold, "ship_goods": _shipped, "ask_delivery": _delivered, "send_dunning": _dunned,
    "order_goods": _replenished, "receive_replenishment": _arrived,
}  # fmt: skip
