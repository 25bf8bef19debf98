"""From the engine to the page of a task."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import url_for

from app.attachments.reading import read_files
from app.cases.diagrams import case_diagram
from app.cases.foretold import beyond
from app.cases.naming import asked, key_label, outcome_name, person_name, show_key, step_name
from app.cases.rivals import told
from app.cases.timelines import read_timeline
from app.i18n import language, show_exact, show_moment, show_remaining, show_span
from app.services import services
from app.shell import Face, face
from app.tasks.model import Button, Fact, FormView, Gone, Kept, Problem, TaskPage
from app.tasks.rights import Rights, rights
from app.words import gettext
from engine import FieldAccess, NotFound, OutcomeKind

if TYPE_CHECKING:
    from engine import Actor, CaseView, Conflict, Definition, FormValues, UserTask

_KEYS = {OutcomeKind.APPROVE: "a", OutcomeKind.DONE: "a", OutcomeKind.RETURN: "r"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed and refused, to be shown again."""

    data: Mapping[str, object]
    outcome: str = ""
    reason: str = ""
    problem: str = ""
    problems: tuple[Problem, ...] = ()
    too_late: bool = False  # somebody else was faster: it cannot be sent any more


def read_task(actor: Actor, task_id: str, back_url: str, typed: Typed | None = None) -> TaskPage:
    """The page of an open task. Raises `NotFound`, and `Conflict` when it is done."""
    engine = services().engine
    values = engine.tasks.form_values(actor, task_id)
    task = values.task
    view = engine.instances.get(actor, task.instance_id)
    root = view if task.root_id == task.instance_id else engine.instances.get(actor, task.root_id)
    allowed = rights(actor, task, services().directory(), view.definition.process.owner)
    standing = engine.instances.standing(actor, view.case.id)
    subject, facts = view.case.subject or root.case.subject, facts_of(view if view.case.key_fields else root)
    typed = typed or Typed(engine.tasks.draft(actor, task_id) or {} if allowed.complete else {})
    kept = kept_of(view.definition, task.element_id, typed) if typed.too_late and not allowed.complete else None
    adds_to = task.id if allowed.complete or allowed.resolve or allowed.claim else ""
    back_of_files = url_for("tasks.show", task_id=task.id, back=back_url)
    return TaskPage(
        id=task.id,
        version=task.version,
        case_id=root.case.id,
        case_url=case_url(view.case.number or view.case.id),
        number=view.case.number or root.case.number or root.case.id,
        caller=_caller(view),
        subject=subject,
        step=step_name(view.definition, task.element_id, task.name),
        initiator=face(root.case.started_by),
        facts=(*facts, *_due(task)),
        form=_form(values, allowed, typed.data, [subject, *(fact.value for fact in facts)]),
        buttons=_buttons(view.definition, task) if allowed.complete else (),
        diagram=case_diagram(view, standing),
        timeline=read_timeline(actor, view, standing),
        back_url=back_url,
        refresh_url=url_for("tasks.show", task_id=task.id),
        can_claim=allowed.claim,
        can_resolve=allowed.resolve,
        can_release=allowed.release,
        can_reassign=allowed.reassign,
        hint=_hint(actor, view, task, allowed),
        people=_people(task) if allowed.reassign else (),
        problem=typed.problem,
        problems=typed.problems,
        reason=typed.reason,
        outcome=typed.outcome,
        files=read_files(actor, view.case, view.definition.row.id, back_of_files, task=adds_to, refreshes=True),
        kept=kept,
    )


def read_gone(actor: Actor, conflict: Conflict, back_url: str, typed: Typed) -> Gone:
    """The page of a task that is done or was taken away. Who does not see its case any more reads no more than who did it."""
    said = told(conflict)
    try:
        root = services().engine.instances.get(actor, str(conflict.details["case"])).case
    except NotFound:
        return Gone(said, back_url)
    definition = services().engine.definitions.get(str(conflict.details["definition"]))
    return Gone(said, back_url, case_url(root.number or root.id), kept_of(definition, str(conflict.details["element"]), typed))


def kept_of(definition: Definition, element: str, typed: Typed) -> Kept | None:
    """What was typed at a step, in its form, only to read."""
    given = {name: value for name, value in typed.data.items() if value not in (None, "", [])}
    task = definition.process.nodes[element].user_task
    form = services().engine.definitions.form(definition.row.id, task.form_key.source) if task and task.form_key else None
    if not (given and form) and not typed.reason:
        return None
    if not (given and form):
        return Kept(reason=typed.reason)

    def only_typed(path: str) -> FieldAccess:
        return FieldAccess.READ if path.partition(".")[0].partition("[")[0] in given else FieldAccess.HIDDEN

    shown = services().forms.present(form, given, only_typed, language())
    return Kept(FormView(shown.schema, shown.data, read_only=True), typed.reason)


def case_url(number: str) -> str:
    """The page of a case."""
    return url_for("cases.show", case_id=number)


