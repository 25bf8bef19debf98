"""Event streams: what tells an open page that something changed, so that it can fetch it.

A stream is a coroutine that waits for its channels. Channels are `person:zhang-min`, `group:purchasing` and `case:<root id>`; an event says
only which kind of thing changed, never what: whoever hears it asks for the page's part like anybody else, and is given what they may see.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Protocol

from app.loops import OnLoop

PAUSE_SECONDS = 0.15  # a burst of commits becomes one event
RETRY_MILLISECONDS = 2_000
EVENTS = ("inbox", "bell", "case")
_REMEMBERED = 5_000  # announcements; some seconds even under load, and a page needs less to open its stream


class TooManyStreams(Exception):
    """This person, or everybody together, has as many streams as are allowed."""


class Relay(Protocol):
    """Carries announcements to the other server processes on the same database."""

    def send(self, event: str, channels: Iterable[str]) -> None:
        """Tell the others; called from any thread, must not block for long."""
        ...


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream: what it listens to, and what it has heard and not yet told."""

    person: str
    session: str
    channels: frozenset[str]
    pending: dict[str, None] = field(default_factory=dict)  # names of events, in order, each once
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def hear(self, event: str) -> None:
        """Note an event."""
        self.pending[event] = None
        self.woken.set()

    def close(self) -> None:
        """End the stream at its next turn."""
        self.closed = True
        self.woken.set()


class Hub(OnLoop):
    """All open streams of this process. Its methods run on the event loop, except `announce`, which any thread may call."""

    def __init__(
        self, *, most: int, most_per_person: int, ping_seconds: float, now: Callable[[], float], relay: Relay | None = None
    ) -> None:
        """`now`: real seconds, of a clock that the processes of this machine share."""
        self._most = most
        self._most_per_person = most_per_person
        self._ping_seconds = ping_seconds
        self.relay = relay
        self.now = now
        self._recent: deque[tuple[float, str, list[str]]] = deque()  # what was announced lately, for pages whose stream is not open yet
        self._known_since = now()  # what came before is forgotten
        self._recent_lock = threading.Lock()
        self._by_channel: dict[str, set[Stream]] = {}
        self._streams: set[Stream] = set()
        self._people: Counter[str] = Counter()
        self._closing = False

    def __len__(self) -> int:
        return len(self._streams)

    def announce(self, event: str, channels: Iterable[str]) -> None:
        """Tell all streams on `channels`, here and in the other processes. Call it after the commit."""
        names = list(channels)
        self.receive(event, names)
        if self.relay:
            self.relay.send(event, names)

    def receive(self, event: str, channels: list[str]) -> None:
        """An announcement, of this process or as the relay brings it. The loop is woken only for channels that somebody listens to."""
        with self._recent_lock:
            self._recent.append((self.now(), event, channels))
            if len(self._recent) > _REMEMBERED:
                self._known_since = self._recent.popleft()[0]
        if any(name in self._by_channel for name in channels):
            self._on_loop(lambda: self.deliver(event, channels))

    def deliver(self, event: str, channels: Iterable[str]) -> None:
        """Tell the streams of this process."""
        for stream in {stream for name in channels for stream in self._by_channel.get(name, ())}:
            stream.hear(event)

    def open(self, person: str, session: str, channels: Iterable[str], since: float | None = None) -> Stream:
        """A new stream, which begins with what was announced after `since`: between a page and its stream nothing is missed.

        Raises `TooManyStreams`.
        """
        if self._closing or len(self._streams) >= self._most or self._people[person] >= self._most_per_person:
            raise TooManyStreams
        stream = Stream(person, session, frozenset(channels))
        self._streams.add(stream)
        self._people[person] += 1
        for name in stream.channels:
            self._by_channel.setdefault(name, set()).add(stream)
        for event in self._missed(stream, since) if since is not None else ():
            stream.hear(event)
        return stream

    def _missed(self, stream: Stream, since: float) -> list[str]:
        """The kinds of events on its channels after a moment; all where that is longer ago than is remembered."""
        with self._recent_lock:
            if since < self._known_since:
                return list(EVENTS)
            later = takewhile(lambda it: it[0] >= since, reversed(self._recent))
            heard = {event for _, event, names in later if not stream.channels.isdisjoint(names)}
        return [event for event in EVENTS if event in heard]

    def forget(self, stream: Stream) -> None:
        """The stream ended."""
        self._streams.discard(stream)
        self._people[stream.person] -= 1
        if not self._people[stream.person]:
            del self._people[stream.person]
        for name in stream.channels:
            listeners = self._by_channel[name]
            listeners.discard(stream)
            if not listeners:
                del self._by_channel[name]

    async def listen(self, stream: Stream) -> AsyncIterator[bytes]:
        """The bytes of the stream: events as they come, pings in between, until it is closed."""
        yield b"retry: %d\n\n" % RETRY_MILLISECONDS
        while not stream.closed:
            try:
                await asyncio.wait_for(stream.woken.wait(), self._ping_seconds)
            except TimeoutError:
                yield b": ping\n\n"
                continue
            await asyncio.sleep(PAUSE_SECONDS)
            stream.woken.clear()
            events, stream.pending = stream.pending, {}
            if events:
                yield b"".join(f"event: {name}\ndata: 1\n\n".encode() for name in events)

    def close_session(self, session: str) -> None:
        """End the streams of a session that signed out; any thread."""
        self._on_loop(lambda: self._close(lambda stream: stream.session == session))

    def close_all(self) -> None:
        """The server stops: end all streams and take no new ones; any thread, also from a signal handler."""
        self._closing = True
        self._on_loop(lambda: self._close(lambda _stream: True))

    def _close(self, which: Callable[[Stream], bool]) -> None:
        for stream in filter(which, self._streams):
            stream.close()
