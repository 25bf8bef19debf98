"""From the engine to the pages of incidents and jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from app.cases.failures import incident_line
from app.cases.naming import failure, process_name, step_name
from app.i18n import show_ago, show_moment
from app.operations.model import IncidentList, JobLine, JobList, Refused, Report, StateChoice
from app.operations.words import STATE_KINDS, kind_name, state_name
from app.refusals import told
from app.services import services
from app.words import gettext
from engine import WorkKind, WorkState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine import Actor, PendingWork, TriedAgain

LIMIT = 50
MOST_INCIDENTS = 100  # shown
MOST_TRIED = 1_000  # tried again at once
MOST_REFUSED = 100  # told of in the report of that


def read_incidents(actor: Actor, text: str = "", most: int = 0) -> IncidentList:
    """What waits for a repair, of all that the actor may see, the newest first.

    `text`: only those that mention it. `most`: how many; else as many as are shown.
    """
    incidents, most = services().engine.incidents, most or MOST_INCIDENTS
    found = incidents.all(actor, most, text=text)
    total = len(found) if len(found) < most else incidents.count(actor, text=text)
    return IncidentList(tuple(incident_line(it) for it in found), total, text, min(total, MOST_TRIED))


def report_of(tried: Sequence[TriedAgain], titles: dict[str, str]) -> Report:
    """What became of several. `titles`: what each was about, by its id."""
    refused = tuple(
        Refused(titles.get(it.incident_id, gettext("One that is gone")), told(it.refused) or gettext("You may not do this"))
        for it in tried
        if it.refused is not None
    )
    return Report(len(tried) - len(refused), refused[:MOST_REFUSED], max(len(refused) - MOST_REFUSED, 0))


def read_jobs(actor: Actor, state: WorkState | None, text: str, offset: int) -> JobList:
    """A page of what runs by itself."""
    jobs = services().engine.jobs
    found, total = jobs.pending(actor, state, text, offset=offset, limit=LIMIT)
    query: dict[str, Any] = {"state": state.value if state else None, "q": text or None}
    after = offset + LIMIT
    return JobList(
        lines=tuple(_line(it) for it in found),
        total=total,
        choices=_choices(actor, state, text),
        search=text,
        state=state.value if state else "",
        first_url=url_for("operations.jobs", **query),
        more_url=url_for("operations.jobs", **query, after=after) if after < total else None,
        is_first=offset == 0,
    )


def _choices(actor: Actor, state: WorkState | None, text: str) -> tuple[StateChoice, ...]:
    counts = services().engine.jobs.load(actor).counts

    def choice(name: str, count: int, wanted: WorkState | None) -> StateChoice:
        url = url_for("operations.jobs", state=wanted.value if wanted else None, q=text or None)
        return StateChoice(name, count, url, wanted == state)

    each = (choice(state_name(it), counts.get(it, 0), it) for it in WorkState if counts.get(it) or it == state)
    return (choice(gettext("All"), sum(counts.values()), None), *each)


def _line(it: PendingWork) -> JobLine:
    is_case = it.root_id != it.definition_id
    definition = None if it.kind is WorkKind.CLEANUP else services().engine.definitions.get(it.definition_id)
    process = process_name(definition) if definition else ""
    return JobLine(
        kind=kind_name(it.kind),
        step=step_name(definition, it.element_id) if definition else gettext("Past cases that were kept long enough"),
        number=it.number or "",
        subject=it.subject or process,
        url=url_for("cases.show", case_id=it.instance_id) if is_case else None,
        process=process,
        state=state_name(it.state),
        state_kind=STATE_KINDS.get(it.state, ""),
        due_at=it.due_at,
        moment=_moment(it),
        reason=failure(it.error or ""),
        retries=gettext("%(count)s left", count=it.retries) if it.error and it.retries else "",
    )


def _moment(it: PendingWork) -> str:
    """When it is done, or since when it waits for somebody."""
    if it.state is WorkState.LOCKED and it.locked_until is not None:
        return gettext("%(worker)s, until %(moment)s", worker=it.worker or "", moment=show_moment(it.locked_until))
    if it.state is WorkState.FAILED:
        return gettext("for %(span)s", span=show_ago(it.due_at))
    if it.state is WorkState.DUE:
        return gettext("since %(moment)s", moment=show_moment(it.due_at))
    return show_moment(it.due_at)
