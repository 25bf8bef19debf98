"""Notices by e-mail, for companies that have a mail server: each person's notices in that person's language, with a link.

Delivery is at least once: what was sent and not noted is sent again under the same Message-ID, which mail programs show once.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from flask_babel import force_locale

from app.config import BadSetting
from app.notices.views import sentence
from app.services import services
from engine import NotFound, Notice

if TYPE_CHECKING:
    from flask import Flask

    from engine import Person

SECONDS = 10  # of patience with a mail server: the bell does not wait for it longer
PORTS = {"smtp": 25, "smtps": 465}


class Mailer:
    """Sends one notice by e-mail; people without an address are left out. Raises `OSError` or `SMTPException` when it cannot."""

    def __init__(self, app: Flask, url: str) -> None:
        """`url`: `smtp://user:password@host:port?from=crossdesk@company.example`, or `smtps://` for TLS from the first byte."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise BadSetting("CROSSDESK_SMTP_URL: it is written smtp://user:password@host:port?from=address")
        self._app = app
        self._tls = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = next(iter(parse_qs(parts.query).get("from", ())), "") or f"crossdesk@{parts.hostname}"

    def __call__(self, notice: Notice) -> None:
        """Send a notice to its person."""
        with self._app.app_context():
            person = services().directory().person(notice.person)
            if person is None or not person.email:
                return
            with force_locale("en" if person.language == "en" else "zh"):
                message = self._message(notice, person)
        with self._connection() as server:
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message)

    def _message(self, notice: Notice, person: Person) -> EmailMessage:
        """The e-mail: what happened, to which case, why, and where to go."""
        said = sentence(notice.kind, notice.args)
        about = _about(notice)
        message = EmailMessage()
        message["From"], message["To"] = self._sender, person.email
        message["Subject"] = " · ".join(part for part in (said, about) if part)
        message["Message-ID"] = f"<{notice.event_id.replace(':', '.')}.{person.id}@{self._host}>"
        reason = str(notice.args.get("reason") or "")
        message.set_content("\n\n".join(part for part in (said, about, reason, _link(notice)) if part) + "\n")
        return message

    def _connection(self) -> smtplib.SMTP:
        """A connection, encrypted where the server can: a password never goes over a plain one."""
        secure = ssl.create_default_context()
        if self._tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=secure)
        server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=secure)
        elif self._user:
            server.close()
            raise smtplib.SMTPNotSupportedError(f"{self._host} offers no encryption: the password is not sent")
        return server


def _about(notice: Notice) -> str:
    """Number and subject of the case, as far as the person may see it."""
    engine = services().engine
    try:
        case = engine.instances.get(services().actor(notice.person), notice.case).case
    except NotFound:
        return ""
    return " ".join(part for part in (case.number, case.subject) if part)


def _link(notice: Notice) -> str:
    """Where the person goes on."""
    settings = services().settings
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{address}/tasks/{notice.task}" if notice.task else f"{address}/cases/{notice.case}"


def set_up(app: Flask) -> None:
    """Send e-mail, if a mail server is set."""
    with app.app_context():
        if services().settings.smtp_url:
            services().send_notice = Mailer(app, services().settings.smtp_url)
