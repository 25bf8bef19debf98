"""The bell and its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.auth.views import actor
from app.cases.naming import ending, person_name, process_name
from app.services import services
from app.words import gettext
from engine import NotFound, NoticeKind

if TYPE_CHECKING:
    from engine import Case, NoticeRow

blueprint = Blueprint("notices", __name__, url_prefix="/notices", template_folder="templates")


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as the list shows it."""

    url: str
    text: str
    about: str
    detail: str
    at: datetime
    is_read: bool
    urgency: str


@blueprint.get("")
def index() -> str:
    """The newest notices."""
    lines = [_line(row) for row in services().engine.notices.newest(actor(), 60)]
    return render_template("notices/index.html", lines=lines)


@blueprint.get("/bell")
def bell() -> str:
    """The bell alone, to be put into a page that is open."""
    return render_template("bell.html")


@blueprint.post("/read")
def mark_read() -> Response:
    """All are read."""
    services().engine.notices.mark_read(actor())
    return redirect(url_for("notices.index"), 303)


def unread() -> int:
    """How many the person has not read."""
    return services().engine.notices.unread(g.actor) if "actor" in g else 0


def _line(row: NoticeRow) -> Line:
    url, about, case = url_for("account.index"), "", None  # of no case: it concerns the person alone
    if row.case_id:
        try:
            case = services().engine.instances.get(actor(), row.case_id).case
            about = " ".join(part for part in (case.number, case.subject) if part)
            url = url_for("cases.show", case_id=case.number or case.id)
        except NotFound:
            url, about = url_for("notices.index"), gettext("A case that you no longer see")
    if case and row.task_id and row.kind not in {NoticeKind.TASK_TAKEN_AWAY, NoticeKind.TASK_TAKEN_OVER}:
        url = url_for("tasks.show", task_id=row.task_id)
    if row.kind == NoticeKind.INCIDENT and not row.case_id:  # no case could even begin
        about = _process(str((row.args or {}).get("definition") or ""))
        url = url_for("operations.incidents") if actor().may_administer else url_for("notices.index")
    late = row.kind in {NoticeKind.TASK_OVERDUE, NoticeKind.TASK_ESCALATED, NoticeKind.INCIDENT}
    args = row.args or {}
    return Line(
        url,
        sentence(row.kind, args, case),
        about,
        detail(row.kind, args),
        row.created_at,
        row.read_at is not None,
        "late" if late else "",
    )


def sentence(kind: str, args: Mapping[str, Any], case: Case | None) -> str:
    """What a notice says. `case`: what it is about, as far as the reader may see it."""
    by = person_name(args.get("by"))
    known = {
        NoticeKind.TASK_ASSIGNED: gettext("A task is yours"),
        NoticeKind.TASK_OFFERED: gettext("A task can be claimed"),
        NoticeKind.TASK_RETURNED: gettext("%(person)s sent it back to you", person=by),
        NoticeKind.TASK_REASSIGNED: gettext("%(person)s gave you a task", person=by),
        NoticeKind.TASK_TAKEN_AWAY: gettext("%(person)s gave your task to %(other)s", person=by, other=person_name(args.get("to"))),
        NoticeKind.TASK_TAKEN_OVER: gettext("%(person)s took your task over", person=by),
        NoticeKind.TASK_REMINDED: gettext("Half of the time is over"),
        NoticeKind.TASK_OVERDUE: gettext("Your task is overdue"),
        NoticeKind.TASK_ESCALATED: gettext("An overdue task: you may take it over"),
        NoticeKind.CASE_FINISHED: _ended(case),
        NoticeKind.CASE_CANCELLED: gettext("%(person)s ended the case", person=by),
        NoticeKind.INCIDENT: _failed(args),
        NoticeKind.CREDENTIALS_RENEWED: _renewed(by),
        NoticeKind.TOKEN_MADE: gettext("You have a new API token: %(name)s", name=args.get("name", "")),
        NoticeKind.TOKEN_REVOKED: gettext("%(person)s revoked your API token: %(name)s", person=by, name=args.get("name", "")),
    }
    return known[NoticeKind(kind)] if kind in {item.value for item in NoticeKind} else kind


def _failed(args: Mapping[str, Any]) -> str:
    if args.get("definition"):
        return gettext("A case could not begin: its start failed and waits for a repair")
    return gettext("A step failed and waits for a repair")


def _process(definition_id: str) -> str:
    """The process whose case could not begin; nothing where it was removed since."""
    try:
        return process_name(services().engine.definitions.get(definition_id))
    except NotFound:
        return ""


def _renewed(by: str) -> str:
    """Whose doing a new password was; one's own is told too, because somebody else may have done it in one's name."""
    return gettext("%(person)s gave you a new password", person=by) if by else gettext("You have a new password")


def detail(kind: str, args: Mapping[str, Any]) -> str:
    """What stands below the sentence: the reason that somebody gave, or what to do."""
    if kind in {NoticeKind.CREDENTIALS_RENEWED, NoticeKind.TOKEN_MADE} and not args.get("by"):
        return gettext("If that was not you, tell an administrator at once.")
    return str(args.get("reason") or "")


def _ended(case: Case | None) -> str:
    """How a case came to its end, in the words of its model."""
    how = ending(case) if case else ""
    return gettext("Your case has ended: %(how)s", how=how) if how else gettext("Your case is finished")
