"""Changing records by hand: who may, what must be right, and what Finance has confirmed stays as it is.

Figures that cases move (what is used of a contract, what is in stock, what is open with a customer) are not edited here: stock is counted,
which has a use case and a reason of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from sqlalchemy import Table, select

from app.records.changes import Change, Record
from app.records.problems import Locked
from app.records.queries import KINDS
from app.records.tables import contract, customer, item, supplier
from engine import Actor, FieldProblem, Forbidden, InvalidSubmission, NotFound

EDITORS: Final[Mapping[str, frozenset[str]]] = {
    "suppliers": frozenset({"purchasing", "finance", "admin"}),
    "contracts": frozenset({"purchasing", "finance", "admin"}),
    "items": frozenset({"purchasing", "warehouse", "admin"}),
    "customers": frozenset({"sales", "finance", "admin"}),
    "cost-centres": frozenset({"finance", "admin"}),
}
"""The departments and roles that may edit each list."""

CONFIRMED_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "suppliers": frozenset({"bank_account"}),
    "contracts": frozenset({"supplier_id", "amount", "valid_until"}),
    "customers": frozenset({"credit_limit"}),
}
"""What Finance confirms of each list, and what is locked from then on."""

LONGEST_ID: Final = 60
CONFIRMERS: Final = frozenset({"finance:head", "finance:deputy"})


def may_edit(actor: Actor, kind: str) -> bool:
    """Whether somebody may edit the records of a list."""
    return bool(actor.groups & EDITORS.get(kind, frozenset()))


def may_confirm(actor: Actor, kind: str) -> bool:
    """Whether somebody may confirm a record for Finance, or open it again."""
    return kind in CONFIRMED_FIELDS and bool(actor.groups & CONFIRMERS)


def _text(value: object) -> str:
    return str(value).strip()


def _flag(value: object) -> bool:
    return value in {True, "true", "on", "1", "yes"}


def _figure(value: object) -> Decimal:
    number = Decimal(str(value).strip().replace(",", ""))
    if not number.is_finite() or number < 0 or number >= Decimal(10) ** 13:
        raise InvalidOperation
    return number


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip())


Reader = Callable[[object], object]
NAMES: Final[Mapping[str, Reader]] = {"name": _text, "name_zh": _text}
FIELDS: Final[Mapping[str, Mapping[str, Reader]]] = {
    "suppliers": {**NAMES, **dict.fromkeys(("city", "contact", "phone", "email", "bank_account"), _text), "active": _flag},
    "contracts": {**NAMES, "supplier_id": _text, "amount": _figure, "valid_until": _day},
    "items": {**NAMES, "unit": _text, "unit_zh": _text, "price": _figure, "minimum": _figure, "stocked": _flag},
    "customers": {**NAMES, **dict.fromkeys(("city", "contact", "phone", "address"), _text), "credit_limit": _figure, "active": _flag},
    "cost-centres": NAMES,
}
"""The fields that may be edited, and how each is read."""

REQUIRED: Final = frozenset({"name", "supplier_id", "amount", "valid_until", "unit", "credit_limit"})
FIGURES_AT_FIRST: Final[Mapping[Table, tuple[str, ...]]] = {
    contract: ("used",),
    item: ("stock", "reserved"),
    customer: ("open_amount", "overdue"),
}


def save(change: Change, kind: str, record_id: str, values: Mapping[str, object]) -> Record:
    """Add a record, or change the one with that id. Raises `Forbidden`, `Locked`, `InvalidSubmission`."""
    if not may_edit(change.actor, kind):
        raise Forbidden("You may not edit these records.")
    table = KINDS[kind]
    known = change.lock({table: [record_id]})[table].get(record_id)
    read = _Given(kind, values, new=known is None)
    problems = [*read.problems, *_wrong(change, kind, record_id, read.values, known)]
    if problems:
        raise InvalidSubmission(problems)
    if known is None:
        empty = dict.fromkeys(column.name for column in table.columns)
        figures = dict.fromkeys(FIGURES_AT_FIRST.get(table, ()), Decimal(0))
        record = empty | _defaults(kind) | figures | read.values | {"id": record_id}
        change.add(table, record)
        return record
    _refuse_confirmed(kind, known, read.values)
    change.write(table, known, read.values)
    return known


def confirm(change: Change, kind: str, record_id: str) -> None:
    """Confirm a record for Finance: what Finance answers for in it is locked."""
    record, table = _to_confirm(change, kind, record_id)
    if record["confirmed_by"] is None:
        change.change(table, record, confirmed_by=change.actor.id, confirmed_at=change.now())


def reopen(change: Change, kind: str, record_id: str, reason: str) -> None:
    """Open a confirmed record again. The reason is kept."""
    if not reason.strip():
        raise InvalidSubmission([FieldProblem("reason", "required", "Please say why.")])
    record, table = _to_confirm(change, kind, record_id)
    change.write(table, record, {"confirmed_by": None, "confirmed_at": None}, reason.strip())


def count_stock(change: Change, item_id: str, counted: Decimal, reason: str) -> None:
    """Set the stock of an item to what was counted. Never below what is reserved for orders; the reason is kept."""
    if not change.actor.groups & {"warehouse", "admin"}:
        raise Forbidden("Only the Warehouse counts stock.")
    record = change.lock({item: [item_id]})[item].get(item_id)
    if record is None or not record["stocked"]:
        raise NotFound(f"There is no stock of {item_id}.")
    problems = []
    if counted < record["reserved"]:
        figures = {"counted": f"{counted:f}", "reserved": f"{record['reserved']:f}", "unit": record["unit"]}
        message = "{counted} {unit} counted, but {reserved} {unit} are reserved for orders.".format(**figures)
        problems.append(FieldProblem("stock", "below-reserved", message, figures=figures))
    if not reason.strip():
        problems.append(FieldProblem("reason", "required", "Please say why."))
    if problems:
        raise InvalidSubmission(problems)
    change.write(item, record, {"stock": counted}, reason.strip())


class _Given:
    """What was given, read field by field."""

    def __init__(self, kind: str, given: Mapping[str, object], *, new: bool) -> None:
        self.values: dict[str, object] = {}
        self.problems: list[FieldProblem] = []
        for name, reader in FIELDS[kind].items():
            if name not in given and not (new and name in REQUIRED):
                continue
            self._read(name, reader, given.get(name, ""))
        for name in given.keys() - FIELDS[kind].keys():
            self.problems.append(FieldProblem(name, "unknown-field", "There is no such field."))

    def _read(self, name: str, reader: Reader, value: object) -> None:
        if name in REQUIRED and not str(value).strip():
            self.problems.append(FieldProblem(name, "required", "Please fill this in."))
            return
        try:
            self.values[name] = reader(value)
        except (InvalidOperation, ValueError):
            code = "not-a-date" if reader is _day else "not-a-number"
            self.problems.append(FieldProblem(name, code, "This is not a date." if reader is _day else "This is not an amount."))


def _wrong(change: Change, kind: str, record_id: str, values: Mapping[str, object], known: Record | None) -> list[FieldProblem]:
    """What is wrong beyond the single field."""
    problems: list[FieldProblem] = []
    if not record_id or record_id != record_id.strip() or len(record_id) > LONGEST_ID or not record_id.isprintable():
        problems.append(FieldProblem("id", "bad-id", "An id is a short text without spaces around it."))
    if "supplier_id" in values:
        found = change.connection.execute(select(supplier.c.id).where(supplier.c.id == values["supplier_id"])).first()
        if found is None:
            problems.append(FieldProblem("supplier_id", "unknown-supplier", "There is no such supplier."))
    amount = values.get("amount")
    if kind == "contracts" and known and isinstance(amount, Decimal) and amount < known["used"]:
        figures = {"used": f"{known['used']:,.2f}"}
        message = "¥{used} of this contract are used already.".format(**figures)
        problems.append(FieldProblem("amount", "below-used", message, figures=figures))
    return problems


def _refuse_confirmed(kind: str, known: Record, values: Mapping[str, object]) -> None:
    """Refuse to change what Finance has confirmed."""
    if known.get("confirmed_by") is None:
        return
    changed = sorted(name for name in CONFIRMED_FIELDS.get(kind, frozenset()) & values.keys() if known[name] != values[name])
    if changed:
        raise Locked(record=known["id"], by=known["confirmed_by"], fields=", ".join(changed))


def _to_confirm(change: Change, kind: str, record_id: str) -> tuple[Record, Table]:
    if not may_confirm(change.actor, kind):
        raise Forbidden("Only the head of Finance or the deputy confirms records.")
    table = KINDS[kind]
    record = change.lock({table: [record_id]})[table].get(record_id)
    if record is None:
        raise NotFound(f"There is no {record_id}.")
    return record, table


def _defaults(kind: str) -> dict[str, object]:
    """What stands in fields that were not given."""
    return {name: True if reader is _flag else Decimal(0) if reader is _figure else "" for name, reader in FIELDS[kind].items()}
