"""Reading the records: lists for pages, choices for forms, names for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select, union

from app.records.changes import Record
from app.records.problems import money, quantity
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

KINDS: Final[dict[str, Table]] = {
    "suppliers": supplier,
    "contracts": contract,
    "items": item,
    "customers": customer,
    "cost-centres": cost_centre,
}
"""The lists that have a page, by the name in its address."""

Option = dict[str, Any]


def records(connection: Connection, kind: str, search: str = "", after: str = "", limit: int = 50) -> list[Record]:
    """A page of a list in the order of the ids: those after `after` that `search` finds."""
    table = KINDS[kind]
    query = select(table).where(table.c.id > after, *_found(table, search)).order_by(table.c.id).limit(limit)
    return [_with_figures(kind, dict(row)) for row in connection.execute(query).mappings()]


def count(connection: Connection, kind: str, search: str = "") -> int:
    """How many records of a list `search` finds."""
    table = KINDS[kind]
    return connection.execute(select(func.count()).select_from(table).where(*_found(table, search))).scalar_one()


def record(connection: Connection, kind: str, record_id: str) -> Record | None:
    """One record, with the figures that follow from it."""
    table = KINDS[kind]
    row = connection.execute(select(table).where(table.c.id == record_id)).mappings().first()
    return _with_figures(kind, dict(row)) if row else None


def changes(connection: Connection, kind: str, record_id: str, limit: int = 50) -> list[Record]:
    """Who changed a record: newest first, with the case that did it."""
    query = select(record_change).where(record_change.c.kind == KINDS[kind].name, record_change.c.record_id == record_id)
    rows = connection.execute(query.order_by(record_change.c.at.desc(), record_change.c.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def linked_cases(connection: Connection, kind: str, record_id: str, limit: int = 50) -> list[str]:
    """The ids of the newest cases that bought from a supplier or under a contract, ordered an item, or sold to a customer."""
    wanted = {
        "suppliers": [select(purchase.c.case_id).where(purchase.c.supplier_id == record_id)],
        "contracts": [select(purchase.c.case_id).where(purchase.c.contract_id == record_id)],
        "customers": [select(sales_order.c.case_id).where(sales_order.c.customer_id == record_id)],
        "items": [
            select(reservation.c.case_id).where(reservation.c.item_id == record_id),
            select(purchase.c.case_id)
            .join(purchase_line, purchase_line.c.purchase_id == purchase.c.id)
            .where(purchase_line.c.item_id == record_id),
        ],
    }.get(kind)
    if wanted is None:
        return []
    found = union(*wanted).subquery()
    return list(connection.execute(select(found.c.case_id).order_by(found.c.case_id.desc()).limit(limit)).scalars())


def supplier_names(connection: Connection, language: str, ids: Iterable[str]) -> dict[str, str]:
    """The names of these suppliers in a language, by id."""
    rows = connection.execute(select(supplier.c.id, supplier.c.name, supplier.c.name_zh).where(supplier.c.id.in_(sorted(set(ids)))))
    return {row.id: row.name_zh if language.startswith("zh") and row.name_zh else row.name for row in rows}


def supplier_choices(connection: Connection, language: str) -> list[tuple[str, str]]:
    """All suppliers to choose from, by name: their ids with their names in a language."""
    rows = connection.execute(select(supplier.c.id, supplier.c.name, supplier.c.name_zh)).all()
    named = ((row.id, row.name_zh if language.startswith("zh") and row.name_zh else row.name) for row in rows)
    return sorted(named, key=lambda choice: choice[1])


def names(connection: Connection, language: str) -> dict[str, str]:
    """Names of suppliers and customers as cases hold them (in English), with those to show in a language."""
    found: dict[str, str] = {}
    for table in (supplier, customer):
        for row in connection.execute(select(table.c.name, table.c.name_zh)):
            found[row.name] = row.name_zh if language.startswith("zh") and row.name_zh else row.name
    return found


def item_called(connection: Connection, name: str) -> str:
    """The Chinese name of the item that has this name in English; the same text where there is none."""
    found = connection.execute(select(item.c.name_zh).where(item.c.name == name).limit(1)).scalar()
    return found or name


def items_called(connection: Connection, language: str) -> dict[str, tuple[str, str]]:
    """Names and units of the items in a language, by id."""
    rows = connection.execute(select(item.c.id, item.c.name, item.c.name_zh, item.c.unit, item.c.unit_zh))
    is_chinese = language.startswith("zh")
    return {row.id: ((is_chinese and row.name_zh) or row.name, (is_chinese and row.unit_zh) or row.unit) for row in rows}


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """The choices that forms offer of the records: `forms.OptionSource`. `read` opens a connection to read from."""

    read: Callable[[], AbstractContextManager[Connection]]

    def __call__(self, source: str) -> Sequence[Option]:
        """The choices of a source; none where there is no such source."""
        makers = {
            "suppliers": _supplier_options,
            "contracts": _contract_options,
            "customers": _customer_options,
            "stock_items": _item_options,
            "cost_centres": _cost_centre_options,
        }
        if source not in makers:
            return []
        with self.read() as connection:
            return makers[source](connection)


def _supplier_options(connection: Connection) -> list[Option]:
    query = select(supplier).where(supplier.c.active).order_by(supplier.c.name)
    return [_option(row) for row in connection.execute(query).mappings()]


def _customer_options(connection: Connection) -> list[Option]:
    query = select(customer).where(customer.c.active).order_by(customer.c.name)
    return [_option(row) for row in connection.execute(query).mappings()]


def _cost_centre_options(connection: Connection) -> list[Option]:
    return [_option(row) for row in connection.execute(select(cost_centre).order_by(cost_centre.c.id)).mappings()]


def _item_options(connection: Connection) -> list[Option]:
    """Items with their unit, which forms show beside the quantity."""
    rows = connection.execute(select(item).order_by(item.c.name)).mappings()
    return [{**_option(row), "unit": row["unit"], "unit:zh": row["unit_zh"], "barcode": row["barcode"]} for row in rows]


def _contract_options(connection: Connection) -> list[Option]:
    """Contracts with their supplier, by which forms choose; `short` where what is left of them does not matter."""
    found = []
    for row in connection.execute(select(contract).order_by(contract.c.id)).mappings():
        left = money(row["amount"] - row["used"])
        labels = {"label": f"{row['id']}, {left} left, {row['name']}", "label:zh": f"{row['id']}，剩余 {left}，{row['name_zh']}"}
        found.append({"value": row["id"], **labels, "short": row["id"], "of_supplier": row["supplier_id"]})
    return found


def _option(row: Any) -> Option:  # noqa: ANN401 - a row of any of the tables
    return {"value": row["id"], "label": row["name"], "label:zh": row["name_zh"] or row["name"]}


def _with_figures(kind: str, row: Record) -> Record:
    """The record with what follows from its figures."""
    if kind == "contracts":
        row["left"] = row["amount"] - row["used"]
    if kind == "items":
        row["available"] = row["stock"] - row["reserved"]
        row["low"] = bool(row["stocked"]) and row["available"] < row["minimum"]
        row["stock_text"] = quantity(row["stock"])
    if kind == "customers":
        row["left"] = row["credit_limit"] - row["open_amount"]
    return row


def _found(table: Table, search: str) -> list[ColumnElement[bool]]:
    """The condition of a search: the id, a name, the city, the contact or the barcode contains the text; or the supplier's do."""
    if not search.strip():
        return []
    pattern = f"%{_escaped(search.strip())}%"
    columns = [table.c[name] for name in ("id", "name", "name_zh", "city", "contact", "barcode") if name in table.c]
    found = [column.ilike(pattern, escape="\\") for column in columns]
    if table is contract:
        found.append(contract.c.supplier_id.in_(select(supplier.c.id).where(*_found(supplier, search))))
    return [or_(*found)]


def _escaped(text: str) -> str:
    """A text in which the signs of LIKE mean themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
