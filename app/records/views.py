"""The pages of the records: lists, one record with its changes, editing, counting stock, confirming."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.views import actor
from app.cases.naming import person_name, show_value
from app.i18n import language, show_money
from app.records import edits, queries
from app.records.changes import Change, Record, moment
from app.services import services
from app.tasks.model import Problem
from app.tasks.sending import problems_of
from app.words import gettext
from engine import InvalidSubmission, NotFound, Rejection

blueprint = Blueprint("records", __name__, url_prefix="/records", template_folder="templates")

_LIMIT = 50
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONEY = frozenset({"amount", "used", "left", "price", "credit_limit", "open_amount", "overdue"})
_QUANTITIES = frozenset({"stock", "available", "reserved", "minimum"})
_LISTED = {
    "suppliers": ("city", "contact", "phone", "active"),
    "contracts": ("supplier_id", "amount", "used", "left", "valid_until"),
    "items": ("unit", "price", "stock", "reserved", "available", "minimum"),
    "customers": ("city", "credit_limit", "open_amount", "left", "overdue"),
    "cost-centres": (),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a record, ready to be shown."""

    label: str
    text: str
    is_figure: bool = False
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A record in its list."""

    id: str
    name: str
    url: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the form of a record."""

    name: str
    label: str
    value: str
    kind: str  # text, number, date, checkbox
    is_required: bool


@dataclass(frozen=True, slots=True)
class Past:
    """A change of a record."""

    at: datetime
    who: str
    case_url: str | None
    reason: str
    changes: tuple[tuple[str, str, str], ...]  # label, before, after


def kind_names() -> dict[str, str]:
    """The lists, in the order of the bar above them."""
    return {
        "suppliers": gettext("Suppliers"),
        "contracts": gettext("Contracts"),
        "items": gettext("Items"),
        "customers": gettext("Customers"),
        "cost-centres": gettext("Cost centres"),
    }


def labels() -> dict[str, str]:
    """What the fields are called."""
    return {
        "id": gettext("Id"),
        "name": gettext("Name"),
        "name_zh": gettext("Name in Chinese"),
        "city": gettext("City"),
        "contact": gettext("Contact"),
        "phone": gettext("Phone"),
        "email": gettext("E-mail"),
        "bank_account": gettext("Bank account"),
        "active": gettext("Active"),
        "supplier_id": gettext("Supplier"),
        "amount": gettext("Amount"),
        "used": gettext("Used"),
        "left": gettext("Left"),
        "valid_until": gettext("Valid until"),
        "unit": gettext("Unit"),
        "unit_zh": gettext("Unit in Chinese"),
        "price": gettext("Price"),
        "stocked": gettext("Kept in stock"),
        "stock": gettext("Stock"),
        "reserved": gettext("Reserved"),
        "available": gettext("Available"),
        "minimum": gettext("Minimum"),
        "address": gettext("Address"),
        "credit_limit": gettext("Credit limit"),
        "open_amount": gettext("Open"),
        "overdue": gettext("Overdue"),
        "confirmed_by": gettext("Confirmed by"),
        "confirmed_at": gettext("Confirmed at"),
    }


@blueprint.get("")
def index() -> Response:
    """The first list."""
    return redirect(url_for("records.list_kind", kind="suppliers"), 303)


@blueprint.get("/<kind>")
def list_kind(kind: str) -> str:
    """A list with search."""
    names = _require(kind)
    search, after = request.args.get("q", "").strip()[:100], request.args.get("after", "")
    with services().database.read() as connection:
        found = queries.records(connection, kind, search, after, _LIMIT + 1)
    lines = [_line(kind, it) for it in found[:_LIMIT]]
    more = url_for("records.list_kind", kind=kind, q=search, after=found[_LIMIT - 1]["id"]) if len(found) > _LIMIT else None
    heads = [Cell(labels()[name], "", name in _MONEY | _QUANTITIES) for name in _LISTED[kind]]
    return render_template(
        "records/list.html",
        kind=kind,
        kinds=names,
        heads=heads,
        lines=lines,
        search=search,
        more=more,
        may_edit=edits.may_edit(actor(), kind),
    )


@blueprint.get("/<kind>/new")
def new(kind: str) -> str:
    """An empty form."""
    _require(kind)
    return _form(kind, None, {})


@blueprint.get("/<kind>/<record_id>")
def show(kind: str, record_id: str) -> str:
    """One record with its changes."""
    _require(kind)
    return _form(kind, _record(kind, record_id), {})


@blueprint.post("/<kind>")
def add(kind: str) -> Response | tuple[str, int]:
    """Add a record."""
    _require(kind)
    given = _given(kind)
    record_id = request.form.get("id", "").strip()
    with services().database.read() as connection:
        taken = queries.record(connection, kind, record_id) is not None
    if taken:
        problem = Problem("id", labels()["id"], gettext("There is a record with this id already."))
        return _form(kind, None, {**given, "id": record_id}, (problem,)), 422
    return _change(kind, record_id, {**given, "id": record_id}, None, lambda change: edits.save(change, kind, record_id, given))


@blueprint.post("/<kind>/<record_id>")
def save(kind: str, record_id: str) -> Response | tuple[str, int]:
    """Change a record."""
    _require(kind)
    given = _given(kind)
    return _change(kind, record_id, given, _record(kind, record_id), lambda change: edits.save(change, kind, record_id, given))


@blueprint.post("/<kind>/<record_id>/confirm")
def confirm(kind: str, record_id: str) -> Response | tuple[str, int]:
    """Confirm a record for Finance."""
    return _change(kind, record_id, {}, _record(kind, record_id), lambda change: edits.confirm(change, kind, record_id))


