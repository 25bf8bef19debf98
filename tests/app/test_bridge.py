"""Between the asynchronous server and Flask: requests arrive as they were sent, answers as they were given, on a real HTTP server."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from flask import Flask, Response, request, stream_with_context

from app.bridge import Bridge

pytestmark = pytest.mark.loopback
MOST = 1_000
LARGE = 200_000  # lines


def application() -> Flask:
    """Says what it was asked."""
    flask = Flask(__name__)
    flask.config["MAX_CONTENT_LENGTH"] = MOST

    @flask.route("/<path:path>", methods=["GET", "POST"])
    def echo(path: str) -> Response:
        told = {
            "method": request.method,
            "path": path,
            "query": request.args.to_dict(flat=False),
            "cookies": request.cookies.to_dict(),
            "forwarded": request.headers.get("X-Many"),
            "type": request.content_type,
            "body": request.get_data(as_text=True),
            "remote": request.remote_addr,
            "thread": threading.current_thread().name,
        }
        return Response(json.dumps(told), content_type="application/json", headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])

    @flask.get("/broken")
    def broken() -> Response:
        raise RuntimeError("a bug")

    @flask.get("/pieces")
    def pieces() -> Response:
        return Response(iter(["one, ", "two"]))

    @flask.get("/large")
    def large() -> Response:
        return Response(stream_with_context(f"{request.path} {number:07d}\n" for number in range(LARGE)))

    @flask.get("/torn")
    def torn() -> Response:
        def some() -> Iterator[str]:
            yield "x" * 2_000_000
            raise RuntimeError("in the middle")

        return Response(some())

    return flask


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    bridge = Bridge(application(), threads=2, most_bytes=MOST)
    config = uvicorn.Config(bridge, log_config=None, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def ask(port: int) -> Iterator[Callable[..., http.client.HTTPResponse]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def send(method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        connection.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
        return connection.getresponse()

    yield send
    connection.close()


def test_a_request_arrives_as_it_was_sent(ask) -> None:
    answer = ask("POST", "/%E6%B5%B7/a%20b?x=1&x=%E6%B8%AF", "数".encode(), **{"Content-Type": "text/plain", "Cookie": "k=v; l=w"})
    told = json.loads(answer.read())
    thread = told.pop("thread")
    assert told == {
        "method": "POST", "path": "海/a b", "query": {"x": ["1", "港"]}, "cookies": {"k": "v", "l": "w"}, "forwarded": None,
        "type": "text/plain", "body": "数", "remote": "127.0.0.1",
    }  # fmt: skip
    assert thread.startswith("pages")


def test_an_answer_arrives_as_it_was_given(ask) -> None:
    answer = ask("GET", "/x")
    answer.read()
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert ask("GET", "/pieces").read() == b"one, two"


def test_what_is_too_large_for_memory_arrives_whole_and_on_the_same_connection(ask) -> None:
    answer = ask("GET", "/large")
    assert answer.status == 200
    lines = answer.read().splitlines()
    assert (len(lines), lines[0], lines[-1]) == (LARGE, b"/large 0000000", b"/large 0199999")
    assert ask("GET", "/pieces").read() == b"one, two"


def test_what_breaks_off_in_the_middle_is_an_error_and_no_shorter_answer(ask) -> None:
    answer = ask("GET", "/torn")
    assert (answer.status, b"xxx" in answer.read()) == (500, False)


def test_one_connection_carries_many_requests(ask) -> None:
    bodies = [json.loads(ask("POST", "/x", f"{number}".encode()).read())["body"] for number in range(5)]
    assert bodies == ["0", "1", "2", "3", "4"]


def test_a_head_has_headers_and_no_body(ask) -> None:
    answer = ask("HEAD", "/x")
    assert (answer.status, answer.read()) == (200, b"")
    assert int(answer.getheader("Content-Length")) > 0
    assert ask("GET", "/pieces").read() == b"one, two"


def test_a_body_in_chunks_is_one_body(ask) -> None:
    answer = ask("POST", "/x", iter([b"one ", b"two"]), **{"Transfer-Encoding": "chunked"})
    assert json.loads(answer.read())["body"] == "one two"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_long_is_refused(ask, chunked: bool) -> None:
    parts = [b"x" * 600] * 3
    answer = ask("POST", "/x", iter(parts), **{"Transfer-Encoding": "chunked"}) if chunked else ask("POST", "/x", b"".join(parts))
    assert answer.status == 413


def test_a_fault_of_the_application_is_a_500_and_the_next_request_is_answered(ask) -> None:
    assert ask("GET", "/broken").read()
    answer = ask("GET", "/broken")
    answer.read()
    assert answer.status == 500
    assert json.loads(ask("GET", "/x").read())["path"] == "x"


def test_a_header_that_is_sent_twice_is_one_list(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"GET /x HTTP/1.1\r\nHost: localhost\r\nX-Many: a\r\nX-Many: b\r\nConnection: close\r\n\r\n")
        text = b"".join(iter(lambda: raw.recv(65536), b""))
    assert b'"forwarded": "a,b"' in text


def test_a_client_that_goes_away_within_its_request_disturbs_nobody(port: int, ask) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    assert json.loads(ask("GET", "/x").read())["path"] == "x"
