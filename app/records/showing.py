"""From records to their pages: the line in a list, the facts, the form, the changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from flask import url_for

from app import i18n
from app.cases.model import Link
from app.cases.naming import ending, person_name, process_name, show_value
from app.i18n import language, show_moment, show_money, show_number, show_short_day
from app.records import edits
from app.records.changes import Record, moment
from app.records.fields import FIELDS, REQUIRED, Reader, read_day, read_flag, read_money, read_quantity
from app.records.model import Badge, Cell, Input, Line, Past, Typed
from app.records.words import labels
from app.services import services
from app.shell import face
from app.tasks.model import Change
from app.words import gettext

if TYPE_CHECKING:
    from engine import Case

MONEY: Final = frozenset({"amount", "used", "left", "price", "credit_limit", "open_amount", "overdue"})
QUANTITIES: Final = frozenset({"stock", "available", "reserved", "minimum"})
LISTED: Final[Mapping[str, tuple[str, ...]]] = {
    "suppliers": ("city", "contact", "phone", "email"),
    "contracts": ("supplier_id", "valid_until", "amount", "used", "left"),
    "items": ("unit", "price", "stock", "reserved", "available", "minimum"),
    "customers": ("city", "contact", "credit_limit", "open_amount", "left", "overdue"),
    "cost-centres": (),
}
"""The columns of each list, behind id and name."""

_FIGURES: Final = {"contracts": "left", "items": "available", "customers": "left"}  # what a phone shows at the right
_SECOND: Final = {"suppliers": ("city", "contact"), "contracts": ("supplier_id",), "customers": ("city",)}
_WHOLE: Final = {"contracts": "amount", "customers": "credit_limit"}  # of which `left` is a share


def line(kind: str, record: Record, suppliers: Mapping[str, str]) -> Line:
    """A record in its list. `suppliers` are the names of those that the page needs."""
    cells = tuple(cell(kind, record, name, suppliers) for name in LISTED[kind])
    by_name = {it.name: it for it in cells}
    second = [record["id"], *(by_name[name].text for name in _SECOND.get(kind, ()))]
    url = url_for("records.show", kind=kind, record_id=record["id"])
    figure = by_name.get(_FIGURES.get(kind, ""))
    return Line(record["id"], _short_name(record), url, cells, badges(record), " · ".join(it for it in second if it), figure)


def name_of(record: Record) -> str:
    """The name of a record in the language of the page."""
    return str(record["name_zh"] if language() == "zh" and record["name_zh"] else record["name"])


def _short_name(record: Record) -> str:
    """The name beside the id: cost centres carry their number in it, for the choices of forms."""
    return name_of(record).removeprefix(f"{record['id']} ")


def cell(kind: str, record: Record, name: str, suppliers: Mapping[str, str]) -> Cell:
    """A value of a record."""
    value = record["unit_zh"] if name == "unit" and language() == "zh" and record["unit_zh"] else record[name]
    whole = record[_WHOLE[kind]] if name == "left" else None
    if name in QUANTITIES and record["stocked"] is False:
        return Cell(name, labels()[name], "–", is_figure=True)
    share = int(max(Decimal(0), min(value / whole, Decimal(1))) * 100) if whole else None
    return Cell(name, labels()[name], _text(name, value, suppliers), name in MONEY | QUANTITIES, _urgency(record, name, value), share)


def facts(kind: str, record: Record) -> tuple[Cell, ...]:
    """What cases have made of a record, and nobody edits by hand."""
    return tuple(cell(kind, record, name, {}) for name in LISTED[kind] if name not in FIELDS[kind])


def badges(record: Record) -> tuple[Badge, ...]:
    """How a record stands."""
    found = []
    if record.get("active") is False:
        found.append(Badge(gettext("not active"), "plain"))
    if record.get("low"):
        found.append(Badge(gettext("low"), "late", "warn"))
    if record.get("stocked") is False:
        found.append(Badge(gettext("service"), "plain"))
    if record.get("valid_until") and record["valid_until"] < i18n.now().date():
        found.append(Badge(gettext("ended"), "plain"))
    if record.get("overdue"):
        found.append(Badge(gettext("overdue"), "late", "warn"))
    elif "credit_limit" in record and record["left"] < 0:
        found.append(Badge(gettext("over the limit"), "late", "warn"))
    if record.get("confirmed_by"):
        found.append(Badge(gettext("confirmed"), "done", "lock"))
    return tuple(found)


def inputs(kind: str, known: Record | None, typed: Typed, choices: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Input, ...]:
    """The form of a record: what was typed and refused, else what stands there."""
    names = labels()
    locked = edits.CONFIRMED_FIELDS.get(kind, frozenset()) if known and known.get("confirmed_by") else frozenset()
    shapes: dict[Reader, str] = {read_flag: "checkbox", read_money: "figure", read_quantity: "figure", read_day: "date"}
    found = []
    for name, reader in FIELDS[kind].items():
        shape = shapes.get(reader, "text")
        value = (
            typed.values[name] if name in typed.values and name not in locked else _entry(known[name], reader) if known else _blank(shape)
        )
        found.append(
            Input(
                name,
                names[name],
                value,
                "choice" if name in choices else shape,
                _text(name, known[name], dict(choices.get("supplier_id", ()))) if known else "",
                name in REQUIRED,
                name in locked,
                "¥" if reader is read_money else "",
                tuple(choices.get(name, ())),
                typed.of(name),
                _entry(known[name], reader) if known else None,
            )
        )
    return tuple(found)


def past(rows: Sequence[Record], cases: Mapping[str, Case], suppliers: Mapping[str, str]) -> tuple[Past, ...]:
    """The changes of a record. `cases` are those of them that the reader may see."""
    return tuple(
        Past(
            at=moment(row["at"]),
            who=face(row["actor"]),
            actor=person_name(row["actor"]),
            what=_done(changed := json.loads(row["changes"])),
            reason=row["reason"] or "",
            changes=tuple(_changes(changed, suppliers)),
            case=case_link(cases[row["case_id"]]) if row["case_id"] in cases else None,
            by_case=row["case_id"] is not None,
        )
        for row in rows
    )


def case_link(case: Case) -> Link:
    """A case that had to do with the record."""
    definition = services().engine.definitions.get(case.definition_id)
    state = gettext("running") if case.ended_at is None else ending(case) or gettext("finished")
    address = url_for("cases.show", case_id=case.number or case.id)
    return Link(case.subject or process_name(definition), case.number or process_name(definition), state, address)


def mentioned_suppliers(rows: Sequence[Record]) -> set[str]:
    """The ids of suppliers that changes name."""
    pairs = (json.loads(row["changes"]).get("supplier_id", ()) for row in rows)
    return {supplier for pair in pairs for supplier in pair if supplier}


def _done(changed: Mapping[str, Any]) -> str:
    """What was done, where the changed values do not say it best."""
    if "confirmed_by" in changed and "id" not in changed:
        return gettext("confirmed it for Finance") if changed["confirmed_by"][1] else gettext("opened it again")
    return gettext("added it") if "id" in changed else ""


def _changes(changed: Mapping[str, Any], suppliers: Mapping[str, str]) -> list[Change]:
    """The values before and after. What everybody sees of a new record is not repeated."""
    if "id" in changed:
        return []
    names = labels()
    shown = [name for name in names if name in changed and name != "confirmed_by"]
    return [Change(names[it], *(_text(it, _read(it, value), suppliers, nothing="") for value in changed[it])) for it in shown]


def _read(name: str, stored: object) -> object:
    """A value as the change log has it."""
    if isinstance(stored, str) and name in MONEY | QUANTITIES:
        return Decimal(stored)
    return date.fromisoformat(stored) if isinstance(stored, str) and name == "valid_until" else stored


def _text(name: str, value: object, suppliers: Mapping[str, str], nothing: str = "") -> str:
    if value is None or value == "":
        return nothing
    if name in MONEY:
        return show_money(value)
    if name == "supplier_id":
        return suppliers.get(str(value), str(value))
    return show_short_day(value) if isinstance(value, date) else show_value(value)


def _urgency(record: Record, name: str, value: object) -> str:
    is_low = name == "available" and record.get("low")
    is_due = name == "overdue" and value
    is_over = name == "left" and isinstance(value, Decimal) and value < 0
    return "late" if is_low or is_due or is_over else ""


def _entry(value: object, reader: Reader) -> str:
    """A value as it stands in the field of a form."""
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if reader is read_money else show_number(value)
    if isinstance(value, bool):
        return "1" if value else ""
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _blank(shape: str) -> str:
    return "1" if shape == "checkbox" else ""


def confirmed(record: Record) -> str:
    """Who of Finance has confirmed a record, and when; empty where nobody has."""
    if not record.get("confirmed_by"):
        return ""
    return gettext("%(person)s, %(moment)s", person=person_name(record["confirmed_by"]), moment=show_moment(moment(record["confirmed_at"])))
