"""The purchase request that the tests in the browser begin with."""

from __future__ import annotations

from datetime import date

from tests.browser.people import Person

SUBJECT = "Shelving for warehouse B"
SUPPLIER = {"en": "Huayu Shelving", "zh": "华宇货架"}
ITEM = {"en": "Shelving bay", "zh": "三层货架"}


def fill_in_request(person: Person, bays: int, **other: str) -> Person:
    """Somebody asks for bays of shelving at ¥1,290.00; the form is filled in and not sent."""
    return ask_for_shelving(person.start("purchase-approval"), bays, **other)


def ask_for_shelving(person: Person, bays: int, *, title: str = SUBJECT, reason: str = "Goods stand in the aisles.") -> Person:
    """Fill in the form that is open."""
    return person.fill(
        title=title,
        supplier=SUPPLIER[person.language],
        contract="CT-2026-021",
        items_0_item=ITEM[person.language],
        items_0_quantity=str(bays),
        items_0_price="1290",
        cost_centre="3200",
        needed_by=date(2026, 4, 20),
        reason=reason,
    )
