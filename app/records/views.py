"""The pages of the records: lists, one record with its changes, editing, counting stock, confirming."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.auth.views import actor
from app.cases.naming import person_name
from app.i18n import language
from app.records import edits, queries, showing
from app.records.changes import Change, Record
from app.records.fields import FIELDS, read_flag
from app.records.model import RecordPage, Typed
from app.records.problems import Locked, finding
from app.records.words import kind_name, kind_names, labels, new_name
from app.services import services
from app.tasks.model import Problem
from app.tasks.sending import translated
from app.words import gettext
from engine import FieldProblem, InvalidSubmission, NotFound

blueprint = Blueprint("records", __name__, url_prefix="/records", template_folder="templates")

_LIMIT = 50
_CASES_SHOWN = 8


@blueprint.get("")
def index() -> Response:
    """The first list."""
    return redirect(url_for("records.list_kind", kind="suppliers"), 303)


@blueprint.get("/<kind>")
def list_kind(kind: str) -> str:
    """A list with search."""
    kind_name(kind)
    search, after = request.args.get("q", "").strip()[:100], request.args.get("after", "")
    with services().database.read() as connection:
        found = queries.records(connection, kind, search, after, _LIMIT + 1)
        total = queries.count(connection, kind, search)
        suppliers = queries.supplier_names(connection, language(), (it["supplier_id"] for it in found if kind == "contracts"))
    lines = [showing.line(kind, it, suppliers) for it in found[:_LIMIT]]
    more = url_for("records.list_kind", kind=kind, q=search or None, after=found[_LIMIT - 1]["id"]) if len(found) > _LIMIT else None
    return render_template(
        "records/list.html",
        kind=kind,
        kinds=kind_names(),
        new_name=new_name(kind),
        heads=[(name, labels()[name], name in showing.MONEY | showing.QUANTITIES) for name in showing.LISTED[kind]],
        lines=lines,
        total=total,
        search=search,
        more=more,
        is_first=not after,
        may_edit=edits.may_edit(actor(), kind),
    )


@blueprint.get("/<kind>/new")
def new(kind: str) -> str:
    """An empty form."""
    kind_name(kind)
    return _page(kind, None, Typed())


@blueprint.get("/<kind>/<record_id>")
def show(kind: str, record_id: str) -> str:
    """One record with its changes."""
    return _page(kind, _record(kind, record_id), Typed())


@blueprint.post("/<kind>")
def add(kind: str) -> Response | tuple[str, int]:
    """Add a record."""
    kind_name(kind)
    given, record_id = _given(kind), request.form.get("id", "").strip()
    try:
        return _change(kind, record_id, {**given, "id": record_id}, None, lambda change: edits.add(change, kind, record_id, given))
    except IntegrityError:  # somebody else added the same one in this moment
        problems = _problems([finding("id", "taken")])
        return _page(kind, None, Typed({**given, "id": record_id}, problems)), 422


@blueprint.post("/<kind>/<record_id>")
def save(kind: str, record_id: str) -> Response | tuple[str, int]:
    """Change a record."""
    seen = {name: request.form[f"was.{name}"] for name in FIELDS[kind] if f"was.{name}" in request.form}
    # What was not touched stays as it is, whoever has changed it meanwhile.
    given = {name: value for name, value in _given(kind).items() if seen.get(name) != value}
    known = _record(kind, record_id)
    try:
        return _change(kind, record_id, given, known, lambda change: edits.save(change, kind, record_id, given, seen))
    except IntegrityError:  # somebody else gave another item this barcode in this moment
        problems = _problems([finding("barcode", "barcode-taken", item=gettext("Another item"))])
        return _page(kind, known, Typed(given, problems)), 422


@blueprint.post("/<kind>/<record_id>/confirm")
def confirm(kind: str, record_id: str) -> Response | tuple[str, int]:
    """Confirm a record for Finance."""
    return _change(kind, record_id, {}, _record(kind, record_id), lambda change: edits.confirm(change, kind, record_id))


@blueprint.post("/<kind>/<record_id>/reopen")
def reopen(kind: str, record_id: str) -> Response | tuple[str, int]:
    """Open a confirmed record again."""
    reason = request.form.get("reason", "")
    known = _record(kind, record_id)
    return _change(kind, record_id, {"reason": reason}, known, lambda change: edits.reopen(change, kind, record_id, reason))


@blueprint.post("/items/<record_id>/count")
def count(record_id: str) -> Response | tuple[str, int]:
    """Set the stock to what was counted."""
    known = _record("items", record_id)
    typed = {name: request.form.get(name, "") for name in ("counted", "reason")}
    return _change("items", record_id, typed, known, lambda change: edits.count_stock(change, record_id, **typed))


def _change(
    kind: str, record_id: str, typed: dict[str, str], known: Record | None, work: Callable[[Change], object]
) -> Response | tuple[str, int]:
    """Do it in one transaction; where it is refused, show the form again with what was typed."""
    runtime = services()
    try:
        with runtime.database.begin() as connection:
            work(Change(connection, runtime.clock, runtime.new_id, actor()))
    except InvalidSubmission as refused:
        now = _record(kind, record_id) if known else None
        return _page(kind, now, Typed(typed, _problems(refused.problems))), 422
    except Locked as refused:
        names = labels()
        fields = gettext(", ").join(names.get(it, it) for it in str(refused.details["fields"]).split(", "))
        person = person_name(str(refused.details["by"]))
        told = gettext("%(person)s of Finance has confirmed: %(fields)s. Only Finance opens it again.", person=person, fields=fields)
        return _page(kind, known, Typed(typed, problem=told)), 422
    flash(gettext("Saved."), "done")
    return redirect(url_for("records.show", kind=kind, record_id=record_id), 303)


def _problems(found: list[FieldProblem] | tuple[FieldProblem, ...]) -> tuple[Problem, ...]:
    names = labels()
    return tuple(Problem(it.path, names.get(it.path, it.path), translated(it)) for it in found)


def _record(kind: str, record_id: str) -> Record:
    kind_name(kind)
    with services().database.read() as connection:
        found = queries.record(connection, kind, record_id)
    if found is None:
        raise NotFound
    return found


def _given(kind: str) -> dict[str, str]:
    """What the form holds: a box that is not ticked is not sent."""
    given = {name: request.form[name] for name in FIELDS[kind] if name in request.form}
    boxes = {name: "1" if name in request.form else "" for name, reader in FIELDS[kind].items() if reader is read_flag}
    return {**given, **boxes}


def _page(kind: str, known: Record | None, typed: Typed) -> str:
    person = actor()
    record_id = known["id"] if known else ""
    with services().database.read() as connection:
        rows = queries.changes(connection, kind, record_id) if known else []
        linked = queries.linked_cases(connection, kind, record_id) if known else []
        choices = {"supplier_id": queries.supplier_choices(connection, language())} if kind == "contracts" else {}
        mentioned = queries.supplier_names(connection, language(), showing.mentioned_suppliers(rows))
    cases = {it.id: it for it in services().engine.instances.some(person, [*linked, *(it["case_id"] for it in rows if it["case_id"])])}
    page = RecordPage(
        kind=kind,
        kind_name=kind_name(kind),
        id=record_id,
        title=showing.name_of(known) if known else new_name(kind),
        badges=showing.badges(known) if known else (),
        facts=showing.facts(kind, known) if known else (),
        inputs=showing.inputs(kind, known, typed, choices),
        typed=typed,
        past=showing.past(rows, cases, mentioned),
        cases=tuple(showing.case_link(cases[it]) for it in linked if it in cases)[:_CASES_SHOWN],
        may_edit=edits.may_edit(person, kind),
        may_confirm=known is not None and edits.may_confirm(person, kind),
        may_count=kind == "items" and known is not None and known["stocked"] and edits.may_count(person),
        confirmed=showing.confirmed(known) if known else "",
    )
    return render_template("records/form.html", page=page)
