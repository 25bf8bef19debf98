"""From the asynchronous server to Flask: a request is read whole, answered whole by a thread of a bounded pool, and sent from there on.

One hop to a thread and one back. Pages and calls are small (event streams never come here), so nothing is gained by passing them on in
pieces, and each piece would cost a hop of its own. What is large, such as a table of all cases, comes in pieces from the application and is
put into a file until it is whole: memory holds none of it, and what breaks off in the middle is an error and no shorter answer. So is what
is large on its way in, such as files for a case. A client that sends or takes slowly holds no thread.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answer = tuple[int, list[tuple[bytes, bytes]], "bytes | IO[bytes]"]
"""Status, headers, body: a file where it is large."""

_MOST_IN_MEMORY = 1024 * 1024
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A request as PEP 3333 has it, without its input, and its body, which whoever has read it closes."""

    environ: WSGIEnvironment
    body: IO[bytes]


class Bridge:
    """A WSGI application as an ASGI application for plain requests."""

    def __init__(self, application: WSGIApplication, *, threads: int, most_bytes: int) -> None:
        """So many requests at once; of a body that is longer than `most_bytes` the application gets the length alone, to refuse it."""
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = await self.read(scope, receive)
        if request is None:
            return
        with request.body:
            answer = await self.answer(request)
        await self.send(answer, send)

    async def read(self, scope: Scope, receive: Receive) -> Request | None:
        """A request, whole; it may be answered more than once. None: the client is gone."""
        environ = _environ(scope)
        body = await self._read(environ, receive)
        return None if body is None else Request(environ, body)

    async def answer(self, request: Request) -> Answer:
        """What the application says, in a thread of the pool."""
        request.body.seek(0)
        environ = {**request.environ, "wsgi.input": request.body}
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, environ)

    async def send(self, answer: Answer, send: Send) -> None:
        """Send an answer."""
        status, headers, content = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if isinstance(content, bytes):
            await send({"type": "http.response.body", "body": content})
            return
        with content:
            while piece := content.read(_PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _read(self, environ: WSGIEnvironment, receive: Receive) -> IO[bytes] | None:
        """The body; empty where it is too long. None: the client went away. The length in `environ` is that of what was read."""
        length = environ.get("CONTENT_LENGTH", "")
        body = SpooledTemporaryFile(_MOST_IN_MEMORY)  # noqa: SIM115 - closed here, or by who reads the request
        if length.isdecimal() and int(length) > self._most_bytes:
            return body
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                return None
            part = message.get("body", b"")
            size, more = size + len(part), message.get("more_body", False)
            if size > self._most_bytes:
                body.truncate(0)
                more = False
            else:
                body.write(part)
        if size:
            environ["CONTENT_LENGTH"] = str(size)
        return body

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        """In a thread of the pool: what the application says."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        content = SpooledTemporaryFile(_MOST_IN_MEMORY)  # noqa: SIM115 - closed here where it is small, else by who sends it

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
            begun.append((status, headers))
            return content.write

        try:
            _fill(content, self._application, environ, start_response)
        except BaseException:
            content.close()
            raise
        status, headers = begun[-1]
        sent = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return int(status[:3]), sent, _whole(content)


def _fill(content: IO[bytes], application: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> None:
    chunks: Iterable[bytes] = application(environ, start_response)
    try:
        for chunk in chunks:  # `writelines` would look only at the end whether they are too many for memory
            content.write(chunk)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _whole(content: IO[bytes]) -> bytes | IO[bytes]:
    """What is small as bytes, what is large as its file."""
    is_large = content.tell() > _MOST_IN_MEMORY
    content.seek(0)
    if is_large:
        return content
    with content:
        return content.read()


def _environ(scope: Scope) -> WSGIEnvironment:
    """The request as PEP 3333 has it: texts are bytes as Latin-1."""
    host, port = scope.get("server") or ("localhost", 0)
    address, number = scope.get("client") or ("", 0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": address,
        "REMOTE_PORT": str(number),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key, text = _key(name), value.decode("latin-1")
        if key in environ:
            text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        environ[key] = text
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # the body is whole now, whatever the pieces that it came in
    return environ


def _key(name: bytes) -> str:
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}"
