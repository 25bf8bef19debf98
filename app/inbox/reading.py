"""From the engine to the page of the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for

from app.cases.naming import amount_of, asked, counterparty_of, group_name, partners_called, process_name, step_of
from app.i18n import local, plural_cases, show_moment, show_remaining, show_span
from app.inbox.model import Choice, Filter, Inbox, Row, RowGroup, SectionGroup, Strip
from app.inbox.model import Section as RailSection
from app.services import services
from app.shell import face
from app.words import gettext
from engine import CaseFilter, CaseState, InboxFilter, Section

if TYPE_CHECKING:
    from engine import Actor, CaseRow, InboxRow, Page

_LIMIT = 50
_STRIP_LIMIT = 50
_LONG = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    section: Section = Section.TODO
    department: str | None = None
    process: str | None = None
    text: str = ""
    overdue: bool = False
    after: str | None = None

    def as_query(self) -> dict[str, Any]:
        """For addresses: only what differs from the plain inbox."""
        found = {
            "section": "" if self.section is Section.TODO else self.section.value,
            "department": self.department or "",
            "process": self.process or "",
            "q": self.text,
            "overdue": "1" if self.overdue else "",
        }
        return {name: value for name, value in found.items() if value}

    def as_filter(self) -> InboxFilter:
        """For the engine."""
        return InboxFilter(
            process=self.process,
            text=self.text or None,
            named=partners_called(self.text),
            overdue=self.overdue,
            department=self.department,
        )


def wanted_of(arguments: Mapping[str, str]) -> Wanted:
    """What an address asks for; what is unknown in it is left out."""
    section = arguments.get("section", "")
    known = {item.value for item in Section}
    return Wanted(
        section=Section(section) if section in known else Section.TODO,
        department=arguments.get("department") or None,
        process=arguments.get("process") or None,
        text=arguments.get("q", "").strip()[:100],
        overdue=arguments.get("overdue") == "1",
        after=arguments.get("after") or None,
    )


def read_inbox(actor: Actor, wanted: Wanted, current: str | None = None) -> Inbox:
    """The inbox of a person; `current` is the open task."""
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
        first_task=first,
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
    waiting = [(holder.since, row.case, holder) for row in page.rows for holder in row.holders if holder.assignee != actor.id]
    if not waiting:
        return Strip(text, "", url, url)
    since, case, holder = min(waiting, key=lambda it: it[0])
    detail = gettext(
        "%(number)s has been with %(people)s for %(span)s.",
        number=case.number or case.subject,
        people=asked(holder.assignee, holder.users, holder.groups),
        span=show_span(services().clock.now() - since),
    )
    return Strip(text, detail, url, url_for("cases.show", case_id=case.number or case.id))


# ---- the list ------------------------------------------------------------------------------------------------------------


def _groups(actor: Actor, wanted: Wanted, current: str | None) -> tuple[tuple[RowGroup, ...], str | None, str | None, int]:
    """The rows under their headings, the next page's cursor, the first task, and how many rows there are in all."""
    if wanted.section is Section.STARTED:
        shown = CaseFilter(process=wanted.process, text=wanted.text or None, named=partners_called(wanted.text), started_by=actor.id)
        cases = services().engine.instances.page(actor, shown, after=wanted.after, limit=_LIMIT)
        rows = tuple(_case_row(it) for it in cases.rows)
        return ((RowGroup("", "", cases.total, rows),) if rows else ()), cases.after, None, cases.total
    page = services().engine.tasks.inbox(actor, wanted.section, wanted.as_filter(), after=wanted.after, limit=_LIMIT)
    if wanted.section is Section.DONE:
        rows = tuple(_done_row(it) for it in page.rows)
        return ((RowGroup("", "", page.total, rows),) if rows else ()), page.after, None, page.total
    first = page.rows[0].task_id if page.rows else None
    return _by_due(actor, wanted, page, current or first), page.after, first, page.total


def _by_due(actor: Actor, wanted: Wanted, page: Page[InboxRow], current: str | None) -> tuple[RowGroup, ...]:
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
    line = (row.number or "", step, counterparty_of(definition, row.key_fields))
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


def _done_row(row: InboxRow) -> Row:
    definition = services().engine.definitions.get(row.definition_id)
    line = (row.number or "", step_of(row.definition_id, row.element_id, row.name), counterparty_of(definition, row.key_fields))
    return Row(
        id=row.task_id or "",
        url=url_for("cases.show", case_id=row.number or row.case_id),
        face=face(row.initiator),
        subject=row.subject or process_name(definition),
        amount=amount_of(definition, row.key_fields),
        line=tuple(part for part in line if part),
        time=show_moment(row.ended_at),
        moment=row.ended_at,
        opens_page=True,
    )


def _case_row(row: CaseRow) -> Row:
    case = row.case
    definition = services().engine.definitions.get(case.definition_id)
    state, urgency = state_of(row)
    line = (case.number or "", process_name(definition), counterparty_of(definition, case.key_fields))
    return Row(
        id=case.id,
        url=url_for("cases.show", case_id=case.number or case.id),
        face=face(row.holders[0].assignee if row.holders and row.holders[0].assignee else case.started_by),
        subject=case.subject or process_name(definition),
        amount=amount_of(definition, case.key_fields),
        line=tuple(part for part in line if part),
        time=state,
        moment=case.ended_at or (row.holders[0].since if row.holders else case.started_at),
        urgency=urgency,
        opens_page=True,
    )


def state_of(row: CaseRow) -> tuple[str, str]:
    """How a case stands, in a few words, and how urgent that is."""
    if row.case.ended_at is not None:
        if row.case.state is CaseState.COMPLETED:
            return gettext("finished"), "ended"
        return gettext("ended early"), "ended"
    if not row.holders:
        return gettext("waits for a message"), ""
    now = services().clock.now()
    holder = min(row.holders, key=lambda it: it.since)
    late = any(it.due_at is not None and it.due_at < now for it in row.holders)
    people = asked(holder.assignee, holder.users, holder.groups)
    return f"{people}, {show_span(now - holder.since)}", "late" if late else ""


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
