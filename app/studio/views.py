"""The studio's pages: a process in the editor, its draft, and publishing it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, send_file, url_for

from app.auth.views import actor
from app.cases.naming import person_name, process_name
from app.i18n import show_exact, show_moment
from app.processes import words as problem_words
from app.processes.views import checked
from app.services import services
from app.studio.pickers import pickers
from app.studio.words import words
from app.words import gettext
from engine import Conflict, DeploymentRefused, InvalidRequest, ModelProblem, NotFound, Publication

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

    from engine import ModelDraft

blueprint = Blueprint("studio", __name__, url_prefix="/studio", template_folder="templates")

Answer = Response | tuple[Response, int]


@blueprint.get("/<key>")
def show(key: str) -> str:
    """A process in the editor: its draft where there is one, else its latest version, or the one that `?version=` names."""
    draft = draft_of(key)
    latest = services().engine.definitions.latest(key)
    base = services().engine.definitions.get(draft.based_on) if draft else latest
    wanted = request.args.get("version", type=int)
    if draft is None and wanted is not None:
        found = next((it.id for it in services().engine.definitions.versions(key) if it.version == wanted), None)
        if found is None:
            raise NotFound
        base = services().engine.definitions.get(found)
    state = {
        "url": url_for("studio.file", key=key) if draft else url_for("processes.file", definition_id=base.row.id),
        "version": draft.version if draft else 0,
        "basedOn": base.row.id,
        "saveUrl": url_for("studio.save", key=key),
        "checkUrl": url_for("studio.check", key=key),
        "words": words(),
        **pickers(services().directory(), services().engine.drafts.choices(actor())),
    }
    told = saved(draft) if draft else gettext("No draft yet")
    return render_template(
        "studio/edit.html", name=process_name(latest), key=key, base=base, latest=latest, draft=draft, told=told, state=state
    )


@blueprint.get("/<key>/file")
def file(key: str) -> Response:
    """The draft as a file."""
    draft = services().engine.drafts.get(actor(), key)
    return send_file(BytesIO(draft.content), "application/xml", as_attachment=True, download_name=draft.resource_name, etag=False)


@blueprint.post("/<key>/draft")
def save(key: str) -> Answer:
    """Keep what was drawn. 409 says who was faster."""
    xml, base = _model()
    version = (request.get_json(silent=True) or {}).get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise InvalidRequest("the version of the draft is missing")
    try:
        draft = services().engine.drafts.save(actor(), key, xml, version=version, based_on=base)
    except Conflict as conflict:
        return jsonify(_overtaken(key, conflict)), 409
    except DeploymentRefused as refused:
        return jsonify(message=" ".join(problem_words.told(it) for it in refused.problems)), 422
    return jsonify(version=draft.version, message=saved(draft))


@blueprint.post("/<key>/check")
def check(key: str) -> Response:
    """What the deployment checks find in what is drawn, saved or not."""
    xml, base = _model()
    problems = services().engine.drafts.check(actor(), key, xml, base)
    return jsonify(problems=findings(problems), summary=summary(problems))


@blueprint.post("/<key>/discard")
def discard(key: str) -> AnyResponse:
    """Forget the draft that was seen."""
    services().engine.drafts.discard(actor(), key, request.form.get("version", 0, type=int))
    flash(gettext("The draft was discarded."), "done")
    return redirect(url_for("processes.show", key=key), 303)


@blueprint.get("/<key>/publish")
def ask_reason(key: str) -> str:
    """What publishing the draft would do, what the checks say of it, and the question why."""
    return _publish_page(key, services().engine.drafts.get(actor(), key), "")


@blueprint.post("/<key>/publish")
def publish(key: str) -> AnyResponse | tuple[str, int]:
    """Publish the draft that was seen, instead of the version that was seen."""
    form = request.form
    reason = form.get("reason", "")
    draft = services().engine.drafts.get(actor(), key)
    if not reason.strip():
        return _publish_page(key, draft, gettext("Say why: the history keeps it.")), 422
    publication = Publication(key, form.get("version", 0, type=int), reason, form.get("instead_of", ""))
    try:
        made = services().engine.drafts.publish(actor(), publication)
    except DeploymentRefused:
        return _publish_page(key, draft, "", reason), 422
    flash(gettext("Published: %(name)s, version %(number)s.", name=made.definitions[0].name, number=made.definitions[0].version), "done")
    return redirect(url_for("processes.show", key=key), 303)


def _publish_page(key: str, draft: ModelDraft, problem: str, reason: str = "") -> str:
    engine = services().engine
    latest, base = engine.definitions.latest(key), engine.definitions.get(draft.based_on)
    problems = engine.drafts.check(actor(), key, draft.content, draft.based_on)
    running = engine.definitions.load(actor()).get(latest.row.id)
    return render_template(
        "studio/publish.html",
        name=process_name(latest),
        key=key,
        draft=draft,
        told=saved(draft),
        latest=latest.row,
        latest_by=person_name(latest.row.deployed_by),
        base=base.row,
        running=running.open if running else 0,
        checked=checked(problems, {draft.resource_name: b""}),
        is_sound=all(it.warning for it in problems),
        problem=problem,
        reason=reason,
    )


def draft_of(key: str) -> ModelDraft | None:
    """The draft of a process, where there is one. Who may not have drafts is refused."""
    try:
        return services().engine.drafts.get(actor(), key)
    except NotFound:
        return None


def saved(draft: ModelDraft) -> str:
    """Who saved a draft, and when."""
    if draft.saved_by == actor().id:
        return gettext("Saved by you, %(when)s", when=show_moment(draft.saved_at))
    return gettext("Saved by %(person)s, %(when)s", person=person_name(draft.saved_by), when=show_moment(draft.saved_at))


def findings(problems: Sequence[ModelProblem]) -> list[dict[str, object]]:
    """What was found, errors first, in the language of the page."""
    ordered = sorted(problems, key=lambda it: (it.warning, it.line))
    return [{"element": it.element, "warning": it.warning, "text": problem_words.told(it)} for it in ordered]


def summary(problems: Sequence[ModelProblem]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(not it.warning for it in problems)
    return problem_words.counted(errors, len(problems) - errors)


def _overtaken(key: str, conflict: Conflict) -> dict[str, object]:
    version = conflict.details.get("version", 0)
    if not version:
        message = gettext("This draft was published or discarded while you were drawing. Yours is not saved yet.")
        return {"message": message, "version": 0}
    person, at = person_name(str(conflict.details["by"])), cast("datetime", conflict.details["at"])
    message = gettext(
        "%(person)s saved this draft while you were drawing (%(when)s). Yours is not saved yet.", person=person, when=show_exact(at)
    )
    return {"message": message, "version": version, "compare": url_for("studio.file", key=key)}


def _model() -> tuple[bytes, str]:
    """The file and the version that it began with, as the editor sends them."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("xml"), str) or not isinstance(sent.get("basedOn"), str):
        raise InvalidRequest("a model is missing")
    return sent["xml"].encode(), sent["basedOn"]
