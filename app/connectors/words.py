"""What connectors and their inputs are called, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.words import gettext
from engine import CONNECTORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine import ConnectorInput

_LONG = frozenset({"body", "data", "text", "values", "example"})  # inputs that take several lines


def connector_name(name: str) -> str:
    """What a connector is called; its own name where the application knows none."""
    return {
        "http": gettext("HTTP request"),
        "webhook": gettext("Signed webhook"),
        "email": gettext("E-mail"),
        "record": gettext("Record of the company"),
    }.get(name, name)


def of_topic(topic: str) -> str:
    """The connector that a topic stands for; empty for one of workers."""
    return connector_name(topic.removeprefix(CONNECTORS)) if topic.startswith(CONNECTORS) else ""


def choices(known: Mapping[str, Sequence[ConnectorInput]]) -> list[dict[str, object]]:
    """The connectors as the editor offers them, each with its fields."""
    return [{"name": name, "label": connector_name(name), "inputs": [_field(it) for it in inputs]} for name, inputs in known.items()]


def _field(wanted: ConnectorInput) -> dict[str, object]:
    label, hint = _words().get(wanted.name, (wanted.name, ""))
    return {
        "name": wanted.name,
        "label": label if wanted.required else gettext("%(what)s (optional)", what=label),
        "hint": hint,
        "choices": list(wanted.choices),
        "rows": 3 if wanted.name in _LONG else 0,
    }


def _words() -> dict[str, tuple[str, str]]:
    """By input: what it is called, and what is to be known of it."""
    value = gettext("A text with ${…}, or FEEL after “=”.")
    secret = gettext("The name of a secret that the server knows, never the secret itself.")
    return {
        "url": (gettext("Address"), gettext("https://…; the server says which hosts may be called.")),
        "method": (gettext("Method"), ""),
        "body": (gettext("Content"), gettext("FEEL after “=”, as “= {order: number, total: amount}”; sent as JSON.")),
        "secret": (gettext("Secret"), secret),
        "accept": (
            gettext("Further statuses that are answers"),
            gettext("As “404, 409”; any other beyond 200 to 299 is tried again."),
        ),
        "example": (gettext("Result in a trial"), gettext("Nothing is sent there: FEEL after “=” says what would have come back.")),
        "event": (gettext("Event"), gettext("What happened, as “order.shipped”.")),
        "data": (gettext("Data"), gettext("FEEL after “=”, as “= {order: number, total: amount}”; sent as JSON.")),
        "to": (gettext("To"), gettext("Addresses with commas between them, or FEEL after “=”.")),
        "subject": (gettext("Subject"), value),
        "text": (gettext("Text"), value),
        "list": (gettext("List"), ""),
        "id": (gettext("Number of the record"), value),
        "values": (gettext("Values"), gettext("FEEL after “=”, as “= {name: supplier_name, city: city}”.")),
    }
