"""The way into trials: trying a draft, the trials that somebody has, removing them; and the door behind which each runs by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for

from app.auth.views import actor
from app.cases.naming import process_name
from app.processes.views import checked
from app.security import csrf
from app.services import KEY, services
from app.trials.case import OWNER
from app.trials.inside import PERSON, build
from app.trials.keeping import MOST_OF_ONE, AllTaken, Trial, Trials
from app.trials.making import make
from app.trials.opening import OpenTrials
from app.words import gettext
from engine import DeploymentRefused, Forbidden, NotFound

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from app.services import Services

blueprint = Blueprint("trials", __name__, template_folder="templates")

_METHODS = ["GET", "POST"]
_OPEN = "crossdesk-trials"


def set_up(app: Flask) -> None:
    """Put the way into trials on the application."""
    around: Services = app.extensions[KEY]
    Trials(around.settings.trials_folder).sweep(around.clock.now())
    app.extensions[_OPEN] = OpenTrials(around, build)
    csrf.exempt(inside)  # the application inside looks at the token itself: it is that of the same session
    app.register_blueprint(blueprint)
    app.jinja_env.globals["trials_of_mine"] = lambda: _trials().of(actor().id)


@blueprint.post("/studio/<key>/try")
def begin(key: str) -> AnyResponse | tuple[str, int]:
    """Try the draft that was seen."""
    _only_who_may_draw()
    try:
        trial = make(services(), actor(), key, request.form.get("version", 0, type=int))
    except AllTaken:
        flash(gettext("Others are trying too much just now. Try again later."), "error")
        return redirect(url_for("trials.index"), 303)
    except DeploymentRefused as refused:
        name = process_name(services().engine.definitions.latest(key))
        found = checked(refused.problems, {services().engine.drafts.get(actor(), key).resource_name: b""})
        return render_template("trials/refused.html", name=name, key=key, checked=found), 422
    return redirect(url_for("trials.enter", trial_id=trial.id), 303)


@blueprint.get("/trials")
def index() -> str:
    """One's own trials."""
    _only_who_may_draw()
    names = {it.key: process_name(services().engine.definitions.latest(it.key)) for it in _trials().of(actor().id)}
    return render_template("trials/index.html", trials=_trials().of(actor().id), names=names, most=MOST_OF_ONE)


@blueprint.get("/trials/<trial_id>")
def enter(trial_id: str) -> AnyResponse:
    """Into a trial."""
    return redirect(url_for("trials.inside", trial_id=_own(trial_id).id, person=OWNER, path=""), 303)


@blueprint.post("/trials/<trial_id>/remove")
def remove(trial_id: str) -> AnyResponse:
    """Remove a trial, with all that happened in it."""
    trial = _own(trial_id)
    _open().close(trial.id)
    Trials.remove(trial)
    flash(gettext("The trial was removed. Nothing of it is left."), "done")
    return redirect(url_for("studio.show", key=trial.key), 303)


@blueprint.route("/trials/<trial_id>/<person>/", defaults={"path": ""}, methods=_METHODS)
@blueprint.route("/trials/<trial_id>/<person>/<path:path>", methods=_METHODS)
def inside(trial_id: str, person: str, path: str) -> AnyResponse:
    """A page of a trial, answered by the trial's own application."""
    trial = _own(trial_id)
    if request.method == "POST" and trial.is_full:
        flash(gettext("This trial has grown as large as it may. Remove it, and try again."), "error")
        return redirect(url_for("trials.enter", trial_id=trial_id), 303)
    root = url_for("trials.enter", trial_id=trial_id)
    environment = dict(request.environ)
    environment.update({"SCRIPT_NAME": f"{root}/{person}", "PATH_INFO": f"/{path}", PERSON: person})
    for name in [it for it in environment if it.startswith("werkzeug.")]:
        del environment[name]  # the request as it was read here
    return Response.from_app(_open().app(trial), environment, buffered=True)


def _own(trial_id: str) -> Trial:
    _only_who_may_draw()
    try:
        return _trials().find(actor().id, trial_id)
    except NotFound:
        _open().close(trial_id)
        raise


def _only_who_may_draw() -> None:
    if actor().may_audit or not (actor().may_model or actor().may_administer):
        raise Forbidden


def _trials() -> Trials:
    return Trials(services().settings.trials_folder)


def _open() -> OpenTrials:
    found: OpenTrials = current_app.extensions[_OPEN]
    return found
