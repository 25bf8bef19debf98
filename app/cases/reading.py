"""From the engine to the pages of cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from flask import url_for

from app import i18n
from app.attachments.reading import read_files
from app.cases.diagrams import case_diagram
from app.cases.failures import incidents_of
from app.cases.model import Beginning, CasePage, Link, Offer
from app.cases.naming import asked, ending, process_name, step_of
from app.cases.replay import replay_of
from app.cases.standing import Place, due_of, in_full, in_short, places
from app.cases.timelines import read_timeline
from app.i18n import language, show_moment, show_span
from app.inbox.rows import state_of
from app.services import services
from app.shell import face
from app.tasks.model import Fact, FormView
from app.tasks.reading import facts_of
from app.words import gettext
from engine import FieldAccess, NotFound

if TYPE_CHECKING:
    from engine import Actor, Case, CaseView, Holder


def read_case(actor: Actor, case_id: str) -> CasePage:
    """The page of a case. Raises `NotFound`."""
    engine = services().engine
    view = engine.instances.get(actor, case_id)
    case, process = view.case, view.definition.process
    everything = actor.sees_everything
    standing = engine.instances.standing(actor, case.id)
    state, urgency = state_of(case, standing)
    open_now = places(standing)
    newest = engine.history.entries(actor, case.id, limit=1)
    facts = facts_of(view)
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
        incidents=tuple(incidents_of(actor, case.id)) if case.ended_at is None else (),
        can_cancel=case.ended_at is None
        and case.parent_id is None
        and (actor.may_administer or actor.owns(process.owner))
        and not actor.may_audit,
        can_verify=everything,
        replay=replay_of(case.number or case.id, newest[0].seq if newest else 1),
        began=show_moment(case.started_at),
        files=read_files(actor, case, view.definition.row.id, url_for("cases.show", case_id=case.number or case.id)),
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
