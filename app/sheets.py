"""Tables as files: CSV and XLSX, read from people who upload them and written for people who download them.

What is uploaded is not trusted: its size, its unpacked size and the number of its cells are limited before anything is read, and a text
that a spreadsheet would take for a formula is written so that it stays a text (CWE-1236).
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import Final

import python_calamine
import xlsxwriter
from flask import Response, send_file, stream_with_context

from app.words import gettext
from engine import Rejection

Value = str | int | float | bool | Decimal | date | datetime | time | timedelta | None

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
_MOST_UNPACKED: Final = 100 * 1024 * 1024
_ENCODINGS: Final = ("utf-8-sig", "gb18030")  # the second is what a Chinese Excel writes
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL: Final = 5_000
_WIDEST: Final = 60
_PIECE: Final = 64 * 1024  # characters
_WIDE: Final = 0x2E7F  # from here on signs take the width of two letters


class UnreadableSheet(Exception):
    """A file that is no table that can be read. `code` with its figures says why."""

    def __init__(self, code: str, **figures: object) -> None:
        """`code`: kind, encoding, damaged, empty, rows, columns, cell."""
        super().__init__(code)
        self.code, self.figures = code, figures


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table that holds something. `number`: as a spreadsheet counts it, from 1."""

    number: int
    cells: tuple[Value, ...]


def read_sheet(name: str, content: bytes) -> list[Row]:
    """The rows of a `.csv` file, or of the first sheet of an `.xlsx` file; those without anything are left out.

    Raises `UnreadableSheet`.
    """
    kind = name.rpartition(".")[2].lower()
    if kind not in {"csv", "xlsx"}:
        raise UnreadableSheet("kind")
    found = _read_xlsx(content) if kind == "xlsx" else _read_csv(content)
    rows: list[Row] = []
    for number, cells in enumerate(found, start=1):
        _check(number, cells)
        if any(cell not in {None, ""} for cell in cells):
            rows.append(Row(number, tuple(cells)))
    if not rows:
        raise UnreadableSheet("empty")
    return rows


def _check(number: int, cells: Sequence[Value]) -> None:
    if number > MOST_ROWS + 1:
        raise UnreadableSheet("rows", most=MOST_ROWS)
    if len(cells) > MOST_COLUMNS:
        raise UnreadableSheet("columns", most=MOST_COLUMNS)
    if any(isinstance(cell, str) and len(cell) > _LONGEST_CELL for cell in cells):
        raise UnreadableSheet("cell", row=number, most=_LONGEST_CELL)


def _read_csv(content: bytes) -> Iterable[list[Value]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [cell[1:] if cell[:1] == "'" and cell[1:2] in _STARTS_FORMULA else cell for cell in row]
    except csv.Error:
        raise UnreadableSheet("damaged") from None


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableSheet("encoding")


def _read_xlsx(content: bytes) -> Iterable[Sequence[Value]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(it.file_size for it in packed.infolist()) > _MOST_UNPACKED:
                raise UnreadableSheet("damaged")
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheet = book.get_sheet_by_index(0)
            if sheet.total_height > MOST_ROWS + 1:
                raise UnreadableSheet("rows", most=MOST_ROWS)
            if sheet.total_width > MOST_COLUMNS:
                raise UnreadableSheet("columns", most=MOST_COLUMNS)
            return sheet.to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError, IndexError, EOFError, ValueError):
        raise UnreadableSheet("damaged") from None


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A table as CSV in UTF-8, with the mark by which Excel knows it."""
    return b"".join(csv_pieces(head, rows))


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The same in pieces: no more of it than one is held in memory."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write(codecs.BOM_UTF8.decode())
    writer.writerow([_safe(name) for name in head])
    for row in rows:
        writer.writerow([_safe(value) for value in row])
        if out.tell() > _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _safe(value: Value) -> object:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_STARTS_FORMULA) else value
    return (
        value.replace(tzinfo=None).isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else "" if value is None else value
    )


def xlsx_bytes(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A table as XLSX: one sheet whose head stays in sight and can be filtered; figures and dates are what they are."""
    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, safe) as book:
        sheet = book.add_worksheet("".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "1")
        bold, day, moment = (
            book.add_format(it) for it in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm"})
        )
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, head, bold)
        widths, last = [_width(name) for name in head], 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(last, column, value.replace(tzinfo=None), moment)
                elif isinstance(value, date):
                    sheet.write_datetime(last, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a day
                elif value is not None:
                    sheet.write(last, column, value)
                widths[column] = max(widths[column], _width(value))
        sheet.autofilter(0, 0, max(last, 1), max(len(head) - 1, 0))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, _WIDEST))
    return out.getvalue()


def table_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Value]], kind: str) -> Response:
    """A table to download: as `csv`, else as `xlsx`."""
    if kind == "csv":
        return _in_pieces(f"{name}.csv", csv_pieces(head, _begun(rows)))
    content = xlsx_bytes(name, head, _limited(rows))
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=f"{name}.xlsx", etag=False)


def _in_pieces(name: str, pieces: Iterable[bytes]) -> Response:
    answer = send_file(io.BytesIO(), CSV, as_attachment=True, download_name=name, etag=False)
    answer.headers.remove("Content-Length")
    answer.direct_passthrough = False
    answer.response = stream_with_context(iter(pieces))
    return answer


def _begun(rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
    """The same rows. The first is read at once, so that what refuses them is told before the answer begins."""
    left = iter(rows)
    first = list(islice(left, 1))
    return chain(first, left)


def _limited(rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
    """The same rows; raises `Rejection` rather than leave any out."""
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise Rejection(gettext("This list has more than %(most)s rows. Narrow it, or take it as CSV.", most=f"{MOST_ROWS:,}"))
        yield row


def _width(value: Value) -> int:
    return 16 if isinstance(value, datetime) else sum(1 + (ord(sign) > _WIDE) for sign in str(value if value is not None else ""))
