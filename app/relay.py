"""Announcements between the server processes on one PostgreSQL: LISTEN and NOTIFY, each on a connection of its own.

A lost announcement costs nobody anything but a reload: pages fetch again whenever their stream begins anew.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import secrets
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy.engine import URL

_CHANNEL = "crossdesk_streams"
_MOST_BYTES = 7_900  # PostgreSQL takes payloads below 8,000 bytes
_WAIT_SECONDS = 1.0

log = logging.getLogger(__name__)


class PostgresRelay:
    """Sends and receives announcements. `receive` gets those of the other processes, in a thread of the relay."""

    def __init__(self, url: URL, receive: Callable[[str], None]) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._receive = receive
        self._sender = secrets.token_hex(4)  # to know one's own
        self._outgoing: queue.SimpleQueue[str] = queue.SimpleQueue()
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
        for thread in self._threads:
            thread.join(timeout=2 * _WAIT_SECONDS)

    def send(self, payload: str) -> None:
        """Tell the other processes, soon. What is too long for one notification is left out."""
        if len(payload) < _MOST_BYTES:
            self._outgoing.put(payload)

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
                    self._receive(payload)

    def _tell(self, connection: psycopg.Connection) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(queue.Empty):
                payload = self._outgoing.get(timeout=_WAIT_SECONDS)
                connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, f"{self._sender} {payload}"))
