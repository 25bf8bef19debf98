"""From the engine to the pages of cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import url_for

from app import i18n
from app.cases.columns import columns_of, definition_of, shown
from app.cases.diagrams import case_diagram
from app.cases.model import Beginning, CaseLine, CaseList, CasePage, Link, Offer, Period, View, Views
from app.cases.naming import amount_of, asked, counterparty_of, ending, partners_called, person_name, process_name, show_key, step_of
from app.cases.saved import SavedView, views_of
from app.cases.standing import Place, due_of, each_step, in_full, in_short, places
from app.cases.timelines import read_timeline
from app.i18n import language, show_moment, show_remaining, show_span
from app.inbox.model import Choice, Filter
from app.inbox.rows import state_of
from app.services import services
from app.shell import face
from app.tasks.model import Fact, FormView
from app.tasks.reading import facts_of
from app.words import gettext
from engine import CaseFilter, FieldAccess, NotFound

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from app.cases.columns import Column
    from engine import Actor, Case, CaseRow, CaseView, Definition, Holder, KeyField

COLUMN = "col"  # in addresses
_LIMIT = 50
_MOST_COLUMNS = 40
_YEARS = (1900, 2200)
_NAMED = 2  # of those who have a case; the list shows how many more there are


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of a list asks for."""

    process: str | None = None
    text: str = ""
    open: bool | None = None
    by: str | None = None  # who started them
    first: date | None = None  # days of the company's zone on which they were started, both included
    last: date | None = None
    columns: tuple[str, ...] = ()  # by their ids; none: those that most want
    after: str | None = None

    def as_query(self) -> dict[str, Any]:
        """For addresses."""
        state = "" if self.open is None else "open" if self.open else "ended"
        days = {"from": self.first and self.first.isoformat(), "to": self.last and self.last.isoformat()}
        found = {"process": self.process, "q": self.text, "state": state, "by": self.by, **days, COLUMN: list(self.columns)}
        return {name: value for name, value in found.items() if value}


def wanted_of(arguments: MultiDict[str, str]) -> Wanted:
    """What an address asks for."""
    state = {"open": True, "ended": False}.get(arguments.get("state", ""))
    return Wanted(
        process=arguments.get("process") or None,
        text=arguments.get("q", "").strip()[:100],
        open=state,
        by=arguments.get("by") or None,
        first=_day(arguments.get("from", "")),
        last=_day(arguments.get("to", "")),
        columns=tuple(arguments.getlist(COLUMN)[:_MOST_COLUMNS]),
        after=arguments.get("after") or None,
    )


