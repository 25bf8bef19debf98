"""The purchase request that the tests in the browser begin with."""

from __future__ import annotations

from datetime import date

from tests.browser.people import Person

SUBJECT = "Shelving for warehouse B"


def fill_in_request(zhou: Person, bays: int) -> Person:
    """Zhou Ting of Sales asks for bays of shelving at ¥1,290.00; the form is filled in and not sent."""
    return ask_for_shelving(zhou.start("purchase-approval"), bays)


def ask_for_shelving(person: Person, bays: int) -> Person:
    """Fill in the form that is open."""
    return person.fill(
        title=SUBJECT,
        supplier="Huayu Shelving",
        contract="CT-2026-021",
        items_0_item="Shelving bay",
        items_0_quantity=str(bays),
        items_0_price="1290",
        cost_centre="3200",
        needed_by=date(2026, 4, 20),
        reason="Goods stand in the aisles.",
    )
