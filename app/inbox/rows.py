"""The rows of the inbox: tasks and cases, each told apart without opening it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import url_for

from app.cases.naming import amount_of, counterparty_of, ending, process_name, step_of
from app.cases.standing import each_step, in_full, in_short, places
from app.i18n import local, show_moment, show_remaining, show_span
from app.inbox.model import Row, RowGroup
from app.services import services
from app.shell import face
from app.words import gettext
from engine import CaseState

if TYPE_CHECKING:
    from app.inbox.wanted import Wanted
    from engine import Actor, Case, CaseRow, InboxRow, Page, Standing


def by_due(actor: Actor, wanted: Wanted, page: Page[InboxRow], current: str | None) -> tuple[RowGroup, ...]:
    """Tasks under Overdue, Due today and Later."""
    counts = services().engine.tasks.groups(actor, wanted.section, wanted.as_filter())
    now = services().clock.now()
    today = local(now).date()
    found: dict[str, list[Row]] = {"late": [], "soon": [], "": []}
    for row in page.rows:
        urgency = _urgency(row.due_at, now, today)
        found[urgency].append(_task_row(row, wanted, urgency, current))
    names = {
        "late": (gettext("Overdue"), counts.overdue),
        "soon": (gettext("Due today"), counts.today),
        "": (gettext("Later"), counts.later),
    }
    return tuple(RowGroup(names[it][0], it, names[it][1], tuple(rows)) for it, rows in found.items() if rows)


def _urgency(due: datetime | None, now: datetime, today: object) -> str:
    if due is None:
        return ""
    if due < now:
        return "late"
    return "soon" if local(due).date() == today else ""


def _task_row(row: InboxRow, wanted: Wanted, urgency: str, current: str | None) -> Row:
    definition = services().engine.definitions.get(row.definition_id)
    step = step_of(row.definition_id, row.element_id, row.name)
    line = (*_numbers(row), step, counterparty_of(definition, row.key_fields))
    return Row(
        id=row.task_id or "",
        url=url_for("tasks.show", task_id=row.task_id, **wanted.as_query()),
        face=face(row.initiator),
        subject=row.subject or process_name(definition),
        amount=amount_of(definition, row.key_fields),
        line=tuple(part for part in line if part),
        time=show_remaining(row.due_at) if row.due_at else "",
        moment=row.due_at,
        urgency=urgency,
        is_current=row.task_id == current,
        is_new=row.assignee is None or row.version == 1,
    )


def done_row(row: InboxRow, wanted: Wanted, current: str | None) -> Row:
    """A task that the person completed: it opens its case."""
    definition = services().engine.definitions.get(row.definition_id)
    line = (*_numbers(row), step_of(row.definition_id, row.element_id, row.name), counterparty_of(definition, row.key_fields))
    return Row(
        **_beside(row.own_number or row.number or row.case_id, wanted, current),
        face=face(row.initiator),
        subject=row.subject or process_name(definition),
        amount=amount_of(definition, row.key_fields),
        line=tuple(part for part in line if part),
        time=show_moment(row.ended_at),
        moment=row.ended_at,
    )


def _numbers(row: InboxRow) -> tuple[str, ...]:
    """The number of the case; of a task in a called case its own number, and that of the root where it does not say it."""
    own, root = row.own_number or "", row.number or ""
    return (own,) if own.startswith(root) and own else (own, root)


def case_row(row: CaseRow, wanted: Wanted, current: str | None) -> Row:
    """A case that the person started."""
    case = row.case
    definition = services().engine.definitions.get(case.definition_id)
    state, urgency = state_of(case, row.standing)
    open_now = places(row.standing)
    oldest = next(iter(open_now), None)
    line = (case.number or "", process_name(definition), counterparty_of(definition, case.key_fields))
    return Row(
        **_beside(case.number or case.id, wanted, current),
        face=oldest.face if oldest and oldest.person else face(case.started_by),
        subject=case.subject or process_name(definition),
        amount=amount_of(definition, case.key_fields),
        line=tuple(part for part in line if part),
        time=state,
        moment=case.ended_at or (oldest.since if oldest else case.started_at),
        urgency=urgency,
        hint=in_full(each_step(open_now)),
    )


def _beside(reference: str, wanted: Wanted, current: str | None) -> dict[str, Any]:
    """How a row opens a case beside the list."""
    query = wanted.as_query()
    return {
        "id": reference,
        "url": url_for("cases.show", case_id=reference, **query),
        "push_url": url_for("inbox.index", **query, open=reference),
        "is_current": reference == current,
    }


def state_of(case: Case, standing: Standing) -> tuple[str, str]:
    """How a case stands, in a few words, and how urgent that is."""
    if case.ended_at is not None:
        if case.state is CaseState.COMPLETED:
            return ending(case) or gettext("finished"), "ended"
        return gettext("ended early"), "ended"
    open_now, now = places(standing), services().clock.now()
    if not open_now:
        return gettext("running"), ""
    late = any(it.is_failed or (it.due_at is not None and it.due_at < now) for it in open_now)
    return f"{in_short(it.text for it in open_now)}, {show_span(now - open_now[0].since)}", "late" if late else ""
