"""What the page of a case in a trial shows besides: whom each task asks, what comes by itself, what can be sent, data and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.cases.decided import decision_label, words_of
from app.cases.naming import asked, failure, labels_of, outcome_name, show_value, step_name, step_of
from app.cases.standing import message_name
from app.i18n import language
from app.services import services
from app.shell import Face, face
from app.tasks.rights import rights
from app.words import gettext
from engine import Awaited, EventKind, JobKind, Wanted, put_together

if TYPE_CHECKING:
    from engine import Actor, CaseView, DecisionWords, Definition, ExternalTask, FlowNode, Holder, Job, Offer

_MOST_PEOPLE = 12  # of those whom a task asks
_MOST_ENTRIES = 200
_MOST_TEXT = 500  # characters of a value


@dataclass(frozen=True, slots=True)
class Asked:
    """An open task: whom it asks, and who of them may do it."""

    task_id: str
    step: str
    asks: str
    people: tuple[Face, ...]
    more: int  # who may as well and is not shown


@dataclass(frozen=True, slots=True)
class Coming:
    """A job: what happens by itself, when, and why it failed."""

    id: str
    what: str
    at: datetime | None  # None: at once
    error: str


@dataclass(frozen=True, slots=True)
class Sendable:
    """A message or signal that is waited for."""

    id: str  # of the subscription; of the start event where it starts a case
    name: str


@dataclass(frozen=True, slots=True)
class Starts:
    """What starts a case besides people."""

    sendable: tuple[Sendable, ...]
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A variable."""

    name: str
    label: str
    type: str
    shown: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on the way to one that was asked for, or that one."""

    step: str
    name: str
    at: datetime
    inputs: tuple[tuple[str, str], ...]
    rules: tuple[tuple[int, str], ...]  # number of the rule, and why it holds
    result: str
    omitted: int = 0  # decisions before it of which nothing was kept


@dataclass(frozen=True, slots=True)
class Panel:
    """All of it."""

    tasks: tuple[Asked, ...]
    coming: tuple[Coming, ...]
    sendable: tuple[Sendable, ...]
    work: tuple[Sendable, ...]  # external tasks, which no program fetches here
    variables: tuple[Value, ...]
    decisions: tuple[Decided, ...]


def read_panel(actor: Actor, case_id: str) -> Panel:
    """What can be done to a case, and what is known of it. Raises `NotFound`."""
    engine = services().engine
    view = engine.instances.get(actor, case_id)
    offers = engine.messages.offers(actor, case_id, unnamed=True) if view.case.ended_at is None else []
    jobs = [it for it in engine.jobs.all(actor) if it.root_id == view.case.root_id]
    reasons = _reasons(actor, view, jobs)
    return Panel(
        tasks=tuple(_asked(actor, it) for it in engine.instances.standing(actor, case_id).holders),
        coming=tuple(sorted((_coming(view, it, reasons.get(it.id, "")) for it in jobs), key=lambda it: it.at.isoformat() if it.at else "")),
        sendable=tuple(_sendable(it) for it in offers),
        work=tuple(Sendable(it.id, step_of(it.definition_id, it.element_id)) for it in external_tasks(actor, view.case.root_id)),
        variables=_variables(actor, view),
        decisions=_decisions(actor, view),
    )


def events_that_start(definition: Definition) -> tuple[FlowNode, ...]:
    """Where a message or a signal starts a case."""
    nodes = definition.process.beginnings()
    return tuple(it for it in nodes if it.event is not None and it.event.kind in {EventKind.MESSAGE, EventKind.SIGNAL})


def read_starts(actor: Actor, definition: Definition) -> Starts:
    """What starts a case of a version besides people."""
    jobs = [it for it in services().engine.jobs.all(actor) if it.root_id == definition.row.id]
    return Starts(
        tuple(Sendable(it.id, step_name(definition, it.id)) for it in events_that_start(definition)),
        tuple(Coming(it.id, step_name(definition, it.element_id), it.due_at, it.error or "") for it in jobs),
    )


def external_tasks(actor: Actor, root_id: str) -> list[ExternalTask]:
    """The work that waits for programs in a case and in those that it calls."""
    return [it for it in services().engine.external_tasks.all(actor, Wanted()) if it.root_id == root_id]


def _asked(actor: Actor, holder: Holder) -> Asked:
    directory = services().directory()
    task = services().engine.tasks.get(actor, holder.task_id)
    owner = services().engine.definitions.get(holder.definition_id).process.owner
    offered = () if task.assignee else directory.people_of(task.candidate_users, task.candidate_groups)
    added = directory.people_of(task.added_users, task.added_groups)
    people = dict.fromkeys([*([task.assignee] if task.assignee else offered), *added])
    allowed = []
    for person in people:
        found = rights(directory.actor(person), task, directory, owner)
        if found.complete or found.claim:
            allowed.append(person)
    faces = tuple(it for it in map(face, allowed[:_MOST_PEOPLE]) if it)
    whom = asked(holder.assignee, holder.users, holder.groups)
    return Asked(holder.task_id, step_of(holder.definition_id, holder.element_id, holder.name), whom, faces, len(allowed) - len(faces))


def _reasons(actor: Actor, view: CaseView, jobs: Iterable[Job]) -> dict[str, str]:
    """Why jobs failed the last time, by their ids, as the history has it: there it can be said in the language of the page."""
    reasons = {it.id: it.error for it in jobs if it.error}
    said: dict[str, str] = {}
    for entry in services().engine.history.entries(actor, view.case.root_id, limit=_MOST_ENTRIES) if reasons else ():
        for kind, fields in reversed(entry.events):
            if kind == "JobFailed" and fields["job"] in reasons:
                said.setdefault(str(fields["job"]), failure(put_together(str(fields["message"]), fields.get("parts"))))
    return reasons | said


def _coming(view: CaseView, job: Job, reason: str) -> Coming:
    definition = view.definition
    step = step_name(definition, job.element_id)
    if job.element_id not in definition.process.nodes:
        called = next((it for it in view.called if it.id == job.instance_id), None)
        step = step_of(called.definition_id, job.element_id) if called else job.element_id
    names = {
        JobKind.REMINDER: gettext("%(step)s: reminder", step=step),
        JobKind.ESCALATION: gettext("%(step)s: goes to the superior too", step=step),
        JobKind.OWNER_ESCALATION: gettext("%(step)s: goes to the process owner too", step=step),
        JobKind.TIMEOUT: gettext("%(step)s: a listener to its time", step=step),
    }
    return Coming(job.id, names.get(job.kind, step), job.due_at, reason)


def _sendable(offer: Offer) -> Sendable:
    definition = services().engine.definitions.get(offer.definition_id)
    return Sendable(offer.subscription_id, message_name(definition, Awaited(offer.element_id, offer.kind, offer.name, None)))


def _variables(actor: Actor, view: CaseView) -> tuple[Value, ...]:
    engine, labels = services().engine, labels_of(view.definition)
    values = engine.instances.variables(actor, view.case.id)
    types = {name: stored.type for name, stored in engine.instances.stored_variables(actor, view.case.id).items()}
    return tuple(
        Value(name, labels.get(name, ""), str(types.get(name, "")), _text(view, name, value)) for name, value in sorted(values.items())
    )


def _text(view: CaseView, name: str, value: object) -> str:
    """A value as it stands; of a list of rows each row, so that it can be read."""
    if name.endswith("_outcome") and isinstance(value, str):
        return outcome_name(view.definition, name.removesuffix("_outcome"), value)
    if isinstance(value, list) and any(isinstance(it, Mapping) for it in value):
        return _short("; ".join(show_value(it) for it in value))
    return _short(show_value(value))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"


def _decisions(actor: Actor, view: CaseView) -> tuple[Decided, ...]:
    """The decisions of a case, the newest first, each after those that it was made of."""
    found = []
    for entry in services().engine.history.entries(actor, view.case.id, limit=_MOST_ENTRIES):
        for kind, fields in reversed(entry.events):
            if kind == "DecisionEvaluated":
                step = step_name(view.definition, str(fields["element"]))
                words, last = words_of(str(fields["decision"])), len(trace := _trace(fields)) - 1
                found += [_decided(step, entry.at, trace[at], words if at == last else None) for at in range(last, -1, -1)]
    return tuple(found)


def _trace(fields: Mapping[str, object]) -> Sequence[Mapping[str, Any]]:
    trace = fields.get("trace")
    if isinstance(trace, Sequence) and trace:
        return trace
    return [{"decision": fields["decision"], "name": fields["decision"], "result": show_value(fields["result"])}]


def _decided(step: str, at: datetime, entry: Mapping[str, Any], words: DecisionWords | None) -> Decided:
    """One decision. `words` of its table: those of what it was made of are not known here, they are told as the file names them."""
    if "omitted" in entry:
        return Decided(step, "", at, (), (), "", int(entry["omitted"]))
    columns = {column.key: column.translations.get(language(), column.label) for column in words.inputs} if words else {}
    rules = tuple(
        (
            int(it["rule"]),
            gettext("; ").join(
                gettext("%(first)s: %(second)s", first=columns.get(label, label), second=test) for label, test in it.get("tests", ())
            ),
        )
        for it in entry.get("rules", ())
    )
    inputs = tuple((columns.get(label, str(label)), str(value)) for label, value in entry.get("inputs", ()))
    name = decision_label(words) if words else str(entry.get("name") or entry["decision"])
    return Decided(step, name, at, inputs, rules, str(entry["result"]))
