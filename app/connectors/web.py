"""The connectors that call other servers: `http`, a request and its answer, and `webhook`, a signed message that something happened."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from app.connectors.secrets import Secrets
from app.connectors.sending import Answer, Sender
from engine import Connector, ConnectorCall, ConnectorFailed, ConnectorInput, Phrase, to_json

if TYPE_CHECKING:
    from engine import Clock

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
JSON: Final = "application/json"
EXAMPLE: Final = ConnectorInput("example")
"""What the result is in a trial, where nothing is sent."""
_WELL: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)
_QUOTED: Final = 200  # characters of an answer that says why it was refused


@dataclass(frozen=True, slots=True)
class Web:
    """HTTP requests of processes. `http` and `webhook` are the connectors."""

    sender: Sender
    secrets: Secrets
    clock: Clock

    def http(self) -> Connector:
        """`http`: a request; its result has `status`, and in `body` the JSON or the text of the answer.

        Each try carries the same `Idempotency-Key`. `secret` is sent as a bearer token. `accept` names statuses beyond 200 to 299 that are
        answers to go on with, such as `404, 409`; any other is a failure.
        """
        wanted = (
            ConnectorInput("url", required=True),
            ConnectorInput("method", choices=METHODS),
            ConnectorInput("body"),
            ConnectorInput("secret", fixed=True),
            ConnectorInput("accept", fixed=True),
            EXAMPLE,
        )
        return Connector(wanted, self._http)

    def webhook(self) -> Connector:
        """`webhook`: tells another server what happened, signed with a secret that both know.

        The headers are those of Standard Webhooks: `webhook-id` (the same for each try), `webhook-timestamp` and `webhook-signature`.
        """
        wanted = (
            ConnectorInput("url", required=True),
            ConnectorInput("event", required=True),
            ConnectorInput("data"),
            ConnectorInput("secret", required=True, fixed=True),
            EXAMPLE,
        )
        return Connector(wanted, self._webhook)

    def _http(self, call: ConnectorCall) -> object:
        url, body = _text(call, "url"), call.inputs.get("body")
        method = _text(call, "method") or ("GET" if body is None else "POST")
        headers = {"Accept": JSON, "Idempotency-Key": call.key}
        name = _text(call, "secret")
        if name:
            headers["Authorization"] = f"Bearer {self.secrets.value(name, self.sender.guard.host(url))}"
        sent = None if body is None else _json(body)
        if sent is not None:
            headers["Content-Type"] = JSON
        answer = self.sender.send(method, url, sent, headers)
        self._check(answer, _statuses(_text(call, "accept")))
        return {"status": answer.status, "body": self._content(answer)}

    def _webhook(self, call: ConnectorCall) -> object:
        url, at = _text(call, "url"), self.clock.now()
        secret = self.secrets.value(_text(call, "secret"), self.sender.guard.host(url))
        case = {"id": call.case.id, "number": call.case.number, "process": call.case.definition_key}
        told = {"type": _text(call, "event"), "timestamp": at.isoformat(), "case": case, "data": call.inputs.get("data")}
        body, moment = _json(told), str(int(at.timestamp()))
        headers = {
            "Content-Type": JSON,
            "webhook-id": call.key,
            "webhook-timestamp": moment,
            "webhook-signature": signature(secret, call.key, moment, body),
        }
        answer = self.sender.send("POST", url, body, headers)
        self._check(answer, frozenset())
        return {"status": answer.status}

    def _check(self, answer: Answer, accepted: frozenset[int]) -> None:
        """Raises `ConnectorFailed` for an answer that says that it was not done."""
        if answer.status in _WELL or answer.status in accepted:
            return
        if answer.status in _REDIRECTS:
            raise ConnectorFailed(Phrase("the answer is {status}: a redirect, which is not followed", status=answer.status))
        said = self.secrets.hidden(answer.body.decode("utf-8", "replace"))[:_QUOTED].strip()
        if not said:
            raise ConnectorFailed(Phrase("the answer is {status}", status=answer.status))
        raise ConnectorFailed(Phrase("the answer is {status}: {said}", status=answer.status, said=said))

    def _content(self, answer: Answer) -> object:
        """The body of an answer: JSON as its value with exact decimals, anything else as a text, without secrets."""
        text = answer.body.decode("utf-8", "replace")
        kind = answer.content_type.partition(";")[0].strip().lower()
        if kind != JSON and not kind.endswith("+json"):
            return self.secrets.hidden(text)
        try:
            return self._without_secrets(json.loads(text, parse_float=Decimal, parse_int=Decimal)) if text.strip() else None
        except ValueError:
            raise ConnectorFailed(Phrase("the answer says that it is JSON, and is not")) from None

    def _without_secrets(self, value: object) -> object:
        """JSON in which no text holds a secret, however it was written there."""
        if isinstance(value, str):
            return self.secrets.hidden(value)
        if isinstance(value, list):
            return [self._without_secrets(it) for it in value]
        if isinstance(value, dict):
            return {self.secrets.hidden(name): self._without_secrets(it) for name, it in value.items()}
        return value


def signature(secret: str, key: str, moment: str, body: bytes) -> str:
    """The signature of a webhook, of version 1: HMAC with SHA-256 over its id, its moment and its body."""
    signed = f"{key}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _json(value: object) -> bytes:
    return to_json(value).encode()


def _text(call: ConnectorCall, name: str) -> str:
    """An input that is a text; empty where it is missing. Raises `ConnectorFailed` for anything else."""
    value = call.inputs.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise ConnectorFailed(Phrase("the input {name} must be a text", name=name))


def _statuses(text: str) -> frozenset[int]:
    try:
        return frozenset(int(it) for it in text.split(",") if it.strip())
    except ValueError:
        raise ConnectorFailed(Phrase("the input {name} must be a text", name="accept")) from None
