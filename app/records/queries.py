"""Reading the records: lists for pages, choices for forms, names for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, or_, select

from app.records.changes import Record
from app.records.problems import money, quantity
from app.records.tables import contract, cost_centre, customer, item, purchase, record_change, sales_order, supplier

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
    """A page of a list in the order of the ids: those after `after` whose id or name, in either language, contains `search`."""
    table = KINDS[kind]
    query = select(table).where(table.c.id > after).order_by(table.c.id).limit(limit)
    if search.strip():
        pattern = f"%{_escaped(search.strip())}%"
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in (table.c.id, table.c.name, table.c.name_zh))))
    return [_with_figures(kind, dict(row)) for row in connection.execute(query).mappings()]


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
    """The ids of the newest cases that bought from a supplier, under a contract, or for a customer."""
    columns = {"suppliers": purchase.c.supplier_id, "contracts": purchase.c.contract_id, "customers": sales_order.c.customer_id}
    column = columns.get(kind)
    if column is None:
        return []
    case_id = column.table.c.case_id
    return list(connection.execute(select(case_id).where(column == record_id).order_by(case_id.desc()).limit(limit)).scalars())


def contract_facts(connection: Connection, contract_id: str) -> Record | None:
    """What an approver wants to see of a contract: amount, used, left."""
    return record(connection, "contracts", contract_id)


def names(connection: Connection, language: str) -> dict[str, str]:
    """Names of suppliers and customers as cases hold them (in English), with those to show in a language."""
    found: dict[str, str] = {}
    for table in (supplier, customer):
        for row in connection.execute(select(table.c.name, table.c.name_zh)):
            found[row.name] = row.name_zh if language.startswith("zh") and row.name_zh else row.name
    return found


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
    return [{**_option(row), "unit": row["unit"]} for row in rows]


def _contract_options(connection: Connection) -> list[Option]:
    """Contracts with their supplier, by which forms choose."""
    found = []
    for row in connection.execute(select(contract).order_by(contract.c.id)).mappings():
        left = money(row["amount"] - row["used"])
        labels = {"label": f"{row['id']} {row['name']}, {left} left", "label:zh": f"{row['id']} {row['name_zh']}，剩余 {left}"}
        found.append({"value": row["id"], **labels, "of_supplier": row["supplier_id"]})
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


def _escaped(text: str) -> str:
    """A text in which the signs of LIKE mean themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
