"""Reading records under a lock, changing them, and keeping what was before.

Locks are taken in one order everywhere: by table name, then by id. Rows that belong to one case (`purchase`, `sales_order`,
`reservation`) need none: whoever touches them holds the case's own lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from app.records.tables import record_change
from engine import Actor, Clock, NewId

Record = dict[str, Any]
_Pairs = Mapping[str, list[object]]
"""Values before and after, by field."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes records, when and in which case."""

    connection: Connection
    clock: Clock
    new_id: NewId
    actor: Actor
    case_id: str | None = None

    def lock(self, wanted: Mapping[Table, Iterable[str]]) -> dict[Table, dict[str, Record]]:
        """The records with these ids, locked until the transaction ends. Ids that do not exist are left out."""
        return {table: self._lock(table, wanted[table]) for table in sorted(wanted, key=lambda table: table.name)}

    def _lock(self, table: Table, ids: Iterable[str]) -> dict[str, Record]:
        asked = sorted(set(ids))
        if not asked:
            return {}
        rows = self.connection.execute(select(table).where(table.c.id.in_(asked)).order_by(table.c.id).with_for_update())
        return {row["id"]: dict(row) for row in rows.mappings()}

    def read(self, table: Table, ids: Iterable[str]) -> dict[str, Record]:
        """The records with these ids, not locked: for names and prices, never for figures that are changed."""
        rows = self.connection.execute(select(table).where(table.c.id.in_(sorted(set(ids)))))
        return {row["id"]: dict(row) for row in rows.mappings()}

    def change(self, table: Table, record: Record, **values: object) -> None:
        """Write the values that differ, in the table and in `record`, and keep what was before."""
        self.write(table, record, values)

    def write(self, table: Table, record: Record, values: Mapping[str, object], reason: str | None = None) -> None:
        """As `change`, for values that are not known by name, and with the reason that somebody gave."""
        differing = {name: value for name, value in values.items() if record[name] != value}
        if not differing:
            return
        self.connection.execute(update(table).where(table.c.id == record["id"]).values(**differing))
        self._keep(table, record["id"], {name: [record[name], value] for name, value in differing.items()}, reason)
        record.update(differing)

    def add(self, table: Table, record: Record, reason: str | None = None) -> None:
        """Write a new record."""
        self.connection.execute(insert(table).values(**record))
        self._keep(table, record["id"], _from_nothing(record), reason)

    def add_all(self, table: Table, records: Sequence[Record], reason: str | None = None) -> None:
        """Write many new records, as `add` each, in two statements."""
        if records:
            self.connection.execute(insert(table), records)
            self._keep_all(table, [(it["id"], _from_nothing(it)) for it in records], reason)

    def write_all(self, table: Table, changed: Sequence[tuple[Record, Mapping[str, object]]], reason: str | None = None) -> None:
        """Write what differs of many records, as `write` each, in a statement for each set of columns."""
        by_columns: dict[tuple[str, ...], list[dict[str, object]]] = {}
        for record, differing in changed:
            by_columns.setdefault(tuple(sorted(differing)), []).append({f"new_{n}": v for n, v in differing.items()} | {"of": record["id"]})
        for columns, rows in by_columns.items():
            values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
            self.connection.execute(update(table).where(table.c.id == bindparam("of")).values(values), rows)
        kept = [(record["id"], {name: [record[name], value] for name, value in differing.items()}) for record, differing in changed]
        self._keep_all(table, kept, reason)

    def now(self) -> int:
        """This moment as the tables store it."""
        return (self.clock.now() - EPOCH) // timedelta(milliseconds=1)

    def _keep(self, table: Table, record_id: str, changes: _Pairs, reason: str | None) -> None:
        self._keep_all(table, [(record_id, changes)], reason)

    def _keep_all(self, table: Table, kept: Sequence[tuple[str, _Pairs]], reason: str | None) -> None:
        common = {"kind": table.name, "at": self.now(), "actor": self.actor.id, "case_id": self.case_id, "reason": reason}
        rows = [{**common, "id": self.new_id(), "record_id": record_id, "changes": _text(changes)} for record_id, changes in kept]
        if rows:
            self.connection.execute(insert(record_change), rows)


def _from_nothing(record: Record) -> _Pairs:
    return {name: [None, value] for name, value in record.items() if value is not None}


def _text(changes: _Pairs) -> str:
    plain = {name: [_plain(value) for value in pair] for name, pair in changes.items()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def moment(milliseconds: int) -> datetime:
    """A stored time as an aware moment."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
