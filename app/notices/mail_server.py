"""The company's mail server, as `CROSSDESK_SMTP_URL` names it."""

from __future__ import annotations

import smtplib
import ssl
from urllib.parse import parse_qs, unquote, urlsplit

from app.config import BadSetting

SECONDS = 10  # of patience with a mail server: the bell does not wait for it longer
PORTS = {"smtp": 25, "smtps": 465}


class MailServer:
    """Where e-mail is handed over, and in whose name."""

    def __init__(self, url: str) -> None:
        """`url`: `smtp://user:password@host:port?from=crossdesk@company.example`, or `smtps://` for TLS from the first byte."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise BadSetting("CROSSDESK_SMTP_URL: it is written smtp://user:password@host:port?from=address")
        self._tls = parts.scheme == "smtps"
        self.host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = next(iter(parse_qs(parts.query).get("from", ())), "") or f"crossdesk@{parts.hostname}"

    def connection(self) -> smtplib.SMTP:
        """A connection, signed in, encrypted where the server can: a password never goes over a plain one."""
        server = self._connected()
        if self._user:
            server.login(self._user, self._password)
        return server

    def _connected(self) -> smtplib.SMTP:
        secure = ssl.create_default_context()
        if self._tls:
            return smtplib.SMTP_SSL(self.host, self._port, timeout=SECONDS, context=secure)
        server = smtplib.SMTP(self.host, self._port, timeout=SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=secure)
        elif self._user:
            server.close()
            raise smtplib.SMTPNotSupportedError(f"{self.host} offers no encryption: the password is not sent")
        return server
