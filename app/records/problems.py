"""What is said when the records refuse: each names the line, the record and the figures. Codes are stable, texts English.

The application translates by code, with the same figures.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from engine import FieldProblem, InvalidSubmission, Phrase, Rejection

TEMPLATES: Final = {
    "unknown-supplier": "There is no supplier {supplier}.",
    "unknown-contract": "There is no contract {contract}.",
    "unknown-customer": "There is no customer {customer}.",
    "unknown-item": "Line {line}: there is no item {item}.",
    "contract-of-other-supplier": "Contract {contract} is with {supplier}.",
    "contract-expired": "Contract {contract} ended on {valid_until}.",
    "over-contract": (
        "Contract {contract} has {left} left of {amount}; this needs {needed}, which is {over} too much. Line {line} ({item}) goes over it."
    ),
    "invoice-over-contract": "Contract {contract} has {left} left of {amount}; the invoice needs {needed}, which is {over} too much.",
    "out-of-stock": "Line {line} ({item}): {wanted} {unit} wanted, {available} {unit} in stock.",
    "not-kept-in-stock": "Line {line}: {item} is not kept in stock, so it cannot be booked in. Correct its record.",
    "more-than-ordered": "Line {line} ({item}): {received} {unit} received, {ordered} {unit} ordered.",
    "nothing-received": "Nothing was received.",
    "bad-id": "A number or id is a short text without spaces around it and without /, ?, # and \\.",
    "taken": "There is a record with this id already.",
    "no-such-supplier": "There is no such supplier.",
    "not-a-code": "A barcode has no spaces, and only letters, digits and signs of a keyboard.",
    "barcode-taken": "{item} has this barcode already.",
    "not-an-amount": "This is not an amount. Write a number from 0, such as 1,250.00.",
    "below-used": "{used} of this contract are used already.",
    "below-reserved": "{counted} {unit} counted, but {reserved} {unit} are reserved for orders.",
    "still-reserved": "{reserved} {unit} are reserved for orders: it stays in stock until they have left.",
    "no-reason": "Please say why.",
    "changed-meanwhile": "Somebody else has changed this to “{value}” meanwhile. Save again to replace it.",
    "twice-in-table": "This id stands in the table twice.",
    "not-yes-or-no": "Write yes or no.",
    "confirmed-by-finance": "Finance has confirmed this. Only Finance opens it again.",
}
"""Every code with which the records refuse, with its English text."""


class Locked(Rejection):
    """Finance has confirmed this. It cannot be changed unless Finance opens it again."""

    code = "locked"


def refuse(path: str, code: str, **figures: object) -> InvalidSubmission:
    """The refusal of a submission because of one field, to be raised."""
    return InvalidSubmission([finding(path, code, **figures)])


def finding(path: str, code: str, **figures: object) -> FieldProblem:
    """One thing that the records refuse."""
    return FieldProblem(path=path, code=code, message=Phrase(TEMPLATES[code], **figures), figures=figures)


def money(amount: Decimal) -> str:
    """An amount as it stands in a message: `¥186,400.00`."""
    return f"¥{amount:,.2f}"


def quantity(number: Decimal) -> str:
    """A quantity as it stands in a message: without zeros behind the point."""
    text = f"{number:,.3f}"
    return text.rstrip("0").rstrip(".")


def shown(value: object) -> str:
    """A value as it stands in a message."""
    return quantity(value) if isinstance(value, Decimal) else str(value)


def plain(number: Decimal) -> Decimal:
    """The same number without zeros behind the point, so that forms show 8 pumps and not 8.000."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
