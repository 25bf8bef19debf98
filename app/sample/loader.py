"""Puts the records of the sample company into the database. A second time it adds only what is missing, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import Connection, Table, insert, select

from app.records.tables import contract, cost_centre, customer, item, supplier
from app.sample.past import records as past
from app.sample.records import CONTRACTS, COST_CENTRES, CUSTOMERS, ITEMS, SUPPLIERS
from engine import Clock


def load_records(connection: Connection, clock: Clock) -> None:
    """Suppliers, cost centres, contracts, items and customers. Contracts run on from the year of the clock."""
    year = clock.now().year
    for table, rows in (
        (supplier, map(_supplier, [*SUPPLIERS, *past.SUPPLIERS])),
        (cost_centre, ({"id": id_, "name": name, "name_zh": name_zh} for id_, name, name_zh in COST_CENTRES)),
        (contract, (_contract(row, year) for row in [*CONTRACTS, *past.CONTRACTS])),
        (item, map(_item, [*ITEMS, *past.ITEMS], count(1))),
        (customer, map(_customer, [*CUSTOMERS, *past.CUSTOMERS])),
    ):
        _add(connection, table, rows)


def _add(connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    there = set(connection.execute(select(table.c.id)).scalars())
    missing = [dict(row) for row in rows if row["id"] not in there]
    if missing:
        connection.execute(insert(table), missing)


def _supplier(row: tuple[str, str, str, str, str, str, str]) -> dict[str, object]:
    id_, name, name_zh, city, contact, phone, account = row
    return {
        "id": id_,
        "name": name,
        "name_zh": name_zh,
        "city": city,
        "contact": contact,
        "phone": phone,
        "email": f"orders@{id_}.example",
        "bank_account": account,
        "active": True,
    }


def _contract(row: tuple[str, str, str, str, str, str, int], year: int) -> dict[str, object]:
    id_, supplier_id, name, name_zh, amount, used, years = row
    return {
        "id": id_,
        "supplier_id": supplier_id,
        "name": name,
        "name_zh": name_zh,
        "amount": Decimal(amount),
        "used": Decimal(used),
        "valid_until": date(year + years, 12, 31),
    }


def _item(row: tuple[str, str, str, str, str, str, bool, str, str], number: int) -> dict[str, object]:
    id_, name, name_zh, unit, unit_zh, price, stocked, stock, minimum = row
    return {
        "id": id_,
        "name": name,
        "name_zh": name_zh,
        "unit": unit,
        "unit_zh": unit_zh,
        "price": Decimal(price),
        "stocked": stocked,
        "stock": Decimal(stock),
        "reserved": Decimal(0),
        "minimum": Decimal(minimum),
        "barcode": _barcode(number) if stocked else "",
    }


def _barcode(number: int) -> str:
    """A GTIN of 13 digits from the range that companies give out for themselves (20), with its check digit."""
    digits = f"20{number:010}"
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def _customer(row: tuple[str, str, str, str, str, str, str, int, int, int]) -> dict[str, object]:
    id_, name, name_zh, city, contact, phone, address, limit, open_, overdue = row
    return {
        "id": id_,
        "name": name,
        "name_zh": name_zh,
        "city": city,
        "contact": contact,
        "phone": phone,
        "address": address,
        "credit_limit": Decimal(limit),
        "open_amount": Decimal(open_),
        "overdue": Decimal(overdue),
        "active": True,
    }
