"""The connector `email`: a letter to people inside or outside of the company, handed to the company's mail server."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TYPE_CHECKING, Final

from engine import Connector, ConnectorCall, ConnectorFailed, ConnectorInput, Phrase

if TYPE_CHECKING:
    from app.notices.mail_server import MailServer

MOST_PEOPLE: Final = 50
LONGEST: Final = 100_000  # characters of a letter


@dataclass(frozen=True, slots=True)
class Letters:
    """E-mail of processes. `server`: None where no mail server is set."""

    server: Callable[[], MailServer] | None

    def email(self) -> Connector:
        """`email`: a letter of plain text. Each try has the same Message-ID, which mail programs show once."""
        wanted = (ConnectorInput("to", required=True), ConnectorInput("subject", required=True), ConnectorInput("text", required=True))
        return Connector((*wanted, ConnectorInput("example")), self._send)

    def _send(self, call: ConnectorCall) -> object:
        if self.server is None:
            raise ConnectorFailed(Phrase("no mail server is set (CROSSDESK_SMTP_URL)"))
        server = self.server()
        letter = _letter(call, server.sender, server.host)
        try:
            with server.connection() as connection:
                connection.send_message(letter)
        except smtplib.SMTPRecipientsRefused:
            raise ConnectorFailed(Phrase("the mail server takes nothing for these addresses")) from None
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectorFailed(Phrase("the mail server did not take the letter: {error}", error=type(error).__name__)) from error
        return {"sent": True}


def _letter(call: ConnectorCall, sender: str, host: str) -> EmailMessage:
    """The letter. Raises `ConnectorFailed` where an input cannot stand in one: a line more in a header would be a header of its own."""
    letter = EmailMessage()
    letter["From"], letter["Message-ID"] = sender, f"<{call.key}@{host}>"
    letter["To"] = ", ".join(_people(call.inputs["to"]))
    subject, text = (_text(call, name) for name in ("subject", "text"))
    if not subject.isprintable():
        raise ConnectorFailed(Phrase("the subject of a letter is one line"))
    letter["Subject"] = subject
    letter.set_content(text[:LONGEST] + "\n")
    return letter


def _people(value: object) -> list[str]:
    texts = value if isinstance(value, list) else str(value).split(",")
    found = [str(it).strip() for it in texts if str(it).strip()]
    for address in found:
        plain = parseaddr(address)[1]
        if plain != address or not address.isprintable() or not address.isascii() or address.count("@") != 1 or " " in address:
            raise ConnectorFailed(Phrase("this is no e-mail address: {address}", address=repr(address)))
    if not 0 < len(found) <= MOST_PEOPLE:
        raise ConnectorFailed(Phrase("a letter goes to 1 to {most} addresses, not to {count}", most=MOST_PEOPLE, count=len(found)))
    return found


def _text(call: ConnectorCall, name: str) -> str:
    value = call.inputs[name]
    if not isinstance(value, str):
        raise ConnectorFailed(Phrase("the input {name} must be a text", name=name))
    return value
