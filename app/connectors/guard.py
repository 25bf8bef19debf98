"""The guard of everything that connectors send out: which hosts they may reach, and at which addresses.

A name is looked up once, every address that it has must be permitted, and the connection goes to exactly the one that was looked at: a name
server that answers differently the second time (DNS rebinding) is not asked a second time. Redirects are not followed by whoever uses this.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from engine import ConnectorFailed, Phrase

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""A name and a port to the addresses that it has. Raises `OSError`."""

_NAME: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?|[0-9a-f:.]+")  # a name, or an address of IPv6
PORTS: Final = {"https": 443, "http": 80}
# Addresses that stand for others of IPv4, which they could hide: NAT64 and 6to4.
_WRAPPED: Final = tuple(ipaddress.ip_network(it) for it in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))


@dataclass(frozen=True, slots=True)
class Host:
    """Where a request may go: scheme, name in lower case, port."""

    scheme: str
    name: str
    port: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: its host, the path with the query, and the one address that it connects to."""

    host: Host
    path: str
    address: str


def resolve(name: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]


def read_host(text: str) -> Host:
    """An entry of the list of hosts: `api.example.com` (HTTPS), with a port, or `http://erp.example.com:8080`. Raises `ValueError`."""
    scheme, separator, rest = text.strip().rpartition("://")
    parts = urlsplit(f"{scheme if separator else 'https'}://{rest}")
    if parts.scheme not in PORTS or not parts.hostname or parts.path or parts.query or parts.username is not None:
        raise ValueError(text)
    return Host(parts.scheme, _ascii(parts.hostname), parts.port or PORTS[parts.scheme])


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets requests go to the hosts of a list, at public addresses, and at those of further networks that were named."""

    hosts: frozenset[Host] = frozenset()
    networks: tuple[Network, ...] = ()
    resolve: Resolve = resolve

    def host(self, url: str) -> Host:
        """The host of an address; its name is not looked up. Raises `ConnectorFailed` where it may not be called."""
        return self._listed(url)[0]

    def check(self, url: str) -> Target:
        """Where a request to an address would go. Raises `ConnectorFailed` where it may not go there, and where the name is not known."""
        host, path = self._listed(url)
        try:
            found = [ipaddress.ip_address(it.partition("%")[0]) for it in self.resolve(host.name, host.port)]
        except (OSError, ValueError):
            found = []
        if not found:
            raise ConnectorFailed(Phrase("the host {host} has no address", host=host.name))
        for address in found:
            if not self._is_permitted(address):
                said = Phrase("the host {host} has the address {address}, which is not public", host=host.name, address=str(address))
                raise ConnectorFailed(said)
        return Target(host, path, str(found[0]))

    def _listed(self, url: str) -> tuple[Host, str]:
        host, path = _parsed(url)
        if host not in self.hosts:
            raise ConnectorFailed(Phrase("{host} may not be called: CROSSDESK_CONNECTOR_HOSTS does not name it", host=_shown(host)))
        return host, path

    def _is_permitted(self, address: Address) -> bool:
        plain = getattr(address, "ipv4_mapped", None) or address
        if any(plain.version == it.version and plain in it for it in self.networks):
            return True
        wrapped = any(plain.version == it.version and plain in it for it in _WRAPPED)
        return plain.is_global and not plain.is_multicast and not wrapped


def _parsed(url: str) -> tuple[Host, str]:
    """The host and path of an address that is written as it should be. Raises `ConnectorFailed`."""
    try:
        if url != url.strip() or any(it.isspace() or not it.isprintable() for it in url):
            raise ValueError(url)  # noqa: TRY301 - one answer for all that is no address
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.username is not None or parts.password is not None:
            raise ValueError(url)  # noqa: TRY301
        host = Host(parts.scheme, _ascii(parts.hostname), parts.port or PORTS[parts.scheme])
    except ValueError:
        raise ConnectorFailed(Phrase("this is no address that a connector can call: {url}", url=repr(url[:200]))) from None
    query = f"?{parts.query}" if parts.query else ""
    path = (parts.path or "/") + query
    if not path.isascii():
        raise ConnectorFailed(Phrase("this is no address that a connector can call: {url}", url=repr(url[:200])))
    return host, path


def _ascii(name: str) -> str:
    """A host name as it is asked for, in lower case; names in other letters in their form for machines. Raises `ValueError`."""
    plain = name.lower().rstrip(".")
    plain = plain if plain.isascii() else plain.encode("idna").decode()
    if not _NAME.fullmatch(plain):
        raise ValueError(name)
    return plain


def _shown(host: Host) -> str:
    """A host as the list names it."""
    before = "" if host.scheme == "https" else f"{host.scheme}://"
    name = f"[{host.name}]" if ":" in host.name else host.name
    return before + name + ("" if host.port == PORTS[host.scheme] else f":{host.port}")
