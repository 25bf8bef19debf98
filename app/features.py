"""The features of the application: one blueprint each."""

from __future__ import annotations

from flask import Flask

from app.account.tokens import blueprint as account
from app.administration import views as administration
from app.api import interface
from app.attachments.views import blueprint as attachments
from app.audit.views import blueprint as audit
from app.cases.views import blueprint as cases
from app.decisions.pages import blueprint as decisions
from app.decisions.words import in_templates as decision_words
from app.inbox.views import blueprint as inbox
from app.notices import mail
from app.notices.views import blueprint as notices
from app.notices.views import unread
from app.operations.views import blueprint as operations
from app.processes.views import blueprint as processes
from app.records.exchange import blueprint as exchange
from app.records.views import blueprint as records
from app.reference.views import blueprint as reference
from app.sample.past.arriving import Watched
from app.search.views import blueprint as search
from app.services import KEY
from app.start.views import blueprint as start
from app.studio.comparing import blueprint as studio
from app.tasks.views import blueprint as tasks
from app.trials import views as trials


def set_up(app: Flask) -> None:
    """Put the pages of all features on an application."""
    everybodys = (inbox, tasks, start, cases, attachments, notices, account, records, exchange, search)
    for blueprint in (*everybodys, processes, studio, audit, operations, decisions, reference):
        app.register_blueprint(blueprint)
    app.jinja_env.globals["unread_notices"] = unread
    app.jinja_env.globals.update(decision_words())
    app.jinja_env.globals["past_progress"] = Watched(app.extensions[KEY]).now
    administration.set_up(app)
    trials.set_up(app)
    mail.set_up(app)
    interface.set_up(app)
