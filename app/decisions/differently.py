"""Past cases that the draft of a decision would decide differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from app.auth.views import actor
from app.cases.decided import show_result, words_of
from app.cases.naming import step_name
from app.decisions import words
from app.decisions.editing import require_analyst
from app.decisions.views import blueprint, opened
from app.processes.views import checked
from app.services import services
from app.studio.drafting import saved
from app.words import gettext, ngettext, phrase
from engine import DeploymentRefused, NotFound, Untold

if TYPE_CHECKING:
    from datetime import datetime

    from engine import RedecidedCase, Tally, UntoldCase


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the list."""

    number: str
    subject: str
    url: str
    is_open: bool
    at: datetime | None = None
    step: str = ""
    then: str = ""
    then_rules: str = ""
    now: str = ""
    now_rules: str = ""
    reason: str = ""  # why it cannot be told


@blueprint.get("/<key>/differently")
def differently(key: str) -> str:
    """The newest cases, decided again by the draft; `?after=` continues."""
    require_analyst()
    it = opened(key)
    if it.draft is None:
        raise NotFound
    page = {"name": words.version_name(it.latest), "key": key, "told": saved(it.draft), "after": request.args.get("after")}
    try:
        found = services().engine.decisions.decided_differently(actor(), key, page["after"])
    except DeploymentRefused as refused:
        return render_template("decisions/differently.html", **page, checked=checked(refused.problems, {it.base.name: b""}))
    more = url_for("decisions.differently", key=key, after=found.after) if found.after else ""
    return render_template(
        "decisions/differently.html",
        **page,
        lines=[_line(case) for case in found.different],
        untold=[_untold(case) for case in found.untold],
        finished=_told(found.finished),
        open=_told(found.open),
        hidden=found.hidden,
        more=more,
    )


def _line(it: RedecidedCase) -> Line:
    definition = services().engine.definitions.get(it.case.definition_id)
    known = words_of(it.decision_id)
    now = phrase(it.fault)
    now_rules = ""
    if it.now is not None:
        now = show_result(definition, known, [dict(row) for row in it.now.rows])
        now_rules = rules(it.now.trace[-1].rules)
    return Line(
        it.case.number or gettext("no number"),
        it.case.subject,
        url_for("cases.show", case_id=it.case.id),
        it.case.ended_at is None,
        it.at,
        step_name(definition, it.element),
        show_result(definition, known, it.then),
        rules(it.then_rules),
        now or gettext("nothing"),
        now_rules,
    )


def _untold(it: UntoldCase) -> Line:
    case = it.case
    number, url = case.number or gettext("no number"), url_for("cases.show", case_id=case.id)
    return Line(number, case.subject, url, case.ended_at is None, reason=_reason(it.reason))


def _reason(reason: Untold) -> str:
    return {
        Untold.OLDER: gettext("An older version of the program wrote its history and did not note what the decision saw."),
        Untold.GONE: gettext("The version that decided was deleted."),
        Untold.OTHERWISE: gettext("It depended on the organisation or the calendar of that day, which have changed since."),
        Untold.HIDDEN: gettext("The draft reads a field that the process hides from you."),
        Untold.TOO_LONG: gettext("Its history is too long to be played again here."),
    }[reason]


def rules(numbers: tuple[int, ...]) -> str:
    """`rule 2`, `rule 1, 3`; says so where none matched."""
    if not numbers:
        return gettext("no rule")
    return gettext("rule %(rules)s", rules=gettext(", ").join(str(number) for number in numbers))


def _told(tally: Tally) -> dict[str, object]:
    """What came of the cases, counted."""
    asked = tally.different + tally.same + tally.untold
    parts = [
        ngettext("%(num)s differently", "%(num)s differently", tally.different) if tally.different else "",
        ngettext("%(num)s the same", "%(num)s the same", tally.same) if tally.same else "",
        ngettext("%(num)s cannot be told", "%(num)s cannot be told", tally.untold) if tally.untold else "",
        ngettext("%(num)s never asked", "%(num)s never asked", tally.cases - asked) if tally.cases > asked else "",
    ]
    return {"cases": tally.cases, "different": tally.different, "text": gettext(", ").join(part for part in parts if part)}
