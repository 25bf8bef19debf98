"""Many records from one table: compared with what is there, checked row by row, and written all at once or not at all.

The head of the table names fields: as the tables do (`credit_limit`) or as pages do, in either language. A row whose id is known changes
that record in the columns that the table has; any other row is a new record. What cases move (stock, what is used of a contract) is not
taken from a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.records import edits
from app.records.changes import Change, Record
from app.records.fields import FIELDS, Given, Unreadable, read_day, read_flag
from app.records.problems import finding
from app.records.queries import KINDS
from app.records.tables import item, supplier
from app.sheets import Row, Value
from engine import FieldProblem, Forbidden

ID: Final = "id"
BARCODE: Final = "barcode"
_YES: Final = frozenset({"true", "yes", "y", "1", "是"})
_NO: Final = frozenset({"false", "no", "n", "0", "否"})
_CHINESE_DAY: Final = str.maketrans({"年": "-", "月": "-", "日": None, "/": "-", ".": "-"})


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row with mistakes. `number` as a spreadsheet counts it."""

    number: int
    id: str
    problems: tuple[FieldProblem, ...]


@dataclass(slots=True)
class Report:
    """What a table would do, or has done. `ignored`: heads of columns that are not taken from a table."""

    new: list[Record] = field(default_factory=list)
    changed: list[tuple[Record, dict[str, object]]] = field(default_factory=list)
    same: int = 0
    bad: list[BadRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many records the table has."""
        return len(self.new) + len(self.changed) + self.same + len(self.bad)


class UnknownHead(ValueError):
    """The head of the table cannot be used: a column that nobody knows, one that stands there twice, or no ids."""

    def __init__(self, code: str, name: str = "") -> None:
        """`code`: unknown, twice, no-id."""
        super().__init__(code)
        self.code, self.name = code, name


def columns_of(kind: str) -> list[str]:
    """The columns that a table of this list may have, in the order in which it is exported."""
    return [ID, *FIELDS[kind]]


def bring_in(change: Change, kind: str, rows: Sequence[Row], names: Mapping[str, str], reason: str) -> Report:
    """Check a table and, where every row is right, write it.

    `names`: heads that pages use, in lower case, with the field that each means. Raises `Forbidden`, `UnknownHead`.
    """
    report = check(change, kind, rows, names, lock=True)
    if not report.bad:
        change.add_all(KINDS[kind], report.new, reason)
        change.write_all(KINDS[kind], report.changed, reason)
    return report


def check(change: Change, kind: str, rows: Sequence[Row], names: Mapping[str, str], *, lock: bool = False) -> Report:
    """What a table would do; nothing is written. Raises as `bring_in`."""
    if not edits.may_edit(change.actor, kind):
        raise Forbidden("You may not edit these records.")
    report = Report()
    head = _head(kind, rows[0], names, report)
    lines = [(row.number, _texts(kind, head, row)) for row in rows[1:]]
    table, ids = KINDS[kind], [values.get(ID, "") for _, values in lines]
    known = change.lock({table: ids})[table] if lock else change.read(table, ids)
    suppliers = set(change.connection.execute(select(supplier.c.id)).scalars()) if "supplier_id" in head.values() else None
    seen: set[str] = set()
    codes = _barcodes(change) if BARCODE in head.values() else {}
    for number, values in lines:
        record_id = values.pop(ID, "")
        twice = [finding(ID, "twice-in-table")] if record_id in seen else []
        seen.add(record_id)
        holder = codes.setdefault(values[BARCODE], record_id) if values.get(BARCODE) else record_id
        if holder != record_id:
            twice.append(finding(BARCODE, "barcode-taken", item=holder))
        _sort(report, number, record_id, _Line(kind, values, known.get(record_id), suppliers), twice)
    return report


def _barcodes(change: Change) -> dict[str, str]:
    """Which item has each barcode."""
    found = change.connection.execute(select(item.c.barcode, item.c.id).where(item.c.barcode != ""))
    return {row.barcode: row.id for row in found}


def _head(kind: str, row: Row, names: Mapping[str, str], report: Report) -> dict[int, str]:
    """The field of each column."""
    found: dict[int, str] = {}
    for column, cell in enumerate(row.cells):
        text = str(cell or "").strip()
        name = text if text in columns_of(kind) or text in KINDS[kind].c else names.get(text.lower(), "")
        if not text:
            continue
        if not name:
            raise UnknownHead("unknown", text)
        if name not in columns_of(kind):
            report.ignored.append(text)
        elif name in found.values():
            raise UnknownHead("twice", text)
        else:
            found[column] = name
    if ID not in found.values():
        raise UnknownHead("no-id")
    return found


def _texts(kind: str, head: Mapping[int, str], row: Row) -> dict[str, str]:
    """The cells of a row by their fields, as somebody would type them."""
    found = {name: row.cells[column] if column < len(row.cells) else "" for column, name in head.items()}
    return {name: _typed(value, is_day=FIELDS[kind].get(name) is read_day) for name, value in found.items()}


def _typed(value: object, *, is_day: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):  # a spreadsheet has no other numbers: 13800138000.0 is a telephone, 0.1 a tenth
        return str(int(value)) if value.is_integer() else repr(value)
    text = str(value).strip()
    return _iso(text) if is_day else text


def _iso(text: str) -> str:
    """`2026/3/5` and `2026年3月5日` as ISO 8601 writes them."""
    parts = text.translate(_CHINESE_DAY).split("-")
    is_day = len(parts) == 3 and all(part.isascii() and part.isdecimal() for part in parts)  # noqa: PLR2004 - year, month, day
    return f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}" if is_day else text


class _Line:
    """One row, read and checked against the record that it changes, if there is one."""

    def __init__(self, kind: str, texts: Mapping[str, str], known: Record | None, suppliers: set[str] | None) -> None:
        flags, wrong = _flags(kind, texts)
        given = Given(kind, {**texts, **flags}, new=known is None)
        self.kind, self.known, self.values = kind, known, given.values
        self.problems = [*given.problems, *wrong]
        if suppliers is not None and "supplier_id" in given.values and given.values["supplier_id"] not in suppliers:
            self.problems.append(finding("supplier_id", "no-such-supplier"))
        self.problems += edits.wrong_figures(kind, given.values, known)
        locked = edits.locked_fields(kind, known, given.values) if known else []
        self.problems += [finding(name, "confirmed-by-finance") for name in locked]

    def record(self, record_id: str) -> Record:
        """The new record."""
        return edits.whole_record(self.kind, record_id, self.values)

    def differing(self, known: Record) -> dict[str, object]:
        """What would change."""
        return {name: value for name, value in self.values.items() if known[name] != value}


def _flags(kind: str, texts: Mapping[str, str]) -> tuple[dict[str, bool], list[FieldProblem]]:
    """Yes and no in words; in a table anything else is a mistake, and an empty cell a no."""
    flags: dict[str, bool] = {}
    wrong: list[FieldProblem] = []
    for name, reader in FIELDS[kind].items():
        if reader is read_flag and name in texts:
            word = texts[name].lower()
            flags[name] = word in _YES
            if word not in _YES | _NO | {""}:
                wrong.append(Unreadable("not-yes-or-no").at(name))
    return flags, wrong


def _sort(report: Report, number: int, record_id: str, line: _Line, more: Iterable[FieldProblem]) -> None:
    """Put a row where it belongs in the report."""
    problems = [*more, *(edits.bad_id(record_id) if line.known is None else ()), *line.problems]
    if problems:
        report.bad.append(BadRow(number, record_id, tuple(problems)))
    elif line.known is None:
        report.new.append(line.record(record_id))
    elif differing := line.differing(line.known):
        report.changed.append((line.known, differing))
    else:
        report.same += 1


def cells(record: Record, columns: Sequence[str], words: Mapping[bool, str]) -> list[Value]:
    """A record as a row of its export."""
    values = [record[name] for name in columns]
    return [words[value] if isinstance(value, bool) else _plain(value) for value in values]


def _plain(value: object) -> Value:
    if isinstance(value, Decimal | date | str) or value is None:
        return value
    raise TypeError(value)
