"""Lists of cases: a page of those that somebody may see, with their filters, and the views of it that were saved."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import url_for

from app import i18n
from app.cases.columns import columns_of, definition_of, names_read, shown
from app.cases.fields import list_fields
from app.cases.filters import fields_asked, filters_of, head_of, involved, ordering, pairs, period_of, starters
from app.cases.model import CaseLine, CaseList, View, Views
from app.cases.naming import amount_of, counterparty_of, person_name, process_name, show_key
from app.cases.saved import SavedView, views_of
from app.cases.standing import due_of, each_step, in_full, in_short, places
from app.cases.values import day_of, is_empty, show_field
from app.cases.wanted import COLUMN, DESCENDING, ORDER, Wanted, filter_of
from app.i18n import show_remaining, show_span
from app.inbox.rows import state_of
from app.services import services
from app.shell import face
from app.words import gettext, phrase
from engine import InvalidRequest, Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from app.cases.columns import Column
    from app.cases.fields import ListFields
    from engine import Actor, CaseRow, Definition

_LIMIT = 50
_NAMED = 2  # of those who have a case; the list shows how many more there are


def read_cases(actor: Actor, wanted: Wanted, endpoint: str, title: str) -> CaseList:
    """The cases that somebody may see, the newest first. What cannot be asked so stands in `problem`; raises `Forbidden`."""
    known = list_fields(actor, definition_of(wanted.process, wanted.version))
    columns = shown(known, wanted.columns)
    page, problem = _page(actor, wanted, known, names_read(columns))
    query = wanted.as_query()
    return CaseList(
        title=title,
        lines=tuple(_line(row, columns) for row in page.rows),
        columns=tuple(head_of(wanted, it, endpoint) for it in columns),
        choices=_choices(known, columns),
        choices_kept=pairs(query, COLUMN),
        total=page.total,
        filters=filters_of(wanted, endpoint),
        search=wanted.text,
        more_url=url_for(endpoint, **query, after=page.after) if page.after else None,
        first_url=url_for(endpoint, **query),
        search_url=url_for(endpoint),
        kept=pairs(query, "q"),
        period=period_of(wanted),
        starters=starters(wanted),
        exports=(url_for("cases.export", **query, kind="xlsx"), url_for("cases.export", **query, kind="csv")),
        is_narrowed=bool(query.keys() - {COLUMN, ORDER, DESCENDING}),
        is_first=wanted.after is None,
        involved=involved(wanted) if actor.sees_everything else None,
        asked=fields_asked(wanted, known, endpoint) if known.definition else None,
        ordering=ordering(wanted, known) if known.definition else None,
        problem=problem,
    )


def _choices(known: ListFields, columns: tuple[Column, ...]) -> tuple[tuple[str, tuple[tuple[Column, bool], ...]], ...]:
    """All columns that the list may have: of every list, key fields, other fields of the forms."""
    named = (
        (gettext("Key fields"), lambda it: it.field is not None and it.field.is_key),
        (gettext("Every list"), lambda it: it.field is None),
        (gettext("Other fields"), lambda it: it.field is not None and not it.field.is_key),
    )
    groups = ((name, tuple((it, it in columns) for it in columns_of(known) if fits(it))) for name, fits in named)
    return tuple((name, of_it) for name, of_it in groups if of_it)


def _page(actor: Actor, wanted: Wanted, known: ListFields, names: tuple[str, ...]) -> tuple[Page[CaseRow], str]:
    """The rows, or why there are none."""
    try:
        asked = filter_of(wanted, known)
        return services().engine.instances.page(actor, asked, after=wanted.after, limit=_LIMIT, columns=names), ""
    except InvalidRequest as error:
        return Page((), 0), phrase(str(error))


def read_views(actor: Actor, wanted: Wanted) -> Views:
    """The saved views that somebody has, and what a new one of this list would hold."""
    query = urlencode(wanted.as_query(), doseq=True)
    directory = services().directory()

    def view(it: SavedView) -> View:
        department = directory.departments.get(it.department or "")
        by = "" if it.person == actor.id else person_name(it.person)
        shared = i18n.show_name(department) if department else ""
        return View(it.name, f"{url_for('cases.index')}?{it.query}", it.query == query, shared, by, it.id)

    departments = tuple((it, i18n.show_name(directory.departments[it])) for it in sorted(actor.departments) if it in directory.departments)
    return Views(tuple(view(it) for it in views_of(services().database, actor)), pairs(wanted.as_query()), departments)


def _line(row: CaseRow, columns: tuple[Column, ...]) -> CaseLine:
    case = row.case
    definition = services().engine.definitions.get(case.definition_id)
    open_now = places(row.standing)
    oldest = next(iter(open_now), None)
    due_at = due_of(open_now)
    state, ended = state_of(case, row.standing)
    since = case.ended_at or (oldest.since if oldest else None)
    until = case.ended_at or services().clock.now()
    return CaseLine(
        url=url_for("cases.show", case_id=case.number or case.id),
        number=case.number or case.id[:8],
        subject=case.subject or process_name(definition),
        process=process_name(definition),
        amount=amount_of(definition, case.key_fields),
        counterparty=counterparty_of(definition, case.key_fields),
        fields=dict(_fields(definition, row, columns)),
        starter=face(case.started_by),
        started_at=case.started_at,
        state=in_short(it.step for it in open_now) or state,
        states=in_full(it.step for it in open_now),
        holder=oldest.face if oldest else None,
        holders=in_short((it.text for it in open_now), _NAMED),
        all_holders=in_full(each_step(open_now)),
        span=show_span(until - (case.started_at if case.ended_at else since)) if since else "",
        moment=since,
        due=show_remaining(due_at) if due_at else "",
        due_at=due_at,
        urgency=ended or urgency_of(due_at),
    )


def _fields(definition: Definition, row: CaseRow, columns: tuple[Column, ...]) -> Iterator[tuple[str, str]]:
    """What the fields among the columns hold, as the case's own version knows them. Days are short: a column is narrow."""
    keys = {it.name: it for it in definition.process.key_fields}
    for field in (it.field for it in columns if it.field):
        name, kept = field.name, row.case.key_fields.get(field.name)
        value = row.values.get(name) if kept is None else kept
        if is_empty(value):
            continue
        day = day_of(value) if field.kind == "date" else None
        if day is not None:
            yield name, i18n.show_near_day(day)
        else:
            yield name, show_field(definition, name, value) if kept is None or name not in keys else show_key(definition, keys[name], kept)


def urgency_of(due_at: datetime | None) -> str:
    """Whether a deadline has passed (late) or is today (soon)."""
    if due_at is None:
        return ""
    now = services().clock.now()
    return "late" if due_at < now else "soon" if i18n.local(due_at).date() == i18n.local(now).date() else ""