def _day(text: str) -> date | None:
    """A day of an address; none where it is no day."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _YEARS[0] <= found.year <= _YEARS[1] else None


def filter_of(wanted: Wanted) -> CaseFilter:
    """What the engine is asked for."""
    zone = services().settings.zone
    return CaseFilter(
        process=wanted.process,
        text=wanted.text or None,
        named=partners_called(wanted.text),
        open=wanted.open,
        started_by=wanted.by,
        started_from=datetime.combine(wanted.first, time(), zone) if wanted.first else None,
        started_before=datetime.combine(wanted.last, time(), zone) + timedelta(days=1) if wanted.last else None,
    )


def read_cases(actor: Actor, wanted: Wanted, endpoint: str, title: str) -> CaseList:
    """The cases that somebody may see, the newest first."""
    page = services().engine.instances.page(actor, filter_of(wanted), after=wanted.after, limit=_LIMIT)
    query, definition = wanted.as_query(), definition_of(wanted.process)
    columns = shown(definition, wanted.columns)
    return CaseList(
        title=title,
        lines=tuple(_line(row, columns) for row in page.rows),
        columns=columns,
        choices=tuple((it, it in columns) for it in columns_of(definition)),
        choices_kept=_pairs(query, COLUMN),
        total=page.total,
        filters=_filters(wanted, endpoint),
        search=wanted.text,
        more_url=url_for(endpoint, **query, after=page.after) if page.after else None,
        first_url=url_for(endpoint, **query),
        search_url=url_for(endpoint),
        kept=_pairs(query, "q"),
        period=_period(wanted),
        starters=_starters(wanted),
        exports=(url_for("cases.export", **query, kind="xlsx"), url_for("cases.export", **query, kind="csv")),
        is_narrowed=bool(query.keys() - {COLUMN}),
        is_first=wanted.after is None,
    )


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
    return Views(tuple(view(it) for it in views_of(services().database, actor)), _pairs(wanted.as_query()), departments)


def read_case(actor: Actor, case_id: str) -> CasePage:
    """The page of a case. Raises `NotFound`."""
    engine = services().engine
    view = engine.instances.get(actor, case_id)
    case, process = view.case, view.definition.process
    everything = actor.may_audit or actor.may_administer
    standing = engine.instances.standing(actor, case.id)
    state, urgency = state_of(case, standing)
    open_now = places(standing)
    newest = engine.history.entries(actor, case.id, limit=1)
    facts = facts_of(view)
    owns = process.owner is not None and (process.owner == actor.id or process.owner in actor.groups)
    return CasePage(
        id=case.root_id,
        number=case.number or "",
        subject=case.subject or process_name(view.definition),
        process=process_name(view.definition),
        version=view.definition.row.version,
        state=in_short(it.step for it in open_now) or state,
        states=in_full(it.step for it in open_now),
        state_kind="plain" if case.ended_at else urgency,
        facts=(*facts, *_facts(view, open_now)),
        diagram=case_diagram(view, standing),
        timeline=read_timeline(actor, view, standing, everything=everything),
        data=_data(actor, view, [case.subject or "", *(fact.value for fact in facts)]),
        caller=_caller(view),
        links=_links(view),
        more_links_url=more_called(case, view.called, has_more=view.has_called_more),
        offers=_offers(actor, case),
        beginnings=_beginnings(actor, view),
        tasks=_tasks(standing.holders, actor),
        today=i18n.now().date().isoformat(),
        can_cancel=case.ended_at is None and case.parent_id is None and (actor.may_administer or owns) and not actor.may_audit,
        can_verify=everything,
        head=newest[0].hash[:12] if newest and case.parent_id is None else "",
        entries=newest[0].seq if newest and case.parent_id is None else 0,
    )


def case_by_number(actor: Actor, text: str) -> str | None:
    """The page of the case whose number was typed in full into a search."""
    if "-" not in text or " " in text:
        return None
    try:
        case = services().engine.instances.get(actor, text.upper()).case
    except NotFound:
        return None
    return url_for("cases.show", case_id=case.number or case.id)


def _facts(view: CaseView, open_now: tuple[Place, ...]) -> list[Fact]:
    case, now = view.case, services().clock.now()
    starter = face(case.started_by)
    who = f"{starter.name}, {starter.department}" if starter and starter.department else starter.name if starter else case.started_by
    found = [Fact(gettext("Started"), f"{who}, {show_moment(case.started_at)}", exact=i18n.show_exact(case.started_at))]
    if open_now:
        each = [gettext("%(people)s, for %(span)s", people=it.text, span=show_span(now - it.since)) for it in open_now]
        said = in_full(each)
        found.append(Fact(gettext("With"), said[:1].upper() + said[1:]))
        due_at = due_of(open_now)
        if due_at:
            late = due_at < now
            rest = f", {i18n.show_remaining(due_at)}" if late else ""
            found.append(Fact(gettext("Due"), show_moment(due_at) + rest, "late" if late else "", i18n.show_exact(due_at)))
    if case.ended_at:
        span = show_span(case.ended_at - case.started_at)
        found.append(Fact(gettext("Ended"), gettext("%(moment)s, after %(span)s", moment=show_moment(case.ended_at), span=span)))
    return found


def _data(actor: Actor, view: CaseView, told: Collection[str]) -> FormView | None:
    """The data of the case as its start form shows them, only to read, without what is `told` above them."""
    start = next((it for it in view.definition.process.nodes.values() if it.type == "startEvent" and it.form_key), None)
    if start is None or start.form_key is None:
        return None
    engine = services().engine
    form = engine.definitions.form(view.definition.row.id, start.form_key.source)
    if form is None:
        return None
    values = engine.instances.variables(actor, view.case.id)

    def access(path: str) -> FieldAccess:
        return FieldAccess.READ if path.partition(".")[0].partition("[")[0] in values else FieldAccess.HIDDEN

    shown = services().forms.present(form, values, access, language(), told)
    return FormView(shown.schema, shown.data, read_only=True) if shown.schema["components"] else None


def _links(view: CaseView) -> tuple[Link, ...]:
    caller = _caller(view)
    return (*([caller] if caller else []), *called_links(reversed(view.called) if not view.has_called_more else view.called))


def called_links(cases: Iterable[Case]) -> tuple[Link, ...]:
    """Links to cases that another has called."""
    return tuple(_link(case, gettext("calls")) for case in cases)


def more_called(caller: Case, called: Sequence[Case], *, has_more: bool) -> str | None:
    """Where the called cases before these are."""
    return url_for("cases.called", case_id=caller.number or caller.id, before=called[-1].id) if has_more else None


def _caller(view: CaseView) -> Link | None:
    return _link(view.parent, gettext("called by")) if view.parent else None


def _link(case: Case, relation: str) -> Link:
    """A case by its number and process: two that are linked mostly have one subject."""
    name = " ".join(part for part in (case.number, process_name(services().engine.definitions.get(case.definition_id))) if part)
    state = gettext("running") if case.ended_at is None else ending(case) or gettext("finished")
    return Link(name, relation, state, url_for("cases.show", case_id=case.number or case.id))


def _offers(actor: Actor, case: Case) -> tuple[Offer, ...]:
    if case.ended_at is not None:
        return ()
    wanted = language()
    found = services().engine.messages.offers(actor, case.id)
    return tuple(
        Offer(it.subscription_id, it.event.label_translations.get(wanted, it.event.label or it.element_id), it.element_id) for it in found
    )


def _beginnings(actor: Actor, view: CaseView) -> tuple[Beginning, ...]:
    """What the reader may begin, where the process leaves that to people."""
    if view.case.ended_at is not None or not any(node.ad_hoc for node in view.definition.process.nodes.values()):
        return ()
    found = services().engine.ad_hoc.offers(actor, view.case.id)
    return tuple(Beginning(it.token_id, it.element_id, step_of(it.definition_id, it.element_id)) for it in found)


def _tasks(holders: tuple[Holder, ...], actor: Actor) -> tuple[Link, ...]:
    mine = [it for it in holders if it.assignee == actor.id or (it.assignee is None and not actor.groups.isdisjoint(it.groups))]
    return tuple(
        Link(
            step_of(it.definition_id, it.element_id, it.name),
            "",
            asked(it.assignee, it.users, it.groups),
            url_for("tasks.show", task_id=it.task_id),
        )
        for it in mine
    )


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
        fields={name: show_key(definition, it, case.key_fields[name]) for name, it in _fields(definition, case, columns)},
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


def _fields(definition: Definition, case: Case, columns: tuple[Column, ...]) -> Iterator[tuple[str, KeyField]]:
    """The key fields among the columns that the case has, as its own version knows them."""
    wanted = {it.field.name for it in columns if it.field}
    return ((it.name, it) for it in definition.process.key_fields if it.name in wanted and case.key_fields.get(it.name) is not None)


def urgency_of(due_at: datetime | None) -> str:
    """Whether a deadline has passed (late) or is today (soon)."""
    if due_at is None:
        return ""
    now = services().clock.now()
    return "late" if due_at < now else "soon" if i18n.local(due_at).date() == i18n.local(now).date() else ""


def _period(wanted: Wanted) -> Period:
    first, last = (day.isoformat() if day else "" for day in (wanted.first, wanted.last))
    said = gettext("%(first)s to %(last)s", first=_shown(wanted.first), last=_shown(wanted.last)) if first or last else gettext("Any time")
    return Period(first, last, said, _pairs(wanted.as_query(), "from", "to", "by"))


def _pairs(query: Mapping[str, Any], *without: str) -> tuple[tuple[str, str], ...]:
    """What the hidden fields of a form hold so that it keeps the rest of an address."""
    left = [(name, value if isinstance(value, list) else [value]) for name, value in query.items() if name not in without]
    return tuple((name, each) for name, values in left for each in values)


def _shown(day: date | None) -> str:
    return i18n.show_short_day(day) if day else "…"


def _of(wanted: Wanted, process: str | None) -> Wanted:
    """The same of another process, which has other columns."""
    return wanted if process == wanted.process else replace(wanted, process=process, columns=())


def _starters(wanted: Wanted) -> tuple[Choice, ...]:
    """Everybody who may have started cases, by name."""
    people = sorted(services().directory().people.values(), key=i18n.show_name)
    return tuple(Choice(i18n.show_name(it), it.id, it.id == wanted.by) for it in people)


def _filters(wanted: Wanted, endpoint: str) -> tuple[Filter, ...]:
    latest = services().engine.definitions.all_latest()

    def choice(name: str, changed: Wanted) -> Choice:
        return Choice(name, url_for(endpoint, **changed.as_query()), changed == replace(wanted, after=None))

    plain = replace(wanted, after=None)
    processes = [choice(gettext("All processes"), _of(plain, None))]
    processes += [choice(process_name(it), _of(plain, it.row.key)) for it in latest]
    states = [
        choice(gettext("Running and ended"), replace(plain, open=None)),
        choice(gettext("Running"), replace(plain, open=True)),
        choice(gettext("Ended"), replace(plain, open=False)),
    ]

    def current(choices: list[Choice]) -> str:
        return next((it.name for it in choices if it.is_current), choices[0].name)

    return (
        Filter(gettext("Process"), current(processes), tuple(processes)),
        Filter(gettext("State"), current(states), tuple(states)),
    )
