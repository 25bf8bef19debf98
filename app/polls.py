"""Long polls: a worker's request for external tasks waits, without a thread, until there may be some.

The request is answered by Flask like any other. Where it found nothing and its worker would wait, the view says so in the `Poll` of the
request, and the answer is kept back: when a commit tells of one of its topics, when a lock expires, and now and then, the same request is
answered anew, and at the end of its patience for the last time. A worker that has gone away is not asked for.

A commit wakes one of those who wait for a topic, the one that has waited longest. Who has got something, or asks for a part only, wakes the
next: so two hundred who wait for the same do not all ask at once for one task, before everybody else's pages.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.loops import OnLoop

if TYPE_CHECKING:
    from app.bridge import Answer, Bridge, Receive, Request, Scope, Send
    from app.streams import Relay

    Ending = tuple[asyncio.Task[None], asyncio.Task[bool]]

PATH: Final = "/engine-rest/external-task/fetchAndLock"
ENVIRON: Final = "crossdesk.poll"  # where the environment of a request has its `Poll`
EVENT: Final = "work"  # what is told between server processes
MOST: Final = 200  # waiting requests, as in Camunda
LOOKS_EVERY: Final = 30.0  # seconds, where nothing was told
_FULL: Final = (
    b'{"type":"InvalidRequestException","message":"At the moment the server has to handle too many requests at the same time. '
    b'Please try again later.","code":null}'
)


@dataclass(eq=False, slots=True)
class Poll:
    """A request that may wait: for which topics, for so many seconds at most; `soon`: seconds until a lock expires.

    `is_partial`: it asks for some tasks of its topics alone, so that others may want what it does not.
    """

    topics: frozenset[str] = frozenset()
    seconds: float = 0.0
    soon: float | None = None
    is_partial: bool = False
    told: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wait_for(self, topics: Iterable[str], seconds: float, soon: float | None, *, is_partial: bool = False) -> None:
        """Nothing was found: wait."""
        self.topics, self.seconds, self.soon, self.is_partial = frozenset(topics), seconds, soon, is_partial

    def hear(self, topics: Iterable[str]) -> None:
        """There may be something. What is told while the request is being answered counts as well."""
        self.told.update(topics)
        if not self.topics.isdisjoint(self.told):
            self.woken.set()

    def again(self) -> None:
        """Before the request is answered anew."""
        self.topics = frozenset()
        self.told.clear()
        self.woken.clear()


class Polls(OnLoop):
    """The waiting requests of this process. Its methods run on the event loop; `announce` and `receive` may be called by any thread."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.relay: Relay | None = None
        self._open: dict[Poll, None] = {}  # who has waited longest first
        self._waiting: set[Poll] = set()
        self._closing = asyncio.Event()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def announce(self, topics: Iterable[str]) -> None:
        """Wake those who wait for one of these topics, here and in the other server processes. Call it after the commit."""
        names = list(topics)
        self.receive(names)
        if self.relay:
            self.relay.send(EVENT, names)

    def receive(self, topics: list[str]) -> None:
        """An announcement, of this process or as the relay brings it."""
        if self._open:
            self._on_loop(self._hear, topics)

    def close_all(self) -> None:
        """The server stops: all are answered at once; any thread, also from a signal handler."""
        self._on_loop(self._closing.set)

    async def answer(self, bridge: Bridge, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = await bridge.read(scope, receive)
        if request is None:
            return
        poll = Poll()
        request.environ[ENVIRON] = poll
        self._open[poll] = None
        ending = asyncio.create_task(_gone(receive)), asyncio.create_task(self._closing.wait())
        try:
            answer = await self._patiently(bridge, request, poll, ending)
        finally:
            del self._open[poll]
            for task in ending:
                task.cancel()
            request.body.close()
        if answer is not None:
            await bridge.send(answer, send)

    async def _patiently(self, bridge: Bridge, request: Request, poll: Poll, ending: Ending) -> Answer | None:
        """The answer; None where nobody is there to hear it."""
        answer = await bridge.answer(request)
        until = time.monotonic() + poll.seconds
        while poll.topics and (left := until - time.monotonic()) > 0 and not self._closing.is_set():
            if len(self._waiting) >= self._most:
                return 500, [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_FULL))], _FULL
            await self._wait(poll, min(left, LOOKS_EVERY if poll.soon is None else max(poll.soon, 0.01)), ending)
            told = frozenset(poll.told)
            if ending[0].done():
                self._wake(told if poll.soon is None else told | poll.topics)  # nobody else may know when that lock expires
                return None
            poll.again()
            answer = await bridge.answer(request)
            if not poll.topics or poll.is_partial:
                self._wake(told)
        return answer

    async def _wait(self, poll: Poll, seconds: float, ending: Ending) -> None:
        """Until somebody tells of a topic, the time is over, the worker is gone or the server stops."""
        poll.hear(())  # what was told since the request was last answered
        woken = asyncio.create_task(poll.woken.wait())
        self._waiting.add(poll)
        try:
            await asyncio.wait({woken, *ending}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.discard(poll)
            woken.cancel()

    def _hear(self, topics: list[str]) -> None:
        """Who is being answered just now looks once more before it waits; of those who wait one is woken for each topic."""
        for poll in self._open:
            if poll not in self._waiting:
                poll.hear(topics)
        self._wake(topics)

    def _wake(self, topics: Iterable[str]) -> None:
        for topic in topics:
            longest = next((it for it in self._open if it in self._waiting and topic in it.topics and not it.woken.is_set()), None)
            if longest is not None:
                longest.hear([topic])


async def _gone(receive: Receive) -> None:
    """Until the worker has closed its connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
