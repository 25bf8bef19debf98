"""Somebody leaves: what that means is said before, what they have to do goes back or to somebody else, and they are let in no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.administration import words
from app.administration.blueprint import blueprint, by_name, seen, typed
from app.administration.people import somebody
from app.auth.views import actor
from app.cases import rivals
from app.cases.naming import group_name, person_name, process_name, step_of
from app.i18n import show_name
from app.services import services
from app.shell import face
from app.words import gettext, ngettext
from engine import Conflict, InvalidSubmission, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from engine import HeldTask, Person

HEAD = "head"
_MOST = 200
_NAMES = 5
BACK, SUPERIOR, OTHER, KEEP = "back", "superior", "other", "keep"


@dataclass(frozen=True, slots=True)
class Held:
    """An open task of somebody who leaves."""

    id: str
    version: int
    number: str
    url: str
    subject: str
    step: str
    due_at: datetime | None
    back_to: str  # whom it would ask again; empty where it asked this person alone


@blueprint.get("/people/<person_id>/leave")
def people_leave(person_id: str) -> str:
    """What it means that this person leaves."""
    return _page(somebody(person_id))


@blueprint.post("/people/<person_id>/leave")
def people_let_go(person_id: str) -> Response | tuple[str, int]:
    """Deactivate the person, then move what they had, each task in a transaction of its own."""
    person, reason, to = somebody(person_id), typed("reason", 500), typed("to")
    wrong = {} if reason else {"reason": gettext("This is needed")}
    if _is_wanted(OTHER) and to not in {it.id for it in _others(person)}:
        wrong["to"] = gettext("Choose who gets these tasks")
    if wrong:
        return _page(person, wrong=wrong), 422
    try:
        if person.active:
            services().engine.organisation.set_active(actor(), person.id, active=False, seen=seen())
            services().doors.end_sessions_of(person.id)
    except InvalidSubmission as refused:
        return _page(person, problem=next(it.message for it in words.problems_of(refused.problems, ""))), 422
    except Conflict as late:
        return _page(person, problem=words.conflict(late.details.get("by"))), 409
    moved, left = _move(person, reason, to)
    told = [gettext("%(person)s is not active any more.", person=show_name(person))]
    told += [ngettext("One task was moved.", "%(num)s tasks were moved.", moved)] if moved else []
    told += [ngettext("One task stayed: look at it below.", "%(num)s tasks stayed: look at them below.", len(left))] if left else []
    told += dict.fromkeys(filter(None, left.values()))
    flash(" ".join(told), "error" if left else "done")
    return redirect(url_for("administration.people_leave" if left else "administration.people_show", person_id=person.id), 303)


def _is_wanted(way: str) -> bool:
    return any(request.form.get(f"way.{it}") == way for it in request.form.getlist("task"))


def _move(person: Person, reason: str, to: str) -> tuple[int, dict[str, str]]:
    """How many tasks were moved, and which could not be, with why: somebody was faster, or whoever was to have it may not."""
    tasks, moved, left = services().engine.tasks, 0, dict[str, str]()
    receivers = {SUPERIOR: services().directory().superior_of(person.id), OTHER: to}
    for task_id in request.form.getlist("task"):
        way, version = request.form.get(f"way.{task_id}", KEEP), request.form.get(f"version.{task_id}", type=int)
        receiver = receivers.get(way)
        try:
            if way == BACK:
                tasks.release(actor(), task_id, version)
            elif receiver:
                tasks.reassign(actor(), task_id, receiver, reason, version)
            else:
                continue
            moved += 1
        except Rejection as refused:
            left[task_id] = _why(refused)
    return moved, left


def _why(refused: Rejection) -> str:
    """Why a task stayed. Of what somebody may not do only the rule that concerns the one who was to have it says something."""
    if refused.code == "own-request":
        asked = person_name(str(refused.details["person"]))
        return gettext("%(person)s asked for one of them, and nobody approves their own request.", person=asked)
    return rivals.told(refused) if isinstance(refused, Conflict) else ""


def _others(person: Person) -> list[Person]:
    """Who may be given the tasks of somebody who leaves: everybody else who works here, and auditors do not."""
    directory = services().directory()
    people = by_name(list(directory.people.values()))
    return [it for it in people if it.active and it.id != person.id and not directory.actor(it.id).may_audit]


def _page(person: Person, *, problem: str = "", wrong: Mapping[str, str] | None = None) -> str:
    directory = services().directory()
    found = services().engine.tasks.held_by(actor(), person.id, limit=_MOST)
    superior = directory.superior_of(person.id)
    return render_template(
        "administration/leave.html",
        person=person,
        held=[_held(it, person) for it in found.tasks],
        total=found.total,
        superior=person_name(superior) if superior else "",
        consequences=list(_consequences(person)) if person.active else [],
        seen=services().engine.organisation.directory().version if problem else directory.version,
        problem=problem,
        wrong=wrong or {},
        others=[(it.id, show_name(it), (known := face(it.id)) and known.department) for it in _others(person)],
        reason=request.form.get("reason", gettext("%(person)s has left", person=show_name(person))),
        chosen=request.form,
    )


def _held(task: HeldTask, person: Person) -> Held:
    """A task as it is shown. It goes back only to groups and people where somebody else is left: never to nobody."""
    row = task.row
    directory = services().directory()
    left = [it for it in task.candidates if set(directory.people_of([it], [it])) - {person.id}]
    names = [group_name(it) if directory.knows_group(it) else person_name(it) for it in left]
    return Held(
        id=row.task_id or "",
        version=row.version or 0,
        number=row.own_number or row.number or "",
        url=url_for("cases.show", case_id=row.number or row.case_id),
        subject=row.subject or process_name(services().engine.definitions.get(row.definition_id)),
        step=step_of(row.definition_id, row.element_id, row.name),
        due_at=row.due_at,
        back_to=gettext(", ").join(dict.fromkeys(names)),
    )


def _consequences(person: Person) -> Iterator[str]:
    """What else hangs on somebody, in sentences."""
    directory, name = services().directory(), show_name(person)
    for group in sorted(directory.groups_of(person.id)):
        if directory.members_of(group) != (person.id,) or (":" not in group and group in directory.roles):
            continue  # of a role alone, the role in the department says it better
        yield gettext("Nobody else is %(group)s: new tasks for it go to the administrators.", group=group_name(group))
        department, _, role = group.partition(":")
        above = directory.nearest_head(department, frozenset({person.id})) if role == HEAD else None
        if above:
            yield gettext(
                "What is late in %(department)s goes to %(person)s.", department=group_name(department), person=person_name(above)
            )
    below = [it for it in directory.people.values() if it.active and it.superior == person.id]
    if below:
        yield ngettext(
            "%(names)s has them as superior: from then on that is the head of the department.",
            "%(names)s have them as superior: from then on that is the head of their department.",
            len(below),
            names=gettext(", ").join(show_name(it) for it in below[:_NAMES]) + ("…" if len(below) > _NAMES else ""),
        )
    owned = [it for it in services().engine.definitions.all_latest() if it.process.owner == person.id]
    for definition in owned:
        yield gettext(
            "%(person)s owns %(process)s: what is later still then goes to the administrators.",
            person=name,
            process=process_name(definition),
        )
