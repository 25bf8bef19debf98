"""What is said about a wrong field. The code is stable and the message English: the application translates by code and figures.

The application shows the translation of the template with the same figures; here the English text is put together.
"""

from __future__ import annotations

from typing import Final

from engine import FieldProblem

TEMPLATES: Final = {
    "required": "Please fill this in.",
    "not-a-text": "This is not a text.",
    "not-a-number": "This is not a number.",
    "not-a-boolean": "This is neither yes nor no.",
    "not-a-list": "This is not a list.",
    "not-a-row": "This is not a row.",
    "not-a-date": "This is not a date. Dates are written 2026-01-31.",
    "not-a-time": "This is not a time. Times are written 13:30.",
    "not-a-datetime": "This is not a date with a time.",
    "date-in-the-past": "This date is in the past.",
    "too-many-decimals": "At most {digits} digits after the point are allowed.",
    "not-a-multiple": "This must be a multiple of {increment}.",
    "below-minimum": "This must be at least {minimum}.",
    "above-maximum": "This must be at most {maximum}.",
    "too-short": "At least {length} characters are needed.",
    "too-long": "At most {length} characters are allowed.",
    "pattern": "This does not have the expected form.",
    "not-an-email": "This is not an e-mail address.",
    "not-a-phone": "This is not an international phone number, such as +8657412345678.",
    "not-an-option": "This is not one of the choices.",
    "too-many-rows": "At most {rows} rows are allowed.",
    "rows-fixed": "Rows cannot be added or removed here.",
    "not-writable": "This cannot be changed in this step.",
    "unknown-field": "The form has no such field.",
    "unsupported": "Fields of the type {type} are not supported yet.",
}
"""Every code that the validation of forms gives, with its English text."""


def problem(path: str, code: str, label: str = "", **figures: object) -> FieldProblem:
    """One thing that is wrong with one field."""
    return FieldProblem(path=path, code=code, message=TEMPLATES[code].format(**figures), label=label, figures=figures)
