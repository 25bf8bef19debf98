"""What one server process announces, the others on the same PostgreSQL hear."""

from __future__ import annotations

import queue

import pytest
from sqlalchemy import make_url

from app.relay import PostgresRelay, payloads


@pytest.mark.postgresql
def test_the_others_hear_and_oneself_does_not(postgresql_url: str) -> None:
    heard: dict[str, queue.SimpleQueue[tuple[str, list[str]]]] = {name: queue.SimpleQueue() for name in ("one", "other")}
    relays = {name: PostgresRelay(make_url(postgresql_url), lambda *it, name=name: heard[name].put(it)) for name in heard}
    for relay in relays.values():
        relay.start()
    try:
        for _ in range(100):  # until the other one listens
            relays["one"].send("case", ["case:1", "case:2"])
            try:
                event, channels = heard["other"].get(timeout=0.5)
            except queue.Empty:
                continue
            break
        else:
            pytest.fail("nothing was heard")
        assert (event, channels) == ("case", ["case:1", "case:2"])
        assert heard["one"].empty()
    finally:
        for relay in relays.values():
            relay.stop()


def test_a_burst_is_one_announcement_of_each_kind_in_pieces_that_fit() -> None:
    gathered = {"inbox": {f"person:{number:04d}" for number in range(250)}, "case": {"case:1"}, "bell": {"x" * 9_000}}
    pieces = list(payloads(gathered))
    assert len(pieces) == 4
    assert all(len(piece) < 8_000 for piece in pieces)
    assert pieces[-1] == '["case", ["case:1"]]'
