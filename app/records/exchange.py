"""The records as files: a list as CSV or XLSX, and a table of many records brought in, after a look at what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import flask_babel
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from app import i18n
from app.auth.views import actor
from app.records import edits, importing, queries
from app.records.changes import Change
from app.records.fields import FIELDS, REQUIRED
from app.records.importing import ID, Report, UnknownHead
from app.records.showing import LISTED
from app.records.words import kind_name, labels
from app.services import services
from app.sheets import MOST_ROWS, UnreadableSheet, read_sheet, table_file
from app.tasks.sending import translated
from app.words import gettext, ngettext
from engine import Forbidden

blueprint = Blueprint("exchange", __name__, url_prefix="/records", template_folder="templates")

_SHOWN: Final = 1_000  # mistakes on the page


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a table, as the page says it."""

    row: int
    id: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the page shows it. `problem`: why the table could not be read at all."""

    summary: str = ""
    is_good: bool = False
    has_work: bool = False  # something would be written
    mistakes: tuple[Mistake, ...] = ()
    left_out: int = 0  # mistakes that are not shown
    ignored: str = ""
    problem: str = ""


@blueprint.get("/<list_name>/export")
def export(list_name: str) -> Response:
    """The list, or what its search finds, as `?kind=xlsx` or `csv`."""
    kind, name = list_name, kind_name(list_name)
    with services().database.read() as connection:
        found = queries.records(connection, kind, request.args.get("q", "").strip()[:100], "", MOST_ROWS)
    columns = [*importing.columns_of(kind), *(it for it in LISTED[kind] if it not in FIELDS[kind])]
    words = {True: gettext("yes"), False: gettext("no")}
    head, rows = [labels()[it] for it in columns], [importing.cells(it, columns, words) for it in found]
    return table_file(name, head, rows, request.args.get("kind", ""))


@blueprint.get("/<kind>/import")
def choose(kind: str) -> str:
    """Choose a file."""
    return _page(kind, None)


@blueprint.post("/<kind>/import")
def bring_in(kind: str) -> AnyResponse | str | tuple[str, int]:
    """Look at a table, or bring it in where `do` says so and every row is right."""
    _require_editor(kind)
    sent = request.files.get("table")
    if sent is None or not sent.filename:
        return _told(kind, Told(problem=gettext("Choose a .csv or .xlsx file.")))
    try:
        report = _done(kind, sent.filename, sent.read(), write=request.form.get("do") == "import")
    except (UnreadableSheet, UnknownHead, IntegrityError) as wrong:
        return _told(kind, Told(problem=_why(kind, wrong)))
    if request.form.get("do") != "import" or report.bad:
        return _told(kind, _words(report))
    flash(gettext("Imported: %(new)s new, %(changed)s changed.", new=len(report.new), changed=len(report.changed)), "done")
    address = url_for("records.list_kind", kind=kind)
    if not request.headers.get("HX-Request"):
        return redirect(address, 303)
    answer = make_response("")
    answer.headers["HX-Redirect"] = address
    return answer


def _done(kind: str, name: str, content: bytes, *, write: bool) -> Report:
    rows = read_sheet(name, content)
    runtime = services()
    with runtime.database.begin() if write else runtime.database.read() as connection:
        change = Change(connection, runtime.clock, runtime.new_id, actor())
        if not write:
            return importing.check(change, kind, rows, _heads())
        return importing.bring_in(change, kind, rows, _heads(), gettext("Imported from %(file)s", file=name[-100:]))


def _heads() -> dict[str, str]:
    """Every head by which a field is known on pages, in each language."""
    found = {"number": ID, "编号": ID}
    for name in i18n.LANGUAGES:
        with flask_babel.force_locale(name):
            found |= {label.lower(): key for key, label in labels().items()}
    return found


def _words(report: Report) -> Told:
    names = labels()
    mistakes = [Mistake(bad.number, bad.id, names.get(it.path, it.path), translated(it)) for bad in report.bad for it in bad.problems]
    counts = {"new": len(report.new), "changed": len(report.changed), "same": report.same}
    summary = gettext("%(new)s new, %(changed)s changed, %(same)s the same.", **counts)
    if report.bad:
        wrong = ngettext("%(num)s row has mistakes.", "%(num)s rows have mistakes.", len(report.bad))
        summary = gettext("%(wrong)s Nothing is imported until they are right. The others: %(rest)s", wrong=wrong, rest=summary)
    return Told(
        summary,
        is_good=not report.bad,
        has_work=bool(report.new or report.changed),
        mistakes=tuple(mistakes[:_SHOWN]),
        left_out=max(0, len(mistakes) - _SHOWN),
        ignored=gettext(", ").join(report.ignored),
    )


def _why(kind: str, wrong: UnreadableSheet | UnknownHead | IntegrityError) -> str:
    """Why a table cannot be taken as a whole."""
    if isinstance(wrong, UnreadableSheet):
        return _unreadable(wrong)
    if isinstance(wrong, UnknownHead):
        return _unknown(kind, wrong)
    return gettext("The records were changed in this moment. Check the file again.")  # somebody else added one of them


def _unreadable(wrong: UnreadableSheet) -> str:
    return {
        "kind": gettext("Choose a .csv or .xlsx file."),
        "encoding": gettext("The text of this file cannot be read. Save it as CSV in UTF-8, or as XLSX."),
        "damaged": gettext("This file is damaged, or not what its name says. Save it again as CSV or XLSX."),
        "empty": gettext("There is nothing in this file."),
        "rows": gettext("This file has more than %(most)s rows. Divide it.", most=wrong.figures.get("most")),
        "columns": gettext("This file has more than %(most)s columns.", most=wrong.figures.get("most")),
        "cell": gettext("Row %(row)s holds a text that is too long for any field.", row=wrong.figures.get("row")),
    }[wrong.code]


def _unknown(kind: str, wrong: UnknownHead) -> str:
    names = labels()
    if wrong.code == "twice":
        return gettext("The column “%(name)s” stands there twice.", name=wrong.name)
    if wrong.code == "no-id":
        return gettext("The first row must name the columns, and one of them must be “%(name)s”.", name=names[ID])
    known = gettext(", ").join(names[it] for it in importing.columns_of(kind))
    return gettext("There is no column “%(name)s” here. The columns are: %(known)s.", name=wrong.name, known=known)


def _told(kind: str, told: Told) -> str | tuple[str, int]:
    page = render_template("records/import_report.html", told=told) if request.headers.get("HX-Request") else _page(kind, told)
    return page if told.is_good else (page, 422)


def _page(kind: str, told: Told | None) -> str:
    name = _require_editor(kind)
    names = labels()
    columns = [(names[it], it == ID or it in REQUIRED) for it in importing.columns_of(kind)]
    return render_template("records/import.html", kind=kind, kind_name=name, columns=columns, told=told, most=MOST_ROWS)


def _require_editor(kind: str) -> str:
    name = kind_name(kind)
    if not edits.may_edit(actor(), kind):
        raise Forbidden(gettext("You may not edit these records."))
    return name
