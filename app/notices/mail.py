"""Notices by e-mail, for companies that have a mail server: each person's notices in that person's language, with a link.

Delivery is at least once: what was sent and not noted is sent again under the same Message-ID, which mail programs show once.
"""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

from flask_babel import force_locale

from app.notices.mail_server import MailServer
from app.notices.views import detail, sentence
from app.services import services
from engine import NotFound, Notice, NoticeKind

if TYPE_CHECKING:
    from flask import Flask

    from engine import Case, Person


class Mailer:
    """Sends one notice by e-mail; people without an address are left out. Raises `OSError` or `SMTPException` when it cannot."""

    def __init__(self, app: Flask, url: str) -> None:
        """`url` as `MailServer` reads it."""
        self._app = app
        self._server = MailServer(url)

    def __call__(self, notice: Notice) -> None:
        """Send a notice to its person."""
        with self._app.app_context():
            person = services().directory().person(notice.person)
            if person is None or not person.email:
                return
            with force_locale("en" if person.language == "en" else "zh"):
                message = self._message(notice, person)
        with self._server.connection() as server:
            server.send_message(message)

    def _message(self, notice: Notice, person: Person) -> EmailMessage:
        """The e-mail: what happened, to which case, why, and where to go."""
        case = _case(notice)
        said = sentence(notice.kind, notice.args, case)
        about = " ".join(part for part in (case.number, case.subject) if part) if case else ""
        message = EmailMessage()
        message["From"], message["To"] = self._server.sender, person.email
        message["Subject"] = " · ".join(part for part in (said, about) if part)
        message["Message-ID"] = f"<{notice.event_id.replace(':', '.')}.{person.id}@{self._server.host}>"
        below = detail(notice.kind, notice.args)
        message.set_content("\n\n".join(part for part in (said, about, below, _link(notice)) if part) + "\n")
        return message


def _case(notice: Notice) -> Case | None:
    """The case, if it is about one and the person may see it."""
    engine = services().engine
    if notice.case is None:
        return None
    try:
        return engine.instances.get(services().actor(notice.person), notice.case).case
    except NotFound:
        return None


def _link(notice: Notice) -> str:
    """Where the person goes on."""
    settings = services().settings
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    if notice.task:
        return f"{address}/tasks/{notice.task}"
    if notice.case:
        return f"{address}/cases/{notice.case}"
    return f"{address}/administration/incidents" if notice.kind == NoticeKind.INCIDENT else f"{address}/account"


def set_up(app: Flask) -> None:
    """Send e-mail, if a mail server is set."""
    with app.app_context():
        if services().settings.smtp_url:
            services().send_notice = Mailer(app, services().settings.smtp_url)
