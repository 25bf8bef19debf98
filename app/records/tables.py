"""The tables of the records, on their own metadata. Times are milliseconds since 1970 in UTC.

The CHECK constraints are the last line: the handlers refuse before, with words.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, PrimaryKeyConstraint, Table, Text

from app.records.columns import MONEY, QUANTITY
from app.schema import own_metadata

metadata = own_metadata()
records_metadata = metadata


def _names() -> tuple[Column[str], ...]:
    """Every record is known by an id that people can say, and a name in both languages."""
    return (
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("name_zh", Text, nullable=False),
    )


def _confirmation() -> tuple[Column[str], Column[int]]:
    """Who of Finance confirmed the record: it is locked until Finance opens it again."""
    return Column("confirmed_by", Text), Column("confirmed_at", BigInteger)


supplier = Table(
    "supplier",
    metadata,
    *_names(),
    Column("city", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("bank_account", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    *_confirmation(),
)

cost_centre = Table("cost_centre", metadata, *_names())

contract = Table(
    "contract",
    metadata,
    *_names(),
    Column("supplier_id", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("used", MONEY, nullable=False),  # by open and paid purchases
    Column("valid_until", Date, nullable=False),
    *_confirmation(),
    CheckConstraint("used >= 0 and used <= amount", name="used_within_amount"),
    Index(None, "supplier_id"),
)

item = Table(
    "item",
    metadata,
    *_names(),
    Column("unit", Text, nullable=False),
    Column("unit_zh", Text, nullable=False),
    Column("price", MONEY, nullable=False),  # usual purchase price
    Column("stocked", Boolean, nullable=False),  # false: a service, of which there is no stock
    Column("stock", QUANTITY, nullable=False),
    Column("reserved", QUANTITY, nullable=False),  # for orders that have not left yet
    Column("minimum", QUANTITY, nullable=False),  # below it the list warns
    Column("barcode", Text, nullable=False, server_default=""),  # what a reader finds it by; empty where it has none
    CheckConstraint("stock >= 0", name="stock_not_negative"),
    CheckConstraint("reserved >= 0 and reserved <= stock", name="reserved_within_stock"),
)
_BARCODE_GIVEN = item.c.barcode != ""
Index("uq_item_barcode", item.c.barcode, unique=True, sqlite_where=_BARCODE_GIVEN, postgresql_where=_BARCODE_GIVEN)

customer = Table(
    "customer",
    metadata,
    *_names(),
    Column("city", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("credit_limit", MONEY, nullable=False),
    Column("open_amount", MONEY, nullable=False),  # ordered and not yet paid
    Column("overdue", MONEY, nullable=False),
    Column("active", Boolean, nullable=False),
    *_confirmation(),
    CheckConstraint("open_amount >= 0", name="open_not_negative"),
)

reservation = Table(  # what an order wants of an item, and how much of it is set aside
    "reservation",
    metadata,
    Column("case_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("wanted", QUANTITY, nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    PrimaryKeyConstraint("case_id", "item_id"),
    Index(None, "item_id"),
    CheckConstraint("quantity >= 0 and quantity <= wanted", name="quantity_within_wanted"),
    sqlite_with_rowid=False,
)

purchase = Table(  # a purchase of a case: requested, ordered, received, invoiced, paid
    "purchase",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("supplier_id", Text, nullable=False),
    Column("contract_id", Text),
    Column("amount", MONEY, nullable=False),
    Column("content", Text, nullable=False),  # fingerprint of amount, supplier and items: what approvals are given for
    Column("state", Text, nullable=False),  # requested, released, ordered, received, paid
    Column("delivery_note", Text),
    Column("invoice_number", Text),
    Column("invoice_amount", MONEY),
    Column("expected_on", Date),
    Column("paid_on", Date),
    Column("payment_reference", Text),
    *_confirmation(),
    Index(None, "case_id"),
    Index(None, "contract_id"),
)

purchase_line = Table(
    "purchase_line",
    metadata,
    Column("purchase_id", Text, nullable=False),
    Column("line", Integer, nullable=False),  # from 1
    Column("item_id", Text, nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    Column("price", MONEY, nullable=False),
    Column("received", QUANTITY, nullable=False),
    PrimaryKeyConstraint("purchase_id", "line"),
    sqlite_with_rowid=False,
)

sales_order = Table(  # what a customer ordered, for credit and shipping
    "sales_order",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("state", Text, nullable=False),  # open, refused, cancelled, shipped, paid
    Column("carrier", Text),
    Column("tracking_number", Text),
    Column("shipped_on", Date),
    *_confirmation(),
    Index(None, "customer_id"),
)

record_change = Table(  # who changed which record, when, what before and after; never updated
    "record_change",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # the table
    Column("record_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("case_id", Text),  # the case that did it; none: by hand on the page
    Column("changes", Text, nullable=False),  # JSON: {"stock": ["12.000", "7.000"]}
    Column("reason", Text),
    Index(None, "kind", "record_id", "at"),
    Index(None, "case_id"),
)
