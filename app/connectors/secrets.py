"""Secrets that connectors use, by their names: they stand in a file on the server, never in a model, a history or a page.

The file is in the form of INI. Each section is a secret, and says to which hosts it may be sent:

    [billing]
    value = a-long-random-text
    hosts = api.example.com, hooks.example.com:8443
"""

from __future__ import annotations

from configparser import ConfigParser, Error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.connectors.guard import Host, read_host
from engine import ConnectorFailed, Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class BadSecrets(ValueError):
    """The file of secrets cannot be used. The message names the section, never a value."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret, and the hosts that may get it."""

    value: str = field(repr=False)
    hosts: frozenset[Host]


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of an installation."""

    known: Mapping[str, Secret] = field(default_factory=dict, repr=False)

    def value(self, name: str, host: Host) -> str:
        """A secret for a request to a host. Raises `ConnectorFailed` where there is none of this name, or none for this host."""
        found = self.known.get(name)
        if found is None:
            raise ConnectorFailed(Phrase("there is no secret named {name} on this server (CROSSDESK_CONNECTOR_SECRETS)", name=repr(name)))
        if host not in found.hosts:
            raise ConnectorFailed(Phrase("the secret {name} is not for {host}", name=repr(name), host=host.name))
        return found.value

    def hidden(self, text: str) -> str:
        """A text without any of the secrets: what a server sends back may hold the one that it was sent."""
        for secret in self.known.values():
            text = text.replace(secret.value, "***")
        return text


def read_secrets(path: Path | None) -> Secrets:
    """The secrets of a file; none without one. Raises `BadSecrets`."""
    if path is None:
        return Secrets()
    parser = ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadSecrets(f"{path} cannot be read") from None
    except Error:
        raise BadSecrets(f"{path} is not in the form [name], value = …, hosts = …") from None
    return Secrets({name: _secret(name, parser[name]) for name in parser.sections()})


def _secret(name: str, section: Mapping[str, str]) -> Secret:
    value = section.get("value", "").strip()
    if len(value) < 8:  # noqa: PLR2004 - shorter ones are guessed, and hiding them would tear holes into ordinary texts
        raise BadSecrets(f"[{name}]: the value has less than eight characters")
    try:
        hosts = frozenset(read_host(it) for it in section.get("hosts", "").split(",") if it.strip())
    except ValueError:
        hosts = frozenset()
    if not hosts:
        raise BadSecrets(f"[{name}]: say in hosts to whom it may be sent, as in CROSSDESK_CONNECTOR_HOSTS")
    return Secret(value, hosts)
