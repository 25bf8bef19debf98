"""From the engine to the page of the inbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for

from app.cases.naming import group_name, partners_called, process_name
from app.cases.standing import in_short, places
from app.i18n import plural_cases, show_span
from app.inbox.model import Choice, Filter, Inbox, RowGroup, SectionGroup, Strip
from app.inbox.model import Section as RailSection
from app.inbox.rows import by_due, case_row, done_row
from app.inbox.wanted import Wanted
from app.services import services
from app.words import gettext
from engine import CaseFilter, Section

if TYPE_CHECKING:
    from engine import Actor

_LIMIT = 50
_STRIP_LIMIT = 50
_LONG = timedelta(hours=1)


def read_inbox(actor: Actor, wanted: Wanted, current: str | None = None) -> Inbox:
    """The inbox of a person; `current` is the open task or case."""
    groups, after, first, total = _groups(actor, wanted, current)
    query = wanted.as_query()
    narrowed = bool(wanted.text or wanted.process or wanted.overdue)
    empty = _empty(wanted, narrowed=narrowed)
    sections, grouped = _sections(actor, wanted)
    return Inbox(
        title=_title(wanted),
        section=wanted.section.value,
        groups_of_sections=grouped,
        first_sections=sections,
        groups=groups,
        filters=_filters(wanted),
        more_url=url_for("inbox.index", **query, after=after) if after else None,
        strip=_strip(actor),
        search=wanted.text,
        empty_title=empty[0],
        empty_advice=empty[1],
        refresh_url=url_for("inbox.index", **query, **_opened(current)),
        total=total,
        first_task=None if wanted.lists_cases else first,
        first_case=first if wanted.lists_cases else None,
    )


def _opened(current: str | None) -> dict[str, Any]:
    return {"open": current} if current else {}


def _title(wanted: Wanted) -> str:
    if wanted.department:
        return gettext("Claimable: %(department)s", department=group_name(wanted.department))
    return {
        Section.TODO: gettext("To do"),
        Section.CLAIMABLE: gettext("Claimable"),
        Section.DONE: gettext("Done"),
        Section.STARTED: gettext("Started by me"),
    }[wanted.section]


def _empty(wanted: Wanted, *, narrowed: bool) -> tuple[str, str]:
    if narrowed:
        return gettext("Nothing fits"), gettext("Take a filter away, or search for something else.")
    return {
        Section.TODO: (gettext("Nothing to do"), gettext("What others send you appears here by itself.")),
        Section.CLAIMABLE: (gettext("Nothing to claim"), gettext("What your departments are offered appears here by itself.")),
        Section.DONE: (gettext("Nothing done yet"), gettext("Every task that you complete is kept here.")),
        Section.STARTED: (gettext("Nothing started yet"), gettext("Begin on the page “Start”.")),
    }[wanted.section]


# ---- the rail ------------------------------------------------------------------------------------------------------------


def _sections(actor: Actor, wanted: Wanted) -> tuple[tuple[RailSection, ...], tuple[SectionGroup, ...]]:
    counts = services().engine.tasks.counts(actor)

    def entry(section: Section, name: str, count: int | None, department: str | None = None) -> RailSection:
        address = url_for("inbox.index", **Wanted(section, department).as_query())
        is_current = wanted.section is section and wanted.department == department
        return RailSection(section.value, name, address, count, department, is_current)

    departments = _offered(actor)
    claimable = [entry(Section.CLAIMABLE, group_name(it), count, it) for it, count in departments.items()]
    if counts.claimable != sum(departments.values()) or not claimable:
        claimable.insert(0, entry(Section.CLAIMABLE, gettext("All"), counts.claimable))
    mine = (entry(Section.STARTED, gettext("Started by me"), counts.started_open), entry(Section.DONE, gettext("Done"), None))
    groups = (SectionGroup(gettext("Claimable"), tuple(claimable)), SectionGroup(gettext("Mine"), mine))
    return (entry(Section.TODO, gettext("To do"), counts.todo),), groups


def _offered(actor: Actor) -> dict[str, int]:
    """How many tasks each of the person's departments is offered, roles in it included."""
    directory = services().directory()
    found = dict.fromkeys(sorted(actor.departments, key=lambda it: directory.departments[it].position), 0)
    for group, count in services().engine.tasks.claimable_by_group(actor).items():
        department = group.partition(":")[0]
        if department in found:
            found[department] += count
    return found


