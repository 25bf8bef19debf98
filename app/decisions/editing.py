"""A file of decisions in the editor: its draft, what the checks say, and publishing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for

from app.auth.views import actor
from app.cases.naming import person_name, process_name
from app.decisions import words
from app.decisions.views import Use, blueprint, draft_of, opened, shown_use
from app.processes.views import checked
from app.services import services
from app.studio.drafting import Answer, findings_of, keep, saved, sent_model
from app.words import gettext
from engine import DecisionPublication, DeploymentRefused, Forbidden, NotFound

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from engine import DecisionUse, ModelDraft

BOUND = "deployment"


@blueprint.get("/<key>/edit")
def edit(key: str) -> str:
    """A decision in the editor: its draft where there is one, else its latest version, or the one that `?version=` names."""
    require_analyst()
    it = opened(key)
    of = "draft" if it.draft else str(it.row.version)
    state = {
        "key": key,
        "url": url_for("decisions.file", key=key, of=of),
        "version": it.draft.version if it.draft else 0,
        "basedOn": it.row.id,
        "fileName": it.base.name,
        "saveUrl": url_for("decisions.save", key=key),
        "checkUrl": url_for("decisions.check", key=key),
        "tryUrl": url_for("decisions.try_out", key=key),
        "bothUrl": url_for("decisions.both", key=key),
        "words": words.editor_words(),
    }
    told = saved(it.draft) if it.draft else gettext("No draft yet")
    name = words.version_name(it.latest)
    return render_template(
        "decisions/edit.html", name=name, key=key, row=it.row, latest=it.latest, draft=it.draft, told=told, state=state, outline=it.outline
    )


@blueprint.post("/<key>/draft")
def save(key: str) -> Answer:
    """Keep what was changed. 409 says who was faster."""
    require_analyst()
    drafts = services().engine.decision_drafts
    theirs = url_for("decisions.file", key=key, of="draft")
    return keep(lambda xml, version, base: drafts.save(actor(), key, xml, version=version, based_on=base), theirs)


@blueprint.post("/<key>/check")
def check(key: str) -> Response:
    """What the deployment checks find in what is drawn, saved or not."""
    require_analyst()
    xml, base = sent_model()
    problems = services().engine.decision_drafts.check(actor(), key, xml, base)
    return findings_of(problems)


@blueprint.post("/<key>/discard")
def discard(key: str) -> AnyResponse:
    """Forget the draft that was seen."""
    require_analyst()
    services().engine.decision_drafts.discard(actor(), key, request.form.get("version", 0, type=int))
    flash(gettext("The draft was discarded."), "done")
    return redirect(url_for("decisions.show", key=key), 303)


@blueprint.get("/<key>/publish")
def ask_reason(key: str) -> str:
    """What publishing the draft would do, what the checks say of it, who takes it, and the question why."""
    return _publish_page(key, _draft(key), "")


@blueprint.post("/<key>/publish")
def publish(key: str) -> AnyResponse | tuple[str, int]:
    """Publish the draft that was seen, instead of the version that was seen."""
    form = request.form
    reason = form.get("reason", "")
    draft = _draft(key)
    if not reason.strip():
        return _publish_page(key, draft, gettext("Say why: the history keeps it.")), 422
    version, along = form.get("version", 0, type=int), tuple(form.getlist("process"))
    publication = DecisionPublication(key, version, reason, form.get("instead_of", ""), along)
    try:
        services().engine.decision_drafts.publish(actor(), publication)
    except DeploymentRefused:
        return _publish_page(key, draft, "", reason), 422
    newest = services().engine.decisions.versions(actor(), key)[0]
    flash(gettext("Published: %(name)s, version %(number)s.", name=words.version_name(newest), number=newest.version), "done")
    return redirect(url_for("decisions.show", key=key), 303)


def _publish_page(key: str, draft: ModelDraft, problem: str, reason: str = "") -> str:
    engine = services().engine
    it = opened(key)
    problems = engine.decision_drafts.check(actor(), key, draft.content, it.row.id)
    uses = engine.decisions.uses(actor(), [row.key for row in it.base.decisions])
    bound = {use.definition.row.id: process_name(use.definition) for use in uses if use.binding == BOUND and not use.is_computed}
    chosen = request.form.getlist("process") if request.method == "POST" else list(bound)
    return render_template(
        "decisions/publish.html",
        name=words.version_name(it.latest),
        key=key,
        draft=draft,
        told=saved(draft),
        latest=it.latest,
        latest_by=person_name(it.latest.deployed_by),
        base=it.row,
        others=[words.version_name(row) for row in it.base.decisions if row.key != key],
        takes=_shown(uses, "latest"),
        stays=[*_shown(uses, "version"), *_shown(uses, "versionTag")],
        bound=bound,
        chosen=chosen,
        checked=checked(problems, {draft.resource_name: b""}),
        is_sound=all(found.warning for found in problems),
        problem=problem,
        reason=reason,
    )


def _shown(uses: list[DecisionUse], binding: str) -> list[Use]:
    return [shown_use(use) for use in uses if use.binding == binding]


def _draft(key: str) -> ModelDraft:
    require_analyst()
    draft = draft_of(key)
    if draft is None:
        raise NotFound
    return draft


def require_analyst() -> None:
    """Drafts are for analysts and administrators."""
    if not (actor().may_model or actor().may_administer) or actor().may_audit:
        raise Forbidden
