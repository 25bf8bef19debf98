"""The same load on Camunda 7 and on ours, in turn, with the same PostgreSQL; ours with one server process and with two.

Needs Java 17, Maven and the folder `peers` beside the sources (`CROSSDESK_SHARED`, else `../shared`); without them a line says what is
missing. Parts: `clients-1`, `clients-8`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg

from benchmarks.kit.sites import postgresql, serving
from benchmarks.kit.wish import Wish
from tests.conformance.camunda import PEERS, camunda
from tests.conformance.camunda import missing as camunda_missing
from tests.faults.servers import free_port
from tests.postgresql import Server as Postgresql

_TURNS = 3
_CASES = {1: 200, 8: 800}
_FIGURES = ("start", "list", "complete")
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass
class Peer:
    """Somebody to load: a name, where it is, and which database with which settings it has."""

    name: str
    port: int
    database: dict[str, object]
    settle: Callable[[], None] = lambda: None  # until it has nothing more to do
    credentials: str = ""


def measure(wish: Wish) -> Iterator[dict[str, object]]:
    """All in turn: a first turn to warm them up, then those that count, then their medians."""
    missing = camunda_missing()
    if missing:
        yield {"missing": missing}
        return
    with _peers() as peers:
        for clients in (1, 8):
            if wish.parts([f"clients-{clients}"]):
                yield from _in_turn(peers, clients, wish)


def _in_turn(peers: list[Peer], clients: int, wish: Wish) -> Iterator[dict[str, object]]:
    measured: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in peers}
    for turn in range(wish.size(_TURNS, 1) + 1):
        for peer in peers:
            found = _load(peer, clients, wish.size(_CASES[clients], 10))
            if turn:
                measured[peer.name].append(found)
                yield {"peer": peer.name, "clients": clients, "turn": turn, **_figures([found]), "database": peer.database}
    for peer in peers:
        yield {"peer": peer.name, "clients": clients, "turn": "median", **_figures(measured[peer.name]), "database": peer.database}


def _figures(turns: list[dict[str, Any]]) -> dict[str, object]:
    """Per second, and the median latency in milliseconds, of each phase; of several turns the medians."""
    found: dict[str, object] = {f"{name}s_per_s": median(turn[name]["per_s"] for turn in turns) for name in _FIGURES}
    found |= {f"{name}_p50_ms": median(turn[name]["p50_ms"] for turn in turns) for name in ("start", "complete submit", "list")}
    errors = sum(turn[name]["errors"] for turn in turns for name in _FIGURES)
    return {**found, "errors": errors, "left_open": sum(turn["check"]["left"] for turn in turns)}


def _load(peer: Peer, clients: int, cases: int) -> dict[str, Any]:
    peer.settle()
    environment = {**os.environ, "ENGINE_REST": f"http://127.0.0.1:{peer.port}/engine-rest", "ENGINE_AUTH": peer.credentials}
    command = [sys.executable, str(PEERS / "load.py"), "--clients", str(clients), "--instances", str(cases), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _peers() -> Iterator[list[Peer]]:
    with postgresql(free_port()) as server, ExitStack() as stack:
        peers = [stack.enter_context(_camunda(server))]
        for processes in (1, 2):
            site = stack.enter_context(serving("postgresql", processes=processes, on=server))
            name = "crossdesk" if processes == 1 else f"crossdesk, {processes} processes"
            peers.append(Peer(name, site.port, site.facts(), site.wait_until_idle, "admin:demo"))
        yield peers


@contextmanager
def _camunda(server: Postgresql) -> Iterator[Peer]:
    """A Camunda 7 on a database of its own."""
    url = server.create("camunda", template="template1")
    settings = {"PEER_JDBC": f"jdbc:postgresql://127.0.0.1:{server.port}/camunda", "PEER_USER": "postgres", "PEER_PASSWORD": "none"}
    with camunda(settings) as port:
        yield Peer("camunda 7", port, _facts(url))
    server.drop("camunda")


def _facts(url: str) -> dict[str, object]:
    with psycopg.connect(url) as connection:

        def show(name: str) -> str:
            row = connection.execute(f"SHOW {name}").fetchone()
            return str(row[0]) if row else ""

        return {"name": "postgresql", "version": show("server_version"), "durable": {name: show(name) for name in _DURABLE}}
