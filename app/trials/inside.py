"""The application inside of a trial: the pages that people work with, on the trial's own services, with a frame that says so.

Who acts stands in the address: `/trials/<trial>/<person>/…`, and `~` is the owner of the trial, who sees and may do everything in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from flask import Flask, g, request

from app import create_app
from app.attachments.views import blueprint as attachments
from app.cases.views import blueprint as cases
from app.inbox.views import blueprint as inbox
from app.processes.views import blueprint as processes
from app.services import services
from app.start.views import blueprint as start
from app.tasks.views import blueprint as tasks
from app.trials.case import OWNER, home, show
from app.trials.case import blueprint as trial_pages
from app.trials.time import call_connectors
from engine import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.services import Services
    from app.trials.keeping import Trial

PERSON = "crossdesk.person"
"""Under this name the environment of a request says who acts."""

_ADMINISTRATOR = "admin"
_ROUNDS = 10  # of a hundred jobs each, before a page: whatever is left is done before the next one


@dataclass(frozen=True, slots=True)
class Inside:
    """What the pages of a trial know of it."""

    trial: Trial
    person: str  # who acts: `~` or a user name

    @property
    def root(self) -> str:
        """The address of the trial, without who acts in it."""
        return request.script_root.rpartition("/")[0]

    @property
    def studio_url(self) -> str:
        """The editor of the process, outside."""
        return f"{self.root.rpartition('/trials/')[0]}/studio/{self.trial.key}"

    def url(self, path: str, person: str = OWNER) -> str:
        """The address of a page of the trial for somebody; `path` as `url_for` gives it here."""
        return f"{self.root}/{quote(person, safe='')}{path.removeprefix(request.script_root)}"


def build(inside: Services, trial: Trial) -> Flask:
    """The application of a trial."""
    return create_app(inside, doors=partial(_let_in, trial=trial), pages=_put_pages)


def _let_in(app: Flask, *, trial: Trial) -> None:
    """Instead of sign-in: whoever comes here was let in by the application around."""

    def come() -> None:
        person = request.environ[PERSON]
        directory = services().engine.organisation.directory()
        actor = directory.actor(trial.person if person == OWNER else person)
        g.directory, g.person_id, g.person = directory, actor.id, directory.person(actor.id)
        g.actor = replace(actor, groups=actor.groups | {_ADMINISTRATOR}) if person == OWNER else actor
        g.trial = Inside(trial, person)

    app.before_request(come)
    app.context_processor(lambda: {"trial": g.get("trial")})


def _put_pages(app: Flask) -> None:
    for blueprint in (inbox, tasks, start, cases, attachments, processes, trial_pages):
        app.register_blueprint(blueprint)
    app.view_functions["cases.show"] = show  # the page of a case is that of the trial
    app.view_functions["shell.home"] = home
    app.jinja_env.globals["past_progress"] = lambda: None
    asset = cast("Callable[[str], str]", app.jinja_env.globals["asset"])

    def outside(name: str) -> str:
        """The front end is that of the application around: browsers have it already."""
        return request.script_root.partition("/trials/")[0] + asset(name).removeprefix(request.script_root)

    app.jinja_env.globals["asset"] = outside
    app.before_request(_catch_up)


def _catch_up() -> None:
    """Do what is due: nothing works here between two requests."""
    if request.endpoint == "static":
        return
    if request.blueprint == "processes" and request.endpoint != "processes.file":
        raise NotFound("a trial has no list of processes")
    for _ in range(_ROUNDS):
        done = services().engine.jobs.run_due()
        if not (call_connectors(services()) or done):
            break
