"""Several server processes on one PostgreSQL and one port: started, watched, replaced when one ends, stopped together.

Each process has a socket of its own on the port (SO_REUSEPORT), so the system divides the connections among them. The supervisor holds all
sockets: whoever connects while a process is being replaced waits for the new one.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

STOP_SECONDS = 2.7  # after SIGTERM; then SIGKILL: all end within three
TRIES = 3  # starts of one process that came to nothing
_LONGEST_START = 60.0
_BACKLOG = 2048
_BREATH = 0.05

log = logging.getLogger(__name__)


class CannotServe(RuntimeError):
    """The processes cannot be started, or one of them does not stay."""


@dataclass
class _Worker:
    """One server process and its socket."""

    number: int
    listener: socket.socket
    process: subprocess.Popen[bytes] | None = None
    ready: threading.Event = field(default_factory=threading.Event)
    failed: int = 0  # starts in a row that came to nothing


class Supervisor:
    """Runs `command` so many times; each gets `--socket FD --alive FD --ready FD` for descriptors that it inherits."""

    def __init__(self, command: list[str], host: str, port: int, processes: int) -> None:
        """`port` 0 is any free one."""
        self._command = command
        self._workers = [_Worker(number, listener) for number, listener in enumerate(listeners(host, port, processes), 1)]
        self._alive_read, self._alive_write = os.pipe()  # its end tells the processes that the supervisor is gone, however it went
        self._stopping = False

    @property
    def port(self) -> int:
        """Where they listen."""
        number: int = self._workers[0].listener.getsockname()[1]
        return number

    def run(self, on_ready: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT. `on_ready` once all of them answer. Raises `CannotServe` when one does not stay."""
        with _signals(self._told_to_stop):
            try:
                for worker in self._workers:
                    self._start(worker)
                self._wait_until_ready(on_ready)
                self._watch()
            finally:
                self._end()

    def _start(self, worker: _Worker) -> None:
        ready_read, ready_write = os.pipe()
        handed = (worker.listener.fileno(), self._alive_read, ready_write)
        options = [word for name, number in zip(("--socket", "--alive", "--ready"), handed, strict=True) for word in (name, str(number))]
        # A session of its own: Ctrl-C at the terminal reaches the supervisor alone, which tells the others.
        worker.process = subprocess.Popen([*self._command, *options], pass_fds=handed, start_new_session=True)  # noqa: S603 - ourselves
        os.close(ready_write)
        worker.ready = threading.Event()
        threading.Thread(target=_hear, args=(ready_read, worker.ready), daemon=True).start()

    def _wait_until_ready(self, on_ready: Callable[[], None]) -> None:
        until = time.monotonic() + _LONGEST_START
        while not self._stopping and not all(worker.ready.is_set() for worker in self._workers):
            self._replace_ended()
            if time.monotonic() > until:
                raise CannotServe(f"the server processes did not start within {_LONGEST_START:.0f} seconds")
            time.sleep(_BREATH)
        if not self._stopping:
            on_ready()

    def _watch(self) -> None:
        while not self._stopping:
            self._replace_ended()
            time.sleep(_BREATH)

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _replace_ended(self) -> None:
        for worker in self._workers:
            status = worker.process.poll() if worker.process is not None else None
            if status is None or self._stopping:
                continue
            worker.failed = 0 if worker.ready.is_set() else worker.failed + 1
            if worker.failed >= TRIES:
                raise CannotServe(f"server process {worker.number} did not start: it ended with status {status}, {TRIES} times")
            log.error("server process %d ended with status %s: another one takes its place", worker.number, status)
            self._start(worker)

    def _end(self) -> None:
        """SIGTERM to all, SIGKILL to whoever is still there after the time they have."""
        processes = [worker.process for worker in self._workers if worker.process is not None]
        for process in processes:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("server process %d did not stop in time", process.pid)  # noqa: TRY400 - the trace says nothing more
                process.kill()
                process.wait()
        for worker in self._workers:
            worker.listener.close()
        os.close(self._alive_write)
        os.close(self._alive_read)


def listeners(host: str, port: int, count: int) -> list[socket.socket]:
    """So many listening sockets on one port; where the system cannot divide a port, one socket for all. `OSError` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    shared = hasattr(socket, "SO_REUSEPORT") and sys.platform == "linux"
    with bound(host, port) as probe:  # alone: with SO_REUSEPORT a second server on this port would go unnoticed
        address = probe.getsockname()
    made: list[socket.socket] = []
    for _ in range(count if shared else 1):
        listener = _socket(family)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        made.append(listener)
    return made if shared else [made[0].dup() for _ in range(count - 1)] + made


def bound(host: str, port: int) -> socket.socket:
    """A socket that holds a port and does not listen yet. `OSError` when the port is taken, or the address is not this machine's."""
    made = _socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        made.bind((host.strip("[]"), port))
    except OSError:
        made.close()
        raise
    return made


def _socket(family: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made


def end_with(alive: int) -> None:
    """In a server process: SIGTERM to oneself when the supervisor is gone and with it the other end of this pipe."""

    def wait() -> None:
        os.read(alive, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="supervisor-watch", daemon=True).start()


def tell_ready(ready: int) -> None:
    """In a server process: it answers now."""
    os.write(ready, b"1")
    os.close(ready)


def _hear(ready: int, event: threading.Event) -> None:
    if os.read(ready, 1):
        event.set()
    os.close(ready)


@contextmanager
def _signals(call: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call this on SIGTERM and SIGINT."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, call) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