def _strip(actor: Actor) -> Strip | None:
    """How one's own cases stand, and which waits longest."""
    page = services().engine.instances.page(actor, CaseFilter(started_by=actor.id, open=True), limit=_STRIP_LIMIT)
    if not page.total:
        return None
    text = gettext("%(cases)s of yours running.", cases=plural_cases(page.total))
    url = url_for("inbox.index", section=Section.STARTED.value)
    waiting = [(row.case, [it for it in places(row.standing) if it.person != actor.id]) for row in page.rows]
    case, others = min(((case, open_now) for case, open_now in waiting if open_now), key=lambda it: it[1][0].since, default=(None, []))
    if case is None:
        return Strip(text, "", url, url)
    number, span = case.number or case.subject, show_span(services().clock.now() - others[0].since)
    if others[0].is_wait:
        detail = gettext("%(number)s %(waits)s (%(span)s).", number=number, waits=in_short(it.text for it in others), span=span)
    else:
        people = in_short(it.text for it in others)
        detail = gettext("%(number)s has been with %(people)s for %(span)s.", number=number, people=people, span=span)
    return Strip(text, detail, url, url_for("cases.show", case_id=case.number or case.id))


# ---- the list ------------------------------------------------------------------------------------------------------------


def _groups(actor: Actor, wanted: Wanted, current: str | None) -> tuple[tuple[RowGroup, ...], str | None, str | None, int]:
    """The rows under their headings, the next page's cursor, the first task or case, and how many rows there are in all."""
    if wanted.section is Section.STARTED:
        shown = CaseFilter(process=wanted.process, text=wanted.text or None, named=partners_called(wanted.text), started_by=actor.id)
        cases = services().engine.instances.page(actor, shown, after=wanted.after, limit=_LIMIT)
        first_case = next((it.case.number or it.case.id for it in cases.rows), None)
        rows = tuple(case_row(it, wanted, current or first_case) for it in cases.rows)
        return ((RowGroup("", "", cases.total, rows),) if rows else ()), cases.after, first_case, cases.total
    page = services().engine.tasks.inbox(actor, wanted.section, wanted.as_filter(), after=wanted.after, limit=_LIMIT)
    if wanted.section is Section.DONE:
        first_case = next((it.own_number or it.number or it.case_id for it in page.rows), None)
        rows = tuple(done_row(it, wanted, current or first_case) for it in page.rows)
        return ((RowGroup("", "", page.total, rows),) if rows else ()), page.after, first_case, page.total
    first = page.rows[0].task_id if page.rows else None
    return by_due(actor, wanted, page, current or first), page.after, first, page.total


def _filters(wanted: Wanted) -> tuple[Filter, ...]:
    plain = replace(wanted, process=None, after=None)
    latest = services().engine.definitions.all_latest()
    chosen = next((process_name(it) for it in latest if it.row.key == wanted.process), None)

    def choice(name: str, process: str | None) -> Choice:
        return Choice(name, url_for("inbox.index", **replace(plain, process=process).as_query()), wanted.process == process)

    choices = [choice(gettext("All processes"), None), *(choice(process_name(it), it.row.key) for it in latest)]
    found = [Filter(gettext("Process"), chosen or gettext("All processes"), tuple(choices))]
    if wanted.section in {Section.TODO, Section.CLAIMABLE}:
        every = url_for("inbox.index", **replace(wanted, overdue=False, after=None).as_query())
        late = url_for("inbox.index", **replace(wanted, overdue=True, after=None).as_query())
        due = (Choice(gettext("All deadlines"), every, not wanted.overdue), Choice(gettext("Overdue only"), late, wanted.overdue))
        found.append(Filter(gettext("Deadline"), gettext("Overdue only") if wanted.overdue else gettext("All deadlines"), due))
    return tuple(found)
