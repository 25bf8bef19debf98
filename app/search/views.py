"""What the search of the bar finds: one's own tasks, cases, records. A number that was typed in full opens its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.views import actor
from app.cases.lists import read_cases
from app.cases.reading import case_by_number
from app.cases.wanted import Wanted
from app.i18n import language
from app.inbox.reading import read_inbox
from app.inbox.wanted import Wanted as WantedTasks
from app.records import queries, showing
from app.records.words import kind_names
from app.services import services
from app.words import gettext
from engine import Section

if TYPE_CHECKING:
    from app.cases.model import CaseLine
    from app.inbox.model import Row
    from app.records.model import Line

blueprint = Blueprint("search", __name__, url_prefix="/search", template_folder="templates")

_NUMBERED = frozenset({"contracts", "cost-centres"})
_SHOWN = 8  # of each kind; the lists show all


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found."""

    url: str
    name: str
    second: str
    right: str
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    name: str
    hits: tuple[Hit, ...]
    total: int
    url: str  # all of it


@blueprint.get("")
def index() -> str | Response:
    """Everything that a text is found in, as far as the person may see it."""
    text = request.args.get("q", "").strip()[:100]
    if found := case_by_number(actor(), text):
        return redirect(found, 303)
    groups = [group for group in (*_tasks(text), _cases(text), *_records(text)) if group.hits] if text else []
    return render_template("search/index.html", text=text, groups=groups)


def _tasks(text: str) -> list[Group]:
    found = []
    for section, name in ((Section.TODO, gettext("To do")), (Section.CLAIMABLE, gettext("Claimable"))):
        wanted = WantedTasks(section, text=text)
        inbox = read_inbox(actor(), wanted)
        hits = [_task(row) for group in inbox.groups for row in group.rows]
        found.append(Group(name, tuple(hits[:_SHOWN]), inbox.total, url_for("inbox.index", **wanted.as_query())))
    return found


def _task(row: Row) -> Hit:
    return Hit(row.url, row.subject, " · ".join(row.line), row.time, row.urgency)


def _cases(text: str) -> Group:
    found = read_cases(actor(), Wanted(text=text), "cases.index", gettext("Cases"))
    return Group(found.title, tuple(map(_case, found.lines[:_SHOWN])), found.total, found.first_url)


def _case(line: CaseLine) -> Hit:
    second = " · ".join(part for part in (line.number, line.counterparty, line.amount) if part)
    return Hit(line.url, line.subject, second, f"{line.state}{gettext(', ')}{line.holders}" if line.holders else line.state)


def _records(text: str) -> list[Group]:
    found = []
    for kind, name in kind_names().items():
        with services().database.read() as connection:
            rows = queries.records(connection, kind, text, limit=_SHOWN)
            total = queries.count(connection, kind, text)
            suppliers = queries.supplier_names(connection, language(), (it["supplier_id"] for it in rows if kind == "contracts"))
        hits = tuple(_record(kind, showing.line(kind, row, suppliers)) for row in rows)
        found.append(Group(name, hits, total, url_for("records.list_kind", kind=kind, q=text)))
    return found


def _record(kind: str, line: Line) -> Hit:
    """A record; contracts and cost centres have numbers that people know, the ids of the others are for tables."""
    second = line.second if kind in _NUMBERED else line.second.removeprefix(line.id).removeprefix(" · ")
    return Hit(line.url, line.name, second, f"{line.figure.label} {line.figure.text}" if line.figure else "")
