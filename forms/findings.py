"""What is said of a form when it is deployed, by code: what is wrong, and what to do. `{names}` are the details of the problem."""

from __future__ import annotations

from typing import Final

FINDINGS: Final = {
    "form-unreadable": "The form cannot be read. {reason}",
    "form-key-twice": "The key “{name}” is used {times} times. Give each field a key of its own.",
    "form-key": "The key “{name}” is no name. Use letters, digits and underscores, beginning with a letter.",
    "form-key-reserved": "The key “{name}” is the name of a FEEL function or word, and would break expressions. Choose another.",
    "form-unit": "“{name}” is counted in the unit of “{counted}”, which is no choice beside it.",
    "form-barcode": (
        "The barcode field names “{named}”, which the form has not. It takes a list whose lines are fixed (allowAddRemove: false), "
        "a choice of it from the server's lists (item), and numbers of it (wanted, count)."
    ),
    "form-type": "Components of the type “{type}” are not supported yet.",
    "form-key-missing": "The {type} has no key.",
    "form-number": "“{name}” has decimals: set serializeToString, or its digits are lost in the browser.",
    "form-pattern": "The pattern “{pattern}” of “{name}” cannot be used: {reason}.",
    "form-setting": "“{setting}” of “{name}” is {value}. Write {wanted}.",
    "form-expression": "The expression “{source}” of “{name}” is wrong: {reason}.",
}
