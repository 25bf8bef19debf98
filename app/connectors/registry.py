"""All connectors of a server, by the names that models use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.config import BadSetting
from app.connectors.guard import Guard, resolve
from app.connectors.letters import Letters
from app.connectors.secrets import BadSecrets, Secrets, read_secrets
from app.connectors.sending import Limits, Sender
from app.connectors.web import Web
from app.notices.mail_server import MailServer
from app.records.connecting import RECORD

if TYPE_CHECKING:
    from app.config import Settings
    from app.connectors.guard import Resolve
    from engine import Clock, Connector, ConnectorCall


def connectors(settings: Settings, clock: Clock, resolve: Resolve = resolve) -> dict[str, Connector]:
    """The connectors as the settings allow them. Raises `BadSetting`."""
    guard = Guard(settings.connector_hosts, settings.connector_networks, resolve)
    web = Web(Sender(guard, Limits(settings.connector_seconds, settings.connector_bytes)), _secrets(settings), clock)
    letters = Letters((lambda: MailServer(settings.smtp_url)) if settings.smtp_url else None)
    return {"http": web.http(), "webhook": web.webhook(), "email": letters.email(), "record": RECORD}


def rehearsed(known: dict[str, Connector]) -> dict[str, Connector]:
    """The same for a trial: nothing leaves it, and the result is the input `example`. What writes our own records writes the copy."""
    return {name: it if it.call is None else replace(it, call=_example) for name, it in known.items()}


def _example(call: ConnectorCall) -> object:
    return call.inputs.get("example")


def _secrets(settings: Settings) -> Secrets:
    try:
        return read_secrets(settings.connector_secrets)
    except BadSecrets as wrong:
        raise BadSetting(f"CROSSDESK_CONNECTOR_SECRETS: {wrong}") from None
