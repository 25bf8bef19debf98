"""What the lists of the records and their fields are called."""

from __future__ import annotations

from app.words import gettext
from engine import NotFound


def kind_names() -> dict[str, str]:
    """The lists, in the order of the bar above them."""
    return {
        "suppliers": gettext("Suppliers"),
        "contracts": gettext("Contracts"),
        "items": gettext("Items"),
        "customers": gettext("Customers"),
        "cost-centres": gettext("Cost centres"),
    }


def kind_name(kind: str) -> str:
    """A list of an address. Raises `NotFound` where there is none of that name."""
    names = kind_names()
    if kind not in names:
        raise NotFound
    return names[kind]


def new_name(kind: str) -> str:
    """What is added to a list."""
    return {
        "suppliers": gettext("New supplier"),
        "contracts": gettext("New contract"),
        "items": gettext("New item"),
        "customers": gettext("New customer"),
        "cost-centres": gettext("New cost centre"),
    }[kind]


def labels() -> dict[str, str]:
    """What the fields are called."""
    return {
        "id": gettext("Number or id"),
        "name": gettext("Name"),
        "name_zh": gettext("Name in Chinese"),
        "city": gettext("City"),
        "contact": gettext("Contact"),
        "phone": gettext("Phone"),
        "email": gettext("E-mail"),
        "bank_account": gettext("Bank account"),
        "active": gettext("Active"),
        "supplier_id": gettext("Supplier"),
        "amount": gettext("Amount"),
        "used": gettext("Used"),
        "left": gettext("Left"),
        "valid_until": gettext("Valid until"),
        "barcode": gettext("Barcode"),
        "unit": gettext("Unit"),
        "unit_zh": gettext("Unit in Chinese"),
        "price": gettext("Price"),
        "stocked": gettext("Kept in stock"),
        "stock": gettext("Stock"),
        "reserved": gettext("Reserved"),
        "available": gettext("Available"),
        "minimum": gettext("Minimum"),
        "address": gettext("Address"),
        "credit_limit": gettext("Credit limit"),
        "open_amount": gettext("Open"),
        "overdue": gettext("Overdue"),
        "confirmed_by": gettext("Confirmed by"),
        "counted": gettext("Counted"),
        "reason": gettext("Why"),
    }
