"""A crowd that only waits: workers that ask for external tasks, and pages with their event stream, in a process of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.auth.passwords import DEMO

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PATIENCE = 1_800_000  # milliseconds that a worker waits for its answer: as long as Camunda allows
_LEASE = 600_000
_LOGIN = base64.b64encode(f"admin:{DEMO}".encode()).decode()
_READY_SECONDS = 120
_SETTLED = 1.0  # seconds after the last of them has asked


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who waits at a server: so many workers, divided among the topics, and so many streams, divided among the sessions (as cookies)."""

    port: int
    topics: Sequence[str]
    workers: int
    sessions: Sequence[str]
    streams: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A task that a worker got: the business key of its case, and when, on the clock that all processes share."""

    key: str
    at: float


class Waiting:
    """The crowd, seen from outside."""

    def __init__(self, there: Connection) -> None:
        self._there = there

    def next(self, seconds: float) -> Handed | None:
        """The next task that one of the workers gets; None where there is none for so long."""
        if not self._there.poll(seconds):
            return None
        found: Handed = self._there.recv()
        return found


@contextmanager
def waiting(crowd: Crowd) -> Iterator[Waiting]:
    """The crowd is there, and goes in the end. Raises `RuntimeError` where one of it was turned away."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_wait, args=(crowd, there), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(_READY_SECONDS) or here.recv() != "ready":
            raise RuntimeError("the crowd did not come together")
        time.sleep(_SETTLED)
        yield Waiting(here)
    except EOFError:
        raise RuntimeError("one of the crowd was turned away") from None
    finally:
        process.terminate()
        process.join()
        here.close()


def _wait(crowd: Crowd, there: Connection) -> None:
    asyncio.run(_everybody(crowd, there))


async def _everybody(crowd: Crowd, there: Connection) -> None:
    opened = [asyncio.Event() for _ in range(crowd.streams + crowd.workers)]
    sessions = [crowd.sessions[number % len(crowd.sessions)] for number in range(crowd.streams)]
    topics = [crowd.topics[number % len(crowd.topics)] for number in range(crowd.workers)]
    async with asyncio.TaskGroup() as group:
        for session, event in zip(sessions, opened, strict=False):
            group.create_task(_stream(crowd.port, session, event))
        for number, topic in enumerate(topics):
            group.create_task(_work(crowd.port, f"w{number}", topic, opened[crowd.streams + number], there))
        for event in opened:
            await event.wait()
        there.send("ready")


async def _stream(port: int, cookie: str, opened: asyncio.Event) -> None:
    """An open page: hears what there is to hear, until the server ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"a stream was refused: {status!r}")
    opened.set()
    while await reader.read(65_536):
        pass
    writer.close()


async def _work(port: int, worker: str, topic: str, opened: asyncio.Event, there: Connection) -> None:
    """A worker: waits for a task, tells when it came, waits for the next."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wanted = {"topicName": topic, "lockDuration": _LEASE, "variables": []}
    body = json.dumps({"workerId": worker, "maxTasks": 1, "asyncResponseTimeout": PATIENCE, "topics": [wanted]}).encode()
    head = f"POST /engine-rest/external-task/fetchAndLock HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {_LOGIN}\r\n"
    request = f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    while True:
        writer.write(request)
        await writer.drain()
        opened.set()
        tasks = await _answer(reader)
        at = time.monotonic()
        for task in tasks:
            there.send(Handed(task["businessKey"], at))


async def _answer(reader: asyncio.StreamReader) -> list[dict[str, str]]:
    """The tasks of one answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *headers = head.split("\r\n")
    length = next(int(it.partition(":")[2]) for it in headers if it.lower().startswith("content-length"))
    found: list[dict[str, str]] = json.loads(await reader.readexactly(length))
    if " 200 " not in status:
        raise RuntimeError(f"a worker was refused: {status} {found}")
    return found