def facts_of(view: CaseView) -> list[Fact]:
    """The key fields of a case that have a value."""
    known, fields = view.case.key_fields, view.definition.process.key_fields
    return [Fact(key_label(it), show_key(view.definition, it, known[it.name])) for it in fields if known.get(it.name) is not None]


def _caller(view: CaseView) -> Fact | None:
    """The case that the task's own case is called by."""
    if view.parent is None:
        return None
    name = view.parent.number or view.parent.subject
    return Fact(gettext("called by"), name, exact=view.parent.subject, url=case_url(view.parent.number or view.parent.id))


def _due(task: UserTask) -> list[Fact]:
    if task.due_at is None:
        return []
    left = task.due_at - services().clock.now()
    text, rest = show_moment(task.due_at), show_remaining(task.due_at)
    urgency = "late" if left < timedelta(0) else "soon" if rest == text else ""
    shown = gettext("%(moment)s, %(rest)s", moment=text, rest=rest) if urgency == "late" else text
    return [Fact(gettext("Due"), shown, urgency, show_exact(task.due_at))]


def _form(values: FormValues, allowed: Rights, typed: Mapping[str, object], told: Collection[str]) -> FormView | None:
    """The form of the step, without what is `told` above it; None where nothing is left."""
    if values.form is None:
        return None
    task_id = values.task.id
    known = {**values.values, **{name: value for name, value in typed.items() if values.fields.may_write(name)}}
    if allowed.complete:
        shown = services().forms.present(values.form, known, values.fields, language(), told)
        draft_url = url_for("tasks.keep_draft", task_id=task_id)
        return FormView(shown.schema, shown.data, read_only=False, draft_url=draft_url) if shown.schema["components"] else None

    def only_read(path: str) -> FieldAccess:
        return FieldAccess.READ if values.fields.may_see(path) else FieldAccess.HIDDEN

    shown = services().forms.present(values.form, values.values, only_read, language(), told)
    return FormView(shown.schema, shown.data, read_only=True) if shown.schema["components"] else None


def _buttons(definition: Definition, task: UserTask) -> tuple[Button, ...]:
    model = definition.process.nodes[task.element_id].user_task
    outcomes = model.outcomes if model else ()
    if not outcomes:
        return (Button("", gettext("Complete"), "done", "a", needs_reason=False),)
    taken: set[str] = set()
    found = []
    for outcome in outcomes:
        key = _KEYS.get(outcome.kind)
        key = None if key in taken else key
        taken |= {key} if key else set()
        needs = outcome.kind in {OutcomeKind.RETURN, OutcomeKind.REJECT}
        name = outcome_name(definition, task.element_id, outcome.id)
        found.append(Button(outcome.id, name, outcome.kind.value, key, needs, _phrases(outcome.kind)))
    return tuple(found)


def _phrases(kind: OutcomeKind) -> tuple[str, ...]:
    if kind is OutcomeKind.RETURN:
        return (gettext("Amount or quantity does not match"), gettext("An offer is missing"), gettext("Please give more detail"))
    if kind is OutcomeKind.REJECT:
        return (gettext("Not in the budget"), gettext("Not needed"), gettext("Duplicate"))
    return ()


def _hint(actor: Actor, view: CaseView, task: UserTask, allowed: Rights) -> str:
    """At the left of the bar: what comes next, or why nothing can be done here."""
    if allowed.complete:
        return _next(actor, view)
    if allowed.resolve:
        return gettext("%(person)s has asked you to work on it.", person=person_name(task.owner))
    if task.assignee is None:
        return _hint_of_offered(actor, task, allowed)
    holder = person_name(task.assignee)
    if allowed.claim:
        return gettext("%(person)s has it; you may take it over.", person=holder)
    return gettext("%(person)s has it, since %(span)s.", person=holder, span=show_span(services().clock.now() - task.created_at))


def _hint_of_offered(actor: Actor, task: UserTask, allowed: Rights) -> str:
    """Of a task that nobody has."""
    if task.excluded_person == actor.id:
        return gettext("Your own request: somebody else decides.")
    offered = asked(None, task.candidate_users, task.candidate_groups)
    if allowed.claim:
        return gettext("Offered to %(people)s, nobody has taken it yet.", people=offered)
    return gettext("Waits for %(people)s.", people=offered)


def _next(actor: Actor, view: CaseView) -> str:
    found = services().engine.instances.expected(actor, view.case.id)
    step = next(iter(found.expected), None)
    if step is None:
        return beyond(found)
    name = step_name(services().engine.definitions.get(step.definition_id), step.element_id)
    return gettext("Then: %(step)s, %(people)s", step=name, people=asked(step.assignee, step.users, step.groups))


def _people(task: UserTask) -> tuple[Face, ...]:
    directory = services().directory()
    likely = directory.people_of(task.candidate_users, task.candidate_groups)
    others = sorted(person.id for person in directory.people.values() if person.active)
    left_out = {task.assignee, task.excluded_person}
    names = [it for it in dict.fromkeys([*likely, *others]) if it not in left_out and not directory.actor(it).may_audit]
    return tuple(it for it in (face(name) for name in names) if it)
