"""The start page and the start forms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.views import actor
from app.cases.foretold import beyond
from app.cases.naming import asked, category_name, process_name, step_name
from app.errors import status_of
from app.i18n import language
from app.services import services
from app.tasks.model import FormView, Problem
from app.tasks.sending import input_kept, problems_of, sent_data
from app.words import gettext, phrase
from engine import CaseFilter, FieldAccess, Forbidden, InvalidSubmission, ModelFault, Rejection, StepFields, start_fields

if TYPE_CHECKING:
    from engine import Case, Definition, FlowNode, StartableProcess

blueprint = Blueprint("start", __name__, url_prefix="/start", template_folder="templates")


@dataclass(frozen=True, slots=True)
class Startable:
    """A process on the start page."""

    key: str
    name: str
    about: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who will be asked at one step."""

    step: str
    people: str


@blueprint.get("")
def index() -> str:
    """What the person may start, by category."""
    found: dict[str, list[Startable]] = {}
    for item in services().engine.definitions.startable(actor()):
        found.setdefault(category_name(item.process), []).append(_startable(item))
    return render_template("start/index.html", categories=found)


@blueprint.get("/<key>")
def form(key: str) -> str | tuple[str, int]:
    """The form of a new case, with what was typed before and not sent."""
    definition = _startable_definition(key)
    draft = services().engine.tasks.draft(actor(), _draft_key(key)) or {}
    return _page(definition, draft, _one_time_key(key))


@blueprint.post("/<key>")
def send(key: str) -> Response | str | tuple[str, int]:
    """Start the case: once, however often the form is sent."""
    definition = _startable_definition(key)
    data = sent_data(request.form.get("data"))
    once, begun = request.form.get("once", "")[:60] or None, services().clock.now()
    try:
        with input_kept(_draft_key(key), data):
            case = services().engine.instances.start(actor(), key, data, once_key=once, definition_id=definition.row.id)
    except (Rejection, ModelFault) as refused:
        services().engine.tasks.save_draft(actor(), _draft_key(key), data)
        problems = problems_of(refused.problems) if isinstance(refused, InvalidSubmission) else ()
        told = "" if problems else gettext("It could not be sent: %(reason)s Nothing was changed.", reason=phrase(str(refused)))
        status = int(status_of(refused)) if isinstance(refused, Rejection) else 500
        return _page(definition, data, once or "", told, problems, status)
    if case.started_at < begun:
        _tell_sent_before(key, case, data)
    else:
        services().engine.tasks.save_draft(actor(), _draft_key(key), {})
        services().engine.tasks.save_draft(actor(), _sent_key(key), {"digest": _digest(data)})
        flash(gettext("Sent as %(number)s.", number=case.number or process_name(definition)), "done")
    return redirect(url_for("cases.show", case_id=case.number or case.id), 303)


@blueprint.post("/<key>/draft")
def keep_draft(key: str) -> Response:
    """Keep what was typed."""
    services().engine.tasks.save_draft(actor(), _draft_key(key), sent_data(request.get_data(as_text=True)))
    return Response(status=204)


@blueprint.post("/<key>/preview")
def preview(key: str) -> str:
    """Who will be asked, with what stands in the form now."""
    definition = _startable_definition(key)
    data = sent_data(request.get_data(as_text=True))
    node = definition.compiled.default_start()
    text = _form_text(definition, node)
    try:
        fixed = _unchangeable(definition, node)
        values = {**fixed, **services().validation.validate(text, data, fixed, _access(node))} if text else data
    except InvalidSubmission:
        return render_template("start/preview.html", is_known=False)
    found = services().engine.instances.preview(actor(), key, values)
    steps = [(services().engine.definitions.get(it.definition_id), it) for it in found.expected]
    people = [Asked(step_name(where, it.element_id), asked(it.assignee, it.users, it.groups)) for where, it in steps]
    refused = found.refusal is not None
    return render_template(
        "start/preview.html", asked=people, is_known=True, complete=found.complete, refused=refused, beyond=beyond(found)
    )


def _startable(item: StartableProcess) -> Startable:
    process = item.process
    name = process.translations.get(language(), process.name or item.definition.key)
    about = process.about.get(language(), process.documentation)
    return Startable(item.definition.key, name, about, process.number_prefix or "")


def _startable_definition(key: str) -> Definition:
    latest = services().engine.definitions.latest(key)  # NotFound where there is none
    if all(it.definition.key != key for it in services().engine.definitions.startable(actor())):
        raise Forbidden
    return latest


def _form_text(definition: Definition, node: FlowNode | None) -> str | None:
    if node is None or node.form_key is None:
        return None
    return services().engine.definitions.form(definition.row.id, node.form_key.source)


def _begins(definition: Definition, node: FlowNode | None) -> dict[str, object]:
    """What the fields of a form inside of the model begin with."""
    return services().engine.form_data.begins(actor(), definition.row.id) if node is not None and node.form_data else {}


def _unchangeable(definition: Definition, node: FlowNode | None) -> dict[str, object]:
    """What of it nobody may change: the viewer sends it back as it was."""
    return services().engine.form_data.unchangeable(actor(), definition.row.id) if node is not None and node.form_data else {}


def _access(node: FlowNode | None) -> StepFields:
    return start_fields(node) if node else StepFields(default=FieldAccess.WRITE)


def _draft_key(key: str) -> str:
    return f"start/{key}"


def _sent_key(key: str) -> str:
    return f"sent/{key}"


def _digest(data: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def _one_time_key(key: str) -> str:
    """The same in every tab until the form is sent: the newest case of this person and process tells what has been sent."""
    sent = services().engine.instances.page(actor(), CaseFilter(process=key, started_by=actor().id), limit=1).rows
    return hashlib.sha256(f"{key}\n{sent[0].case.id if sent else ''}".encode()).hexdigest()[:32]


def _tell_sent_before(key: str, case: Case, data: Mapping[str, object]) -> None:
    """The form was sent already, perhaps from another tab; what this one held besides is kept."""
    sent = services().engine.tasks.draft(actor(), _sent_key(key)) or {}
    if sent.get("digest") == _digest(data):
        flash(gettext("Sent as %(number)s.", number=case.number or ""), "done")
        return
    services().engine.tasks.save_draft(actor(), _draft_key(key), data)
    flash(
        gettext("This form was sent already, as %(number)s. What you typed here is kept for the next one.", number=case.number or ""),
        "warning",
    )


def _page(
    definition: Definition, data: Mapping[str, object], once: str, problem: str = "", problems: tuple[Problem, ...] = (), status: int = 200
) -> tuple[str, int]:
    node = definition.compiled.default_start()
    text = _form_text(definition, node)
    key = definition.row.key
    view = None
    if text:
        shown = services().forms.present(text, {**_begins(definition, node), **data}, _access(node), language())
        view = FormView(shown.schema, shown.data, False, url_for("start.keep_draft", key=key), url_for("start.preview", key=key))  # noqa: FBT003
    page = render_template(
        "start/form.html", key=key, name=process_name(definition), form=view, once=once, problem=problem, problems=problems
    )
    return page, status
