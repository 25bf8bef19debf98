"""The server: one port for everything. Event streams and workers that wait are coroutines here; all else goes to Flask in a bounded pool.

A stream costs no thread, so pages stay as fast with 500 streams open as with none (docs/decisions.md has the figures).
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import uvicorn

from app import create_app, polls
from app.bridge import Bridge, Receive, Scope, Send
from app.config import is_loopback
from app.polls import Polls
from app.security import most_of_all
from app.streams import Hub, Stream, TooManyStreams

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

    from app.services import Services

GRACE_SECONDS = 2  # for requests that are under way when the server is told to stop; it stops within 3
EVENTS = "/events"

log = logging.getLogger(__name__)


class RefusedToServe(RuntimeError):
    """The server may not listen where it was told to."""


class Front:
    """The ASGI application: streams here, pages in Flask."""

    def __init__(self, flask: Flask, services: Services) -> None:
        self._pages = Bridge(flask, threads=services.settings.page_threads, most_bytes=most_of_all(services.settings))
        self._flask = flask
        self._services = services
        self._hub: Hub = services.hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request, or the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == EVENTS:
            await self._stream(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == polls.PATH:
            await self._services.polls.answer(self._pages, scope, receive, send)
        elif scope["type"] == "http":
            await self._pages(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._hub.bind(asyncio.get_running_loop())
                self._services.polls.bind(asyncio.get_running_loop())
                self._services.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self._services.stop)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`GET /events?case=…&since=…`: tells the page of a signed-in person what changed since it was made."""
        if scope["method"] != "GET":
            await _answer(send, 405)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        listener = await asyncio.to_thread(self._listener, _cookie(scope), query)
        if listener is None:
            await _answer(send, 204)  # tells the browser not to try again; the next page asks to sign in
            return
        try:
            stream = self._hub.open(*listener, since=_moment(query))
        except TooManyStreams:
            await _answer(send, 204)
            return
        try:
            await self._tell(stream, receive, send)
        finally:
            self._hub.forget(stream)

    async def _tell(self, stream: Stream, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        gone = asyncio.create_task(_until_gone(stream, receive))
        try:
            async for chunk in self._hub.listen(stream):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _listener(self, cookie: str, query: dict[str, list[str]]) -> tuple[str, str, list[str]] | None:
        """Who listens, in which session, to what. None: nobody who may."""
        with self._flask.test_request_context(EVENTS, headers={"Cookie": cookie}):
            found = self._services.doors.visitor()
            if found is None:
                return None
            actor = found.directory.actor(found.person)
            channels = [f"person:{actor.id}", *(f"group:{group}" for group in sorted(actor.groups))]
            cases = query.get("case", [])[:1]
            channels += [f"case:{case}" for case in cases if self._services.may_see_case(actor, case)]
            return found.person, found.session, channels


_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),  # proxies must pass events on at once
]


async def _until_gone(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.close()


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def _moment(query: dict[str, list[str]]) -> float | None:
    """When the page was made, as the page says it."""
    try:
        return float(query["since"][0])
    except (KeyError, ValueError):
        return None


def _cookie(scope: Scope) -> str:
    return "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")


class Server(uvicorn.Server):
    """Uvicorn, ending the streams as soon as it is told to stop: it waits for open connections otherwise."""

    def __init__(self, config: uvicorn.Config, hub: Hub, waiting: Polls) -> None:
        super().__init__(config)
        self._hub = hub
        self._polls = waiting

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM and SIGINT."""
        self._hub.close_all()
        self._polls.close_all()
        super().handle_exit(sig, frame)


def check_installation(services: Services) -> None:
    """Refuse to listen beyond this machine while anybody's password is the sample company's, and to move any other company's clock.

    Raises `RefusedToServe`, and `OSError` where the seals could not be written: that would be found a quarter of an hour later.
    """
    settings = services.settings
    is_sample = services.doors.has_demo_credentials()
    if is_sample and not is_loopback(settings.host):
        raise RefusedToServe(
            f"the sample company's passwords are public, so this server listens on 127.0.0.1 only, not on {settings.host}:"
            " give the people passwords of their own first, or start with another database"
        )
    if settings.clock_file is not None and not (is_sample and is_loopback(settings.host)):
        raise RefusedToServe(
            "CROSSDESK_CLOCK_FILE: only the clock of the sample company on 127.0.0.1 can be moved; start this server without it"
        )
    if settings.seals_file is not None:
        settings.seals_file.parent.mkdir(parents=True, exist_ok=True)
        settings.seals_file.open("ab").close()


def serve(services: Services, *, on_ready: Callable[[], None] = lambda: None, listener: socket.socket | None = None) -> None:
    """Listen until SIGTERM or SIGINT; then finish what is under way, within three seconds. `listener`: on this socket."""
    check_installation(services)
    settings = services.settings
    config = uvicorn.Config(
        Front(create_app(services), services),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="on",
    )
    server = Server(config, services.hub, services.polls)
    services.on_started(on_ready)
    server.run(sockets=None if listener is None else [listener])
