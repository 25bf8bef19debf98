"""Announcements between the server processes on one PostgreSQL: LISTEN and NOTIFY, each on a connection of its own.

A lost announcement costs nobody anything but a reload: pages fetch again whenever their stream begins anew. So they are gathered for a
moment, and their transactions wait for no disk.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping

import psycopg
from sqlalchemy.engine import URL

_CHANNEL = "crossdesk_streams"
_MOST_NAMES = 100  # in one notification: PostgreSQL takes payloads below 8,000 bytes
_MOST_BYTES = 7_900
_WAIT_SECONDS = 1.0
_PAUSE_SECONDS = 0.1  # a burst of commits becomes one transaction

log = logging.getLogger(__name__)


class PostgresRelay:
    """Sends and receives announcements. `receive` gets those of the other processes, in a thread of the relay."""

    def __init__(self, url: URL, receive: Callable[[str, list[str]], None]) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._receive = receive
        self._sender = secrets.token_hex(4)  # to know one's own
        self._lock = threading.Lock()
        self._outgoing: dict[str, set[str]] = {}  # event to channels
        self._something = threading.Event()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(work,), name=f"relay-{work.__name__.strip('_')}", daemon=True)
            for work in (self._listen, self._tell)
        ]

    def start(self) -> None:
        """Begin to listen and to tell."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both, within about a second."""
        self._stop.set()
        self._something.set()
        for thread in self._threads:
            thread.join(timeout=2 * _WAIT_SECONDS)

    def send(self, event: str, channels: Iterable[str]) -> None:
        """Tell the other processes, soon."""
        with self._lock:
            self._outgoing.setdefault(event, set()).update(channels)
        self._something.set()

    def _run(self, work: Callable[[psycopg.Connection], None]) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5) as connection:
                    work(connection)
            except psycopg.Error as error:
                log.warning("the relay lost its connection: %s", error)
                self._stop.wait(_WAIT_SECONDS)

    def _listen(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {_CHANNEL}")
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=_WAIT_SECONDS):
                sender, _, payload = notice.payload.partition(" ")
                if sender != self._sender:
                    event, channels = json.loads(payload)
                    self._receive(event, channels)

    def _tell(self, connection: psycopg.Connection) -> None:
        connection.execute("SET synchronous_commit = off")
        while not self._stop.is_set():
            self._something.wait()
            self._stop.wait(_PAUSE_SECONDS)
            self._something.clear()
            with self._lock:
                gathered, self._outgoing = self._outgoing, {}
            for payload in payloads(gathered):
                connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, f"{self._sender} {payload}"))


def payloads(gathered: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Announcements in pieces that fit into one notification each; what is too long for any is left out."""
    for event, channels in gathered.items():
        names = sorted(channels)
        for first in range(0, len(names), _MOST_NAMES):
            payload = json.dumps([event, names[first : first + _MOST_NAMES]])
            if len(payload) < _MOST_BYTES:
                yield payload
