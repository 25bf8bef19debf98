"""Changing records by hand: who may, what must be right, and what Finance has confirmed stays as it is.

Figures that cases move (what is used of a contract, what is in stock, what is open with a customer) are not edited here: stock is counted,
which has a use case and a reason of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sqlalchemy import Table, select

from app.records.changes import Change, Record
from app.records.fields import Given, Unreadable, defaults, read_quantity, read_reason
from app.records.problems import Locked, finding, money, quantity, shown
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
NO_IDS: Final = frozenset({"new", "import", "export", ".", ".."})  # these mean something else in an address
CONFIRMERS: Final = frozenset({"finance:head", "finance:deputy"})
COUNTERS: Final = frozenset({"warehouse", "admin"})


def may_edit(actor: Actor, kind: str) -> bool:
    """Whether somebody may edit the records of a list. Auditors change nothing, whatever else they are."""
    return not actor.may_audit and bool(actor.groups & EDITORS.get(kind, frozenset()))


def may_confirm(actor: Actor, kind: str) -> bool:
    """Whether somebody may confirm a record for Finance, or open it again."""
    return not actor.may_audit and kind in CONFIRMED_FIELDS and bool(actor.groups & CONFIRMERS)


def may_count(actor: Actor) -> bool:
    """Whether somebody may count stock."""
    return not actor.may_audit and bool(actor.groups & COUNTERS)


FIGURES_AT_FIRST: Final[Mapping[Table, tuple[str, ...]]] = {
    contract: ("used",),
    item: ("stock", "reserved"),
    customer: ("open_amount", "overdue"),
}


def add(change: Change, kind: str, record_id: str, values: Mapping[str, object]) -> Record:
    """Add a record. Raises `Forbidden`, `InvalidSubmission`; of two people with the same id at once, the database refuses one."""
    table, read = _begin(change, kind, values, new=True)
    problems = [*bad_id(record_id), *read.problems, *_wrong(change, kind, read.values, None)]
    if not problems and change.lock({table: [record_id]})[table]:
        problems.append(finding("id", "taken"))
    if problems:
        raise InvalidSubmission(problems)
    record = whole_record(kind, record_id, read.values)
    change.add(table, record)
    return record


def whole_record(kind: str, record_id: str, values: Mapping[str, object]) -> Record:
    """A new record with everything that its table holds."""
    table = KINDS[kind]
    empty = dict.fromkeys(column.name for column in table.columns)
    figures = dict.fromkeys(FIGURES_AT_FIRST.get(table, ()), Decimal(0))
    return {**empty, **defaults(kind), **figures, **values, "id": record_id}


def save(change: Change, kind: str, record_id: str, values: Mapping[str, object], seen: Mapping[str, object] | None = None) -> Record:
    """Change a record. `seen`: what stood there when the change was thought of; what somebody else has changed since is not replaced.

    Raises `Forbidden`, `NotFound`, `Locked`, `InvalidSubmission`.
    """
    table, read = _begin(change, kind, values, new=False)
    known = _locked(change, table, record_id)
    problems = [*read.problems, *_wrong(change, kind, read.values, known), *_overtaken(kind, known, read.values, seen or {})]
    if problems:
        raise InvalidSubmission(problems)
    locked = locked_fields(kind, known, read.values)
    if locked:
        raise Locked(record=record_id, by=known["confirmed_by"], fields=", ".join(locked))
    change.write(table, known, read.values)
    return known


def confirm(change: Change, kind: str, record_id: str) -> None:
    """Confirm a record for Finance: what Finance answers for in it is locked."""
    record, table = _to_confirm(change, kind, record_id)
    if record["confirmed_by"] is None:
        change.change(table, record, confirmed_by=change.actor.id, confirmed_at=change.now())


def reopen(change: Change, kind: str, record_id: str, reason: str) -> None:
    """Open a confirmed record again. The reason is kept."""
    why, problems = read_reason(reason)
    record, table = _to_confirm(change, kind, record_id)
    if problems:
        raise InvalidSubmission(problems)
    change.write(table, record, {"confirmed_by": None, "confirmed_at": None}, why)


def count_stock(change: Change, item_id: str, counted: object, reason: str) -> None:
    """Set the stock of an item to what was counted. Never below what is reserved for orders; the reason is kept."""
    if not may_count(change.actor):
        raise Forbidden("Only the Warehouse counts stock.")
    record = _locked(change, item, item_id)
    if not record["stocked"]:
        raise NotFound(f"There is no stock of {item_id}.")
    why, problems = read_reason(reason)
    try:
        number = read_quantity(counted)
    except Unreadable as wrong:
        raise InvalidSubmission([wrong.at("counted"), *problems]) from None
    if number < record["reserved"]:
        figures = {"counted": quantity(number), "reserved": quantity(record["reserved"]), "unit": record["unit"]}
        problems.insert(0, finding("counted", "below-reserved", **figures))
    if problems:
        raise InvalidSubmission(problems)
    change.write(item, record, {"stock": number}, why)


def _begin(change: Change, kind: str, values: Mapping[str, object], *, new: bool) -> tuple[Table, Given]:
    if not may_edit(change.actor, kind):
        raise Forbidden("You may not edit these records.")
    return KINDS[kind], Given(kind, values, new=new)


def _locked(change: Change, table: Table, record_id: str) -> Record:
    record = change.lock({table: [record_id]})[table].get(record_id)
    if record is None:
        raise NotFound(f"There is no {record_id}.")
    return record


def bad_id(record_id: str) -> list[FieldProblem]:
    """What is wrong with the id of a new record."""
    fits = 0 < len(record_id) <= LONGEST_ID and record_id.isprintable() and record_id == record_id.strip()
    in_address = not set("/?#\\") & set(record_id) and record_id not in NO_IDS
    return [] if fits and in_address else [finding("id", "bad-id")]


def _wrong(change: Change, kind: str, values: Mapping[str, object], known: Record | None) -> list[FieldProblem]:
    """What is wrong beyond the single field."""
    problems: list[FieldProblem] = []
    if "supplier_id" in values:
        found = change.connection.execute(select(supplier.c.id).where(supplier.c.id == values["supplier_id"])).first()
        if found is None:
            problems.append(finding("supplier_id", "no-such-supplier"))
    if kind == "items" and values.get("barcode"):
        holder = change.connection.execute(select(item.c.id, item.c.name).where(item.c.barcode == values["barcode"])).first()
        if holder is not None and (known is None or holder.id != known["id"]):
            problems.append(finding("barcode", "barcode-taken", item=holder.name))
    return [*problems, *wrong_figures(kind, values, known)]


def wrong_figures(kind: str, values: Mapping[str, object], known: Record | None) -> list[FieldProblem]:
    """What does not go with the figures that cases have moved."""
    problems: list[FieldProblem] = []
    amount = values.get("amount")
    if kind == "contracts" and known and isinstance(amount, Decimal) and amount < known["used"]:
        problems.append(finding("amount", "below-used", used=money(known["used"])))
    if kind == "items" and known and known["reserved"] and values.get("stocked") is False:
        problems.append(finding("stocked", "still-reserved", reserved=quantity(known["reserved"]), unit=known["unit"]))
    return problems


def _overtaken(kind: str, known: Record, values: Mapping[str, object], seen: Mapping[str, object]) -> list[FieldProblem]:
    """The fields that somebody else has changed meanwhile, to something else."""
    before = Given(kind, {name: seen[name] for name in values if name in seen}, new=False).values
    names = [name for name, value in values.items() if name in before and known[name] not in (before[name], value)]
    return [finding(name, "changed-meanwhile", value=shown(known[name])) for name in names]


def locked_fields(kind: str, known: Record, values: Mapping[str, object]) -> list[str]:
    """What Finance has confirmed and these values would change, in order."""
    if known.get("confirmed_by") is None:
        return []
    return sorted(name for name in CONFIRMED_FIELDS.get(kind, frozenset()) & values.keys() if known[name] != values[name])


def _to_confirm(change: Change, kind: str, record_id: str) -> tuple[Record, Table]:
    if not may_confirm(change.actor, kind):
        raise Forbidden("Only the head of Finance or the deputy confirms records.")
    table = KINDS[kind]
    return _locked(change, table, record_id), table
