"""Closed-loop load: clients that each wait for an answer before they send the next request, every one a process with one connection."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import NamedTuple

from benchmarks.kit.hands import Begin, side_by_side
from tests.faults.servers import Client

_MILLISECONDS = 1000
_GOOD = 300  # the first status that is none


class Call(NamedTuple):
    """A request: its body is sent as JSON."""

    method: str
    path: str
    body: object = None


@dataclass(frozen=True, slots=True)
class Load:
    """How it went. `seconds`: from the first request to the last answer; `latencies` in seconds, sorted."""

    seconds: float
    latencies: tuple[float, ...]
    errors: int

    def figures(self) -> dict[str, object]:
        """Requests per second, and the percentiles of their latencies in milliseconds."""
        cuts = quantiles(self.latencies, n=100, method="inclusive")
        found: dict[str, object] = {"requests": len(self.latencies), "per_s": round(len(self.latencies) / self.seconds, 1)}
        found |= {f"p{part}_ms": round(cuts[part - 1] * _MILLISECONDS, 2) for part in (50, 95, 99)}
        return {**found, "errors": self.errors}


def together(loads: Sequence[Load]) -> Load:
    """Several loads, one after the other, as one."""
    latencies = sorted(latency for load in loads for latency in load.latencies)
    return Load(sum(load.seconds for load in loads), tuple(latencies), sum(load.errors for load in loads))


def run(port: int, calls: Sequence[Call], clients: int) -> Load:
    """Send all requests, divided among so many clients."""
    found = side_by_side(_client, [(port, calls[first::clients]) for first in range(clients)])
    latencies = sorted(latency for _, _, its, _ in found for latency in its)
    seconds = max(end for _, end, _, _ in found) - min(begun for begun, _, _, _ in found)
    return Load(seconds, tuple(latencies), sum(errors for _, _, _, errors in found))


def _client(job: tuple[int, Sequence[Call]], begin: Begin) -> tuple[float, float, list[float], int]:
    """When it began and ended, the latencies, and the errors of one client."""
    port, calls = job
    latencies, errors = [], 0
    with Client(port) as client:
        client.get("/process-definition/count")  # connects, and has the password verified
        begin()
        begun = time.perf_counter()
        for call in calls:
            sent = time.perf_counter()
            status, _ = client.call(*call)
            latencies.append(time.perf_counter() - sent)
            errors += status >= _GOOD
        return begun, time.perf_counter(), latencies, errors
