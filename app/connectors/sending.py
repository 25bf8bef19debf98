"""One HTTP request to exactly the address that the guard has looked at, with a limit in time and in size, and no redirects."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from app.connectors.guard import Guard, Target
from engine import ConnectorFailed, Phrase

USER_AGENT: Final = "Crossdesk"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take in all, in seconds, and how large its answer may be, in bytes."""

    seconds: float = 10
    size: int = 1_048_576


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: the status, and the body as it came."""

    status: int
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends requests through the guard, within the limits."""

    guard: Guard
    limits: Limits = Limits()

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Send a request and read its answer. Raises `ConnectorFailed` where it does not get through."""
        target = self.guard.check(url)
        connection = _Connection(target, self.limits.seconds)
        # Each read has a timeout of its own, and a server that sends a byte now and then would never meet it: this one is for all of it.
        end = threading.Timer(self.limits.seconds, connection.cut)
        end.daemon = True
        end.start()
        try:
            connection.request(method, target.path, body, {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers})
            with connection.getresponse() as answer:
                found = self._read(answer, target)
        except TimeoutError:
            raise _too_slow(target, self.limits) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            if connection.is_cut:
                raise _too_slow(target, self.limits) from None
            raise ConnectorFailed(Phrase("{host} could not be reached: {error}", host=target.host.name, error=_said(error))) from error
        finally:
            end.cancel()
            connection.close()
        if connection.is_cut:  # what was read until then looks like an answer that ended
            raise _too_slow(target, self.limits)
        return found

    def _read(self, answer: http.client.HTTPResponse, target: Target) -> Answer:
        body = answer.read(self.limits.size + 1)
        if len(body) > self.limits.size:
            raise ConnectorFailed(Phrase("the answer of {host} has more than {size} bytes", host=target.host.name, size=self.limits.size))
        if answer.length:  # the rest of what was announced never came
            raise http.client.IncompleteRead(body, answer.length)
        return Answer(answer.status, body, answer.headers.get("Content-Type", ""))


class _Connection(http.client.HTTPConnection):
    """A connection to one address, whatever its name would be looked up as now; encrypted for the name."""

    def __init__(self, target: Target, seconds: float) -> None:
        super().__init__(target.host.name, target.host.port, timeout=seconds)
        self.is_cut = False
        self._target = target

    def connect(self) -> None:
        """Connect to the address, and, for https, let the server prove that it is who the name says."""
        plain = socket.create_connection((self._target.address, self._target.host.port), self.timeout)
        self.sock = plain
        if self._target.host.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._target.host.name)

    def cut(self) -> None:
        """The time is over: whoever waits for a byte gets none."""
        self.is_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _too_slow(target: Target, limits: Limits) -> ConnectorFailed:
    return ConnectorFailed(Phrase("{host} did not answer within {seconds} seconds", host=target.host.name, seconds=f"{limits.seconds:g}"))


def _said(error: Exception) -> str:
    """What went wrong, without the addresses that the system puts around it."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
