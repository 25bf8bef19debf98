from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.streams import Hub, TooManyStreams
from tests.app.pages import token_in


def hub(most: int = 10, most_per_person: int = 2, ping: float = 0.05, now: Callable[[], float] = time.time) -> Hub:
    return Hub(most=most, most_per_person=most_per_person, ping_seconds=ping, now=now)


async def heard(stream_hub: Hub, stream: object, count: int) -> list[str]:
    """The first chunks of a stream that are neither pings nor the greeting."""
    found: list[str] = []
    async for chunk in stream_hub.listen(stream):
        text = chunk.decode()
        if text.startswith("event"):
            found.append(text)
        if len(found) == count:
            break
    return found


def test_a_stream_hears_what_happens_on_its_channels_and_nothing_else():
    async def play() -> list[str]:
        streams = hub()
        streams.bind(asyncio.get_running_loop())
        stream = streams.open("li-qiang", "session", ["person:li-qiang", "group:finance"])
        streams.announce("inbox", ["group:sales"])
        streams.announce("case", ["case:1"])
        streams.announce("bell", ["person:li-qiang"])
        return await asyncio.wait_for(heard(streams, stream, 1), 5)

    assert asyncio.run(play()) == ["event: bell\ndata: 1\n\n"]


def test_a_burst_of_commits_is_one_event_of_each_kind():
    async def play() -> list[str]:
        streams = hub()
        streams.bind(asyncio.get_running_loop())
        stream = streams.open("li-qiang", "session", ["group:finance"])
        for _ in range(50):
            streams.announce("inbox", ["group:finance"])
            streams.announce("bell", ["group:finance"])
        return await asyncio.wait_for(heard(streams, stream, 1), 5)

    assert asyncio.run(play()) == ["event: inbox\ndata: 1\n\nevent: bell\ndata: 1\n\n"]


def test_what_happens_between_a_page_and_its_stream_is_heard():
    moments = iter(float(second) for second in range(100))
    streams = hub(now=lambda: next(moments))  # made at 0
    streams.announce("inbox", ["group:finance"])  # 1
    page_made = 1.5
    streams.announce("bell", ["group:sales"])  # 2
    streams.announce("case", ["case:1"])  # 3
    assert list(streams.open("li-qiang", "s", ["group:finance", "case:1"], page_made).pending) == ["case"]
    assert list(streams.open("li-qiang", "s", ["group:finance"], page_made).pending) == []
    streams = hub(now=lambda: next(moments))
    assert list(streams.open("li-qiang", "s", ["group:finance"], page_made).pending) == ["inbox", "bell", "case"], "a new server"


def test_a_page_older_than_what_is_remembered_fetches_all():
    moments = iter(float(second) for second in range(10_000))
    streams = hub(now=lambda: next(moments))
    for _ in range(5_001):
        streams.announce("inbox", ["group:sales"])
    assert list(streams.open("li-qiang", "s", ["group:finance"], 1.5).pending) == []
    streams.announce("inbox", ["group:sales"])
    assert list(streams.open("a", "s", ["group:finance"], 1.5).pending) == ["inbox", "bell", "case"]


def test_a_person_has_no_more_streams_than_allowed_and_others_still_have_theirs():
    streams = hub(most=3, most_per_person=2)
    first = streams.open("a", "s", [])
    streams.open("a", "s", [])
    with pytest.raises(TooManyStreams):
        streams.open("a", "s", [])
    streams.open("b", "t", [])
    with pytest.raises(TooManyStreams):
        streams.open("c", "u", [])
    streams.forget(first)
    streams.open("a", "s", [])
    assert len(streams) == 3


def test_signing_out_ends_the_streams_of_the_session():
    async def play() -> list[bytes]:
        streams = hub(ping=30)
        streams.bind(asyncio.get_running_loop())
        mine, other = streams.open("a", "s", []), streams.open("a", "t", [])
        streams.close_session("s")
        chunks = [chunk async for chunk in streams.listen(mine)]
        assert not other.closed
        return chunks

    assert asyncio.run(asyncio.wait_for(play(), 5)) == [b"retry: 2000\n\n"]


def test_what_another_process_announces_is_heard_here():
    async def play() -> list[str]:
        sender, receiver = hub(), hub()
        sender.bind(asyncio.get_running_loop())
        receiver.bind(asyncio.get_running_loop())

        class Wire:
            def send(self, event: str, channels: list[str]) -> None:
                receiver.receive(event, channels)

        sender.relay = Wire()
        stream = receiver.open("a", "s", ["case:1"])
        sender.announce("case", ["case:1"])
        return await asyncio.wait_for(heard(receiver, stream, 1), 5)

    assert asyncio.run(play()) == ["event: case\ndata: 1\n\n"]


@pytest.fixture
def server(tmp_path: Path, founded: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of the sample company on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = tmp_path / "served.db"
    database.write_bytes(founded.read_bytes())
    names = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": "a key for tests"}
    environment = {**os.environ, **{f"CROSSDESK_{name}": value for name, value in names.items()}}
    process = subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            httpx.get(f"{address}/health", timeout=2)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield address, process
    if process.poll() is None:
        process.kill()
    process.communicate()


def signed_in(address: str, person: str) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=20)
    page = client.get("/sign-in")
    client.post("/sign-in", data={"csrf_token": token_in(page.text), "person": person, "password": "demo"})
    return client


@pytest.mark.loopback
@pytest.mark.slow
def test_the_server_streams_to_those_who_signed_in_and_stops_within_three_seconds(server: tuple[str, subprocess.Popen[bytes]]):
    address, process = server
    assert httpx.get(f"{address}/events").status_code == 204, "a stranger is told not to come again"
    client = signed_in(address, "li-qiang")
    with client.stream("GET", "/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        chunks = stream.iter_text()
        assert re.match(r"retry: \d+", next(chunks))
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        assert time.monotonic() - begun < 3
    assert process.returncode in {0, -signal.SIGTERM}


@pytest.mark.loopback
@pytest.mark.slow
def test_with_the_sample_company_the_server_refuses_to_listen_beyond_this_machine(tmp_path: Path, founded: Path):
    environment = {**os.environ, "CROSSDESK_HOST": "0.0.0.0", "CROSSDESK_PORT": "8099", "CROSSDESK_SECRET_KEY": "k"}  # noqa: S104 - refused
    database = tmp_path / "served.db"
    database.write_bytes(founded.read_bytes())
    environment["CROSSDESK_DATABASE_URL"] = f"sqlite:///{database}"
    command = [sys.executable, "-m", "app.cli", "serve"]
    refused = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert b"listens on 127.0.0.1 only" in refused.stderr
