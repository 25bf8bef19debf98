"""Carrying what cases have done to the records from one database into another, beside the cases themselves.

Rows that belong to a case go as they are. Figures that many cases share (stock, what is used of a contract, what a customer owes) are
changed by as much as the case had changed them, so that what others did meanwhile stays.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection, Table, insert, select, update

from app.records.tables import (
    contract,
    cost_centre,
    customer,
    item,
    purchase,
    purchase_line,
    record_change,
    reservation,
    sales_order,
    supplier,
)

_RECORDS = (supplier, cost_centre, contract, item, customer)
_SHARED = {contract.name: (contract, ("used",)), item.name: (item, ("stock", "reserved")), customer.name: (customer, ("open_amount",))}


def copy_records(source: Connection, target: Connection) -> None:
    """All records, into a database that has none."""
    for table in _RECORDS:
        _insert(target, table, [dict(row) for row in source.execute(select(table)).mappings()])


def carry(source: Connection, target: Connection, cases: Sequence[str]) -> None:
    """What these cases have written, and by how much they have changed the figures that they share with others."""
    for table in (purchase, sales_order, reservation, record_change):
        _insert(target, table, [dict(row) for row in source.execute(select(table).where(table.c.case_id.in_(cases))).mappings()])
    purchases = select(purchase.c.id).where(purchase.c.case_id.in_(cases))
    lines = source.execute(select(purchase_line).where(purchase_line.c.purchase_id.in_(purchases))).mappings()
    _insert(target, purchase_line, [dict(row) for row in lines])
    for (kind, record_id), figures in sorted(_sums(source, cases).items()):
        table = _SHARED[kind][0]
        values = {name: table.c[name] + by for name, by in figures.items()}
        target.execute(update(table).where(table.c.id == record_id).values(**values))


def carry_edits(source: Connection, target: Connection, kind: Table, record_id: str) -> None:
    """What people changed by hand in one record: its log, and the fields as they stand after it."""
    log = select(record_change).where(
        record_change.c.kind == kind.name, record_change.c.record_id == record_id, record_change.c.case_id.is_(None)
    )
    rows = [dict(row) for row in source.execute(log).mappings()]
    changed = {name for row in rows for name in json.loads(row["changes"])}
    if not changed:
        return
    _insert(target, record_change, rows)
    now = source.execute(select(*(kind.c[name] for name in sorted(changed))).where(kind.c.id == record_id)).mappings().one()
    target.execute(update(kind).where(kind.c.id == record_id).values(**now))


def _sums(source: Connection, cases: Sequence[str]) -> dict[tuple[str, str], dict[str, Decimal]]:
    """By how much these cases have changed each shared figure, as the log of changes tells."""
    sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    query = select(record_change.c.kind, record_change.c.record_id, record_change.c.changes)
    for row in source.execute(query.where(record_change.c.case_id.in_(cases), record_change.c.kind.in_(_SHARED))):
        for name, (before, after) in json.loads(row.changes).items():
            if name in _SHARED[row.kind][1]:
                sums[row.kind, row.record_id][name] += Decimal(after) - Decimal(before)
    return sums


def _insert(target: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        target.execute(insert(table), rows)