@blueprint.post("/<kind>/<record_id>/reopen")
def reopen(kind: str, record_id: str) -> Response | tuple[str, int]:
    """Open a confirmed record again."""
    reason = request.form.get("reason", "")
    return _change(kind, record_id, {}, _record(kind, record_id), lambda change: edits.reopen(change, kind, record_id, reason))


@blueprint.post("/items/<record_id>/count")
def count(record_id: str) -> Response | tuple[str, int]:
    """Set the stock to what was counted."""
    known = _record("items", record_id)
    try:
        counted = Decimal(request.form.get("counted", ""))
    except InvalidOperation:
        problem = Problem("counted", labels()["stock"], gettext("This is not a number."))
        return _form("items", known, {}, (problem,)), 422
    reason = request.form.get("reason", "")
    return _change("items", record_id, {}, known, lambda change: edits.count_stock(change, record_id, counted, reason))


def _change(
    kind: str, record_id: str, given: Mapping[str, Any], known: Record | None, work: Callable[[Change], object]
) -> Response | tuple[str, int]:
    """Do it in one transaction; where it is refused, show the form again with what was typed."""
    runtime = services()
    try:
        with runtime.database.begin() as connection:
            work(Change(connection, runtime.clock, runtime.new_id, actor()))
    except InvalidSubmission as refused:
        return _form(kind, known, given, problems_of(refused.problems)), 422
    except Rejection as refused:
        if refused.code != "locked":
            raise
        return _form(kind, known, given, (), str(refused)), 422
    flash(gettext("Saved."), "done")
    return redirect(url_for("records.show", kind=kind, record_id=record_id), 303)


def _require(kind: str) -> dict[str, str]:
    names = kind_names()
    if kind not in names:
        raise NotFound
    return names


def _record(kind: str, record_id: str) -> Record:
    _require(kind)
    with services().database.read() as connection:
        found = queries.record(connection, kind, record_id)
    if found is None:
        raise NotFound
    return found


def _given(kind: str) -> dict[str, str]:
    flags = {name for name, value in _example(kind).items() if value is True}
    given = {name: request.form[name] for name in edits.FIELDS[kind] if name in request.form}
    return {**given, **{name: "1" if name in request.form else "" for name in flags}}


def _example(kind: str) -> dict[str, object]:
    """A value of the right type for every field."""
    return edits._defaults(kind)  # noqa: SLF001 - beside us in the same feature


def _name(record: Record) -> str:
    return str(record["name_zh"] if language() == "zh" and record["name_zh"] else record["name"])


def _line(kind: str, record: Record) -> Line:
    cells = tuple(_cell(record, name) for name in _LISTED[kind])
    return Line(record["id"], _name(record), url_for("records.show", kind=kind, record_id=record["id"]), cells)


def _cell(record: Record, name: str) -> Cell:
    value = record[name]
    is_low = name == "available" and record.get("low")
    is_due = name == "overdue" and value
    text = show_money(value) if name in _MONEY else show_value(value)
    return Cell(labels()[name], text, name in _MONEY | _QUANTITIES, "late" if is_low or is_due else "")


def _form(kind: str, known: Record | None, given: Mapping[str, Any], problems: tuple[Problem, ...] = (), problem: str = "") -> str:
    person = actor()
    figures = tuple(_cell(known, name) for name in _LISTED[kind] if name not in edits.FIELDS[kind]) if known else ()
    return render_template(
        "records/form.html",
        kind=kind,
        kind_name=kind_names()[kind],
        record=known,
        title=_name(known) if known else gettext("New"),
        inputs=_inputs(kind, {**(known or {}), **given}),
        figures=figures,
        past=_past(kind, known["id"]) if known else (),
        problems=problems,
        problem=problem,
        given=given,
        may_edit=edits.may_edit(person, kind),
        may_confirm=known is not None and edits.may_confirm(person, kind),
        may_count=kind == "items" and known is not None and known["stocked"] and bool(person.groups & {"warehouse", "admin"}),
        confirmed_by=person_name(known["confirmed_by"]) if known and known.get("confirmed_by") else "",
    )


def _inputs(kind: str, values: Mapping[str, Any]) -> list[Input]:
    names, example = labels(), _example(kind)
    found = []
    for name in edits.FIELDS[kind]:
        value = values.get(name, example[name])
        kinds = {bool: "checkbox", Decimal: "number"}
        shown = "date" if name == "valid_until" else kinds.get(type(example[name]), "text")
        text = (
            ("1" if value in {True, "1"} else "")
            if shown == "checkbox"
            else f"{value:f}"
            if isinstance(value, Decimal)
            else str(value or "")
        )
        found.append(Input(name, names[name], text, shown, name in edits.REQUIRED))
    return found


def _past(kind: str, record_id: str) -> list[Past]:
    names = labels()
    with services().database.read() as connection:
        rows = queries.changes(connection, kind, record_id)
    return [
        Past(
            at=moment(row["at"]),
            who=person_name(row["actor"]),
            case_url=url_for("cases.show", case_id=row["case_id"]) if row["case_id"] else None,
            reason=row["reason"] or "",
            changes=tuple(
                (names.get(name, name), _text(before), _text(after)) for name, (before, after) in json.loads(row["changes"]).items()
            ),
        )
        for row in rows
    ]


def _text(value: object) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return show_value(date.fromisoformat(value))
    return "" if value is None else show_value(value)
