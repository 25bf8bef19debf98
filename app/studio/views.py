"""The studio's pages: a process in the editor, its draft, and publishing it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for

from app.auth.views import actor
from app.cases.naming import person_name, process_name
from app.processes.views import checked
from app.services import services
from app.studio.drafting import Answer, findings_of, keep, saved, sent_model
from app.studio.pickers import pickers
from app.studio.words import words
from app.words import gettext
from engine import DeploymentRefused, NotFound, Publication

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from engine import ModelDraft

blueprint = Blueprint("studio", __name__, url_prefix="/studio", template_folder="templates")


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
        "fileName": base.row.resource_name,
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
    drafts = services().engine.drafts
    theirs = url_for("studio.file", key=key)
    return keep(lambda xml, version, base: drafts.save(actor(), key, xml, version=version, based_on=base), theirs)


@blueprint.post("/<key>/check")
def check(key: str) -> Response:
    """What the deployment checks find in what is drawn, saved or not."""
    xml, base = sent_model()
    problems = services().engine.drafts.check(actor(), key, xml, base)
    return findings_of(problems)


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
